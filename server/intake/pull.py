"""Give a kiosk what concerns it beyond its cursor: a page of changes, or of a snapshot where its cursor means nothing here."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from schemas.limits import PARCEL_ROWS_MAX, PULLS_MAX
from schemas.vocabulary import Code
from server import bulk, epochs
from server.database import Database
from server.intake import feed
from server.intake.place import Place, place_of
from server.intake.snapshot import Row, cut, groups_of, part_of
from server.signing import Signer
from sync import parcel, statement
from sync.errors import Refused
from sync.ids import LogId, log_id

PROOF_MS_MAX = 600_000
"""How long the signed time of a hello proves who asks."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a kiosk's view has come in a channel; epoch "" for not at all. staged, part: the part it needs of a snapshot."""

    channel: str
    epoch: str = ""
    number: int = 0
    staged: int = 0
    part: int = 1


def pull(database: Database, signer: Signer, *, key: bytes, text: str, signature: bytes) -> bytes:
    """Give the next page to a kiosk that proves a fresh hello; to a pending one, of its predecessor's channels.

    Raise `Refused(bad_signature | malformed | unknown_log | stale_proof | not_enrolled | not_found)`.
    """
    statement.require_signed(key, text, signature)
    fields = statement.read(text, "pull")
    name = log_id(key)
    if fields["log"] != name:
        raise Refused(Code.UNKNOWN_LOG, "the key belongs to another log")
    _check_proof(signer, fields)
    numbers = (statement.integer(fields[name]) for name in ("number", "staged", "part"))
    asked = Cursor(fields["channel"], fields["epoch"], *numbers)
    with database.read() as connection:
        place = place_of(connection, name)
    if place is None:
        raise Refused(Code.NOT_ENROLLED, "this log is not enrolled")
    if asked.channel not in channels_of(place):
        raise Refused(Code.NOT_FOUND, "not a channel of this kiosk")
    return _page(database, signer, asked)


def channels_of(place: Place) -> list[str]:
    """Give the channels that a kiosk at this place follows."""
    return [parcel.ALL, parcel.site_channel(place.site), parcel.CENTRAL]


def place_word(signer: Signer, epoch: str, log: str, place: Place, now_ms: int) -> dict[str, str]:
    """Give the signed word where a log belongs."""
    return signer.sign(
        "place", epoch=epoch, log=log, site=place.site, post=place.post, server_ms=now_ms
    )


def parcels(database: Database, signer: Signer, log: LogId, cursor: str) -> Iterator[bytes]:
    """Give all parcels that bring a kiosk with this cursor (`kiosk.view.cursor`) up to date, in order, for another route.

    Nothing for a log that belongs nowhere. A cursor that cannot be read counts as none.
    """
    with database.write_facts() as connection:
        feed.follow(connection, signer)
    with database.read() as connection:
        epoch, place = epochs.current(connection).name, place_of(connection, log)
    if place is None:
        return
    word = place_word(signer, epoch, log, place, signer.clock.wall_ms())
    yield parcel.pack(word["statement"], bytes.fromhex(word["signature"]), b"")
    here = read_cursor(cursor)
    for channel in channels_of(place):
        yield from _all_pages(database, signer, here.get(channel, Cursor(channel)))


def read_cursor(text: str) -> dict[str, Cursor]:
    """Read what a kiosk says of its view: `channel epoch number`, joined by `;`. What cannot be read is left out."""
    found = {}
    for part in text.split(";")[:16]:
        words = part.split(" ")
        if len(words) == 3 and words[2].isascii() and words[2].isdigit() and len(words[2]) < 16:
            found[words[0]] = Cursor(words[0], words[1], int(words[2]))
    return found


def _all_pages(database: Database, signer: Signer, cursor: Cursor) -> Iterator[bytes]:
    for _ in range(PULLS_MAX):
        wire = _page(database, signer, cursor)
        word = parcel.unpack(wire, server_key=signer.keys.identity_public)
        if not isinstance(word, parcel.Page):
            raise TypeError("a page is a page")
        if not word.is_snapshot and word.number == cursor.number:
            return
        yield wire
        if word.part < word.parts:
            cursor = Cursor(cursor.channel, "", 0, word.number, word.part + 1)
        else:
            cursor = Cursor(cursor.channel, word.epoch, word.number)


def _check_proof(signer: Signer, fields: dict[str, str]) -> None:
    """The proof is our own signature over the time we gave this log: nobody else has it, and it grows old."""
    server_ms = statement.integer(fields["server_ms"])
    proof = statement.octets(fields["proof"], 64)
    said = statement.write(
        "time",
        epoch=signer.epoch,
        log=fields["log"],
        nonce=fields["nonce"],
        server_ms=server_ms,
    )
    fresh = abs(signer.clock.wall_ms() - server_ms) <= PROOF_MS_MAX
    if not fresh or not statement.is_signed(signer.keys.identity_public, said, proof):
        raise Refused(Code.STALE_PROOF, "say hello first")


def _page(database: Database, signer: Signer, asked: Cursor) -> bytes:
    with database.read() as connection:
        epoch = epochs.current(connection).name
        top = feed.heads(connection, [asked.channel])[asked.channel]
        floor = feed.floor(connection, asked.channel)
        if asked.epoch == epoch and floor <= asked.number <= top:
            return _changes(connection, signer, epoch, asked, top)
    return part_of(database, signer, asked.channel, staged=asked.staged, part=asked.part)


def _changes(connection: Connection, signer: Signer, epoch: str, asked: Cursor, top: int) -> bytes:
    """Give the rows that changed after the cursor, oldest change first, as many as fit."""
    found = bulk.fetch(connection, _AFTER, (asked.channel, asked.number, PARCEL_ROWS_MAX))
    rows: list[Row] = [(k, key, bytes(v), gone, number) for k, key, v, gone, number in found]
    page = rows[: cut(rows)]
    is_all = len(page) == len(rows) < PARCEL_ROWS_MAX
    content = groups_of(page)
    signed = signer.sign(
        "changes",
        epoch=epoch,
        channel=asked.channel,
        after=asked.number,
        number=top if is_all else page[-1][4],
        digest=parcel.digest(content),
        server_ms=signer.clock.wall_ms(),
    )
    return parcel.pack(signed["statement"], bytes.fromhex(signed["signature"]), content)


_AFTER = """
SELECT kind, key, value, gone, number FROM feed_row WHERE channel = ? AND number > ? ORDER BY number LIMIT ?
"""
