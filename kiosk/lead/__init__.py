"""What site leads do at a kiosk: each behind a personal PIN, each entry with `by`."""
