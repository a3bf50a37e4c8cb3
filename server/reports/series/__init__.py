"""What plots show, as plain rows: parts, filters and figures as in reports, and no more points than an eye can tell apart."""
