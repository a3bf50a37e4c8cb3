"""Proposals: what takes two people is proposed by one, and decided when another confirms it (E2)."""

from dataclasses import dataclass
from typing import Any

from schemas.vocabulary import Code
from server.access.roles import Right
from server.api import here
from server.api.based_on import seen, tag
from server.api.calls import Calls
from server.api.cursors import Page
from server.api.fields import Nothing
from server.api.shapes import page_shape
from server.api.wishes import WishWanted, look_at, wish_of
from server.books.dates import iso_time
from server.books.decisions.decide import Decided, Reasons
from server.books.decisions.draft import draft
from server.books.decisions.propose import (
    WITHDRAWN,
    Proposed,
    Proposer,
    confirm_proposal,
    end_proposal,
    find_proposal,
    propose,
    read_proposals,
)
from server.books.review.look import Looked, outside
from sync.errors import Refused

calls = Calls("proposals", __name__, "Decisions that one person proposes and another confirms.")


@dataclass(frozen=True, slots=True)
class ProposedStretch:
    """A stretch of time to be credited; null where what the record has stands."""

    since: str | None
    until: str | None


@dataclass(frozen=True, slots=True)
class ProposalTold:
    """A decision that waits for another person. by: the number of who proposed it."""

    proposal: int
    made: str
    by: str
    volunteer: str
    record: str
    site: str
    action: str
    credit: list[ProposedStretch]
    others: list[str]
    settles: str
    why: str


@dataclass(frozen=True, slots=True)
class ProposalMade:
    """A proposal that waits. The same one again is the same."""

    proposal: int


@dataclass(frozen=True, slots=True)
class ProposalEnded:
    """A proposal that is not to become a decision."""

    proposal: int


@calls.reads("/proposals", needs=Right.SEE, gives=page_shape(ProposalTold))
def browse(_asked: dict[str, Any]) -> Page[ProposalTold]:
    """What waits for a second person within your part, the oldest first, as much as the console shows."""
    with here.reading() as connection:
        found = read_proposals(connection, here.part(connection, Right.SEE))
    return Page([_told(one) for one in found], None)


@calls.acts(
    "/records/<hash:record>/proposals",
    needs=Right.DECIDE,
    takes=WishWanted,
    gives=ProposalMade,
    is_based=True,
    status=201,
)
def make(wanted: dict[str, Any], record: str) -> tuple[ProposalMade, dict[str, str]]:
    """Propose a decision on a record: another person confirms it. `If-Match`: the `ETag` of the record."""
    wish, based = wish_of(wanted, record), seen()
    with here.reading() as connection:
        looked, actor = look_at(connection, wish.number, record)
        if outside(looked.now, here.part(connection, Right.DECIDE), wish.others):
            raise Refused(Code.NOT_FOUND, "没有这条记录 / no such record")
    draft(wish, looked.now)  # refuses what could never be decided so
    _require_unchanged(looked, based)
    proposer = Proposer(here.caller().account.id, actor.number, here.now_ms())
    with here.services().database.write_facts() as connection:
        made = propose(connection, proposer, looked, wish, Reasons(wanted["why"], "", looked.seen))
    return ProposalMade(made), tag(looked.seen)


@calls.acts("/proposals/<place:proposal>/confirm", needs=Right.DECIDE, takes=Nothing, gives=Decided)
def confirm(_wanted: dict[str, Any], proposal: int) -> Decided:
    """Make a proposal of somebody else's a decision: you decide, and who proposed it is the second person."""
    services, found = here.services(), _find(proposal)
    with here.reading() as connection:
        _, actor = look_at(connection, found.wish.number, found.wish.record)
    return confirm_proposal(services.database, services.central, actor, found, here.now_ms())


@calls.acts(
    "/proposals/<place:proposal>/withdraw",
    needs=Right.DECIDE,
    takes=Nothing,
    gives=ProposalEnded,
)
def withdraw(_wanted: dict[str, Any], proposal: int) -> ProposalEnded:
    """Say that a proposal, your own or another's, is not to become a decision."""
    found, by = _find(proposal), here.caller().account.number
    with here.services().database.write_facts() as connection:
        end_proposal(connection, found.id, WITHDRAWN, by, here.now_ms())
    return ProposalEnded(found.id)


def _find(number: int) -> Proposed:
    """Give a proposal that waits within the part. Raise `Refused(not_found)`."""
    with here.reading() as connection:
        found = find_proposal(connection, here.part(connection, Right.DECIDE), number)
    if found is None:
        raise Refused(Code.NOT_FOUND, "没有这个提议 / no such proposal")
    return found


def _require_unchanged(looked: Looked, based: str) -> None:
    """Refuse (`changed_since`) what rests on another version than is there now."""
    if based not in ("", looked.seen):
        words = "查看之后有变化，请重新查看 / changed since you looked: look again"
        raise Refused(Code.CHANGED_SINCE, words)


def _told(one: Proposed) -> ProposalTold:
    wish = one.wish
    return ProposalTold(
        one.id, iso_time(one.at_ms), one.by, wish.number, wish.record, one.site, wish.action,
        [ProposedStretch(_minute(a), _minute(b)) for a, b in wish.spans],
        list(wish.others), wish.settles, one.why,
    )  # fmt: skip


def _minute(at: int | None) -> str | None:
    return None if at is None else iso_time(at * 60_000)
