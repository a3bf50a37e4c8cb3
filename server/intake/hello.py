"""Answer a hello: signed time, and what the server holds of this log. Every contact becomes an anchor of the kiosk's log."""

from dataclasses import dataclass

from sqlalchemy import select, update

from schemas.limits import RANGES_MAX
from schemas.vocabulary import Code
from server.database import Database
from server.intake.ingest import open_log, read_ranges
from server.intake.place import is_revoked, place_of
from server.intake.view import view_digest
from server.models.log import Log
from server.signing import Signer
from sync import statement
from sync.errors import Refused
from sync.heads import Range
from sync.ids import log_id


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a hello is answered with."""

    time: dict[str, str]
    enrolled: bool
    site: str | None
    post: str | None
    ranges: list[Range]
    view: str
    revoked: bool


def greet(
    database: Database, signer: Signer, *, key: bytes, text: str, signature: bytes, version: str
) -> Greeting:
    """Check a signed hello and answer it. Raise `Refused(bad_signature | malformed | unknown_log | quota)`."""
    statement.require_signed(key, text, signature)
    fields = statement.read(text, "hello")
    name = log_id(key)
    if fields["log"] != name:
        raise Refused(Code.UNKNOWN_LOG, "the key belongs to another log")
    head, nonce = _numbers(fields)
    now = signer.clock.wall_ms()
    with database.write_facts() as connection:
        log = connection.scalar(select(Log.id).where(Log.name == name))
        if log is None:
            log = open_log(connection, name, key)
        contact = {"announced": head, "contact_ms": now, "software": version}
        connection.execute(update(Log).where(Log.id == log).values(contact))
        ranges = read_ranges(connection, log)
        place = place_of(connection, name)
        digest = view_digest(connection, signer.keys, place) if place else ""
        revoked = is_revoked(connection, name)
    return Greeting(
        time=signer.sign("time", epoch=signer.epoch, log=name, nonce=nonce, server_ms=now),
        enrolled=place is not None and not place.predecessor,
        site=place.site if place else None,
        post=place.post if place else None,
        ranges=ranges[:RANGES_MAX],
        view=digest,
        revoked=revoked,
    )


def _numbers(fields: dict[str, str]) -> tuple[int, str]:
    statement.octets(fields["hash"], 32)
    return statement.integer(fields["seq"]), statement.octets(fields["nonce"], 16).hex()
