"""Certificates: confirmed hours on paper, signed, and whether they still hold (`docs/adr/0017-confirmed-minutes.md`)."""
