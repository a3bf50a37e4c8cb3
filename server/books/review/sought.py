"""What is looked for in the queue of findings, and where in it: as pages ask for it."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from dataclasses import dataclass

import msgspec

from schemas.vocabulary import Code
from server.books.review.standing import WAITING, State
from sync.errors import Refused

EVER_MS = 2**62


@dataclass(frozen=True, slots=True)
class Sought:
    """Which findings: all that wait, or those in one state. regions: with all below them; people: None for whoever."""

    state: State | None = None
    rule: str = ""
    severity: str = ""
    site: str = ""
    team: str = ""
    regions: frozenset[str] = frozenset()
    from_ms: int = -EVER_MS
    before_ms: int = EVER_MS
    people: tuple[str, ...] | None = None

    @property
    def states(self) -> tuple[State, ...]:
        """The states that are meant."""
        return WAITING if self.state is None else (self.state,)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding stands in the queue."""

    at_ms: int
    about: str
    rule: str
    digest: bytes

    def text(self) -> str:
        """Write it for an address."""
        packed = msgspec.msgpack.encode((self.at_ms, self.about, self.rule, self.digest))
        return urlsafe_b64encode(packed).decode().rstrip("=")


def read_place(text: str) -> Place | None:
    """Read what `Place.text` wrote; None for nothing. Raise `Refused` (`bad_field`) for anything else."""
    if not text:
        return None
    try:
        packed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        at_ms, about, rule, digest = msgspec.msgpack.decode(
            packed, type=tuple[int, str, str, bytes]
        )
    except (BadBase64, ValueError, msgspec.DecodeError) as error:
        raise Refused(Code.BAD_FIELD, "after") from error
    if abs(at_ms) > EVER_MS or "\0" in about + rule:  # nothing stands there, nor can be looked for
        raise Refused(Code.BAD_FIELD, "after")
    return Place(at_ms, about, rule, digest)
