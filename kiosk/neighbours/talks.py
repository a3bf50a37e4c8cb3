"""Talks with neighbours that call: few, short, and each from one address."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from kiosk.errors import Stopped
from kiosk.limits import NEIGHBOUR_TALK_MS_MAX, NEIGHBOUR_TALKS_MAX, NEIGHBOUR_TALKS_OF_ONE
from schemas.vocabulary import Code
from sync.errors import Refused
from sync.neighbour import Member


@dataclass(slots=True)
class Talk:
    """A talk with who calls. caller: None until they have shown who they are; members: of whom the centre's word was shown."""

    source: str
    nonce: bytes
    began_ms: int
    caller: Member | None = None
    members: dict[str, Member] = field(default_factory=dict)


@dataclass(slots=True)
class Talks:
    """The talks that go on. now_ms: of a monotonic clock."""

    now_ms: Callable[[], int]
    _kept: dict[bytes, Talk] = field(default_factory=dict)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def get(self, source: str, token: str, *, is_open: bool) -> Talk:
        """Give the talk that a token names, from where it began. Raise `Refused(stale_proof)`."""
        try:
            talk = self._kept.get(bytes.fromhex(token))
        except ValueError:
            talk = None
        is_over = talk is None or self.now_ms() - talk.began_ms > NEIGHBOUR_TALK_MS_MAX
        if talk is None or is_over or talk.source != source or (talk.caller is None) == is_open:
            raise Refused(Code.STALE_PROOF, "no such talk")
        return talk

    def remember(self, talk: Talk) -> None:
        """Remember a talk. Old ones go; one address has few; a flood keeps new ones out, and ends none that goes on."""
        with self._turn:
            before = self.now_ms() - NEIGHBOUR_TALK_MS_MAX
            kept = {n: one for n, one in self._kept.items() if one.began_ms > before}
            of_one = [nonce for nonce, one in kept.items() if one.source == talk.source]
            for nonce in of_one[: max(0, len(of_one) - NEIGHBOUR_TALKS_OF_ONE + 1)]:
                del kept[nonce]
            if len(kept) >= NEIGHBOUR_TALKS_MAX:
                raise Stopped(Code.TRY_LATER, "too many talks", later=True)
            self._kept = kept | {talk.nonce: talk}
