"""What a presented code is: a badge that names somebody, or something to be kept for the centre. No network, no roster.

Nobody is turned away: whatever was read becomes a scan. What is not a badge is sealed at once, so a stolen kiosk cannot
read it back; a keyed hash shows repeats.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from schemas.limits import CODE_BYTES_MAX, CODE_TEXT_MAX
from schemas.vocabulary import Code, CodeState, How
from sync import badge, seal, walk_in
from sync.errors import Refused

_MARK_BYTES = 16
_STATE = {
    Code.UNKNOWN_KEY: CodeState.UNKNOWN_KEY,
    Code.BAD_SIGNATURE: CodeState.BAD_SIGNATURE,
}


@dataclass(frozen=True, slots=True)
class Presented:
    """A code, as a scan entry tells it."""

    state: CodeState
    how: How
    who: str = ""
    key: bytes = b""
    serial: int = 0
    expires_s: int = 0
    code: bytes = b""
    mark: bytes = b""


@dataclass(frozen=True, slots=True)
class Examiner:
    """What it takes to judge a code. keys: of badges, by id. revoked_serial: highest serial of a number that does not count."""

    keys: Mapping[bytes, bytes]
    revoked_serial: Callable[[str], int]
    seal_key: bytes
    mark_key: bytes
    now_ms: int

    def examine(self, text: str) -> Presented:
        """Judge what a scanner read."""
        line = text.rstrip("\r\n")  # what hand scanners add; Base45 knows neither
        if len(text) <= CODE_TEXT_MAX and line.startswith(badge.PREFIX):
            return self._badge(line)
        number = walk_in.number_of(line)
        return typed(number) if number else self._unreadable(text)

    def _badge(self, text: str) -> Presented:
        try:
            found = badge.verify(text, self.keys)
        except Refused as error:
            state = _STATE.get(error.code, CodeState.MALFORMED)
            rest = _octets(text[len(badge.PREFIX) :])[:CODE_BYTES_MAX]
            return Presented(state, How.UNKNOWN, code=rest)
        return Presented(
            self._state(found),
            How.CARD,
            who=found.number,
            key=found.key,
            serial=found.serial,
            expires_s=found.expires_s,
        )

    def _state(self, found: badge.Badge) -> CodeState:
        if found.serial <= self.revoked_serial(found.number):
            return CodeState.REVOKED
        if found.expires_s * 1000 < self.now_ms:
            return CodeState.EXPIRED
        return CodeState.GOOD

    def _unreadable(self, text: str) -> Presented:
        octets = _octets(text)
        sealed = seal.seal(self.seal_key, octets[:CODE_BYTES_MAX], seal.CODE_INFO)
        mark = hmac.digest(self.mark_key, octets, sha256)[:_MARK_BYTES]
        return Presented(CodeState.NOT_A_BADGE, How.UNKNOWN, code=sealed, mark=mark)


def typed(number: str) -> Presented:
    """Give a volunteer number that was typed by hand, or that a walk-in's code names: that proves no more."""
    return Presented(CodeState.TYPED, How.TYPED, who=number)


def _octets(text: str) -> bytes:
    """Give the bytes of any text, halves of surrogate pairs too."""
    return text.encode("utf-8", "surrogatepass")
