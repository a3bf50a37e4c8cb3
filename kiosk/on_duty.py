"""Who is on duty here, by this kiosk's own logs: whose last scan, or end stated by a lead, is an in that can still be open.

Kept in memory and brought up to date from what was appended since, so that asking every other second costs nothing however
long the log is. For the screen only: the centre derives presence from all logs.
"""

from dataclasses import dataclass, field

from kiosk import device
from kiosk.clock import Reading
from kiosk.guess import STAY_MS_MAX, scans_of
from kiosk.log import bodies, entry_at, read_head
from kiosk.store import Database
from schemas.entry import Attest, Scan, Void
from schemas.vocabulary import Direction
from sync import canonical

_STEP_ENTRIES = 1_000
_STATED = "SELECT DISTINCT who FROM stated"
_LAST_SCANS = """SELECT who, direction, wall_ms FROM (SELECT who, direction, wall_ms, max((log << 40) + seq)
                 FROM scans GROUP BY who) WHERE direction = 'in'"""


@dataclass(slots=True)
class OnDuty:
    """A picture of who is in, up to an entry. since_ms: by number, the wall clock of the in."""

    log: int = 0
    seq: int = 0
    since_ms: dict[str, int] = field(default_factory=dict)

    def look(self, db: Database, now: Reading) -> list[tuple[str, int]]:
        """Give (number, since when) of all on duty now, who came last first."""
        self._follow(db)
        oldest = now.wall_ms - STAY_MS_MAX
        there = [(since, who) for who, since in self.since_ms.items() if since >= oldest]
        return [(who, since) for since, who in sorted(there, reverse=True)]

    def _follow(self, db: Database) -> None:
        identity = device.read_identity(db)
        if identity is None:
            return
        head = read_head(db, identity).seq
        if identity.number != self.log or head < self.seq:
            self.since_ms = {who: wall_ms for who, _, wall_ms in db.execute(_LAST_SCANS)}
            for (who,) in db.execute(_STATED).fetchall():
                self._person(db, who)
            self.log, self.seq = identity.number, head
        while self.seq < head:
            last = min(head, self.seq + _STEP_ENTRIES)
            for body in bodies(db, identity, self.seq + 1, last):
                self._take(db, identity, canonical.understand(body))
            self.seq = last

    def _take(self, db: Database, identity: device.Identity, entry: object) -> None:
        match entry:
            case Scan(who=who) | Attest(who=who) if who:
                self._person(db, who)
            case Void(seq=seq):
                undone = entry_at(db, identity, seq)
                if isinstance(undone, Scan | Attest) and undone.who:
                    self._person(db, undone.who)

    def _person(self, db: Database, who: str) -> None:
        """Take a person's last scan from the index: it knows what was undone, and leaves out withdrawn badges."""
        seen = scans_of(db, who)
        if seen and seen[-1].direction == Direction.IN:
            self.since_ms[who] = seen[-1].wall_ms
        else:
            self.since_ms.pop(who, None)
