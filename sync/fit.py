"""What a post needs of people and what a person has, as rows of a view tell it: training, insurance, an age (RULES, D7). Pure.

A kiosk warns by it, offline and for days; the centre judges again. Texts as in `docs/protocol.md`, 11.14.
"""

from collections.abc import Iterable, Mapping
from re import fullmatch
from typing import NamedTuple

from schemas.vocabulary import END

INSURANCE, TRAINING, AGE = "insurance", "training", "age"
_DAY = r"([0-9]{4}-[0-9]{2}-[0-9]{2})?"
_SPAN = rf"{_DAY}\.\.{_DAY}" + END


class Span(NamedTuple):
    """From a first to a last local date, ISO 8601; "" for open."""

    first: str = ""
    last: str = ""

    def holds(self, day: str) -> bool:
        """Tell whether a date lies within."""
        return self.first <= day and (not self.last or day <= self.last)


class Need(NamedTuple):
    """What a post needs. kind: `insurance`, `training` or `age`, or a later one. what: a training's name, or years."""

    kind: str
    what: str = ""

    @property
    def text(self) -> str:
        """As rows have it."""
        return f"{self.kind}:{self.what}" if self.what else self.kind


def write_needs(needs: Iterable[Need]) -> str:
    """Give the text of a post's needs."""
    return ";".join(need.text for need in needs)


def read_needs(text: str) -> list[Need]:
    """Read it again."""
    return [_need(item) for item in text.split(";") if item]


def write_fits(fits: Mapping[Need, Iterable[Span]]) -> str:
    """Give the text of what a person has; a need without a span is left out."""
    told = {need: ",".join(f"{span.first}..{span.last}" for span in fits[need]) for need in fits}
    return ";".join(f"{need.text}={spans}" for need, spans in told.items() if spans)


def read_fits(text: str) -> dict[Need, list[Span]]:
    """Read it again. What cannot be read counts as not there: then the lead is warned."""
    found = {}
    for item in text.split(";"):
        need, _, spans = item.rpartition("=")
        if need:
            read = (fullmatch(_SPAN, span) for span in spans.split(","))
            found[_need(need)] = [Span(one[1] or "", one[2] or "") for one in read if one]
    return found


def lacking(needs: Iterable[Need], fits: Mapping[Need, Iterable[Span]], day: str) -> list[Need]:
    """Give those needs that a person does not meet on a date."""
    return [need for need in needs if not any(span.holds(day) for span in fits.get(need, ()))]


def _need(item: str) -> Need:
    kind, _, what = item.partition(":")
    return Need(kind, what)
