"""Badges by program: a picture for a phone, the same each time; lost ones replaced once, for all who are named or none."""

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from server.access.grant import Over
from server.access.roles import Right, StaffRole
from server.models.badge import Badge, BadgeRevocation
from server.models.staff import Reading
from server.services import Services
from tests.qr import qr_codes
from tests.server.api.conftest import Programs
from tests.server.api.program import Program, code_of
from tests.server.books.desk import Desk


@pytest.fixture
def district(town: Desk, program: Programs) -> Program:
    """A program of district R1."""
    return program(StaffRole.DISTRICT, Over.REGION, "R1")


def serials(services: Services) -> dict[str, tuple[int, int]]:
    """Give the serials issued and revoked, by number."""
    with services.database.read() as connection:
        issued = connection.execute(select(Badge.number, Badge.serial)).all()
        gone = dict(
            connection.execute(select(BadgeRevocation.number, BadgeRevocation.serial)).all()
        )
    return {number: (serial, gone.get(number, 0)) for number, serial in sorted(issued)}


def test_a_badge_is_drawn_the_same_each_time(services: Services, district: Program) -> None:
    first, again = (district.post("/people/V1/badge", {}) for _ in range(2))
    assert (first.status_code, first.mimetype) == (200, "image/png")
    assert first.headers["Content-Disposition"] == "attachment; filename=V1.png"
    assert first.headers["Cache-Control"] == "no-store"
    assert first.data == again.data
    (code,) = qr_codes(Image.open(BytesIO(first.data)))
    assert code.text.startswith("RV1:")
    assert serials(services) == {"V1": (1, 0)}


def test_lost_badges_are_replaced_once_however_often_it_is_asked(
    services: Services, district: Program
) -> None:
    for who in ("V1", "V2"):
        district.post(f"/people/{who}/badge", {})
    lost = {"people": ["V1", "V2", "V1"], "reason": "遗失"}
    done = district.post("/badges/reissue", lost, key="lost-in-the-rain")
    assert (done.status_code, done.mimetype) == (200, "application/pdf")
    assert done.data.startswith(b"%PDF")
    again = district.post("/badges/reissue", lost, key="lost-in-the-rain")
    assert (again.data, again.headers["Idempotency-Replayed"]) == (done.data, "true")
    district.post("/badges/reissue", lost, key="pressed-by-another")
    assert serials(services) == {"V1": (2, 1), "V2": (2, 1)}, "what was replaced just now stays"
    with services.database.read() as connection:
        noted = {(r.what, r.about, r.people) for r in connection.execute(select(Reading))}
    assert noted == {("api badges", "V1 V2", 2)}


def test_badges_of_elsewhere_are_nobodys_and_nothing_is_revoked(
    services: Services, town: Desk, district: Program, program: Programs
) -> None:
    program(StaffRole.CITY).post("/people/V91/badge", {})
    before = serials(services)
    for wish in (
        {"people": ["V1", "V91"], "reason": "lost"},
        {"people": ["V777"], "reason": "lost"},
    ):
        assert code_of(district.post("/badges/reissue", wish)) == "not_found"
    assert code_of(district.post("/people/V91/badge", {})) == "not_found"
    assert code_of(program(StaffRole.CITY).post("/people/V777/badge", {})) == "not_found"
    for wrong in (
        {"people": [], "reason": "lost"},
        {"people": ["V1"], "reason": " "},
        {"people": ["V1"]},
        {"people": ["V1"] * 501, "reason": "lost"},
        {"people": ["../V1"], "reason": "lost"},
        {"people": "V1", "reason": "lost"},
    ):
        assert code_of(district.post("/badges/reissue", wrong)) == "bad_field", wrong
    reader = program(StaffRole.CITY, rights={Right.SEE})
    assert code_of(reader.post("/people/V1/badge", {})) == "no_right"
    assert serials(services) == before
