"""Records made ahead: of people of whom a window holds nothing but usual stays, by whoever understood that window.

They stand where there is no other news of the person, nothing known near it, and nothing but scans about them. Whoever writes
them knows that (`people`), and else reads the scans back from the records, which hold all of them.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from server.books.derive.crew_words import RecordTuple
from server.books.derive.news import by_person
from server.books.derive.people import Ground
from server.books.derive.person_parts import add_simple
from server.books.derive.person_rows import Rows
from server.books.derive.withdrawn import is_any_withdrawn
from server.reconcile.facts import ScanFact


class WindowNews(msgspec.Struct, array_like=True, gc=False):
    """What a window says of people: records of some, and the scans of all others."""

    records: list[RecordTuple]
    scans: list[ScanFact]


NOTHING = WindowNews([], [])

_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(WindowNews).decode


def make_ahead(
    ground: Ground, scans: list[ScanFact], known: Sequence[tuple[int, int]]
) -> WindowNews:
    """Make the records that scans of one window mean by themselves; of nobody, once a badge key was withdrawn (D3).

    known: seqs that were derived before. Who scanned at them is known by those scans, too, perhaps at another time.
    """
    if is_any_withdrawn(ground.connection):
        return WindowNews([], scans)
    people = by_person(scans)
    ground.reference.turn_to(sorted(people))
    before = {s.who for s in scans if any(a <= s.seq <= b for a, b in known)} if known else set()
    rows, others = Rows(), list[ScanFact]()
    for who, own in people.items():
        if who in before or not add_simple(rows, who, own, ground.usuals, ground.numbers):
            others += own
    return WindowNews(rows.records, others)


def put_aside(folder: Path, name: str, news: WindowNews) -> str:
    """Put it aside in a file of its own; give the file's name."""
    (folder / name).write_bytes(_pack(news))
    return name


def take_back(folder: Path, name: str) -> WindowNews:
    """Give what was put aside in such a file, which then is no more."""
    file = folder / name
    news = _unpack(file.read_bytes())
    file.unlink()
    return news
