"""Take in a bundle file, by whatever way it came: each batch through the same door as a push, one transaction a batch.

A file is read twice. First whole: cut off, altered, sealed or meant for another centre, it is refused and nothing has
happened. Then what the kiosk shows of our earlier words is looked at, as in a hello: a centre that has forgotten something
begins a new epoch before it answers, and takes back what it had left there (I6). Then the batches are taken in, each by itself:
one that fails is set aside and stops no other (I3); the same file again changes nothing (A1). What comes of it is the reply:
receipts, and pages of the view for the kiosk that made the bundle.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import IO

from schemas.vocabulary import Code
from server.central import Central
from server.database import Database
from server.intake.hear import hear
from server.intake.ingest import set_aside, take
from server.intake.pull import parcels
from server.services import Services
from server.signing import Signer
from sync import batch as batches
from sync.batch import Batch
from sync.bundle import Beside, Header, Sealed, Signed
from sync.carried import read_pieces
from sync.errors import Refused
from sync.frames import enclose, require_whole
from sync.ids import EntryHash, LogId
from sync.receipt import Receipt
from sync.reply import Answer, Aside, SignedText, write_reply
from sync.seal import can_seal

_NOT_KEPT = (Code.QUOTA, Code.TRY_LATER)
"""Refusals after which the sender keeps a batch, and brings it again."""

Pages = Callable[[Header], Iterable[bytes]]
"""Gives the pages that go back to the kiosk of a bundle."""


@dataclass(frozen=True, slots=True)
class Intake:
    """Where batches go. turn: held by the one thread of this process that works on a batch."""

    database: Database
    signer: Signer
    central: Central
    turn: AbstractContextManager[object]
    pages: Pages


def intake_of(services: Services) -> Intake:
    """Compose where batches go from what a running server shares."""
    database, signer = services.database, services.signer
    return Intake(
        database,
        signer,
        services.central,
        services.turn,
        lambda header: parcels(database, signer, header.log, header.view),
    )


@dataclass(slots=True)
class Held:
    """A run that is held now and follows itself by hash: one receipt speaks for all of it. epoch: in which it was taken in."""

    epoch: str
    log: LogId
    first: int
    last: int
    hash: EntryHash


@dataclass(slots=True)
class Carried:
    """What came of one bundle.

    aside: batches set aside; later: refused for now, to be brought again; unsealed: places of those that nobody sealed for us.
    given_back: entries of the central log that were not known; is_new_epoch: it showed that this centre had forgotten something.
    """

    header: Header
    entries: int = 0
    fresh: int = 0
    held: list[Held] = field(default_factory=list)
    aside: list[Aside] = field(default_factory=list)
    later: list[Aside] = field(default_factory=list)
    unsealed: list[int] = field(default_factory=list)
    given_back: int = 0
    is_new_epoch: bool = False


def accept(intake: Intake, file: IO[bytes]) -> list[Carried]:
    """Take in all bundles of a file that can be read twice; replies in it are for others, and are passed over.

    Raise `Refused`: what `read_pieces` refuses, `not_our_server`, `malformed`; then nothing was taken in.
    """
    _check(intake, file)
    file.seek(0)
    found: list[Carried] = []
    open_now: Carried | None = None
    for piece in read_pieces(file.read):
        if isinstance(piece, Beside | Sealed) and open_now is None:
            open_now = Carried(piece.header)
        if isinstance(piece, Beside) and open_now:
            _hear(intake, open_now, piece)
        elif isinstance(piece, Sealed) and open_now:
            _take(intake, open_now, piece)
        elif isinstance(piece, Signed):
            found.append(open_now or Carried(piece.header))
            open_now = None
    return found


def reply_to(intake: Intake, found: list[Carried]) -> Iterator[bytes]:
    """Give the bytes of the reply file, piece by piece: receipts of what is durable, and pages."""
    return enclose(frame for carried in found for frame in _reply(intake, carried))


def _check(intake: Intake, file: IO[bytes]) -> None:
    """Read the file whole, every frame and every signature, before anything is taken in."""
    require_whole(file.read)
    file.seek(0)
    count = 0
    for piece in read_pieces(file.read):
        if isinstance(piece, Beside | Sealed | Signed) and (
            piece.header.server != intake.signer.keys.fingerprint
        ):
            raise Refused(Code.NOT_OUR_SERVER, "a bundle for another centre")
        count += isinstance(piece, Signed)
    if not count:
        raise Refused(Code.NOT_A_BUNDLE, "nothing for the centre in it: a reply is for a kiosk")


def _hear(intake: Intake, carried: Carried, piece: Beside) -> None:
    heard = hear(intake.database, intake.central, intake.signer, piece)
    carried.given_back += heard.given_back
    carried.is_new_epoch |= heard.is_new_epoch


def _take(intake: Intake, carried: Carried, piece: Sealed) -> None:
    """Take in one batch, or put it where a person finds it. One that was not sealed for us stops no other: nobody who carried
    it could know.
    """
    try:
        wire = piece.open(intake.signer.keys.seal.private_bytes_raw())
    except Refused:
        carried.unsealed.append(piece.index)
        return
    batch: Batch | None = None
    try:
        with intake.turn:
            batch = batches.unpack(wire)
        taken = take(intake.database, batch, intake.turn)
    except Refused as refusal:
        _put_aside(intake, carried, wire, batch, refusal)
        return
    carried.entries += len(batch.bodies)
    carried.fresh += taken.fresh
    _grow(carried.held, batch, taken.epoch)


def _put_aside(
    intake: Intake, carried: Carried, wire: bytes, batch: Batch | None, refusal: Refused
) -> None:
    code = str(refusal.code)
    part = Aside(batch.log, batch.first, batch.last, code) if batch else Aside("", 0, 0, code)
    if refusal.code in _NOT_KEPT:
        carried.later.append(part)
        return
    try:
        set_aside(intake.database, wire, refusal, intake.signer.clock.wall_ms())
    except Refused as full:
        carried.later.append(part._replace(code=str(full.code)))
    else:
        carried.aside.append(part)


def _grow(held: list[Held], batch: Batch, epoch: str) -> None:
    """Add a batch to the run that it follows by hash, or begin another: no receipt may speak across branches or epochs."""
    before = held[-1] if held else None
    if before and (before.epoch, before.log, before.last + 1, before.hash) == (
        epoch,
        batch.log,
        batch.first,
        batch.previous,
    ):
        before.last, before.hash = batch.last, batch.head
    else:
        held.append(Held(epoch, batch.log, batch.first, batch.last, batch.head))


def _reply(intake: Intake, carried: Carried) -> Iterator[bytes]:
    receipts = tuple(_receipt(intake.signer, held) for held in carried.held)
    answer = Answer(carried.header.log, receipts, tuple(carried.aside))
    pages = intake.pages(carried.header) if can_seal(carried.header.reply) else ()
    return write_reply(answer, carried.header.reply, pages)


def _receipt(signer: Signer, held: Held) -> SignedText:
    now = signer.clock.wall_ms()
    word = Receipt(held.epoch, held.log, held.first, held.last, held.hash, now)
    signed = signer.sign_text(word.text())
    return SignedText(signed["statement"], bytes.fromhex(signed["signature"]))
