"""What of a person may be read in a code or on a public page: enough to compare with the paper, too little to name them."""

from schemas.limits import MASKED_CHARS_MAX
from server.people.mask import masked

_SHOWN = 2


def mask_name(name: str) -> str:
    """Mask a name as everywhere, within what a code may hold. What is masked already stays as it is."""
    return masked(name)[:MASKED_CHARS_MAX] or "*"


def mask_number(number: str) -> str:
    """Leave the last two signs of a volunteer number, and of one that is long enough the first two."""
    kept = _SHOWN if len(number) >= 3 * _SHOWN else 0
    tail = number[-_SHOWN:] if len(number) > _SHOWN else ""
    stars = "*" * max(len(number) - kept - len(tail), 1)
    return f"{number[:kept]}{stars}{tail}"[:MASKED_CHARS_MAX]
