"""Which neighbours were met, when, and how many of our own waiting entries each keeps: for status, screen and `doctor`."""

from dataclasses import dataclass, field

from kiosk import device, receipts
from kiosk.limits import NEIGHBOURS_MAX
from kiosk.neighbours.stage import Staged, pending
from kiosk.receipts import Ranges
from kiosk.store import Database

_NAME = "neighbours met"
KEPT_MAX = 2 * NEIGHBOURS_MAX


@dataclass(frozen=True, slots=True)
class Met:
    """A neighbour. tried_ms: when it was called last; met_ms: when it answered, or called us (0: never).

    problem: code of what went wrong last. given: own entries that it keeps, by number of the log.
    """

    address: str
    log: str = ""
    site: str = ""
    tried_ms: int = 0
    met_ms: int = 0
    problem: str = ""
    given: dict[int, Ranges] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """How it stands with a neighbour. holds: own entries without a receipt that it keeps for us."""

    address: str
    log: str
    site: str
    met_ms: int
    problem: str
    holds: int


def read_met(db: Database) -> list[Met]:
    """Read them all, the last met first."""
    return device.read(db, _NAME, list[Met]) or []


def write_met(db: Database, found: list[Met]) -> None:
    """Write down what became of calls, within the caller's transaction: a neighbour by its log, else by its address."""
    fresh = {one.log or one.address for one in found}
    places = {one.address for one in found}
    rest = [one for one in read_met(db) if (one.log or one.address) not in fresh]
    rest = [one for one in rest if one.address not in places]
    both = sorted([*found, *rest], key=lambda one: (one.met_ms, one.tried_ms), reverse=True)
    device.write(db, _NAME, both[:KEPT_MAX])


def neighbours(db: Database) -> list[Neighbour]:
    """Say how it stands with each."""
    met = read_met(db)
    waiting = pending(db) if met else {}
    return [
        Neighbour(one.address, one.log, one.site, one.met_ms, one.problem, holds(one, waiting))
        for one in met
    ]


def given_now(staged: Staged, before: Met | None, *, has_it: bool) -> dict[int, Ranges]:
    """Give what a neighbour keeps of ours: what lies ready if it has that, else what it had."""
    if has_it:
        return staged.ranges
    return before.given if before else {}


def holds(one: Met, waiting: dict[int, Ranges]) -> int:
    """Count the own entries that a neighbour keeps and that wait still. waiting: by number of the log."""
    return sum(
        receipts.size(receipts.common(ranges, waiting.get(number, [])))
        for number, ranges in one.given.items()
    )
