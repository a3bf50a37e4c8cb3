"""The commands, end to end against a small server: what they print and how they end."""

import subprocess
import sys

import pytest

from tests.kiosk.conftest import Run
from tests.kiosk.fakes import FakeServer


@pytest.fixture
def at_work(run: Run, server: FakeServer) -> Run:
    """A home that is enrolled."""
    assert run("enrol", server.code(), "--server", server.url).status == 0
    return run


def test_enrolment_ends_with_keys_and_roster_on_the_kiosk(run: Run, server: FakeServer) -> None:
    server.roster = ["V1", "V2"]
    ran = run("enrol", server.code(), "--server", server.url + "/", "--post", "P1")
    assert ran.status == 0
    assert ran.data["site"] == "S1"
    scanned = run("scan", server.print_badge("V0001"))
    assert scanned.status == 0
    assert (scanned.data["state"], scanned.data["who"]) == ("good", "V0001")


def test_a_second_enrolment_with_the_same_code_is_done_already(
    run: Run, server: FakeServer
) -> None:
    code = server.code()
    first = run("enrol", code, "--server", server.url)
    asked = len(server.asked)
    assert run("enrol", code.lower(), "--server", server.url).data == first.data
    assert len(server.asked) == asked


def test_another_code_is_refused_while_enrolled(at_work: Run, server: FakeServer) -> None:
    ran = at_work("enrol", server.code(), "--server", server.url)
    assert (ran.status, ran.data["error"]["code"]) == (5, "already_enrolled")


def test_a_failed_enrolment_keeps_the_log_for_the_next_try(run: Run, server: FakeServer) -> None:
    before = run("enrol", "A" * 40, "--server", server.url)
    assert (before.status, before.data["error"]["code"]) == (5, "not_our_server")
    log = run("status").data["log"]
    assert log
    assert run("enrol", server.code(), "--server", server.url).data["log"] == log


def test_plain_http_is_for_loopback_only(run: Run, server: FakeServer) -> None:
    ran = run("enrol", server.code(), "--server", "http://192.0.2.1")
    assert (ran.status, ran.data["error"]["code"]) == (5, "insecure_url")
    assert not server.asked


@pytest.mark.parametrize(
    "url", ["ftp://x", "127.0.0.1", "https://", "https://a@b", "https://x?y=1"]
)
def test_an_address_that_is_none_is_wrong_usage(run: Run, server: FakeServer, url: str) -> None:
    assert run("enrol", server.code(), "--server", url).status == 2


def test_a_mistyped_code_is_refused(run: Run, server: FakeServer) -> None:
    ran = run("enrol", "ABC", "--server", server.url)
    assert (ran.status, ran.data["error"]["code"]) == (5, "bad_code")


def test_scanning_before_enrolment_says_so(run: Run) -> None:
    ran = run("scan", "anything")
    assert (ran.status, ran.data["error"]["code"]) == (5, "not_enrolled")


def test_sync_pushes_what_was_scanned(at_work: Run, server: FakeServer) -> None:
    at_work("scan", server.print_badge("V1"))
    at_work("scan", "V2", "--typed", "--direction", "in")
    ran = at_work("sync")
    assert ran.status == 0
    assert (ran.data["pushed"], ran.data["pending"], ran.data["set_aside"]) == (4, 0, [])
    (held,) = server.logs.values()
    assert [(r.first, r.last) for r in held.ranges] == [(1, 7)]
    status = at_work("status").data
    assert (status["state"], status["held"], status["open_count"]) == ("fine", 7, 2)


def test_status_says_what_waits(at_work: Run, server: FakeServer) -> None:
    at_work("scan", server.print_badge("V1"))
    status = at_work("status").data
    assert (status["state"], status["pending"], status["open_numbers"]) == ("pending", 1, ["V1"])
    assert status["oldest_pending_ms"] > 0


def test_verify_finds_a_healthy_store_clean(at_work: Run) -> None:
    at_work("scan", "x")
    ran = at_work("verify")
    assert (ran.status, ran.data["clean"], ran.data["entries"]) == (0, True, 4)


def test_doctor_names_each_check(at_work: Run) -> None:
    ran = at_work("doctor")
    assert ran.status == 0, ran.data
    assert {"sqlite_version", "sqlcipher", "free_disk", "badge_keys", "server_reachable"} <= {
        check["name"] for check in ran.data["checks"]
    }


def test_an_unknown_setting_is_an_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDVEST_KIOSK_HOMES", "x")
    ran = run("status")
    assert (ran.status, ran.data["error"]["code"]) == (2, "bad_configuration")


def test_wrong_usage_is_said_in_json_too(run: Run) -> None:
    assert run("scan").data["error"]["code"] == "wrong_usage"
    assert run("sync", "--nothing").data["error"]["code"] == "wrong_usage"
    assert run("juggle").status == 2


def test_people_read_one_short_line(at_work: Run, server: FakeServer) -> None:
    ran = at_work("scan", server.print_badge("V0001"), as_json=False)
    assert ran.out.startswith("签到成功 ✓ Signed in  V0001  ")
    assert ran.out.count("\n") == 1


def test_ctrl_c_ends_with_130(at_work: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("kiosk.cli.network.hold", interrupted)
    ran = at_work("sync")
    assert (ran.status, ran.data["error"]["code"]) == (130, "interrupted")


def test_a_fault_of_ours_shows_where_but_not_what(
    at_work: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(text: str) -> None:
        raise RuntimeError(text)

    monkeypatch.setattr(
        "kiosk.scan._examine", lambda _kiosk, _enrolment, _identity, text: broken(text)
    )
    ran = at_work("scan", "13912345678")
    assert (ran.status, ran.data["error"]["code"]) == (1, "internal")
    assert "13912345678" not in ran.out + ran.err


def test_a_kiosk_that_is_not_enrolled_is_told_to_enrol_and_not_to_sync(run: Run) -> None:
    assert run("status").data["alarms"] == []
    said = run("status", as_json=False).out
    assert "enrol CODE" in said
    assert "sync:" not in said


def test_every_command_speaks_json(at_work: Run) -> None:
    for command in ("status", "sync", "verify", "doctor"):
        assert isinstance(at_work(command).data, dict)


def test_a_scan_loads_nothing_that_it_does_not_need() -> None:
    code = "import sys, kiosk.cli.screen; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    heavy = {"httpx2", "marshmallow", "structlog", "PIL", "zxingcpp", "rich", "environs", "flask"}
    assert not heavy & set(loaded.stdout.split())
