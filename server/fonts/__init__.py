"""Fonts for what is printed: fetched once at set-up by pinned checksum, never part of the source, never embedded unchecked."""
