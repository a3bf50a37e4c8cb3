"""Somebody with one role here and another there: each record, site and request meets the role of its own part, everywhere."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from schemas.vocabulary import Action
from server.access.grant import Grant, Over
from server.access.roles import Right, StaffRole
from server.accounts.account import Account
from server.accounts.acting import Where, acting, require_actor
from server.api import create_api
from server.books.dates import read_date
from server.books.decisions.actor import Role
from server.books.decisions.correct import Said, correct
from server.console import create_console
from server.services import Services
from sync.errors import Refused
from tests.server.api.program import Program, code_of
from tests.server.api.town import open_town
from tests.server.books.desk import Desk
from tests.server.books.world import derive
from tests.server.builders import (
    DAY_MS,
    HOUR_MS,
    START_MS,
    ServerClock,
    enrol_at,
    make_author,
    push,
)
from tests.server.conftest import import_text
from tests.server.staff import form_token, hire, signed_in

pytestmark = pytest.mark.both_databases

REVIEWER_HERE = Grant(StaffRole.REVIEWER, Over.REGION, "R1")
DISTRICT_HERE = Grant(StaffRole.DISTRICT, Over.REGION, "R1")
LEAD_THERE = Grant(StaffRole.SITE_LEAD, Over.SITE, "S9")
VIEWER_THERE = Grant(StaffRole.VIEWER, Over.REGION, "R2")
CITY_THERE = Grant(StaffRole.CITY, Over.REGION, "R2")
WHY = "seen on duty"


@dataclass(frozen=True, slots=True)
class Both:
    """The same account twice: a program that calls, and a browser that is signed in."""

    program: Program
    browser: FlaskClient

    def decide(self, who: str, record: str, action: Action = Action.APPROVE) -> tuple[int, str]:
        """Decide by the API; give status and code."""
        wish = {"volunteer": who, "action": action, "why": WHY}
        answer = self.program.post(f"/records/{record}/decisions", wish, seen="*")
        return answer.status_code, "" if answer.status_code == 200 else code_of(answer)

    def press(self, who: str, record: str) -> int:
        """Decide on the page; give the status."""
        address = f"/console/review/{who}/{record}"
        token = form_token(self.browser.get("/console/account").text)
        form = {"csrf_token": token, "action": "approve", "why": WHY}
        return self.browser.post(f"{address}/decide", data=form).status_code


@pytest.fixture
def town(services: Services, clock: ServerClock, tmp_path: Path) -> Desk:
    """Two districts with a day of nine and a half hours in each (B7): V5's at S1, V92's at S9."""
    desk = open_town(services, clock, tmp_path)
    for who, site in (("V5", "S1"), ("V92", "S9")):
        kiosk = make_author(f"long day at {site}")
        enrol_at(services, kiosk, site)
        kiosk.boot(START_MS)
        kiosk.scan(START_MS + 24 * HOUR_MS, who, "in")
        kiosk.scan(START_MS + int(33.5 * HOUR_MS), who, "out")
        kiosk.contact(START_MS + 40 * HOUR_MS, services.signer.keys.identity)
        assert push(desk.client, kiosk.batch()).status_code == 200
    derive(services)
    return desk


def start(services: Services, *grants: Grant) -> Both:
    """Hire somebody with these grants."""
    hire(services, "torn", *grants)
    program = Program.of(create_api(services), services, "torn")
    return Both(program, signed_in(create_console(services), "torn"))


def long_day(town: Desk, who: str) -> str:
    """Give the record of somebody's long day."""
    return bytes(town.records(who)[-1].id).hex()


def test_a_low_role_elsewhere_takes_nothing_away_and_a_high_one_here_lifts_nobody_there(
    town: Desk, services: Services
) -> None:
    torn = start(services, REVIEWER_HERE, LEAD_THERE)
    assert torn.decide("V92", long_day(town, "V92")) == (403, "role_too_low")
    assert torn.press("V92", long_day(town, "V92")) == 422, "told on the record's own page"
    assert torn.decide("V5", long_day(town, "V5")) == (200, "")
    derive(services)
    assert (town.minutes("V5"), town.minutes("V92")[1]) == ((570, 0, 0), 90)


def test_on_pages_the_same_person_is_a_reviewer_here(town: Desk, services: Services) -> None:
    torn = start(services, REVIEWER_HERE, LEAD_THERE)
    assert torn.press("V5", long_day(town, "V5")) == 302
    derive(services)
    assert town.minutes("V5") == (570, 0, 0)


def test_who_may_only_look_there_is_told_so_and_who_does_not_see_it_finds_nothing(
    town: Desk, services: Services
) -> None:
    there, here = long_day(town, "V92"), long_day(town, "V5")
    torn = start(services, REVIEWER_HERE, VIEWER_THERE)
    assert torn.program.get(f"/records/{there}").status_code == 200
    assert torn.decide("V92", there) == (403, "no_right")
    assert torn.press("V92", there) == 403
    assert torn.decide("V92", "a" * 64) == (404, "not_found")
    hire(services, "narrow", REVIEWER_HERE)
    narrow = Program.of(create_api(services), services, "narrow")
    answer = narrow.post(
        f"/records/{there}/decisions",
        {"volunteer": "V92", "action": "approve", "why": WHY},
        seen="*",
    )
    assert (answer.status_code, code_of(answer)) == (404, "not_found")
    assert torn.decide("V5", here) == (200, "")


def test_what_somebody_of_here_did_before_they_came_is_seen_and_decided_on_by_others(
    town: Desk, services: Services, tmp_path: Path
) -> None:
    """V92 served at S9 for the team T9, and is of T1 since: R1 sees their past, and R2 decides on it."""
    moved = "number,name,phone,team\nV92,王九二,13900000092,T1\n"
    import_text(services, tmp_path, "volunteers", moved, day=read_date("2026-11-03"))
    derive(services)
    torn = start(services, REVIEWER_HERE)
    there = bytes(town.records("V92")[0].id).hex()
    assert torn.program.get(f"/records/{there}").status_code == 200
    assert torn.decide("V92", there) == (403, "no_right")
    assert torn.decide("V91", bytes(town.records("V91")[0].id).hex()) == (404, "not_found")


def test_a_decision_is_taken_back_as_what_one_is_on_its_record(
    town: Desk, services: Services
) -> None:
    torn = start(services, REVIEWER_HERE, CITY_THERE, Grant(StaffRole.VIEWER, Over.ALL))
    done = town.decide("V5", Action.APPROVE)
    answer = torn.program.post(f"/decisions/{done.decisions[0]}/undo", {"why": WHY})
    assert answer.status_code == 200
    rows = town.rows("SELECT hash, body FROM decision WHERE who = 'V5'")
    (undo,) = [body for hash_, body in rows if hash_.hex() != done.decisions[0]]
    assert b"reviewer" in undo


def test_a_month_is_closed_by_who_is_of_its_site_whatever_they_are_elsewhere(
    town: Desk, services: Services, clock: ServerClock
) -> None:
    clock.now_ms += 60 * DAY_MS
    torn = start(services, DISTRICT_HERE, LEAD_THERE)
    dry = {"dry_run": True}
    for site, status in (("S1", 200), ("S9", 403)):
        answer = torn.program.post(f"/periods/{site}/2026-11/close", dry)
        assert answer.status_code == status, answer.text
        assert torn.browser.get(f"/console/periods/{site}/2026-11/close").status_code == status
    assert code_of(torn.program.post("/periods/S7/2026-11/close", dry)) == "not_found"


def test_a_request_is_answered_by_who_is_of_its_part(town: Desk, services: Services) -> None:
    torn = start(services, REVIEWER_HERE, VIEWER_THERE)
    asked = {}
    for who, site in (("V4", "S1"), ("V91", "S9")):
        said = Said(who, site, b"", START_MS, START_MS + 60_000, START_MS, "我早到了")
        asked[site] = correct(services.database, services.central, said).request
    declined = {"outcome": "declined", "why": WHY}
    answers = {
        s: torn.program.post(f"/corrections/{asked[s]}/answer", declined).status_code for s in asked
    }
    assert answers == {"S1": 200, "S9": 403}
    form = {"csrf_token": form_token(torn.browser.get("/console/account").text), **declined}
    pressed = {
        s: torn.browser.post(f"/console/corrections/{asked[s]}/answer", data=form).status_code
        for s in asked
    }
    assert pressed == {"S1": 302, "S9": 403}


def test_roles_over_a_place_are_those_of_grants_over_it_and_above(
    town: Desk, services: Services
) -> None:
    me = Account(number="G1", grants=(REVIEWER_HERE, LEAD_THERE, CITY_THERE))
    with services.database.read() as connection:
        found = acting(connection, me, Right.DECIDE, Where("S9"))
        assert found is not None
        assert found.roles == {Role.LEAD, Role.CITY}
        by_team = acting(connection, me, Right.DECIDE, Where("S9", "T1", "R2"))
        assert by_team is not None
        assert by_team.roles == {Role.REVIEWER, Role.LEAD, Role.CITY}
        assert acting(connection, me, Right.DECIDE, Where()) is None
        assert acting(connection, me, Right.CLOSE, Where("S1")) is None
        nobody = Account(number="", grants=(CITY_THERE,))
        with pytest.raises(Refused, match="number_needed"):
            require_actor(connection, nobody, Right.DECIDE, Where("S9"))
