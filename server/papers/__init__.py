"""Paper of A4: text that wraps as Chinese and English want it, tables over pages, QR codes. What cannot be drawn stops it."""
