"""What the address of the queue asks for, and back: every filter is in it, so that a list can be sent on or kept."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict

from server.access.tree import tree
from server.accounts.views import FILTER_CHARS_MAX, FILTERS
from server.books.dates import day_end_ms, read_date
from server.books.review.sought import EVER_MS, Place, Sought, read_place
from server.books.review.standing import State
from server.people.meant import people_meant
from server.reconcile.facts import Severity

STATES = ("open", "changed", "decided")
"""`open`, or nothing: all that waits, the changed too."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Filters as the address has them, those that are empty left out. after: where the page begins."""

    filters: Mapping[str, str]
    after: Place | None

    def get(self, name: str) -> str:
        """Give one filter."""
        return self.filters.get(name, "")

    def with_(self, **more: str) -> dict[str, Any]:
        """Give the values of an address: these filters and more; "" takes one away."""
        return {k: v for k, v in {**self.filters, **more}.items() if v}


def read_asked(values: MultiDict[str, str]) -> Asked:
    """Read the filters of an address or form. Raise `Refused` (`bad_field`) for a cursor that nobody gave."""
    filters = {name: values.get(name, "").strip()[:FILTER_CHARS_MAX] for name in FILTERS}
    kept = {name: value for name, value in filters.items() if value}
    return Asked(kept, read_place(values.get("after", "")))


def sought(connection: Connection, asked: Asked) -> Sought:
    """Give what is to be looked for. Filters that make no sense find nothing, or are passed over where they are no date."""
    regions = tree(connection).below({asked.get("region")}) if asked.get("region") else set()
    first, last = _day(asked.get("from")), _day(asked.get("to"))
    return Sought(
        state=State(asked.get("state")) if asked.get("state") in ("changed", "decided") else None,
        rule=asked.get("rule"),
        severity=asked.get("severity") if asked.get("severity") in set(Severity) else "",
        site=asked.get("site"),
        team=asked.get("team"),
        regions=frozenset(regions),
        from_ms=-EVER_MS if first is None else day_end_ms(first - 1),
        before_ms=EVER_MS if last is None else day_end_ms(last),
        people=people_meant(connection, asked.get("q")),
    )


def _day(text: str) -> int | None:
    with suppress(ValueError):
        return read_date(text)
    return None
