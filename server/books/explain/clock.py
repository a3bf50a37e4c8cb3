"""What the time of an entry was corrected by: the contact with the server that its boot was measured against."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain

from sqlalchemy import Connection

from server import bulk
from server.books.dates import iso_time
from server.books.derive import stored
from server.people.roster import in_parts
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

    def read(self, scans: Iterable[ScanFact]) -> None:
        """Look the anchors of these scans up in one question, before `of` is asked for each."""
        new = {
            (s.log, s.base) for s in scans if not is_stated(s) and s.base > 0
        } - self.known.keys()
        for some in in_parts(sorted(new)):
            query = _ANCHORS.format(wanted=", ".join(["(?, ?)"] * len(some)))
            found = {
                (log, seq): bytes(fact)
                for log, seq, fact in bulk.fetch(
                    self.connection, query, tuple(chain.from_iterable(some))
                )
            }
            self.known.update((key, _clock(key[1], found.get(key))) for key in some)

    def of(self, scan: ScanFact) -> Clock:
        """Tell what a scan's time was corrected by."""
        if is_stated(scan):
            return Clock("stated", None, None, None)
        if scan.base <= 0:
            return Clock("boot", -scan.base, None, None)
        key = scan.log, scan.base
        if key not in self.known:
            self.read([scan])
        return self.known[key]


def _clock(seq: int, fact: bytes | None) -> Clock:
    """Give what an anchor was; one that is not held any more is known by its seq alone."""
    if fact is None:
        return Clock("anchor", seq, None, None)
    kept = stored.unpack_anchor(fact)
    return Clock("anchor", seq, iso_time(kept.server_ms), kept.half_ms)


_ANCHORS = (  # of two entries with one seq, from a fork, that of the lower slot stands: it comes last
    "SELECT l.name, m.seq, m.fact FROM (VALUES {wanted}) w JOIN log l ON l.name = w.column1 "
    "JOIN derived.mark m ON m.log = l.id AND m.kind = 'anchor' AND m.seq = w.column2 "
    "ORDER BY m.slot DESC"
)
