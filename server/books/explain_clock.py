"""What the time of an entry was corrected by: the contact with the server that its boot was measured against."""

from dataclasses import dataclass, field

from sqlalchemy import Connection

from server import bulk
from server.books import stored
from server.books.dates import iso_time
from server.reconcile.facts import ScanFact
from server.reconcile.order import is_stated


@dataclass(frozen=True, slots=True)
class Clock:
    """by: `anchor` (seq, server_time ± half_ms), `boot` (no contact in that boot, which begins at seq) or `stated`."""

    by: str
    seq: int | None
    server_time: str | None
    half_ms: int | None


@dataclass(slots=True)
class Clocks:
    """Looks anchors up, each once."""

    connection: Connection
    known: dict[tuple[str, int], Clock] = field(default_factory=dict)

    def of(self, scan: ScanFact) -> Clock:
        """Tell what a scan's time was corrected by."""
        if is_stated(scan):
            return Clock("stated", None, None, None)
        if scan.base <= 0:
            return Clock("boot", -scan.base, None, None)
        key = scan.log, scan.base
        if key not in self.known:
            self.known[key] = self._anchor(*key)
        return self.known[key]

    def _anchor(self, log: str, seq: int) -> Clock:
        rows = bulk.fetch(self.connection, _ANCHOR, (log, seq))
        if not rows:
            return Clock("anchor", seq, None, None)
        kept = stored.unpack_anchor(bytes(rows[0][0]))
        return Clock("anchor", seq, iso_time(kept.server_ms), kept.half_ms)


_ANCHOR = (
    "SELECT fact FROM derived.mark WHERE log = (SELECT id FROM log WHERE name = ?) "
    "AND kind = 'anchor' AND seq = ? ORDER BY slot"
)
