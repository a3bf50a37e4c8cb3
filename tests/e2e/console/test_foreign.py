"""Every route × every role × an object of another district: nobody sees, changes or learns of it (I9, THREATS 14).

Built from the route table: a page with arguments that has no object in `samples.py` fails here, so none can be forgotten.
"""

import pytest
from flask import url_for
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from server.access.grant import Grant, Over
from server.access.roles import StaffRole
from server.console.pages import RIGHTS
from tests.e2e.console.conftest import ADMINISTRATOR, CITY, Console
from tests.e2e.console.samples import NOBODYS, OWN, SAMPLES
from tests.server.staff import form_token, hire, signed_in

ELSEWHERE = "R9"
"""A region in which nothing of the county lies."""
REFUSALS = (400, 403, 404)


def _routes(console: Console) -> list[tuple[Rule, str]]:
    """Give every route that names an object, with its address."""
    found = []
    with console.app.test_request_context():
        for rule in console.app.url_map.iter_rules():
            if rule.arguments and rule.endpoint in RIGHTS and rule.endpoint not in OWN:
                arguments = SAMPLES[rule.endpoint](console.services)
                found.append((rule, url_for(rule.endpoint, **arguments)))
    return found


def _leaks(client: FlaskClient, rule: Rule, address: str, token: str) -> list[str]:
    """Say where an object of elsewhere was not refused."""
    wrong = []
    if "GET" in (rule.methods or ()) and client.get(address).status_code not in (403, 404):
        wrong.append(f"GET {address}")
    if "POST" in (rule.methods or ()):
        status = client.post(address, data={"csrf_token": token, "why": "x"}).status_code
        if status not in REFUSALS:
            wrong.append(f"POST {address}: {status}")
    return wrong


@pytest.mark.parametrize("role", list(StaffRole))
def test_no_route_gives_or_changes_what_lies_elsewhere(county: Console, role: StaffRole) -> None:
    name = f"foreign.{role}"
    hire(county.services, name, Grant(role, Over.REGION, ELSEWHERE))
    client = signed_in(county.app, name)
    token = form_token(client.get("/console/account").text)
    wrong = [
        leak for rule, address in _routes(county) for leak in _leaks(client, rule, address, token)
    ]
    assert wrong == []


@pytest.mark.parametrize("grant", [CITY, ADMINISTRATOR], ids=["city", "administrator"])
def test_whoever_sees_everything_finds_every_object_that_is_tried_here(
    county: Console, grant: Grant
) -> None:
    name = f"whole.{grant.role}"
    hire(county.services, name, grant)
    client = signed_in(county.app, name)
    opened = [
        (address, client.get(address).status_code)
        for rule, address in _routes(county)
        if "GET" in (rule.methods or ())
        and grant.brings(RIGHTS[rule.endpoint])
        and rule.endpoint not in NOBODYS
    ]
    assert [one for one in opened if one[1] != 200] == []


NAMES = ("东门卡口", "西门卡口", "河南岸", "志愿者1", "一队", "二队", "浉河区")
"""What whoever has no part of the county must not read on any page."""


@pytest.mark.parametrize("role", [r for r in StaffRole if r is not StaffRole.ADMINISTRATOR])
def test_no_list_names_what_lies_elsewhere(county: Console, role: StaffRole) -> None:
    name = f"lists.{role}"
    hire(county.services, name, Grant(role, Over.REGION, ELSEWHERE))
    client = signed_in(county.app, name)
    wrong = {}
    for rule in county.app.url_map.iter_rules():
        if rule.endpoint in RIGHTS and not rule.arguments and "GET" in (rule.methods or ()):
            page = client.get(rule.rule).text
            named = [word for word in NAMES if word in page]
            if named:
                wrong[rule.rule] = named
    assert wrong == {}
