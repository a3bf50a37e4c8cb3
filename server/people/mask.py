"""Names made unreadable: as much is left as lets somebody who knows the person recognise them, as public lists do it."""

from collections.abc import Iterator
from unicodedata import combining

_JOINED = frozenset(range(0xFE00, 0xFE10)) | frozenset(range(0xE0100, 0xE01F0)) | {0x200D}
"""Variation selectors and the joiner: they belong to the sign before."""


def masked(name: str) -> str:
    """Give 张三 as 张*, 张小三 as 张*三; of a longer name, too, the first and the last sign, and never how many there were."""
    signs = list(_signs(name.strip()))
    if len(signs) < 2:
        return "*" if signs else ""
    return f"{signs[0]}*" if len(signs) == 2 else f"{signs[0]}*{signs[-1]}"


def _signs(name: str) -> Iterator[str]:
    """Cut a name into what a reader sees as one sign."""
    sign = ""
    for each in name:
        if sign and not combining(each) and ord(each) not in _JOINED:
            yield sign
            sign = ""
        sign += each
    if sign:
        yield sign
