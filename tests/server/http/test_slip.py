"""Slips at the door: an entry ahead of its chain, a gap around it, and hostile hands."""

import json
import re
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

import server.http.slip_page as slip_page
from server.books.derive.drain import drain
from server.intake.ingest import read_ranges
from server.models.log import Log, LogEntry, SetAside
from server.services import Services
from sync import receipt
from sync.canonical import encode
from sync.slip import write_slip
from tests.server.builders import START_MS, Author, enrol_at, post, problem_code, push, written

PAGE = Path(slip_page.__file__).parent / "slip_page"


@pytest.fixture
def author(services: Services) -> Author:
    """An enrolled kiosk with a log."""
    made = written("slips", 9)
    enrol_at(services, made, "S1")
    return made


def slip_of(author: Author, seq: int) -> str:
    """The slip of an entry."""
    return write_slip(
        author.key, seq=seq, previous=author.hashes[seq - 1], body=author.bodies[seq - 1]
    )


def held(services: Services, author: Author) -> list[tuple[int, int]]:
    """The ranges held of a log."""
    with services.database.read() as connection:
        log = connection.scalar(select(Log.id).where(Log.name == author.log))
        assert log is not None
        return [(r.first, r.last) for r in read_ranges(connection, log)]


def entries(services: Services) -> int:
    """How many entries of kiosks are held."""
    with services.database.read() as connection:
        query = select(func.count()).select_from(LogEntry).join(Log, Log.id == LogEntry.log)
        return connection.scalar(query.where(Log.kind == "kiosk")) or 0


@pytest.mark.both_databases
def test_a_slip_is_held_ahead_of_its_chain_and_is_one_with_it(
    services: Services, client: FlaskClient, author: Author
) -> None:
    answer = post(client, "slip", {"slip": slip_of(author, 6)})
    assert answer.status_code == 200
    assert answer.get_json()["fresh"] == 1
    said = answer.get_json()["receipt"]
    word = receipt.verify(
        said["statement"],
        bytes.fromhex(said["signature"]),
        server_key=services.signer.keys.identity_public,
        log=author.log,
    )
    assert (word.first, word.last, word.hash) == (6, 6, author.hashes[6])
    assert held(services, author) == [(6, 6)]
    push(client, author.batch(1, 4))
    assert held(services, author) == [(1, 4), (6, 6)]
    push(client, author.batch(5, 10))
    assert held(services, author) == [(1, 10)]
    assert entries(services) == 10
    assert post(client, "slip", {"slip": slip_of(author, 6)}).get_json()["fresh"] == 0


@pytest.mark.both_databases
def test_its_record_counts_and_the_gap_shows(
    services: Services, client: FlaskClient, author: Author
) -> None:
    from server.books.hours import By, Span, read_hours

    for seq in (2, 3):
        post(client, "slip", {"slip": slip_of(author, seq)})
    drain(services.database, services.signer.keys.identity_public)
    with services.database.read() as connection:
        (row,) = [r for r in read_hours(connection, By.VOLUNTEER, Span()) if r["records"]]  # type: ignore[index]
        findings = connection.exec_driver_sql("SELECT * FROM derived.finding").all()
    assert row["volunteer"] == "V1"  # type: ignore[index]
    assert any("A3" in map(str, finding) for finding in findings)


def test_a_slip_of_another_history_is_a_fork(
    services: Services, client: FlaskClient, author: Author
) -> None:
    other = author.copy()
    del other.bodies[5:]
    other.scan(START_MS, "V9")
    post(client, "slip", {"slip": slip_of(other, 6)})
    push(client, author.batch())
    assert held(services, author) == [(1, 10), (6, 6)] or held(services, author) == [
        (1, 6),
        (6, 10),
    ]
    assert entries(services) == 11


def test_replayed_a_thousand_times_it_is_one_entry(
    services: Services, client: FlaskClient, author: Author
) -> None:
    slip = slip_of(author, 3)
    fresh = [post(client, "slip", {"slip": slip}).get_json()["fresh"] for _ in range(200)]
    assert fresh == [1] + [0] * 199
    assert entries(services) == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed"),
        ({}, 400, "malformed"),
        ({"slip": 5}, 400, "malformed"),
        ({"slip": ""}, 400, "malformed"),
        ({"slip": "=="}, 400, "bad_base64"),
        ({"slip": "文"}, 400, "bad_base64"),
        ({"slip": "AAAA", "more": 1}, 400, "malformed"),
        ({"slip": "A" * 4_000}, 413, "too_large"),
        ({"slip": "A" * 20_000}, 413, "too_large"),
        ({"slip": urlsafe_b64encode(bytes(100)).decode().rstrip("=")}, 400, "malformed"),
    ],
)
def test_what_is_no_slip_is_refused_and_nothing_is_kept(
    services: Services, client: FlaskClient, body: object, status: int, code: str
) -> None:
    answer = post(client, "slip", body)
    assert (answer.status_code, problem_code(answer)) == (status, code)
    assert entries(services) == 0
    with services.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(SetAside)) == 0


def test_a_forged_slip_is_refused(services: Services, client: FlaskClient, author: Author) -> None:
    forger = written("forger", 3)
    forged = write_slip(
        forger.key, seq=6, previous=author.hashes[5], body=encode(author.make_scan(START_MS, "V9"))
    )
    assert post(client, "slip", {"slip": forged}).status_code == 200  # of the forger's own log
    assert held(services, forger) == [(6, 6)]
    real = slip_of(author, 6)
    altered = real[:150] + ("A" if real[150] != "A" else "B") + real[151:]
    answer = post(client, "slip", {"slip": altered})
    assert answer.status_code in (400, 403)
    with services.database.read() as connection:
        log = connection.scalar(select(Log.id).where(Log.name == author.log))
        assert connection.scalar(select(func.count()).where(LogEntry.log == log)) == 0


def test_strangers_logs_are_kept_within_the_quota(
    services: Services, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.intake.ingest.LOGS_UNKNOWN_MAX", 3)
    answers = [
        post(client, "slip", {"slip": slip_of(written(f"s{n}", 2), 2)}).status_code
        for n in range(5)
    ]
    assert answers == [200, 200, 200, 429, 429]


def test_a_true_slip_without_a_place_is_set_aside_as_its_batch(
    services: Services, client: FlaskClient, author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.intake.ingest.RANGES_MAX", 2)
    codes = [post(client, "slip", {"slip": slip_of(author, n)}).status_code for n in (2, 4, 6)]
    assert codes == [200, 200, 422]
    with services.database.read() as connection:
        (aside,) = connection.execute(select(SetAside.code, SetAside.raw)).all()
    assert aside.code == "branch_limit"
    assert bytes(aside.raw) == author.batch(6, 6)


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing_inline(client: FlaskClient) -> None:
    answer = client.get("/s")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    text = answer.get_data(as_text=True)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"https?://|<script>|<style>|\son\w+=|style=", text)
    for name, kind in (("slip.js", "text/javascript"), ("slip.css", "text/css")):
        assert f's/{name}"' in text
        part = client.get(f"/s/{name}")
        assert (part.status_code, part.mimetype) == (200, kind)
        assert not re.search(r"https?://|innerHTML|eval\(", part.get_data(as_text=True))
    assert client.get("/s/../sync.py").status_code == 404


def test_the_page_knows_every_code_that_means_scan_again() -> None:
    script = (PAGE / "slip.js").read_text(encoding="utf-8")
    known = json.loads("[" + re.search(r"BROKEN = new Set\(\[(.*?)\]", script)[1] + "]")  # type: ignore[index]
    assert set(known) == {"malformed", "bad_base64", "not_canonical", "too_large"}
