"""Badges: issued once and printed as often as needed to the same bytes; revoked by a central entry."""
