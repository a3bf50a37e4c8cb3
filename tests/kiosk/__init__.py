"""Facts about the kiosk."""
