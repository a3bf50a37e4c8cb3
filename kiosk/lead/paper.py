"""Enter a sign-in sheet that was kept on paper: up to a page of rows, all of them or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kiosk import device
from kiosk.app import Kiosk
from kiosk.errors import Stopped, Trouble
from kiosk.lead.enter import PAPER, Stated, add_stated, require_sound
from kiosk.lead.notes import require_reason
from kiosk.limits import PAPER_ROWS_MAX
from kiosk.log import Writer, appending
from schemas.vocabulary import Direction

_DAY_MS = 24 * 3_600_000


class Row(NamedTuple):
    """A row of the sheet: who, and when in and out (Unix milliseconds, 0: not on the sheet)."""

    who: str
    in_ms: int
    out_ms: int


@dataclass(frozen=True, slots=True)
class Entered:
    """What a sheet became. ends: written now; known: those that this kiosk had written before."""

    rows: int
    ends: int
    known: int


def enter_paper(kiosk: Kiosk, rows: Sequence[Row], *, by: str, reason: str) -> Entered:
    """Write down a sheet. Raise `Stopped`: `not_enrolled`, `reason_needed`, `wrong_usage` with the row (from 1) that is wrong."""
    device.require_enrolment(kiosk.store.db)
    why = require_reason(reason)
    if not 0 < len(rows) <= PAPER_ROWS_MAX:
        raise Stopped(Trouble.WRONG_USAGE, "rows")
    with appending(kiosk.store, kiosk.clock) as log:
        ends = [end for at, row in enumerate(rows, 1) for end in _ends(log, row, at)]
        done = [add_stated(log, end, how=PAPER, by=by, reason=why) for end in ends]
    known = sum(head is None for head in done)
    return Entered(len(rows), len(done) - known, known)


def _ends(log: Writer, row: Row, at: int) -> list[Stated]:
    """Give what a row states, checked."""
    both = row.in_ms and row.out_ms
    if not (row.in_ms or row.out_ms) or (both and not 0 < row.out_ms - row.in_ms <= _DAY_MS):
        raise Stopped(Trouble.WRONG_USAGE, str(at))
    times = ((Direction.IN, row.in_ms), (Direction.OUT, row.out_ms))
    ends = [Stated(row.who, direction, at_ms) for direction, at_ms in times if at_ms]
    try:
        for end in ends:
            require_sound(end, log.db, log.now)
    except Stopped as error:
        raise Stopped(Trouble.WRONG_USAGE, str(at)) from error
    return ends
