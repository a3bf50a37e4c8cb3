"""Take in a bundle file from a stick: replies for this kiosk, and what is for others, to be carried on.

The file is read whole first: cut off, altered or of another centre it is refused and nothing has happened. A receipt counts
only if the server of enrolment signed it for a log of this kiosk, and its hash is our own.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from kiosk import carried, device
from kiosk.app import Kiosk
from kiosk.carried_receipts import Proof, hear_epoch, present_epoch, take_receipt
from kiosk.errors import Stopped
from kiosk.lock import only_one
from kiosk.store import SYNC_LOCK
from kiosk.take_parcel import take_word
from kiosk.whole_file import open_plain
from schemas.vocabulary import Code
from sync import parcel, receipt, statement
from sync.bundle import Run, Sealed, Signed
from sync.carried import read_pieces
from sync.errors import Refused
from sync.frames import require_whole
from sync.ids import LogId, server_fingerprint
from sync.receipt import Receipt
from sync.reply import Answer, Answered, Page


@dataclass(slots=True)
class Accepted:
    """What a file brought. proved: entries that its receipts speak for; set_aside: own batches that the centre could not accept.

    pages: pages of the view that changed something. kept: bundles and replies of other kiosks, carried from now on;
    known: those that were here. done: bundles carried no longer, because receipts prove them. refused: codes of what was not
    believed, or had no room (`quota`). diverged: a receipt showed that this kiosk was copied or restored. new_epoch: the centre
    was restored, and everything is pending again.
    """

    proved: int = 0
    set_aside: int = 0
    pages: int = 0
    kept: int = 0
    known: int = 0
    done: int = 0
    refused: list[str] = field(default_factory=list)
    diverged: bool = False
    new_epoch: bool = False


def accept(kiosk: Kiosk, file: Path) -> Accepted:
    """Take a file in. Raise `Stopped`: `not_enrolled`, `not_found`, `not_a_bundle`, `too_large`, `sync_running`.

    Raise `Refused` for a file that is not whole or not for this centre (`not_our_server`).
    """
    enrolment = device.require_enrolment(kiosk.store.db)
    with only_one(kiosk.home / SYNC_LOCK), open_plain(file) as opened:
        return take_file(kiosk, enrolment, opened)


def take_file(kiosk: Kiosk, enrolment: device.Enrolment, opened: IO[bytes]) -> Accepted:
    """Take in a file that is open and can be read twice. The caller holds the sync lock."""
    ends = _check(enrolment, opened)
    taking = _Taking(kiosk, enrolment)
    opened.seek(0)
    for piece in read_pieces(opened.read):
        if isinstance(piece, Answer):
            taking.answer(piece)
        elif isinstance(piece, Page):
            taking.page(piece)
    for end in ends:
        taking.carry(opened, end)
    taking.done.done = carried.drop_proved(kiosk.home, taking.proved())
    return taking.done


def _check(enrolment: device.Enrolment, opened: IO[bytes]) -> list[Signed | Answered]:
    """Read the file whole and strictly, before any of it is believed; give what is in it."""
    require_whole(opened.read)
    opened.seek(0)
    ours, ends = server_fingerprint(enrolment.server_key), []
    for piece in read_pieces(opened.read):
        if isinstance(piece, Sealed | Signed) and piece.header.server != ours:
            raise Refused(Code.NOT_OUR_SERVER, "a bundle for another centre")
        if isinstance(piece, Signed | Answered):
            ends.append(piece)
    if not ends:
        raise Stopped(Code.NOT_A_BUNDLE, "nothing in it")
    return ends


@dataclass(slots=True)
class _Taking:
    """One file being taken in. proofs: what the server signed for, of whatever logs."""

    kiosk: Kiosk
    enrolment: device.Enrolment
    done: Accepted = field(default_factory=Accepted)
    proofs: list[Receipt] = field(default_factory=list)

    def proved(self) -> set[Run]:
        """Give the runs for which the server signed in its present life: one that was restored may have lost what it held."""
        epoch = present_epoch(self.kiosk, self.proofs)
        return {Run(one.log, one.first, one.last) for one in self.proofs if one.epoch == epoch}

    def answer(self, answer: Answer) -> None:
        """Take the receipts of a reply, and what it says was set aside of a log of ours."""
        for text, signature in answer.receipts:
            try:
                self._receipt(text, signature)
            except Refused as refusal:
                self.done.refused.append(str(refusal.code))
        mine = self._own(answer.log)
        if mine is not None:
            self._aside(answer)

    def page(self, page: Page) -> None:
        """Take a page of the view, if it is for the log that goes on."""
        mine = device.require_identity(self.kiosk.store)
        if page.log != mine.log:
            return
        try:
            wire = page.open(mine.reply_key)
            word = parcel.unpack(wire, server_key=self.enrolment.server_key)
            self.done.new_epoch |= hear_epoch(self.kiosk, word.epoch, word.server_ms)
            self.done.pages += take_word(self.kiosk.store, word)
        except Refused as refusal:
            self.done.refused.append(str(refusal.code))

    def carry(self, opened: IO[bytes], end: Signed | Answered) -> None:
        """Keep what is for others. A bundle without entries asks for a view only: nobody needs to carry that."""
        log = end.header.log if isinstance(end, Signed) else end.answer.log
        is_worth_it = isinstance(end, Answered) or end.header.runs
        if is_worth_it and self._own(log) is None:
            try:
                is_new = carried.keep(self.kiosk.home, opened, end)
            except Stopped as full:
                self.done.refused.append(full.code)
                return
            self.done.kept += is_new
            self.done.known += not is_new

    def _receipt(self, text: str, signature: bytes) -> None:
        log = LogId(statement.read(text, "receipt")["log"])
        proof = receipt.verify(text, signature, server_key=self.enrolment.server_key, log=log)
        self.proofs.append(proof)
        mine = self._own(log)
        if mine is None:
            return
        self.done.new_epoch |= hear_epoch(self.kiosk, proof.epoch, proof.server_ms)
        found = take_receipt(self.kiosk, mine, proof, text, signature)
        if found is Proof.KEPT:
            self.done.proved += proof.last - proof.first + 1
        self.done.diverged |= found is Proof.DIVERGED

    def _aside(self, answer: Answer) -> None:
        now_ms = self.kiosk.clock.read().wall_ms
        self.done.set_aside += len(answer.aside)
        with self.kiosk.store.write() as db:
            for part in answer.aside:
                mine = self._own(part.log)
                if mine is not None and part.first:
                    row = (mine.number, part.first, part.last, part.code, 1, now_ms)
                    db.execute("INSERT OR REPLACE INTO set_aside VALUES (?, ?, ?, ?, ?, ?)", row)

    def _own(self, log: str) -> device.Identity | None:
        own = device.read_identities(self.kiosk.store.db)
        return next((identity for identity in own if identity.log == log), None)
