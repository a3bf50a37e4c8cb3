"""As what somebody acts on one record, site or team: with the roles that their grants bring over the part that it lies in.

A high role over one district lifts nobody in another, and a low one elsewhere takes nothing away. What names no single place
(many records, two numbers that are one person) takes `Account.actor`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from schemas.vocabulary import Code
from server.access.roles import DECIDES_AS, Right
from server.access.tree import tree
from server.accounts.account import Account
from server.books.decisions.actor import Actor
from sync.errors import Refused


@dataclass(frozen=True, slots=True)
class Where:
    """Where something lies: its site, the team and region of its person ("" for what it has not)."""

    site: str = ""
    team: str = ""
    region: str = ""


def acting(connection: Connection, me: Account, right: Right, where: Where) -> Actor | None:
    """Give who acts there by a right; None for who may not, or has no number of their own (E6)."""
    known = tree(connection)
    roles = set()
    for grant in me.grants:
        if grant.brings(right) and grant.role in DECIDES_AS:
            within = known.part([grant])
            if within.has_site(where.site) or within.has_person(where.team, where.region):
                roles.add(DECIDES_AS[grant.role])
    return Actor(me.number, frozenset(roles)) if roles and me.number else None


def require_actor(connection: Connection, me: Account, right: Right, where: Where) -> Actor:
    """Give who acts there by a right.

    Raise `Refused`: `number_needed` for an account that names no number of its own; `no_right` for who may look there at most.
    """
    found = acting(connection, me, right, where)
    if found is not None:
        return found
    me.require_number()
    raise Refused(Code.NO_RIGHT, f"takes the right {right} over {where.site or where.region}")


def actor_of(me: Account) -> Callable[[Connection, str, str, str], Actor | None]:
    """Give what tells as what an account decides on a record of a site, team and region; the answer for a place is remembered."""
    known: dict[Where, Actor | None] = {}

    def decider(connection: Connection, site: str, team: str, region: str) -> Actor | None:
        where = Where(site, team, region)
        if where not in known:
            known[where] = acting(connection, me, Right.DECIDE, where)
        return known[where]

    return decider
