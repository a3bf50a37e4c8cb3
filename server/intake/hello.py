"""Answer a hello: signed time, and what the server holds of this log. Every contact becomes an anchor of the kiosk's log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from sqlalchemy import Connection

from schemas.limits import RANGES_MAX
from schemas.vocabulary import Code
from server import bulk, epochs
from server.central import Central
from server.database import Database
from server.intake import feed
from server.intake.epoch import Proof, notice
from server.intake.ingest import held_log, open_log, read_ranges
from server.intake.place import is_revoked, place_of
from server.intake.pull import channels_of, place_word
from server.models.fleet import KioskHealth
from server.signing import Signer
from sync import statement
from sync.errors import Refused
from sync.heads import Range
from sync.ids import log_id


@dataclass(frozen=True, slots=True)
class Hello:
    """A hello as it came. proofs: the server's own earlier words that the kiosk shows. health: what it says of itself."""

    key: bytes
    text: str
    signature: bytes
    version: str
    proofs: Sequence[Proof] = ()
    health: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a hello is answered with. channels: those that this log's kiosk follows, and the number of the last change in each."""

    time: dict[str, str]
    enrolled: bool
    site: str | None
    post: str | None
    ranges: list[Range]
    place: dict[str, str] | None
    channels: dict[str, int]
    revoked: bool


def greet(database: Database, signer: Signer, central: Central, hello: Hello) -> Greeting:
    """Check a signed hello and answer it; where it shows that this server has forgotten something, in a new epoch (I6).

    Raise `Refused(bad_signature | malformed | unknown_log | quota)`.
    """
    statement.require_signed(hello.key, hello.text, hello.signature)
    fields = statement.read(hello.text, "hello")
    name = log_id(hello.key)
    if fields["log"] != name:
        raise Refused(Code.UNKNOWN_LOG, "the key belongs to another log")
    head, nonce = _numbers(fields)
    notice(database, central, signer, name, hello.proofs)
    _follow(database, signer)
    now = signer.clock.wall_ms()
    with database.write_facts() as connection:
        epoch = epochs.hold(connection).name
        log = held_log(connection, name)
        if log is None:
            log = open_log(connection, name, hello.key)
        _note_contact(connection, log, head, now, hello.version)
        _note_health(connection, log, now, hello.health)
        ranges = read_ranges(connection, log)
        place = place_of(connection, name)
        channels = feed.heads(connection, channels_of(place)) if place else {}
        revoked = is_revoked(connection, name)
    return Greeting(
        time=signer.sign("time", epoch=epoch, log=name, nonce=nonce, server_ms=now),
        enrolled=place is not None and not place.predecessor,
        site=place.site if place else None,
        post=place.post if place else None,
        ranges=ranges[:RANGES_MAX],
        place=place_word(signer, epoch, name, place, now) if place else None,
        channels=channels,
        revoked=revoked,
    )


def _follow(database: Database, signer: Signer) -> None:
    """Bring the feed up to date, in a transaction of its own; most hellos find nothing to do."""
    with database.read() as connection:
        if not feed.is_behind(connection):
            return
    with database.write_facts() as connection:
        feed.follow(connection, signer)


def _note_contact(connection: Connection, log: int, head: int, now: int, version: str) -> None:
    """Write down when this log was last here. The time never goes back: what was signed must stay known."""
    bulk.execute(connection, _CONTACT, (head, now, now, version, log))


def _note_health(connection: Connection, log: int, now: int, health: Mapping[str, int]) -> None:
    """Keep what the kiosk said of itself, in place of what it said before; an older kiosk says nothing."""
    if health:
        words = msgspec.json.encode(dict(sorted(health.items()))).decode()
        bulk.upsert(connection, KioskHealth, [(log, now, words)])


_CONTACT = (
    "UPDATE log SET announced = ?, contact_ms = CASE WHEN contact_ms > ? THEN contact_ms ELSE ? END, software = ? "
    "WHERE id = ?"
)


def _numbers(fields: dict[str, str]) -> tuple[int, str]:
    statement.octets(fields["hash"], 32)
    return statement.integer(fields["seq"]), statement.octets(fields["nonce"], 16).hex()
