"""The figures of a row: 人, 人次 and minutes apart, the evidence behind the credited ones, and how far they can be relied on."""

from enum import StrEnum
from typing import NamedTuple

from server.books.dates import iso_time
from server.books.explain.words import GRADES


class State(StrEnum):
    """How far figures can be relied on. final: every month concerned is closed; complete: everything of its dates is in."""

    FINAL = "final"
    COMPLETE = "complete"
    PROVISIONAL = "provisional"


STATE_WORDS = {
    State.FINAL: ("已结账", "final: closed, only adjustments can follow"),
    State.COMPLETE: ("数据已齐", "complete: all kiosks are in, not closed"),
    State.PROVISIONAL: ("暂计", "provisional: kiosks are still out"),
}


class Figures(NamedTuple):
    """What some records come to.

    people, records: 人 and 人次. credited, held, refused: minutes. a … e: credited minutes by grade of evidence (E1).
    low, high: between which the credited minutes lie, as in `server.books.hours`. as_of: the smallest frontier concerned in
    local time (None: unknown).
    """

    people: int
    records: int
    credited: int
    held: int
    refused: int
    a: int
    b: int
    c: int
    d: int
    e: int
    low: int
    high: int
    state: State
    as_of: str | None

    @property
    def presented(self) -> int:
        """All minutes that were presented: credited + held + refused."""
        return self.credited + self.held + self.refused

    @property
    def grade(self) -> str:
        """The weakest evidence that credited minutes rest on ("" where nothing is credited)."""
        minutes = (self.a, self.b, self.c, self.d, self.e)
        found = [letter for letter, here in zip(GRADES, minutes, strict=True) if here]
        return max(found, default="")


NOTHING = Figures(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, State.COMPLETE, None)
"""The figures of a row that a period does not have. Nothing is known to be out."""


Key = str | int
"""What a row is about: a code, or a local date or month as a number."""


class Row(NamedTuple):
    """A row of a report. before: its figures in the period that is compared with (None: there is none)."""

    key: Key
    name: str
    now: Figures
    before: Figures | None = None


class Sums(NamedTuple):
    """A row of `server.reports.lines.sums`, behind its key. complete, closed: 1 or 0, None where no record is counted."""

    people: int
    records: int | None
    credited: int | None
    held: int | None
    refused: int | None
    a: int | None
    b: int | None
    c: int | None
    d: int | None
    e: int | None
    open_minutes: int | None
    complete: int | None
    closed: int | None
    frontier_ms: int | None
    unknown: int | None


def figures_of(row: Sums) -> Figures:
    """Give the figures of a row of sums."""
    people, records, credited, held, refused, *grades = (int(number or 0) for number in row[:10])
    high = credited + held + int(row.open_minutes or 0)
    known = row.frontier_ms is not None and not row.unknown
    as_of = iso_time(int(row.frontier_ms)) if known and row.frontier_ms is not None else None
    a, b, c, d, e = grades
    return Figures(
        people, records, credited, held, refused, a, b, c, d, e, credited, high, _state(row), as_of
    )


def _state(row: Sums) -> State:
    if row.closed:
        return State.FINAL
    return State.COMPLETE if row.complete else State.PROVISIONAL
