"""Badges printed from a page: of people within one's part; a re-issue needs its reason."""

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.access.grant import Over
from server.access.roles import StaffRole
from server.services import Services
from tests.server.console.conftest import Browser
from tests.server.staff import form_token


def ask(client: FlaskClient, **form: str) -> TestResponse:
    token = form_token(client.get("/console/badges").text)
    return client.post("/console/badges", data={"csrf_token": token, **form})


def serials(services: Services) -> list[tuple[str, int]]:
    with services.database.read() as connection:
        rows = connection.exec_driver_sql(
            "SELECT number, serial FROM badge ORDER BY number, serial"
        )
        return [tuple(row) for row in rows]


def test_badges_are_printed_and_lost_ones_replaced(services: Services, browser: Browser) -> None:
    client = browser(StaffRole.CITY)
    printed = ask(client, numbers="V1, V2")
    assert printed.status_code == 200
    assert printed.get_data().startswith(b"%PDF")
    assert serials(services) == [("V1", 1), ("V2", 1)]
    assert ask(client, numbers="V1", reissue="1").status_code == 400
    assert ask(client, numbers="V1", reissue="1", why="遗失").status_code == 200
    assert serials(services) == [("V1", 1), ("V1", 2), ("V2", 1)]


def test_a_team_leader_prints_for_their_own_team_alone(
    services: Services, browser: Browser
) -> None:
    client = browser(StaffRole.TEAM_LEADER, Over.TEAM, "T1")
    assert ask(client, team="T1").status_code == 200
    assert ask(client, team="T2").status_code == 404
    assert ask(client, numbers="V2 V1").status_code == 404
    assert {number for number, _ in serials(services)} == {f"V{n}" for n in range(2, 15, 2)}
