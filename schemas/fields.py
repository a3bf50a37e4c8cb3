"""The parts that entries are made of: the types of their fields, and the clocks that each carries.

A bound here is part of the wire format (`docs/protocol.md`, 2.6): it never becomes narrower.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from schemas.limits import SAFE_INTEGER_MAX
from schemas.vocabulary import END, NUMBER_PATTERN

Milliseconds = Annotated[int, Meta(ge=-SAFE_INTEGER_MAX, le=SAFE_INTEGER_MAX)]
Count = Annotated[int, Meta(ge=0, le=SAFE_INTEGER_MAX)]
BootId = Annotated[bytes, Meta(min_length=8, max_length=8)]
Hash = Annotated[bytes, Meta(min_length=32, max_length=32)]
Signature = Annotated[bytes, Meta(min_length=64, max_length=64)]
KeyId = Annotated[bytes, Meta(max_length=4)]
LogName = Annotated[str, Meta(pattern=r"^[a-z2-7]{32}" + END)]
Number = Annotated[str, Meta(pattern=NUMBER_PATTERN)]
NumberOrNone = Annotated[str, Meta(pattern=r"^[0-9A-Za-z-]{0,20}" + END)]
Flag = Annotated[int, Meta(ge=0, le=1)]
Text = Annotated[str, Meta(max_length=400, pattern=r"^[^\x00]*" + END)]
Word = Annotated[str, Meta(pattern=r"^[a-z_]{0,32}" + END)]
DirectionWord = Annotated[str, Meta(pattern=r"^(?:in|out)" + END)]
HashOrNone = Annotated[bytes, Meta(max_length=32)]


class Stamped(msgspec.Struct, array_like=True, frozen=True):
    """The clocks that every entry carries.

    boot: first 8 bytes of SHA-256 over the operating system's boot id; the same in all processes of one boot.
    mono_ms: milliseconds of a clock that runs on during sleep and never steps (CLOCK_BOOTTIME on Linux).
    lead_ms: wall clock (UTC, Unix milliseconds) minus `mono_ms`: nearly constant within a boot, so it costs almost nothing
    on the wire, and a stepped wall clock shows at once.
    """

    boot: BootId
    mono_ms: Count
    lead_ms: Milliseconds

    @property
    def wall_ms(self) -> int:
        """What the device's wall clock said, Unix milliseconds."""
        return self.mono_ms + self.lead_ms
