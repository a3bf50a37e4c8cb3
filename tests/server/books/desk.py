"""A desk at the centre: one kiosk at S1, whatever it records is derived, and what staff do there."""

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select, text

from schemas.vocabulary import Action
from server import create_app
from server.books.decisions.actor import Actor, Role
from server.books.decisions.decide import Decided, Reasons, decide
from server.books.decisions.draft import Wish
from server.books.hours import By, Span, read_hours
from server.books.periods.close_period import ClosedNow, close_period
from server.models.derived import RecordRow
from server.services import Services
from tests.server.books.world import derive
from tests.server.builders import (
    DAY_MS,
    HOUR_MS,
    START_MS,
    Author,
    ServerClock,
    enrol_at,
    make_author,
    push,
)

CITY = Actor("V14", frozenset({Role.CITY}))
LEAD = Actor("V13", frozenset({Role.LEAD}))
NOVEMBER, DECEMBER, JANUARY = 202_611, 202_612, 202_701


@dataclass(slots=True)
class Desk:
    """A server with one kiosk, whose scans are at hours since `START_MS` (2026-11-02)."""

    services: Services
    client: FlaskClient
    clock: ServerClock
    kiosk: Author
    sent: int = 0
    others: int = 0

    def stay(self, who: str, came: float, left: float | None, **fields: Any) -> None:
        """Record a stay; without `left` nobody signs out."""
        self.kiosk.scan(START_MS + int(came * HOUR_MS), who, "in", **fields)
        if left is not None:
            self.kiosk.scan(START_MS + int(left * HOUR_MS), who, "out", **fields)

    def late(self, who: str, came: float, left: float) -> None:
        """Bring a stay that another kiosk of the site recorded, long after."""
        self.others += 1
        kiosk = make_author(f"late {self.others}")
        enrol_at(self.services, kiosk, "S1")
        kiosk.boot(START_MS)
        kiosk.scan(START_MS + int(came * HOUR_MS), who, "in")
        kiosk.scan(START_MS + int(left * HOUR_MS), who, "out")
        at_ms = START_MS + int((left + 0.1) * HOUR_MS)
        kiosk.contact(at_ms, self.services.signer.keys.identity)
        assert push(self.client, kiosk.batch()).status_code == 200
        derive(self.services)

    def sync(self, at: float) -> None:
        """Bring what the kiosk has, with a contact at this hour, and derive it."""
        self.kiosk.contact(START_MS + int(at * HOUR_MS), self.services.signer.keys.identity)
        self.clock.now_ms = max(self.clock.now_ms, START_MS + int(at * HOUR_MS))
        assert push(self.client, self.kiosk.batch(self.sent + 1)).status_code == 200
        self.sent = self.kiosk.head
        derive(self.services)

    def records(self, who: str) -> list[Any]:
        """Give a person's derived records, by beginning."""
        query = select(RecordRow).where(RecordRow.who == who).order_by(RecordRow.in_ms)
        with self.services.database.read() as connection:
            return list(connection.execute(query))

    def minutes(self, who: str) -> tuple[int, int, int]:
        """Give credited, held and refused minutes."""
        rows = [(r.credited, r.held, r.refused) for r in self.records(who)]
        return tuple(map(sum, zip(*rows, strict=True))) if rows else (0, 0, 0)  # type: ignore[return-value] # three

    def decide(
        self, who: str, action: Action, *, at: int = 0, actor: Actor = CITY, **more: Any
    ) -> Decided:
        """Decide on the person's record with this number, and derive what that means."""
        dry, seen, second = more.pop("dry", False), more.pop("seen", ""), more.pop("second", "")
        record = more.pop("record", None) or bytes(self.records(who)[at].id).hex()
        done = decide(
            self.services.database,
            self.services.central,
            actor,
            Wish(who, record, action, **more),
            Reasons("looked at it", second, seen),
            is_dry=dry,
        )
        derive(self.services)
        return done

    def close(self, month: int = NOVEMBER, *, why: str = "", actor: Actor = CITY) -> ClosedNow:
        """Close a month of S1, long after it is over."""
        self.clock.now_ms = max(self.clock.now_ms, START_MS + 200 * DAY_MS)
        services = self.services
        done = close_period(services.database, services.central, actor, "S1", month, why=why)
        derive(services)
        return done

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the database, and put the rows in order."""
        with self.services.database.read() as connection:
            found = [tuple(row) for row in connection.execute(text(query))]
        return sorted(tuple(bytes(v) if isinstance(v, memoryview) else v for v in r) for r in found)

    def hours(self, by: By = By.VOLUNTEER) -> list[dict[str, object]]:
        """Give what staff see."""
        with self.services.database.read() as connection:
            return read_hours(connection, by, Span())


def make_desk(services: Services, clock: ServerClock) -> Desk:
    """Open a desk."""
    kiosk = make_author("desk")
    enrol_at(services, kiosk, "S1")
    kiosk.boot(START_MS)
    kiosk.contact(START_MS + 1_000, services.signer.keys.identity)
    return Desk(services, create_app(services).test_client(), clock, kiosk)
