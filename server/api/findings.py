"""Findings that wait for a person: what rules have to say about records, people and kiosks, and what to look at first."""

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, validate
from sqlalchemy import Connection

from schemas.vocabulary import END, NUMBER_PATTERN
from server.access.roles import Right
from server.access.tree import tree
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page, after, page
from server.api.fields import LocalDate, PageAsked, Strict, number, words
from server.api.shapes import page_shape
from server.books.dates import day_end_ms, iso_time
from server.books.review.open_findings import Queued, read_queue
from server.books.review.sought import EVER_MS, Place, Sought
from server.books.review.standing import State
from server.limits import SEARCH_CHARS_MAX
from server.people.meant import people_meant
from server.reconcile.facts import Severity

calls = Calls(
    "findings", __name__, "What rules found: about whom or which kiosk, on which entries."
)
RULE = rf"^[A-Z][0-9]{{1,2}}{END}"


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding. state: `open`, `changed` (somebody decided, and it is to be looked at again), `decided` or `kiosk`.

    about: a volunteer's number, or a kiosk's log. since: when it began (null: a kiosk's). record: "" for one about no record.
    suggestion: what to look at deciding first. finding: what names it among all others (`/sweeps`).
    """

    rule: str
    severity: str
    state: str
    about: str
    site: str
    team: str
    region: str
    since: str | None
    record: str
    entries: list[str]
    figures: dict[str, str]
    suggestion: str
    finding: str


class FindingsSought(Strict):
    """Which findings; without `state` all that wait for a person. region: with all below it. q: people, as typed."""

    state = fields.String(
        load_default=None, validate=validate.OneOf([state.value for state in State])
    )
    rule = fields.String(load_default=str, validate=validate.Regexp(RULE))
    severity = fields.String(
        load_default=str, validate=validate.OneOf([each.value for each in Severity])
    )
    site = number(load_default=str)
    team = number(load_default=str)
    region = number(load_default=str)
    volunteer = fields.String(load_default=None, validate=validate.Regexp(NUMBER_PATTERN))
    q = words(SEARCH_CHARS_MAX, load_default=str)
    first = LocalDate(data_key="from", load_default=None)
    last = LocalDate(data_key="to", load_default=None)


class FindingsAsked(PageAsked, FindingsSought):
    """Which page of which findings."""


@calls.reads("/findings", needs=Right.SEE, asks=FindingsAsked, gives=page_shape(Finding))
def browse(asked: dict[str, Any]) -> Page[Finding]:
    """Findings that wait, the oldest first: those to be looked at again, and those that nobody decided on."""
    behind, limit = after(asked), asked["limit"]
    with here.reading() as connection:
        part = here.part(connection, Right.SEE)
        wanted = sought(connection, asked)
        found = read_queue(connection, part, wanted, Place(*behind) if behind else None, limit + 1)
    placed = page(found, limit, _key)
    return Page([_told(each) for each in placed.items], placed.next)


def sought(connection: Connection, asked: dict[str, Any]) -> Sought:
    """Give which findings are meant."""
    regions = tree(connection).below([asked["region"]]) if asked["region"] else ()
    return Sought(
        state=State(asked["state"]) if asked["state"] else None,
        rule=asked["rule"],
        severity=asked["severity"],
        site=asked["site"],
        team=asked["team"],
        regions=frozenset(regions),
        from_ms=-EVER_MS if asked["first"] is None else day_end_ms(asked["first"] - 1),
        before_ms=EVER_MS if asked["last"] is None else day_end_ms(asked["last"]),
        people=_people(connection, asked),
    )


def _people(connection: Connection, asked: dict[str, Any]) -> tuple[str, ...] | None:
    meant = people_meant(connection, asked["q"])
    one = asked["volunteer"]
    if one is None:
        return meant
    return (one,) if meant is None or one in meant else ()


def _key(one: Queued) -> tuple[int, str, str, bytes]:
    return one.place.at_ms, one.place.about, one.place.rule, one.place.digest


def _told(one: Queued) -> Finding:
    found, at_ms = one.found, one.place.at_ms
    return Finding(
        found.rule, found.severity, str(one.state), found.about, found.site, one.team, one.region,
        iso_time(at_ms) if at_ms else None, found.record, found.entries, found.figures,
        found.suggestion, one.place.text(),
    )  # fmt: skip
