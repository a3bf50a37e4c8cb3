"""As what somebody decides on a record: with the roles that their grants bring over the part of the tree it lies in."""

from sqlalchemy import Connection

from server.access.roles import DECIDES_AS, Right
from server.access.tree import tree
from server.accounts.account import Account
from server.books.actor import Actor


def acting(connection: Connection, me: Account, site: str, team: str, region: str) -> Actor | None:
    """Give who decides on a record of this site, team and region; None for who may not, or has no number of their own (E6)."""
    known = tree(connection)
    roles = set()
    for grant in me.grants:
        within = known.part([grant])
        is_within = within.has_site(site) or within.has_person(team, region)
        if is_within and grant.brings(Right.DECIDE) and grant.role in DECIDES_AS:
            roles.add(DECIDES_AS[grant.role])
    return Actor(me.number, frozenset(roles)) if roles and me.number else None
