"""What this kiosk carries for others: their sealed bundles on the way to the centre, and replies on the way back.

One file a part, in a folder of the home. Couriers need no trust: nothing here can be opened, and nothing is believed. Bounded:
what does not fit is refused; a reply that is dropped for a newer one only means that its kiosk exports once more.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from os import SEEK_END
from pathlib import Path
from typing import IO

from kiosk.digests import digest_of, remember
from kiosk.errors import Stopped
from kiosk.limits import CARRIED_BYTES_MAX, CARRIED_PARTS_MAX
from kiosk.lock import turn
from kiosk.receipts import merged
from kiosk.whole_file import write_whole
from schemas.vocabulary import Code
from sync.bundle import Header, Run, Signed
from sync.carried import read_pieces
from sync.errors import Refused
from sync.frames import FIRST_LINE, enclose, require_whole
from sync.reply import Answered

FOLDER, DONE, LOCK = "carried", "done", "carried.lock"
_BUNDLE, _REPLY = "bundle", "reply"
_PIECE_BYTES = 65_536
_CLOSING_BYTES = 37
"""The closing frame, which a part of a larger file has not."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the folder, with one bundle or one reply."""

    file: Path

    @property
    def is_bundle(self) -> bool:
        """Tell whether it goes to the centre."""
        return self.file.suffix == f".{_BUNDLE}"

    @property
    def size(self) -> int:
        """Its bytes."""
        return self.file.stat().st_size

    def header(self) -> Header | None:
        """Read the header of a bundle; None for a reply, or a file that is damaged."""
        with suppress(OSError, Refused), self.file.open("rb") as opened:
            for piece in read_pieces(opened.read):
                return getattr(piece, "header", None)
        return None

    def drop(self) -> None:
        """Carry it no longer. A bundle is remembered, so that no neighbour brings it once more."""
        if self.is_bundle:
            with suppress(OSError):
                remember(self.file.with_name(DONE), digest_of(self.file))
        self.file.unlink(missing_ok=True)


def parts(home: Path) -> list[Part]:
    """Give what is carried, in order of names."""
    folder = home / FOLDER
    if not folder.is_dir():
        return []
    kinds = (f".{_BUNDLE}", f".{_REPLY}")
    return [Part(file) for file in sorted(folder.iterdir()) if file.suffix in kinds]


def bundles(home: Path) -> list[Part]:
    """Give the bundles that are carried."""
    return [part for part in parts(home) if part.is_bundle]


@contextmanager
def open_parts(home: Path) -> Iterator[list[IO[bytes]]]:
    """Open all that is whole: it can be read to its end, also while another process lets one go. A damaged one stops no other."""
    with ExitStack() as stack:
        found: list[IO[bytes]] = []
        for part in parts(home):
            with suppress(OSError, Refused):
                file = stack.enter_context(part.file.open("rb"))
                require_whole(file.read)
                found.append(file)
        yield found


def frames_of(file: IO[bytes]) -> Iterator[bytes]:
    """Give the frames of an open part, piece by piece, without first line and closing frame."""
    yield from slice_of(file, len(FIRST_LINE), file.seek(0, SEEK_END) - _CLOSING_BYTES)


def keep(home: Path, opened: IO[bytes], found: Signed | Answered) -> bool:
    """Keep a part of a file that was read whole; tell whether it is new here. Raise `Stopped(quota)` where there is no room."""
    file = home / FOLDER / name_of(found)
    file.parent.mkdir(mode=0o700, exist_ok=True)
    with turn(home / LOCK):
        if isinstance(found, Signed) and file.exists():
            return False
        if isinstance(found, Signed):
            _drop_covered(home, found.header)
        _make_room(home, found)
        write_whole(file, enclose(slice_of(opened, found.start, found.stop)), _check)
    return True


def drop_proved(home: Path, proved: set[Run]) -> int:
    """Drop the bundles of which receipts of our centre prove every run; give how many."""
    dropped = 0
    for part in bundles(home):
        header = part.header()
        if header is not None and header.runs and are_within(header.runs, proved):
            part.drop()
            dropped += 1
    return dropped


def are_within(runs: Iterable[Run], others: Iterable[Run]) -> bool:
    """Tell whether others, together, reach over each of these runs."""
    by_log: dict[str, list[tuple[int, int]]] = {}
    for other in others:
        by_log.setdefault(other.log, []).append((other.first, other.last))
    over = {log: merged(ranges) for log, ranges in by_log.items()}
    return all(
        any(first <= run.first and run.last <= last for first, last in over.get(run.log, []))
        for run in runs
    )


def name_of(found: Signed | Answered) -> str:
    """Name its file. A kiosk has one reply here, the newest; of its bundles each that holds something of its own."""
    if isinstance(found, Answered):
        return f"{found.answer.log}.{_REPLY}"
    header = found.header
    return f"{header.log}-{sha256(header.body).hexdigest()[:16]}.{_BUNDLE}"


def _drop_covered(home: Path, newer: Header) -> None:
    """Drop what the same kiosk gave before and has put, whole, into this bundle."""
    for part in bundles(home):
        if not part.file.name.startswith(newer.log):
            continue
        header = part.header()
        if header is None or are_within(header.runs, newer.runs):
            part.drop()


def _make_room(home: Path, found: Signed | Answered) -> None:
    """See that one more part fits. Replies give way, oldest first; bundles never do."""
    here = parts(home)
    replies = sorted((p for p in here if not p.is_bundle), key=lambda p: p.file.stat().st_mtime_ns)
    size = found.stop - found.start
    while len(here) >= CARRIED_PARTS_MAX or sum(p.size for p in here) + size > CARRIED_BYTES_MAX:
        if not replies:
            raise Stopped(Code.QUOTA, "本机代传的数据包已满 / no room for more of other kiosks")
        oldest = replies.pop(0)
        oldest.drop()
        here.remove(oldest)


def slice_of(opened: IO[bytes], start: int, stop: int) -> Iterator[bytes]:
    """Give the bytes of an open file from `start` to before `stop`, in pieces. Raise `Refused(truncated)`."""
    opened.seek(start)
    while start < stop:
        piece = opened.read(min(_PIECE_BYTES, stop - start))
        if not piece:
            raise Refused(Code.TRUNCATED, "cut off while it was read")
        start += len(piece)
        yield piece


def _check(written: IO[bytes]) -> None:
    require_whole(written.read)
