"""A reply: what the centre sends back to the kiosk of a bundle: receipts in clear, and parcels that only that kiosk opens.

A frame with receipts and with what was set aside, one sealed parcel (a page) a frame, an empty end. Nothing here is signed as
a whole, because each receipt and each page is: a courier can leave out, and can forge nothing. The form never changes; another
gets another number in place of the 1.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from re import fullmatch
from typing import NamedTuple

import msgspec

from schemas.limits import BUNDLE_BATCHES_MAX, REPLY_PAGES_MAX, SAFE_INTEGER_MAX
from schemas.vocabulary import Code
from sync.errors import Refused
from sync.frames import Frame, Kind, pack
from sync.ids import LogId
from sync.seal import seal, unseal

_FORM = 1
_TAG = b"redvest-reply-1"
_INDEX_BYTES = 4
_Fields = tuple[str, int, str, list[tuple[str, bytes]], list[tuple[str, int, int, str]]]
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Fields).decode


class SignedText(NamedTuple):
    """A statement and its signature."""

    text: str
    signature: bytes


class Aside(NamedTuple):
    """A batch that the centre could not accept, and why. log "" and zeros: it could not be told whose."""

    log: str
    first: int
    last: int
    code: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The clear part of a reply, to the kiosk of this log, not yet trusted."""

    log: LogId
    receipts: tuple[SignedText, ...]
    aside: tuple[Aside, ...]

    @property
    def body(self) -> bytes:
        """Its bytes."""
        receipts = [tuple(receipt) for receipt in self.receipts]
        aside = [tuple(part) for part in self.aside]
        return _encode(("reply", _FORM, self.log, receipts, aside))


@dataclass(frozen=True, slots=True)
class Page:
    """One sealed page of a reply. index: its place, from 1."""

    log: LogId
    index: int
    body: bytes

    def open(self, private_key: bytes) -> bytes:
        """Give the page. Raise `Refused(malformed)` where it was not sealed for this place and this kiosk."""
        return unseal(private_key, self.body, _info(self.log, self.index))


@dataclass(frozen=True, slots=True)
class Answered:
    """A reply is at its end. It lies in the file from byte `start` to before `stop`."""

    answer: Answer
    start: int
    stop: int


def write_reply(answer: Answer, reply_key: bytes, pages: Iterable[bytes]) -> Iterator[bytes]:
    """Give the frames of a reply, one at a time. reply_key: from the header of the bundle that is answered."""
    yield pack(Kind.REPLY, answer.body)
    for index, page in enumerate(pages, 1):
        yield pack(Kind.PAGE, seal(reply_key, page, _info(answer.log, index)))
    yield pack(Kind.END, b"")


def read_reply(first: Frame, rest: Iterator[Frame]) -> Iterator[Answer | Page | Answered]:
    """Give the reply that begins with this frame: the clear part, its pages, its end. Raise `Refused(malformed)`."""
    answer = read_answer(first.body)
    yield answer
    for index, frame in enumerate(rest, 1):
        if frame.kind is Kind.END and not frame.body:
            yield Answered(answer, first.start, frame.stop)
            return
        if frame.kind is not Kind.PAGE or index > REPLY_PAGES_MAX:
            raise Refused(Code.MALFORMED, "a page or the end of the reply expected")
        yield Page(answer.log, index, frame.body)
    raise Refused(Code.MALFORMED, "a reply without an end")


def read_answer(body: bytes) -> Answer:
    """Read the clear part of a reply strictly. Raise `Refused(malformed)`."""
    try:
        name, form, log, receipts, aside = _decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Refused(Code.MALFORMED, "not a reply") from error
    if name != "reply" or form != _FORM or fullmatch("[a-z2-7]{32}", log) is None:
        raise Refused(Code.MALFORMED, "not a reply of a form known here")
    answer = Answer(
        LogId(log),
        tuple(SignedText(*row) for row in receipts),
        tuple(Aside(*row) for row in aside),
    )
    if not _is_bounded(answer) or answer.body != body:
        raise Refused(Code.MALFORMED, "a reply out of its bounds, or not in shortest form")
    return answer


def _is_bounded(answer: Answer) -> bool:
    return (
        len(answer.receipts) <= BUNDLE_BATCHES_MAX
        and len(answer.aside) <= BUNDLE_BATCHES_MAX
        and all(0 <= part.first <= part.last <= SAFE_INTEGER_MAX for part in answer.aside)
        and all(fullmatch("([a-z2-7]{32})?", part.log) for part in answer.aside)
        and all(fullmatch("[a-z0-9_]{1,64}", part.code) for part in answer.aside)
    )


def _info(log: LogId, index: int) -> bytes:
    """Bind a page to whom it is for and to its place."""
    return _TAG + log.encode() + index.to_bytes(_INDEX_BYTES)
