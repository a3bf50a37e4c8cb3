"""Proposals: what only two people together may decide is proposed by one, and decided when another confirms it (E2).

Until then nothing is in the central log. The decision names both: who confirmed it made it, who proposed it is its second person.
"""

from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from schemas.vocabulary import Action, Code
from server.access.part import Part
from server.books.decisions.actor import Actor
from server.books.decisions.decide import Decided, Reasons, decide
from server.books.decisions.draft import Wish
from server.books.review.look import Looked
from server.central import Central
from server.database import Database
from server.limits import PROPOSALS_LISTED_MAX
from server.models.proposal import Proposal
from sync.errors import Refused

OPEN, CONFIRMED, WITHDRAWN = "open", "confirmed", "withdrawn"
_Spans = tuple[tuple[int | None, int | None], ...]
_Packed = tuple[_Spans, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Proposer:
    """Who proposes: account and own number, and when."""

    account: int
    number: str
    now_ms: int


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal as it waits. entry: in hex."""

    id: int
    at_ms: int
    account: int
    by: str
    site: str
    wish: Wish
    why: str
    seen: str


def propose(
    connection: Connection, proposer: Proposer, looked: Looked, wish: Wish, reasons: Reasons
) -> int:
    """Write a proposal down, in the caller's transaction, and give its number; the same one again is the same."""
    packed = msgspec.msgpack.encode((wish.spans, wish.others))
    values = {
        "account": proposer.account,
        "by": proposer.number,
        "who": wish.number,
        "entry": looked.entry,
        "action": str(wish.action),
        "wish": packed,
        "seen": reasons.seen,
        "state": OPEN,
    }
    same = [Proposal.__table__.c[name] == value for name, value in values.items()]
    there = connection.scalar(select(Proposal.id).where(*same).limit(1))
    if there is not None:
        return there
    more = {"site": looked.site, "team": looked.team, "region": looked.region, "why": reasons.why}
    rest = {"at_ms": proposer.now_ms, "settles": wish.settles, "done_ms": 0, "done_by": ""}
    made = connection.execute(insert(Proposal).values(**values, **more, **rest))
    (number,) = made.inserted_primary_key or (0,)
    return int(number)


def read_proposals(connection: Connection, part: Part) -> list[Proposed]:
    """Give the proposals that wait within a part, the oldest first: at most `PROPOSALS_LISTED_MAX`."""
    query = select(Proposal).where(*_waiting(part)).order_by(Proposal.at_ms, Proposal.id)
    return [_proposed(row) for row in connection.execute(query.limit(PROPOSALS_LISTED_MAX))]


def count_proposals(connection: Connection, part: Part) -> tuple[int, int]:
    """Give how many wait within a part, and since when the oldest does (0: none)."""
    row = connection.execute(
        select(func.count(), func.min(Proposal.at_ms)).where(*_waiting(part))
    ).one()
    return int(row[0]), int(row[1] or 0)


def find_proposal(connection: Connection, part: Part, number: int) -> Proposed | None:
    """Give a proposal that waits within a part."""
    query = select(Proposal).where(Proposal.id == number, *_waiting(part))
    row = connection.execute(query).one_or_none()
    return None if row is None else _proposed(row)


def confirm_proposal(
    database: Database, central: Central, actor: Actor, proposed: Proposed, now_ms: int
) -> Decided:
    """Decide as proposed. Raise `Refused` as `decide` does: `second_needed` to who proposed it, `changed_since`, …"""
    if actor.number == proposed.by:
        raise Refused(Code.SECOND_NEEDED, "需要另一人确认 / another person has to confirm it")
    reasons = Reasons(proposed.why, proposed.by, proposed.seen)
    done = decide(database, central, actor, proposed.wish, reasons)
    with database.write_facts() as connection:
        end_proposal(connection, proposed.id, CONFIRMED, actor.number, now_ms)
    return done


def end_proposal(connection: Connection, number: int, state: str, by: str, now_ms: int) -> None:
    """Say that a proposal waits no longer, in the caller's transaction."""
    ended = update(Proposal).where(Proposal.id == number, Proposal.state == OPEN)
    connection.execute(ended.values(state=state, done_by=by, done_ms=now_ms))


def _waiting(part: Part) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    within = part.records_within(Proposal.site, Proposal.team, Proposal.region)
    return Proposal.state == OPEN, within


def _proposed(row: Row[Any]) -> Proposed:
    spans, others = msgspec.msgpack.decode(bytes(row.wish), type=_Packed)
    entry, action = bytes(row.entry).hex(), Action(row.action)
    wish = Wish(row.who, entry, action, spans, others, row.settles)
    return Proposed(row.id, row.at_ms, row.account, row.by, row.site, wish, row.why, row.seen)
