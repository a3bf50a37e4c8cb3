"""The centre's words for where logs belong: shown to neighbours, and kept beside the parts of each log that is carried."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from kiosk import carried
from kiosk.neighbours.me import Me
from schemas.limits import NEIGHBOUR_PLACES_MAX
from sync.errors import Refused
from sync.neighbour import Member, read_member
from sync.words import Word

_SUFFIX = ".place"


def signed(word: Word) -> dict[str, str]:
    """Give a word as it stands in JSON."""
    text, signature = word
    return {"statement": text, "signature": signature.hex()}


def word_of(fields: Mapping[str, Any]) -> Word:
    """Give a word that stood in JSON, not yet trusted."""
    return fields["statement"], bytes.fromhex(fields["signature"])


def members(words: Iterable[Word], server_key: bytes) -> dict[str, Member]:
    """Give the logs of words that our centre signed; what it did not sign is passed over."""
    found: dict[str, Member] = {}
    for word in words:
        with suppress(Refused):
            member = read_member(word, server_key=server_key)
            found[member.log] = member
    return found


def keep(me: Me, shown: Mapping[str, Member]) -> None:
    """Keep the words of logs of which anything is carried, and let others go."""
    folder = me.home / carried.FOLDER
    there = {part.file.name[:32] for part in carried.parts(me.home)}
    for log in there & set(shown):
        file = folder / f"{log}{_SUFFIX}"
        if not file.exists():
            new = file.with_suffix(".part")
            new.write_bytes(msgspec.msgpack.encode(shown[log].word))
            new.replace(file)
    if folder.is_dir():
        for file in folder.glob(f"*{_SUFFIX}"):
            if file.stem not in there:
                file.unlink(missing_ok=True)


def kept(me: Me) -> dict[str, Word]:
    """Give the words that are kept, by log."""
    folder = me.home / carried.FOLDER
    found: dict[str, Word] = {}
    for file in sorted(folder.glob(f"*{_SUFFIX}")) if folder.is_dir() else []:
        with suppress(OSError, msgspec.MsgspecError):
            found[file.stem] = _read(file)
    return found


def shown(me: Me, others: Mapping[str, Word]) -> list[Word]:
    """Give what is shown: our own word first."""
    return [me.word, *others.values()][:NEIGHBOUR_PLACES_MAX]


def _read(file: Path) -> Word:
    return msgspec.msgpack.decode(file.read_bytes(), type=tuple[str, bytes])
