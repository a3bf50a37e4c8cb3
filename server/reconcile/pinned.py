"""Which version of the reference data judges what (RULES, 10): the latest, but for what is decided or frozen.

A record that is decided or in a frozen set keeps the versions that stood before the first such entry, revocations of badges
too. What is decided names the record's opening entry; the sign-out that it saw follows from a walk as of then.
"""

from collections.abc import Iterable, Sequence

from server.reconcile.facts import Decision, Frozen, Reference, ScanFact
from server.reconcile.minutes import day_of
from server.reconcile.policy import Policy


class Pinned:
    """Gives the reference data that judges an entry, by the record that it opens or belongs to."""

    __slots__ = ("_before", "_first", "latest")

    def __init__(
        self, latest: Reference, decisions: Sequence[Decision], frozen: Iterable[Frozen]
    ) -> None:
        """Find the first decision (in force) or close about each opening entry."""
        self.latest = latest
        self._before: dict[int, Reference] = {}
        self._first: dict[bytes, int] = {}
        named = [(one.record, one.order) for one in decisions]
        for record, order in [*named, *((one.record, one.order) for one in frozen)]:
            self.pin(record, order)

    def pin(self, entry: bytes, order: int) -> None:
        """Let an entry be judged by what stood before this place in central order, or an earlier one if it is named, too."""
        self._first[entry] = min(order, self._first.get(entry, order))

    def orders(self) -> set[int]:
        """Give the places in central order before which versions are kept."""
        return set(self._first.values())

    def order(self, entry: bytes) -> int | None:
        """Give the place before which the versions that judge this entry stood, None for the latest."""
        return self._first.get(entry)

    def of(self, entry: bytes) -> Reference:
        """Give the reference data that judges this entry."""
        order = self._first.get(entry)
        return self.latest if order is None else self.before(order)

    def before(self, order: int) -> Reference:
        """Give the reference data as it stood before this place in central order."""
        if order not in self._before:
            self._before[order] = self.latest.stood_before(order)
        return self._before[order]

    def figures(self, scan: ScanFact) -> Policy:
        """Give the figures in force for a scan."""
        return self.of(scan.hash).policy(scan.site, day_of(scan.at_ms))
