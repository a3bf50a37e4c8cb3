"""Accounts of staff: who signs in, with what, and as what. The pages are in `server/console/accounts/`."""
