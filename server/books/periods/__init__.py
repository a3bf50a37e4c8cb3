"""Months of sites and regions: what waits for what, closing, what is frozen, and what comes later (RULES, 9)."""
