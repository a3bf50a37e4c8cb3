"""Jobs: once in their stretch of time whoever runs them, shown when they fail, each safe to run twice."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import text

from server.books.verify.compare import compare_all
from server.cli import program
from server.doctor import examine
from server.intake.accept import accept, intake_of
from server.intake.enrol import CODE_DAYS, make_code
from server.intake.revoke_log import Wish, revoke_log
from server.jobs.alarms import count_alarms
from server.jobs.clean_up import CODES_KEPT_DAYS
from server.jobs.once import last_runs, run_due, run_now
from server.jobs.table import JOBS, Job
from server.services import Services
from tests.server.books.world import derive
from tests.server.builders import (
    DAY_MS,
    HOUR_MS,
    START_MS,
    Author,
    ServerClock,
    enrol_at,
    make_author,
    post,
    push,
)
from tests.server.bundles import bundle_file

ROOT = Path(__file__).parents[3]
HOUR = Job("hourly", HOUR_MS, 0, lambda _: "done")


@pytest.mark.both_databases
def test_a_job_runs_once_in_its_stretch_and_missed_ones_are_made_up_for_once(
    services: Services, clock: ServerClock
) -> None:
    assert run_due(services, HOUR) is not None
    assert run_due(services, HOUR) is None
    clock.now_ms += 5 * HOUR_MS
    assert run_due(services, HOUR) is not None
    assert run_due(services, HOUR) is None
    assert run_now(services, HOUR) is not None


@pytest.mark.both_databases
def test_nobody_runs_a_job_that_somebody_runs(services: Services) -> None:
    def meanwhile(inner: Services) -> str:
        assert run_due(inner, job) is None
        assert run_now(inner, job) is None
        return "done"

    job = Job("hourly", HOUR_MS, 0, meanwhile)
    ran = run_due(services, job)
    assert ran is not None
    assert (ran.problem, ran.said) == ("", "done")


@pytest.mark.both_databases
def test_a_job_that_fails_is_shown_with_its_last_success(
    services: Services, client: FlaskClient, clock: ServerClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Services) -> str:
        raise ValueError("V1 is in the words of the error")

    name = "clean_up"
    done = run_now(services, JOBS[name])
    assert done is not None
    clock.now_ms += DAY_MS
    failed = run_due(services, Job(name, DAY_MS, 0, fail))
    assert failed is not None
    assert (failed.problem, failed.done_ms) == ("ValueError", done.ended_ms)
    assert client.get("/readyz").status_code == 200
    assert "job failed: clean_up" in client.get("/readyz").get_data(as_text=True)
    page = client.get("/metrics").get_data(as_text=True)
    assert 'redvest_job_failed{job="clean_up"} 1.0' in page
    assert 'redvest_job_age_seconds{job="clean_up"} 86400.0' in page
    checks = {check.name: check for check in examine(services.config, clock.clock())}
    assert not checks["jobs"].ok
    assert "clean_up" in checks["jobs"].detail
    assert "V1" not in page + checks["jobs"].detail


def kiosk(services: Services, name: str) -> Author:
    author = make_author(name)
    enrol_at(services, author, "S1")
    author.boot(START_MS)
    return author


@pytest.mark.both_databases
def test_a_kiosk_that_is_silent_is_an_alarm_until_it_speaks(
    services: Services, client: FlaskClient, clock: ServerClock
) -> None:
    quiet, never, gone = (kiosk(services, name) for name in ("quiet", "never", "gone"))
    for author in (quiet, gone):
        post(client, "hello", author.hello())
    revoke_log(services.database, services.central, Wish(gone.log, clock.now_ms, "stolen", seq=0))
    assert silent(services) == []
    clock.now_ms += 25 * HOUR_MS
    assert silent(services) == sorted([quiet.log, never.log])
    assert silent(services) == sorted([quiet.log, never.log]), "twice is once"
    assert "redvest_kiosks_silent 2.0" in client.get("/metrics").get_data(as_text=True)
    post(client, "hello", quiet.hello())
    assert silent(services) == [never.log]


@pytest.mark.both_databases
def test_a_kiosk_that_goes_by_stick_is_heard_by_its_newest_entry(
    services: Services, client: FlaskClient, clock: ServerClock
) -> None:
    stick, early, wrong = (kiosk(services, name) for name in ("stick", "early", "wrong"))
    for author in (stick, early, wrong):
        post(client, "hello", author.hello())
    clock.now_ms += 25 * HOUR_MS
    stick.scan(clock.now_ms - HOUR_MS, "V1")
    early.scan(clock.now_ms - 25 * HOUR_MS, "V1")
    wrong.scan(clock.now_ms + 400 * HOUR_MS, "V1")
    for author in (stick, early, wrong):
        file = io.BytesIO(bundle_file(services, author))
        assert [carried.entries for carried in accept(intake_of(services), file)] == [2]
    assert silent(services) == sorted([early.log, wrong.log])


def silent(services: Services) -> list[str]:
    ran = run_now(services, JOBS["silent_kiosks"])
    assert ran is not None
    assert ran.problem == ""
    with services.database.read() as connection:
        rows = connection.execute(text("SELECT about FROM alarm WHERE kind = 'kiosk_silent'"))
        return sorted(about for (about,) in rows)


@pytest.mark.both_databases
def test_clean_up_drops_what_is_long_expired_and_no_fact(
    services: Services, clock: ServerClock
) -> None:
    make_code(services.database, services.signer, "S1")
    derive(services)
    before = counts(services)
    assert before["person_queue"] > 1
    clock.now_ms += (CODE_DAYS + CODES_KEPT_DAYS + 1) * DAY_MS
    make_code(services.database, services.signer, "S1")
    old = services.config.home / ".x.backup.part"
    young = services.config.home / "redvest.new"
    for file in (old, young):
        file.touch()
        os.utime(file, (0, 0 if file is old else clock.now_ms / 1000))
    for _ in range(2):
        ran = run_now(services, JOBS["clean_up"])
        assert ran is not None
        assert ran.problem == ""
    after = counts(services)
    assert (after["enrolment_code"], after["person_queue"]) == (1, 1)
    assert after["log_entry"] == before["log_entry"]
    assert (old.exists(), young.exists()) == (False, True)


def counts(services: Services) -> dict[str, int]:
    tables = ("enrolment_code", "person_queue", "log_entry")
    with services.database.read() as connection:
        return {
            table: int(connection.scalar(text(f"SELECT COUNT(*) FROM {table}")) or 0)  # noqa: S608 # names above
            for table in tables
        }


@pytest.fixture
def derived(services: Services, client: FlaskClient) -> Services:
    """Derived records of a few people."""
    author = kiosk(services, "k")
    author.contact(START_MS + 1_000, services.signer.keys.identity)
    for number in range(1, 6):
        author.scan(START_MS + number * HOUR_MS, f"V{number}")
        author.scan(START_MS + number * HOUR_MS + 30 * 60_000, f"V{number}", "out")
    push(client, author.batch())
    derive(services)
    return services


@pytest.mark.both_databases
def test_the_nightly_sample_finds_a_figure_that_somebody_changed(
    derived: Services, client: FlaskClient
) -> None:
    ran = run_now(derived, JOBS["verify_sample"])
    assert ran is not None
    assert (ran.problem, ran.said) == ("", "logs=1 people=5")
    with derived.database.write_derived() as connection:
        connection.execute(text("UPDATE derived.record SET credited = 600 WHERE who = 'V3'"))
    ran = run_now(derived, JOBS["verify_sample"])
    assert ran is not None
    assert ran.problem == "DerivedDiffers"
    with derived.database.read() as connection:
        assert count_alarms(connection)["derived_differs"] == 1
        assert connection.scalar(text("SELECT about FROM alarm")) == "V3"
        kept = connection.scalar(text("SELECT credited FROM derived.record WHERE who = 'V3'"))
    assert kept == 600, "it looks, and changes nothing"
    found = compare_all(derived.database, derived.signer.keys.identity_public, lambda *_: None)
    assert found.about == ["V3"]


def test_the_command_lists_and_runs(derived: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDVEST_HOME", str(derived.config.home))

    def run(*arguments: str) -> tuple[int, Any]:
        ran = CliRunner().invoke(program, ["jobs", *arguments, "--json"])
        return ran.exit_code, json.loads(ran.stdout)

    status, listed = run()
    assert (status, [row["name"] for row in listed]) == (0, list(JOBS))
    status, ran = run("run", "verify_sample")
    assert (status, ran["said"]) == (0, "logs=1 people=5")
    assert {row["name"]: row["done_ms"] for row in run()[1]}["verify_sample"] > 0
    assert run("run")[0] == 2
    with derived.database.exclusive("job-clean_up"):
        status, answer = run("run", "clean_up")
    assert (status, answer["error"]["code"]) == (4, "job_running")


_TWO = """
import sys, time
from server.config import read_config
from server.jobs import scheduler, table
from server.services import open_services

services = open_services(read_config())
def write(_):
    with open(sys.argv[1], "a") as out:
        out.write("run\\n")
    time.sleep(0.3)
    return "written"
table_jobs = {"often": table.Job("often", 1_500, 0, write)}
scheduler.JOBS = table_jobs
scheduler.schedule_jobs(services, every_s=0.1)
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.mark.both_databases
def test_two_schedulers_run_each_job_once_and_one_goes_on_when_the_other_is_killed(
    services: Services, tmp_path: Path
) -> None:
    """Two real processes beside each other: as many runs as there were stretches of time, not twice as many."""
    services.database.close()
    out = tmp_path / "runs"
    environment = {
        **os.environ,
        "REDVEST_HOME": str(services.config.home),
        "PYTHONPATH": str(ROOT),
    }
    if services.config.database_url:
        environment["REDVEST_DATABASE_URL"] = services.config.database_url
    command = [sys.executable, "-c", _TWO, str(out)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    started = time.time()
    both = [subprocess.Popen(command, env=environment, **pipes) for _ in range(2)]
    try:
        for each in both:
            assert each.stdout is not None
            assert each.stdout.readline() == b"ready\n"
        wait_for(out, 3)
        both[0].send_signal(signal.SIGKILL)
        before = len(out.read_text().splitlines())
        wait_for(out, before + 2)
    finally:
        for each in both:
            each.kill()
            each.wait()
    stretches = int(time.time() * 1_000 // 1_500 - started * 1_000 // 1_500) + 1
    # A run that was killed before it was written down is made up for: at most one.
    assert len(out.read_text().splitlines()) <= stretches + 1


def wait_for(out: Path, lines: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if out.exists() and len(out.read_text().splitlines()) >= lines:
            return
        time.sleep(0.02)
    raise AssertionError(f"not {lines} runs within a minute")


def test_every_job_that_never_ran_is_listed(services: Services) -> None:
    with services.database.read() as connection:
        assert [(ran.name, ran.done_ms) for ran in last_runs(connection)] == [(n, 0) for n in JOBS]
