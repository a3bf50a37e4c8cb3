"""What leaves the centre for other systems: rows in files, with control totals; each row is sent once, and answered once."""
