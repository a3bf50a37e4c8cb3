"""A month of a site as a whole, over a server: E2 to E4, F1, F2 and B14 from records, reference data and who is who."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from server.books.periods.site_month import SiteMonth, read_site_month
from server.books.review.findings import read_findings
from server.services import Services
from tests.server.books.world import derive
from tests.server.builders import DAY_MS, HOUR_MS, MINUTE_MS, START_MS, enrol_at, make_author, push
from tests.server.conftest import import_text

pytestmark = pytest.mark.both_databases
MONTH = 202_611


def read(services: Services) -> SiteMonth:
    derive(services)
    with services.database.read() as connection:
        return read_site_month(connection, "S1", MONTH)


def test_pairs_and_leads_are_noted_at_their_site(services: Services, client: FlaskClient) -> None:
    kiosk = make_author("k")
    enrol_at(services, kiosk, "S1", "P1")
    kiosk.boot(START_MS)
    kiosk.contact(START_MS + 1_000, services.signer.keys.identity)
    for day in range(5):
        start = START_MS + day * DAY_MS + 9 * HOUR_MS + 7 * MINUTE_MS
        kiosk.scan(start, "V1")
        kiosk.scan(start + 20_000, "V2")
        kiosk.scan(start + HOUR_MS, "V1", "out")
        kiosk.scan(start + HOUR_MS + 20_000, "V2", "out")
    for number in range(4):
        at_ms = START_MS + 6 * DAY_MS + 9 * HOUR_MS + number * 15 * MINUTE_MS
        kiosk.scan(at_ms, f"V{5 + number}", how="typed", state="typed", key=b"", serial=0, by="V9")
    push(client, kiosk.batch())
    notes = {note.rule: dict(note.figures) for note in read(services).notes}
    assert notes["E3"] == {"month": MONTH, "people": "V1,V2", "times": 5}
    assert notes["E4"] == {"by": "V9", "entered": 4, "month": MONTH, "of": 24, "on_round_times": 4}
    with services.database.read() as connection:
        found = read_findings(connection, rule="E3")
        assert [(f.about, f.figures["people"]) for f in found] == [("S1", "V1,V2")]
        assert {"E3", "E4"} <= {f.rule for f in read_findings(connection)}
        assert read_findings(connection, rule="E3", severity="hold") == []


def test_shifts_say_who_was_absent_and_what_was_not_covered(
    services: Services, client: FlaskClient, tmp_path: Path
) -> None:
    import_text(
        services, tmp_path, "shifts",
        "code,post,start,end,needed\nA1,P1,2026-11-02T08:00,2026-11-02T12:00,1\n",
    )  # fmt: skip
    import_text(services, tmp_path, "assignments", "shift,volunteer\nA1,V1\nA1,V2\nA1,V3\nA1,V4\n")
    kiosk = make_author("k")
    enrol_at(services, kiosk, "S1", "P1")
    kiosk.boot(START_MS)
    kiosk.contact(START_MS + 1_000, services.signer.keys.identity)
    stays = (("V1", 8.0, 10.0), ("V2", 9.0, 10.5), ("V3", 11.0, 12.0))
    for hour, who, direction in sorted(
        (hour, who, direction)
        for who, came, left in stays
        for hour, direction in ((came, "in"), (left, "out"))
    ):
        kiosk.scan(START_MS + int(hour * HOUR_MS), who, direction)
    push(client, kiosk.batch())
    (shift,) = read(services).shifts
    assert (shift.assigned, shift.absent) == (4, ["V4"])
    assert [(g.since[11:16], g.until[11:16]) for g in shift.gaps] == [("10:30", "11:00")]
    assert [(o.since[11:16], o.until[11:16], o.people) for o in shift.overlaps] == [
        ("09:00", "10:00", 2)
    ]
    (note,) = [n for n in read(services).notes if n.rule == "F1"]
    assert dict(note.figures) == {"shift": "A1", "people": 2, "needed": 1, "minutes": 60}
