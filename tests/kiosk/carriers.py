"""A small server that takes bundles, and ways to read and write bundle files in tests."""

import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kiosk.app import Kiosk
from kiosk.device import read_identities
from kiosk.errors import Stopped
from schemas.entry import Entry
from sync import canonical
from sync.bundle import Header, Sealed, Signed
from sync.carried import Piece, read_pieces
from sync.errors import Refused
from sync.frames import enclose
from sync.reply import Answer, Aside, SignedText, write_reply
from tests.kiosk.fakes import Answer as HttpAnswer
from tests.kiosk.fakes import FakeServer

BUNDLE_KIND = "application/vnd.redvest.bundle"


@dataclass
class BundleServer(FakeServer):
    """Takes bundles by stick (`take`) and at the door. aside_codes: of batches, in order, that it sets aside."""

    def take(self, file: bytes) -> bytes:
        """Take in every batch of a file as if it had been pushed, and give the reply file."""
        frames: list[bytes] = []
        receipts: list[SignedText] = []
        aside: list[Aside] = []
        for piece in read_pieces(io.BytesIO(file).read):
            if isinstance(piece, Sealed):
                self._take(piece, receipts, aside)
            elif isinstance(piece, Signed):
                answer = Answer(piece.header.log, tuple(receipts), tuple(aside))
                frames += write_reply(answer, piece.header.reply, [])
                receipts, aside = [], []
        return b"".join(enclose(frames))

    def _take(self, piece: Sealed, receipts: list[SignedText], aside: list[Aside]) -> None:
        answer = self._push(piece.open(self.seal.private_bytes_raw()))
        said = json.loads(answer.body)
        if answer.status != 200:
            run = piece.header.runs[0]
            aside.append(Aside(run.log, run.first, run.last, said["code"]))
            return
        word = said["receipt"]
        receipts.append(SignedText(word["statement"], bytes.fromhex(word["signature"])))

    def _honest(self, path: str, kind: str, body: bytes) -> HttpAnswer:
        if path != "/sync/v1/bundle":
            return super()._honest(path, kind, body)
        assert kind == BUNDLE_KIND
        return HttpAnswer(200, self.take(body), BUNDLE_KIND)


def pieces_of(file: Path) -> list[Piece]:
    """What a file holds."""
    return list(read_pieces(io.BytesIO(file.read_bytes()).read))


def headers_of(file: Path) -> list[Header]:
    """The headers of its bundles."""
    return [piece.header for piece in pieces_of(file) if isinstance(piece, Signed)]


def runs_of(file: Path) -> list[tuple[str, int, int]]:
    """What its bundles say is inside."""
    return [tuple(run) for header in headers_of(file) for run in header.runs]


def held_by(server: FakeServer, kiosk: Kiosk) -> list[Entry | canonical.Strange]:
    """What the server holds of all logs of a kiosk."""
    logs = [identity.log for identity in read_identities(kiosk.store.db)]
    return [entry for log in logs if log in server.logs for entry in server.entries(log)]


def reply_file(log: str, receipts: Iterable[SignedText], reply_key: bytes = b"\x09" * 32) -> bytes:
    """A reply file with these receipts."""
    answer = Answer(log, tuple(receipts), ())  # type: ignore[arg-type] # a log's id
    return b"".join(enclose(write_reply(answer, reply_key, [])))


def code_of(error: Stopped | Refused) -> str:
    """The code of either kind of no."""
    return str(error.code)
