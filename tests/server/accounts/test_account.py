"""As what an account decides: a role holds within its own part, and never beyond."""

import pytest

from server.access.grant import Grant, Over
from server.access.roles import Right, StaffRole
from server.accounts.account import Account
from server.books.decisions.actor import Role
from sync.errors import Refused

CITY_OVER_A = Grant(StaffRole.CITY, Over.REGION, "A")
LEAD_AT_B = Grant(StaffRole.SITE_LEAD, Over.SITE, "B")
VIEWER = Grant(StaffRole.VIEWER, Over.ALL)


def _roles(*grants: Grant) -> set[Role]:
    return set(Account(number="G1", grants=grants).actor().roles)


def test_a_high_role_over_one_part_lifts_nobody_in_another() -> None:
    assert _roles(CITY_OVER_A, LEAD_AT_B) == {Role.LEAD}
    assert _roles(CITY_OVER_A, VIEWER) == {Role.CITY}


def test_a_role_over_everything_counts_everywhere() -> None:
    assert _roles(Grant(StaffRole.CITY, Over.ALL), LEAD_AT_B) == {Role.CITY, Role.LEAD}
    assert _roles(Grant(StaffRole.REVIEWER, Over.ALL), CITY_OVER_A) == {Role.REVIEWER}


def test_only_roles_that_bring_the_right_count() -> None:
    district = Grant(StaffRole.DISTRICT, Over.REGION, "A")
    actor = Account(number="G1", grants=(district, LEAD_AT_B)).actor(Right.CLOSE)
    assert actor.roles == {Role.REVIEWER}


def test_whoever_has_no_number_decides_nothing() -> None:
    with pytest.raises(Refused, match="number_needed"):
        Account(grants=(CITY_OVER_A,)).actor()
