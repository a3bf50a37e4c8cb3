"""Numbers of certificates: the year, and fifty bits by chance, so that nobody finds one by trying."""

import secrets

_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's Base32: no I, L, O or U, which are misread."""

_GROUPS, _IN_GROUP = 2, 5
_MISREAD = str.maketrans("ILO", "110")


def draw_number(year: int) -> str:
    """Draw a number such as 2026-7K3M9-QX2T4."""
    groups = ["".join(secrets.choice(_SIGNS) for _ in range(_IN_GROUP)) for _ in range(_GROUPS)]
    return "-".join([f"{year:04}", *groups])


def as_typed(text: str) -> str:
    """Give the number that somebody typed from paper: small letters, blanks and signs that look alike do not matter."""
    return "".join(text.split()).upper().translate(_MISREAD)
