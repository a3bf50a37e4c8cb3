"""A bundle: batches of one kiosk's logs, sealed to the centre, so that a courier sees log ids and ranges and nothing else.

Frames: a header in clear, one sealed batch a frame, and an end with the author's signature over all of it. Each frame is
sealed for its place in this very bundle: none can be dropped, swapped, repeated or brought from elsewhere unnoticed. Inside
are batches of protocol 5, byte for byte. A bundle of form 2 has more in front of its batches: earlier words of the centre, by
which it notices what it has forgotten, and deposits that go back to it. A form never changes; another gets another number.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain
from re import fullmatch
from typing import NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from schemas.limits import (
    BUNDLE_BATCHES_MAX,
    BUNDLE_BYTES_MAX,
    BUNDLE_DEPOSITS_MAX,
    CURSOR_CHARS_MAX,
    SAFE_INTEGER_MAX,
)
from schemas.vocabulary import Code
from sync import statement
from sync.errors import Refused
from sync.frames import Frame, Kind, pack
from sync.ids import LogId, log_id
from sync.seal import seal, unseal

PLAIN, WITH_WORDS = 1, 2
"""Forms: batches alone; words and deposits before them."""
_TAG = b"redvest-bundle-1"
_INDEX_BYTES = 4
_Fields = tuple[str, int, bytes, bytes, bytes, bytes, str, list[tuple[str, int, int]]]
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Fields).decode


class Run(NamedTuple):
    """Entries `first` to `last` of a log."""

    log: LogId
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Header:
    """What anybody sees of a bundle.

    key: of the log whose kiosk made it. server: fingerprint of the centre it is for. id: 16 random bytes. reply: the kiosk's
    X25519 key, to which the centre seals what it sends back. view: how far the kiosk's view has come, by channel. runs: what
    is inside, by log and seq. form: whether there is more in it than batches.
    """

    key: bytes
    server: bytes
    id: bytes
    reply: bytes
    view: str
    runs: tuple[Run, ...]
    form: int = PLAIN

    @property
    def log(self) -> LogId:
        """The log whose kiosk made the bundle."""
        return log_id(self.key)

    @property
    def body(self) -> bytes:
        """Its bytes, as they are signed."""
        runs = [tuple(run) for run in self.runs]
        fields = (self.key, self.server, self.id, self.reply, self.view, runs)
        return _encode(("bundle", self.form, *fields))


@dataclass(frozen=True, slots=True)
class Sealed:
    """One sealed batch of a bundle. index: its place, from 1."""

    header: Header
    index: int
    body: bytes

    def open(self, private_key: bytes) -> bytes:
        """Give the batch's wire bytes. Raise `Refused(malformed)` where it was not sealed for this place and this centre."""
        return unseal(private_key, self.body, _info(self.header.body, self.index))


@dataclass(frozen=True, slots=True)
class Beside:
    """Something sealed in front of the batches: earlier words of the centre (`WORDS`), or a parcel to give back (`DEPOSIT`)."""

    header: Header
    index: int
    kind: Kind
    body: bytes

    def open(self, private_key: bytes) -> bytes:
        """Give what is in it. Raise `Refused(malformed)` where it was not sealed for this place and this centre."""
        return unseal(private_key, self.body, _info(self.header.body, self.index))


@dataclass(frozen=True, slots=True)
class Signed:
    """A bundle is at its end, its signature good. It lies in the file from byte `start` to before `stop`."""

    header: Header
    batches: int
    start: int
    stop: int


def write_bundle(
    key: Ed25519PrivateKey,
    header: Header,
    seal_key: bytes,
    batches: Iterable[bytes],
    beside: Iterable[tuple[Kind, bytes]] = (),
) -> Iterator[bytes]:
    """Give the frames of a bundle with these batches (wire bytes), one at a time.

    beside: what stands in front of them in a bundle of the form that has it: words (`pack_words`), then parcels of deposits.
    """
    body, count = header.body, 0
    frame = pack(Kind.HEADER, body)
    digest = sha256(frame)
    yield frame
    contents = chain(beside, ((Kind.BATCH, wire) for wire in batches))
    for index, (kind, content) in enumerate(contents, 1):
        frame = pack(kind, seal(seal_key, content, _info(body, index)))
        digest.update(frame)
        count += kind is Kind.BATCH
        yield frame
    text = statement.write("bundle", log=header.log, batches=count, digest=digest.digest())
    yield pack(Kind.END, statement.sign(key, text))


def read_bundle(first: Frame, rest: Iterator[Frame]) -> Iterator[Beside | Sealed | Signed]:
    """Give what is sealed in the bundle that begins with this frame, in order, then that it is whole and signed.

    Raise `Refused`: `malformed`, `too_large`, `bad_signature`. Nothing of it may be believed before `Signed` has come.
    """
    header, digest = read_header(first.body), sha256(first.wire)
    order = _Order(header.form)
    for index, frame in enumerate(rest, 1):
        if frame.stop - first.start > BUNDLE_BYTES_MAX:
            raise Refused(Code.TOO_LARGE, f"a bundle of over {BUNDLE_BYTES_MAX} bytes")
        if frame.kind is Kind.END:
            said = {"log": header.log, "batches": order.batches, "digest": digest.digest()}
            statement.require_signed(header.key, statement.write("bundle", **said), frame.body)
            yield Signed(header, order.batches, first.start, frame.stop)
            return
        order.take(frame.kind)
        digest.update(frame.wire)
        if frame.kind is Kind.BATCH:
            yield Sealed(header, index, frame.body)
        else:
            yield Beside(header, index, frame.kind, frame.body)
    raise Refused(Code.MALFORMED, "a bundle without an end")


@dataclass(slots=True)
class _Order:
    """Which frames may follow: words at most once, then deposits, then batches; of the plain form batches alone."""

    form: int
    reached: int = 0
    counts: dict[Kind, int] = field(default_factory=dict)

    @property
    def batches(self) -> int:
        """How many batches there were."""
        return self.counts.get(Kind.BATCH, 0)

    def take(self, kind: Kind) -> None:
        """Note a frame. Raise `Refused(malformed)` if it may not stand here, or is one too many."""
        bounds = _BOUNDS[self.form]
        place = list(bounds).index(kind) if kind in bounds else -1
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if place < self.reached or self.counts[kind] > bounds[kind]:
            raise Refused(Code.MALFORMED, "a frame that does not stand here, or one too many")
        self.reached = place


_BOUNDS = {
    PLAIN: {Kind.BATCH: BUNDLE_BATCHES_MAX},
    WITH_WORDS: {
        Kind.WORDS: 1,
        Kind.DEPOSIT: BUNDLE_DEPOSITS_MAX,
        Kind.BATCH: BUNDLE_BATCHES_MAX,
    },
}
"""How many of each kind a form has, in the order in which they stand."""


def read_header(body: bytes) -> Header:
    """Read a header strictly. Raise `Refused(malformed)`."""
    try:
        fields = _decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise Refused(Code.MALFORMED, "not a bundle's header") from error
    name, form, key, server, identity, reply, view, rows = fields
    lengths = (len(key), len(server), len(identity), len(reply))
    if name != "bundle" or form not in _BOUNDS or lengths != (32, 10, 16, 32):
        raise Refused(Code.MALFORMED, "not a header of a form known here")
    runs = tuple(Run(LogId(log), first, last) for log, first, last in rows)
    if len(view) > CURSOR_CHARS_MAX or not _are_sound(runs):
        raise Refused(Code.MALFORMED, "the view or the runs of a header")
    header = Header(key, server, identity, reply, view, runs, form)
    if header.body != body:
        raise Refused(Code.MALFORMED, "a header not in shortest form")
    return header


def _are_sound(runs: tuple[Run, ...]) -> bool:
    """Tell whether runs are in order, apart, and of possible logs and seqs."""
    if len(runs) > BUNDLE_BATCHES_MAX:
        return False
    before = Run(LogId(""), 0, 0)
    for run in runs:
        is_behind = run.log > before.log or (run.log == before.log and run.first > before.last)
        is_possible = 1 <= run.first <= run.last <= SAFE_INTEGER_MAX
        if not is_behind or not is_possible or fullmatch("[a-z2-7]{32}", run.log) is None:
            return False
        before = run
    return True


def _info(header: bytes, index: int) -> bytes:
    """Bind what is sealed to its bundle and its place there."""
    return _TAG + sha256(header).digest() + index.to_bytes(_INDEX_BYTES)
