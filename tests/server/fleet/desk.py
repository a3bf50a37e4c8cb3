"""A kiosk that was copied, and what it left at the centre."""

from dataclasses import dataclass

from flask.testing import FlaskClient

from server.services import Services
from sync.succession import succeed_entry
from tests.server.books.world import derive
from tests.server.builders import HOUR_MS, START_MS, Author, enrol_at, make_author, post, push

AT = START_MS + 8 * HOUR_MS


@dataclass(frozen=True, slots=True)
class Fleet:
    """Three logs: one enrolled at S1, its successor that waits for a person, one enrolled at S2 that never spoke."""

    old: Author
    new: Author
    mute: Author


def make_fleet(services: Services, client: FlaskClient) -> Fleet:
    """Write and bring what they recorded."""
    old, new, mute = (make_author(name) for name in ("old", "new", "mute"))
    identity = services.signer.keys.identity
    enrol_at(services, old, "S1")
    enrol_at(services, mute, "S2")
    old.boot(AT, skew_ms=90_000)
    old.contact(AT + 1_000, identity)
    old.scan(AT + 2_000, "V1")
    old.scan(AT + HOUR_MS, "V1", "out")
    new.boot(AT + 2 * HOUR_MS)
    stamp = new.stamp(AT + 2 * HOUR_MS)
    head = (old.head, old.hashes[-1])
    boot, mono_ms, lead_ms = stamp
    new.add(succeed_entry(old.key, head, new.log, boot=boot, mono_ms=mono_ms, lead_ms=lead_ms))
    new.scan(AT + 3 * HOUR_MS, "V2")
    for author in (old, new):
        health = {"health": {"pending": 4, "battery": 12, "free_mb": 300, "skew_ms": 900_000}}
        assert post(client, "hello", author.hello() | health).status_code == 200
        assert push(client, author.batch()).status_code == 200
    derive(services)
    return Fleet(old, new, mute)
