"""What lies here for neighbours, part by part: own entries that wait and own receipts, and what is carried for others.

A part is a bundle file with one bundle or one reply. It is known by the digest with which it ends.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kiosk import carried
from kiosk.digests import digest_of, read_digests
from kiosk.neighbours.me import Me
from schemas.limits import BUNDLE_POST_BYTES_MAX, NEIGHBOUR_PARTS_LISTED_MAX
from schemas.neighbour import BUNDLE, REPLY
from sync import statement
from sync.bundle import Header, read_header
from sync.errors import Refused
from sync.frames import Kind, read_frames
from sync.reply import Answer, read_answer

STAGED, RETURNED = "staged", "returned"
"""Folders of the home: own parts that lie ready, and replies for this kiosk that wait to be read."""
OWN_BUNDLE, OWN_RECEIPTS = f"own.{BUNDLE}", f"own.{REPLY}"


@dataclass(frozen=True, slots=True)
class Offer:
    """A part that lies here. log: its author, or whom it is for. server_ms: of a reply, when its newest receipt was signed."""

    digest: bytes
    kind: str
    log: str
    size: int
    server_ms: int
    file: Path

    def told(self) -> dict[str, object]:
        """Say what it is, as a neighbour is told."""
        named = {"kind": self.kind, "log": self.log, "size": self.size}
        return {"digest": self.digest.hex(), **named, "server_ms": self.server_ms}


def offers(me: Me) -> list[Offer]:
    """List what lies here: own parts first; replies before bundles, because they make bundles needless."""
    staged = me.home / STAGED
    own = [look(staged / name) for name in (OWN_RECEIPTS, OWN_BUNDLE)]
    others = [look(part.file) for part in carried.parts(me.home)]
    others.sort(key=lambda offer: offer is None or offer.kind == BUNDLE)
    found = [one for one in (*own, *others) if one and one.size <= BUNDLE_POST_BYTES_MAX]
    return found[:NEIGHBOUR_PARTS_LISTED_MAX]


def look(file: Path) -> Offer | None:
    """Say what a file of one part is; None if it has gone, or cannot be read."""
    with suppress(OSError, Refused):
        first, size = first_of(file), file.stat().st_size
        if isinstance(first, Header):
            return Offer(digest_of(file), BUNDLE, first.log, size, 0, file)
        return Offer(digest_of(file), REPLY, first.log, size, newest_ms(first), file)
    return None


def first_of(file: Path) -> Header | Answer:
    """Read the clear part of a file of one part. Raise `OSError`, `Refused`."""
    with file.open("rb") as opened:
        frame = next(read_frames(opened.read))
    return read_header(frame.body) if frame.kind is Kind.HEADER else read_answer(frame.body)


def newest_ms(answer: Answer) -> int:
    """Give when the centre signed the newest receipt of a reply; 0 without any. Raise `Refused(malformed)`."""
    said = (statement.read(text, "receipt")["server_ms"] for text, _ in answer.receipts)
    return max(map(statement.integer, said), default=0)


def known(home: Path) -> list[bytes]:
    """Give the digests of parts that nobody need bring: delivered or proved bundles, own replies that were read."""
    return [
        *read_digests(home / carried.FOLDER / carried.DONE),
        *read_digests(home / RETURNED / carried.DONE),
    ]


def returned(home: Path) -> Iterator[Path]:
    """Give the replies for this kiosk that wait to be read, oldest first."""
    folder = home / RETURNED
    if folder.is_dir():
        found = [file for file in folder.iterdir() if file.suffix == f".{REPLY}"]
        yield from sorted(found, key=lambda file: file.stat().st_mtime_ns)
