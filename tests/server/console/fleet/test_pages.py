"""The pages of the fleet: within a part, by POST with a token, each change said by whom, and inert whatever kiosks say."""

import re

import pypdfium2
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from schemas.entry import Enrol, RevokeLog
from schemas.fleet_entry import Tell, Tend, Untell
from server.access.grant import Over
from server.access.part import EVERYTHING
from server.access.roles import StaffRole
from server.fleet.kiosks import KioskState, read_kiosks
from server.models.log import Log, LogEntry
from server.services import Services
from sync.canonical import Strange, understand
from tests.server.builders import HOUR_MS, ServerClock, make_author, post, push
from tests.server.console.conftest import Browser
from tests.server.fleet.desk import AT, Fleet, make_fleet
from tests.server.staff import form_token, said_on
from tests.server.statements import asked_of

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def fleet(services: Services, client: FlaskClient, clock: ServerClock) -> Fleet:
    """A fleet, some hours later."""
    clock.now_ms = AT + 9 * HOUR_MS
    return make_fleet(services, client)


def send(client: FlaskClient, page: str, address: str, **fields: str) -> TestResponse:
    """Post a form of a page."""
    token = form_token(client.get(page).text)
    return client.post(address, data={"csrf_token": token, **fields})


def said_by_the_centre(services: Services) -> list[object]:
    """Give the entries of the central log, in order."""
    with services.database.read() as connection:
        bodies = connection.scalars(
            select(LogEntry.body)
            .join(Log, Log.id == LogEntry.log)
            .where(Log.kind == "central")
            .order_by(LogEntry.seq)
        ).all()
    found = [understand(bytes(body)) for body in bodies]
    return [entry for entry in found if not isinstance(entry, Strange)]


def states(services: Services) -> dict[str, KioskState]:
    with services.database.read() as connection:
        return {k.log: k.state for k in read_kiosks(connection, EVERYTHING, AT + 9 * HOUR_MS)}


def test_kiosks_are_listed_with_what_each_last_said(browser: Browser, fleet: Fleet) -> None:
    page = browser(StaffRole.CITY).get("/console/fleet").text
    rows = re.findall(r"<tr>\s*<td>.*?</tr>", page, re.S)
    assert len(rows) == 3
    row = next(row for row in rows if fleet.old.log in row)
    for words in ("电池 12%", "磁盘 300 MB", "时钟"):
        assert words in row
    only = browser(StaffRole.CITY).get("/console/fleet?ask=pending").text
    assert fleet.new.log in only
    assert fleet.old.log not in only


def test_pages_of_another_part_are_not_there(browser: Browser, fleet: Fleet) -> None:
    other = browser(StaffRole.SITE_LEAD, Over.SITE, "S2")
    log = f"/console/fleet/logs/{fleet.new.log}"
    assert other.get(log).status_code == 404
    assert other.get(f"{log}/revoke").status_code == 404
    assert fleet.new.log not in other.get("/console/fleet?ask=all").text
    page = "/console/fleet/messages"
    for address, fields in (
        (f"{log}/confirm", {}),
        (f"{log}/revoke", {"lost": "2026-11-02T09:00", "why": "x", "sure": "1"}),
        ("/console/fleet/messages", {"site": "S1", "text": "x", "days": "1"}),
        ("/console/fleet/codes/print", {"site": "S1"}),
        (f"/console/fleet/messages/{'0' * 16}/end", {}),
        ("/console/fleet/aside/1/retry", {}),
        ("/console/fleet/aside/1/keep", {"note": "x"}),
    ):
        assert send(other, page, address, **fields).status_code == 404, address


def test_a_pending_log_is_confirmed_and_the_entry_says_by_whom(
    services: Services, browser: Browser, fleet: Fleet
) -> None:
    lead = browser(StaffRole.SITE_LEAD, Over.SITE, "S1")
    page = f"/console/fleet/logs/{fleet.new.log}"
    assert send(lead, page, f"{page}/confirm", site="S2").status_code == 404, "not theirs"
    for _ in range(2):
        assert send(lead, "/console/fleet/messages", f"{page}/confirm").status_code == 302
    enrolments = [entry for entry in said_by_the_centre(services) if isinstance(entry, Enrol)]
    assert [(e.log, e.site, e.by) for e in enrolments[2:]] == [(fleet.new.log, "S1", "site_lead.1")]
    assert states(services)[fleet.old.log] is KioskState.ENDED


def test_revoking_shows_its_effect_first_and_then_does_it(
    services: Services, browser: Browser, fleet: Fleet
) -> None:
    client = browser(StaffRole.DISTRICT)
    page = f"/console/fleet/logs/{fleet.old.log}/revoke"
    offered = re.findall(r'name="at" value="(\d+)\.([0-9a-f]{64})"', client.get(page).text)
    assert [int(seq) for seq, _ in offered] == [5, 4, 3, 2, 1]
    at = ".".join(offered[1])
    wish = {"lost": "2026-11-02T08:30", "why": "丢了", "at": at}
    shown = send(client, page, page, **wish).text
    assert "算到第 4 条为止。之后的 1 条记录" in shown
    assert states(services)[fleet.old.log] is not KioskState.REVOKED
    assert send(client, page, page, **wish, sure="1").status_code == 302
    [revoked] = [e for e in said_by_the_centre(services) if isinstance(e, RevokeLog)]
    assert (revoked.log, revoked.seq, revoked.by) == (fleet.old.log, 4, "district.1")
    assert states(services)[fleet.old.log] is KioskState.REVOKED


@pytest.mark.parametrize(
    "fields",
    [
        {"lost": "", "why": "x"},
        {"lost": "2099-01-01T00:00", "why": "x"},
        {"lost": "2026-11-02T08:30+08:00", "why": "x"},
        {"lost": "2026-11-02T08:30", "why": ""},
        {"lost": "2026-11-02T08:30", "why": "x" * 301},
    ],
)
def test_a_revocation_needs_a_time_and_a_reason(
    services: Services, browser: Browser, fleet: Fleet, fields: dict[str, str]
) -> None:
    client = browser(StaffRole.DISTRICT)
    page = f"/console/fleet/logs/{fleet.old.log}/revoke"
    assert send(client, page, page, **fields, sure="1").status_code == 400
    assert states(services)[fleet.old.log] is not KioskState.REVOKED


def test_codes_are_printed_listed_used_and_ended(
    services: Services, browser: Browser, fleet: Fleet
) -> None:
    client = browser(StaffRole.DISTRICT)
    page = "/console/fleet/codes/new"
    token = form_token(client.get(page).text)
    data = {"csrf_token": token, "site": ["S1", "S2", "S3"], "per_page": "1"}
    sheets = client.post("/console/fleet/codes/print", data=data)
    assert sheets.mimetype == "application/pdf"
    with pypdfium2.PdfDocument(sheets.data) as pdf:
        assert len(pdf) == 3
    listed = client.get("/console/fleet/codes").text
    assert listed.count("可用") == 3
    code = re.search(r"/codes/([0-9a-f]+)/end", listed)
    assert code
    for expected in (2, 2):
        send(client, page, f"/console/fleet/codes/{code[1]}/end")
        assert client.get("/console/fleet/codes").text.count("可用") == expected
    other = browser(StaffRole.SITE_LEAD, Over.SITE, "S9")
    assert "S1" not in said_on(other.get("/console/fleet/codes").text)
    tended = [e for e in said_by_the_centre(services) if isinstance(e, Tend)]
    assert [(e.what, e.by) for e in tended] == [("codes_made", "district.1")] * 3 + [
        ("code_ended", "district.1")
    ]


def test_a_message_is_sent_to_a_region_and_taken_back(
    services: Services, browser: Browser, fleet: Fleet
) -> None:
    client, page = browser(StaffRole.DISTRICT), "/console/fleet/messages"
    sent = send(client, page, page, region="R1", text=HOSTILE, days="2")
    assert sent.status_code == 302
    listed = client.get(page).text
    assert listed.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 3
    assert HOSTILE not in listed
    assert HOSTILE not in client.get(f"/console/fleet/logs/{fleet.old.log}").text
    key = re.search(r"/messages/([0-9a-f]{16})/end", listed)
    assert key
    assert send(client, page, f"{page}/{key[1]}/end").status_code == 302
    assert send(client, page, f"{page}/{key[1]}/end").status_code == 404
    told = [e for e in said_by_the_centre(services) if isinstance(e, Tell | Untell)]
    assert [type(e) for e in told] == [Tell, Tell, Tell, Untell]
    assert {e.by for e in told} == {"district.1"}


@pytest.mark.usefixtures("fleet")
class TestAside:
    def test_a_batch_set_aside_is_shown_tried_again_and_let_be(
        self, services: Services, client: FlaskClient, browser: Browser
    ) -> None:
        assert push(client, HOSTILE.encode()).status_code == 422
        staff = browser(StaffRole.CITY)
        listed = staff.get("/console/fleet/aside").text
        found = re.search(r"/console/fleet/aside/\d+", listed)
        assert found
        one = found[0]
        shown = staff.get(one).text
        assert HOSTILE.encode().hex(" ") in shown
        assert HOSTILE not in shown
        again = send(staff, one, f"{one}/retry")
        assert "not_gzip" in staff.get(again.headers["Location"]).text
        assert send(staff, one, f"{one}/keep", note="垃圾").status_code == 302
        assert one not in staff.get("/console/fleet/aside").text
        assert "垃圾" in staff.get("/console/fleet/aside?seen=1").text

    def test_nothing_changes_without_a_token(self, browser: Browser) -> None:
        staff = browser(StaffRole.CITY)
        for address in ("/console/fleet/messages", "/console/fleet/codes/print"):
            answer = staff.post(address, data={"site": "S1", "text": "x", "days": "1"})
            assert answer.status_code == 400
            assert "stale_form" in answer.text


def test_what_a_kiosk_says_of_itself_stays_text(
    services: Services, client: FlaskClient, browser: Browser, fleet: Fleet
) -> None:
    post(client, "hello", fleet.mute.hello(version=HOSTILE) | {"health": {"battery": -(2**52)}})
    page = browser(StaffRole.CITY).get("/console/fleet").text
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_pages_ask_little_and_by_index(
    services: Services, browser: Browser, fleet: Fleet, language: str
) -> None:
    staff = browser(StaffRole.DISTRICT)
    staff.get("/console/fleet")
    log = f"/console/fleet/logs/{fleet.old.log}"
    pages = ("", "?ask=forked", "/codes", "/codes/new", "/messages", "/aside", "/aside?seen=1")
    for address in (*(f"/console/fleet{page}" for page in pages), log, f"{log}/revoke"):
        with asked_of(services.database) as asked:
            assert staff.get(address, headers={"Accept-Language": language}).status_code == 200
        assert len([sql for sql, _ in asked.all if "SELECT" in sql]) <= 12, address
        assert asked.read_whole() == [], address


@pytest.mark.usefixtures("fleet")
@pytest.mark.parametrize(
    "address",
    [
        "/console/fleet?ask=x&after=S1.x&region=%7F",
        "/console/fleet/codes?before=1.abc",
        "/console/fleet/aside?before=-1",
        "/console/fleet/codes/new?region=R9&q=%25",
    ],
)
def test_what_cannot_be_read_in_an_address_counts_as_not_asked(
    browser: Browser, address: str
) -> None:
    assert browser(StaffRole.DISTRICT).get(address).status_code == 200


def test_logs_that_are_none_are_not_there(browser: Browser) -> None:
    staff = browser(StaffRole.CITY)
    for log in ("a" * 32, "x", "%00", make_author("nobody").log):
        assert staff.get(f"/console/fleet/logs/{log}").status_code == 404
