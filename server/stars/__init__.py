"""Star levels: by dated thresholds, from confirmed hours; and lists of people that are put up for objection."""
