"""News that waits for its people to be derived: gathered from several logs, worked off before it outgrows the cache."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection

from server.books.derive.ahead import WindowNews
from server.books.derive.crew_words import RecordTuple
from server.books.derive.news import records_by_person, scans_of
from server.books.derive.people import Ground, Moved, derive_people
from server.books.derive.stored import KioskLog
from server.reconcile.facts import ScanFact

SCANS_IN_HAND = 20_000
"""New scans that wait for people to be derived: so few that most are still in the cache when they are looked at again."""

SCANS_MEANWHILE = 5_000
"""So many are enough for their people to be derived while other processes are at work on more."""


@dataclass(slots=True)
class InHand:
    """New or moved scans of several logs, whose people are derived together: once, however many kiosks they went to.

    ahead: records made of further ones, by person. whole: people of whom everything is to be read, because scans of theirs may
    have stood at another time. touched: those whom something else concerns. moved: where records changed. people: derived so far.
    """

    connection: Connection
    logs: dict[int, KioskLog]
    scans: list[ScanFact] = field(default_factory=list)
    ahead: dict[str, list[RecordTuple]] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    moved: Moved = field(default_factory=lambda: Moved(list))
    people: int = 0
    _ground: Ground | None = None

    def add(self, window: WindowNews, known_before: set[str]) -> None:
        """Wait for more, but not for more than fits into memory."""
        self.scans += window.scans
        self.whole |= known_before
        self._add_ahead(records_by_person(window.records))
        if self._count() > SCANS_IN_HAND:
            self._derive_scans()

    def derive_meanwhile(self) -> bool:
        """Derive the people of what waits, if it is enough; tell whether it was."""
        is_enough = self._count() >= SCANS_MEANWHILE
        if is_enough:
            self._derive_scans()
        return is_enough

    def derive(self, again: Iterable[str]) -> int:
        """Derive whoever waits, and these people again; give how many that were."""
        self._derive_scans()
        for people in (sorted(self.touched), again):
            self.people += derive_people(self.connection, (), people, self.logs, self.moved)
        return self.people

    def _count(self) -> int:
        return len(self.scans) + 2 * len(self.ahead)

    def _add_ahead(self, made: dict[str, list[RecordTuple]]) -> None:
        """Keep records made ahead; of people whom another window had, too, all scans instead, which mean something together."""
        for who in made.keys() & self.ahead.keys():
            self.scans += scans_of((*made.pop(who), *self.ahead.pop(who)), self.logs)
        self.ahead.update(made)

    def _derive_scans(self) -> None:
        if self.scans or self.ahead:
            self._ground = self._ground or Ground(self.connection)
            self.people += derive_people(
                self.connection,
                self.scans,
                (),
                self.logs,
                self.moved,
                whole=self.whole,
                ahead=self.ahead,
                ground=self._ground,
            )
            self.scans, self.ahead, self.whole = [], {}, set()
