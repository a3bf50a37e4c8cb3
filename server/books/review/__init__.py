"""What staff look through: findings, how each stands, one record with all that bears on it, and what waits for a person."""
