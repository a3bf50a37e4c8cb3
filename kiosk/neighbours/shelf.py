"""Keep what a neighbour brings: parts of the centre's own kiosks only, whole, within bounds of their own; nothing else.

A reply for this kiosk is put by until a round reads it. Everything here may be lost without loss: who recorded an entry keeps it
until the centre's own receipt has reached them.
"""

import shutil
from collections.abc import Collection
from pathlib import Path
from typing import IO

from kiosk import carried
from kiosk.digests import DIGEST_BYTES, read_digests, remember
from kiosk.errors import Stopped
from kiosk.limits import (
    NEIGHBOUR_BUNDLES_OF_ONE,
    NEIGHBOUR_BYTES_MAX,
    NEIGHBOUR_FREE_BYTES_MIN,
    NEIGHBOUR_PARTS_MAX,
    RETURNED_MAX,
)
from kiosk.neighbours.me import Me
from kiosk.neighbours.parts import RETURNED, first_of, known, newest_ms, returned
from kiosk.whole_file import write_whole
from schemas.limits import BUNDLE_POST_BYTES_MAX
from schemas.vocabulary import Code
from sync import receipt, statement
from sync.bundle import Header, Run, Sealed, Signed
from sync.carried import read_pieces
from sync.errors import Refused
from sync.frames import enclose, require_whole
from sync.ids import LogId
from sync.reply import Answer, Answered, write_reply


def take_in(me: Me, members: Collection[str], opened: IO[bytes], *, by: str) -> bool:
    """Keep a part that a neighbour brought, from a file that can be read twice; tell whether it was needed.

    members: logs of which the centre's word was shown in this talk; by: the log of who brings it. Raise `Refused` for a file
    that is not one whole part for our centre, or of a log without that word (`not_enrolled`); `Stopped(quota)` without room.
    """
    size = opened.seek(0, 2)
    if size > BUNDLE_POST_BYTES_MAX:
        raise Refused(Code.TOO_LARGE, f"over {BUNDLE_POST_BYTES_MAX} bytes")
    found = _only_part(me, opened)
    log = found.header.log if isinstance(found, Signed) else found.answer.log
    if log in me.own:
        return isinstance(found, Answered) and _put_by(me, opened, found)
    if log not in members:
        raise Refused(Code.NOT_ENROLLED, "no word of the centre for this log")
    opened.seek(-DIGEST_BYTES, 2)
    if opened.read(DIGEST_BYTES) in known(me.home):
        return False
    if isinstance(found, Signed):
        return _keep_bundle(me, opened, found, is_author=by == log)
    return _keep_reply(me, opened, found)


def _only_part(me: Me, opened: IO[bytes]) -> Signed | Answered:
    """Read a file whole and strictly; give the one part in it."""
    opened.seek(0)
    require_whole(opened.read)
    opened.seek(0)
    ends: list[Signed | Answered] = []
    for piece in read_pieces(opened.read):
        if isinstance(piece, Sealed | Signed) and piece.header.server != me.centre:
            raise Refused(Code.NOT_OUR_SERVER, "a bundle for another centre")
        if isinstance(piece, Answer):
            _proved(me, piece)
        if isinstance(piece, Signed | Answered):
            ends.append(piece)
    if len(ends) != 1:
        raise Refused(Code.MALFORMED, "one bundle or one reply expected")
    return ends[0]


def _proved(me: Me, answer: Answer) -> set[Run]:
    """Give what the receipts of a reply prove in the centre's present life (I6).

    Raise `Refused` if our centre did not sign one of them.
    """
    found = set()
    for text, signature in answer.receipts:
        log = LogId(statement.read(text, "receipt")["log"])
        said = receipt.verify(text, signature, server_key=me.server_key, log=log)
        if said.epoch == me.epoch:
            found.add(Run(log, said.first, said.last))
    return found


def _keep_bundle(me: Me, opened: IO[bytes], found: Signed, *, is_author: bool) -> bool:
    """Keep a bundle, unless all of it is proved; its author knows best. What it makes needless goes; a log has few of them."""
    header = found.header
    if (me.home / carried.FOLDER / carried.name_of(found)).exists():
        return False
    proved = _proved_of(me, header.log)
    if not header.runs or (not is_author and carried.are_within(header.runs, proved)):
        return False
    over = {*header.runs, *proved}
    for part in _bundles_of(me.home, header.log):
        before = part.header()
        if before is None or carried.are_within(before.runs, over):
            part.drop()
    _make_place(me.home, header, is_author=is_author)
    _require_room(me.home, found.stop - found.start)
    return carried.keep(me.home, opened, found)


def _keep_reply(me: Me, opened: IO[bytes], found: Answered) -> bool:
    """Keep a reply that is newer than the one that is here, and let go the bundles that it proves."""
    held = _reply_of(me.home, found.answer.log)
    if held is not None and newest_ms(held) >= newest_ms(found.answer):
        return False
    if held is None:
        _require_room(me.home, found.stop - found.start)
    carried.keep(me.home, opened, found)
    carried.drop_proved(me.home, _proved(me, found.answer))
    return True


def _put_by(me: Me, opened: IO[bytes], found: Answered) -> bool:
    """Put a reply for this kiosk by. The oldest of too many goes: its sender has it still, or exports again."""
    folder = me.home / RETURNED
    folder.mkdir(mode=0o700, exist_ok=True)
    opened.seek(-DIGEST_BYTES, 2)
    digest = opened.read(DIGEST_BYTES)
    file = folder / f"{digest.hex()}.reply"
    if file.exists() or digest in read_digests(folder / carried.DONE):
        return False
    _require_room(me.home, found.stop - found.start)
    waiting = list(returned(me.home))
    for old in waiting[: max(0, len(waiting) - RETURNED_MAX + 1)]:
        old.unlink(missing_ok=True)
    pieces = carried.slice_of(opened, found.start, found.stop)
    write_whole(file, enclose(pieces), lambda written: require_whole(written.read))
    return True


def read_off(home: Path, file: Path) -> None:
    """Let a reply for this kiosk go, once it was read."""
    remember(home / RETURNED / carried.DONE, bytes.fromhex(file.stem))
    file.unlink(missing_ok=True)


def trim(home: Path) -> None:
    """Take the pages out of replies that are too large to be handed on: their receipts are what others wait for."""
    for part in carried.parts(home):
        if not part.is_bundle and part.size > BUNDLE_POST_BYTES_MAX:
            first = first_of(part.file)
            if isinstance(first, Answer):
                frames = write_reply(first, b"", [])
                write_whole(part.file, enclose(frames), lambda made: require_whole(made.read))


def _make_place(home: Path, newer: Header, *, is_author: bool) -> None:
    """Let the bundle go that reaches least far, where a log has too many.

    Raise `Stopped(quota)` if that is the new one, unless its author brings it: old ones could be brought again by anybody.
    """
    here = [(part.header(), part) for part in _bundles_of(home, newer.log)]
    reaches = sorted((_reach(header), part.file.name, part) for header, part in here if header)
    if len(reaches) < NEIGHBOUR_BUNDLES_OF_ONE:
        return
    reach, _, part = reaches[0]
    if reach >= _reach(newer) and not is_author:
        raise Stopped(Code.QUOTA, "enough of this kiosk")
    part.drop()


def _reach(header: Header) -> int:
    """Say how far a bundle reaches, by its author's own log: who goes on in a new log begins with that again."""
    return sum(run.last for run in header.runs)


def _require_room(home: Path, size: int) -> None:
    here = [part for part in carried.parts(home) if part.file.exists()]
    is_full = len(here) >= NEIGHBOUR_PARTS_MAX
    is_full |= sum(part.size for part in here) + size > NEIGHBOUR_BYTES_MAX
    if is_full or shutil.disk_usage(home).free < NEIGHBOUR_FREE_BYTES_MIN + size:
        raise Stopped(Code.QUOTA, "no room for more of neighbours")


def _bundles_of(home: Path, log: str) -> list[carried.Part]:
    return [part for part in carried.bundles(home) if part.file.name.startswith(log)]


def _reply_of(home: Path, log: str) -> Answer | None:
    try:
        first = first_of(home / carried.FOLDER / f"{log}.reply")
    except (OSError, Refused):
        return None
    return first if isinstance(first, Answer) else None


def _proved_of(me: Me, log: str) -> set[Run]:
    """Give what the reply that is here for a log proves; one that came by stick may hold what our centre never signed."""
    held = _reply_of(me.home, log)
    try:
        return set() if held is None else _proved(me, held)
    except Refused:
        return set()
