"""Explain: every minute has a cause, the causes add up, and the chain ends at entries and their clocks."""

import json
from random import Random

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from server import create_app
from server.books.explain.explain import _BY_ID, explain
from server.books.explain.teller import parts_of
from server.books.explain.told import Explained
from server.books.explain.words import WHY
from server.cli.explain import in_words
from server.cli.output import as_text
from server.reconcile.rules.catalogue import RULES
from server.services import Services
from sync.errors import Refused
from tests.server.books.world import World, bring, derive
from tests.server.builders import HOUR_MS, MINUTE_MS, START_MS, enrol_at, make_author, push
from tests.server.conftest import Open
from tests.server.reconcile.builders import Books, at, attest, decision, guess, meaning, scan

VERDICTS = ("credited", "held", "refused")


def told(services: Services, what: str, day: int | None = None) -> Explained:
    derive(services)
    with services.database.read() as connection:
        return explain(connection, what, day)


def test_in_the_made_up_week_the_causes_of_everyone_add_up(
    open_home: Open, prepared: object, world: World
) -> None:
    services = open_home(source=prepared)
    client = create_app(services).test_client()
    for run in world.pieces(Random(1)):
        bring(client, run)
    derive(services)
    with services.database.read() as connection:
        stored = connection.execute(
            text("SELECT who, id, credited, held, refused FROM derived.record")
        ).all()
        people = sorted({row.who for row in stored})
        explained = {who: explain(connection, who) for who in people}
    records = {record.record: record for one in explained.values() for record in one.records}
    assert len(records) == len(stored) > 50
    for row in stored:
        record = records[bytes(row.id).hex()]
        assert (record.credited, record.held, record.refused) == (
            row.credited,
            row.held,
            row.refused,
        )
        adds_up(record)
        assert record.entries
        assert {entry.role for entry in record.entries} >= {"opens"}
    for one in explained.values():
        assert json.loads(as_text(one))["volunteer"] == one.volunteer
        assert in_words(one)


def adds_up(record: object) -> None:
    """Check that parts and postings each give the minutes of a record, and that whatever is held says by which rule."""
    for verdict in VERDICTS:
        minutes = getattr(record, verdict)
        assert sum(p.minutes for p in record.parts if p.verdict == verdict) == minutes  # type: ignore[attr-defined]
        booked = [p for p in record.postings if p.verdict == verdict and p.state == "derived"]  # type: ignore[attr-defined]
        assert sum(p.minutes for p in booked) == minutes
    assert sum(p.minutes for p in record.parts) == record.presented  # type: ignore[attr-defined]
    rules = {rule.rule for rule in record.rules}  # type: ignore[attr-defined]
    for part in record.parts:  # type: ignore[attr-defined]
        if part.verdict == "credited":
            assert part.cause == ""
        else:
            assert part.cause in rules or (part.cause == "R8" and record.decisions)  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", range(200))
def test_in_random_lives_every_minute_held_names_a_rule_that_fired(seed: int) -> None:
    chance = Random(seed)
    scans = []
    for _ in range(chance.randrange(1, 14)):
        clock = at("6:00") + chance.randrange(20 * 60) * MINUTE_MS
        make = chance.choice((scan, scan, guess, attest))
        site = chance.choice("AAB")
        if make is guess:
            scans.append(guess(clock, site))
        else:
            scans.append(make(clock, chance.choice(("in", "out")), site))
    plain = meaning(*scans, books=Books())
    decisions = []
    for order, record in enumerate(chance.sample(plain.records, min(2, len(plain.records))), 1):
        decisions.append(
            decision(record.id, ("8:00", "9:30", chance.choice(VERDICTS)), order=order)
        )
    found = meaning(*scans, decisions=decisions, books=Books())
    for record in found.records:
        parts = parts_of(found, record)
        for verdict in VERDICTS:
            minutes = sum(p.minutes for p in parts if p.verdict == verdict)
            assert minutes == getattr(record, verdict)
        rules = {f.rule for f in found.findings if f.record == record.id}
        for part in parts:
            assert (part.cause == "") == (part.verdict == "credited")
            assert part.cause in rules | {"", "R8"}
            assert not part.decision or record.decided


def test_the_chain_ends_at_the_clock_of_each_entry(services: Services, client: FlaskClient) -> None:
    kiosk = make_author("k")
    enrol_at(services, kiosk, "S1")
    kiosk.boot(START_MS + 7 * HOUR_MS, skew_ms=-3 * HOUR_MS)
    kiosk.contact(START_MS + 7 * HOUR_MS + 1_000, services.signer.keys.identity)
    kiosk.scan(START_MS + 8 * HOUR_MS, "V1")
    kiosk.scan(START_MS + 8 * HOUR_MS + MINUTE_MS, "V1")
    kiosk.scan(START_MS + 12 * HOUR_MS, "V1", "out")
    push(client, kiosk.batch())
    (record,) = told(services, "V1").records
    opens, repeat, closes = record.entries
    assert [entry.role for entry in record.entries] == ["opens", "repeats", "closes"]
    assert (record.credited, record.parts[0].minutes, record.postings[0].minutes) == (240, 240, 240)
    assert opens.corrected_by_ms == 3 * HOUR_MS
    assert opens.device_time[11:16] == "05:00"
    assert opens.time[11:16] == "08:00"
    assert (opens.clock.by, opens.clock.seq) == ("anchor", 2)
    assert opens.clock.server_time is not None
    assert closes.within_ms > opens.within_ms > 0
    assert [rule.rule for rule in record.rules] == ["B1", "C1"]
    assert repeat.entry in record.rules[0].entries
    again = told(services, record.record[:8])
    assert again.records == [record]
    words = in_words(again)
    assert "08:00:00 → 12:00:00" in words
    assert "240 分钟" in words


def test_one_day_of_a_volunteer_can_be_asked_for(services: Services, client: FlaskClient) -> None:
    kiosk = make_author("k")
    enrol_at(services, kiosk, "S1")
    kiosk.boot(START_MS + 7 * HOUR_MS)
    kiosk.contact(START_MS + 7 * HOUR_MS + 1_000, services.signer.keys.identity)
    for day in (0, 1):
        start = START_MS + 24 * day * HOUR_MS + 8 * HOUR_MS
        kiosk.scan(start, "V1")
        kiosk.scan(start + HOUR_MS, "V1", "out")
    push(client, kiosk.batch())
    first = (START_MS + 8 * HOUR_MS) // (24 * HOUR_MS)
    assert len(told(services, "V1").records) == 2
    assert [r.came[:10] for r in told(services, "V1", first + 1).records] == ["2026-11-03"]
    assert told(services, "V1", first + 2).records == []


@pytest.mark.parametrize("what", ["nobody", "abcd12", "xyz", "a" * 65, "é"])
def test_what_nobody_knows_is_refused(services: Services, what: str) -> None:
    with pytest.raises(Refused, match="not_found"):
        told(services, what)


def test_a_record_is_found_by_its_id_without_reading_records(services: Services) -> None:
    asked = {"a": bytes(32), "b": b"\xff" * 32}
    query = _BY_ID.replace("? AND ?", ":a AND :b")
    assert query != _BY_ID
    with services.database.read() as connection:
        plan = connection.execute(text(f"EXPLAIN QUERY PLAN {query}"), asked).all()
    assert "COVERING INDEX ix_derived_record_who" in str(plan)


def test_every_rule_that_can_be_a_cause_or_a_finding_has_words() -> None:
    assert {rule.id for rule in RULES if rule.severity} <= WHY.keys()
