"""Sheets for the field, on paper: who is expected, signs for posts, codes for new kiosks, who is insured."""
