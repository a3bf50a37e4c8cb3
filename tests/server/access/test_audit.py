"""Who read what is sealed into the central log, and cannot be changed unseen afterwards."""

import pytest
from sqlalchemy import delete, update

from server.access.audit import Read, note_reading, seal_readings
from server.books.verify.verify import verify
from server.models.staff import Reading
from server.services import Services

pytestmark = pytest.mark.both_databases


def _read(services: Services, *numbers: str) -> None:
    with services.database.write_facts() as connection:
        for number in numbers:
            note_reading(connection, 1_000, Read("wang.li", "person", number, 1, "核对"))


def _troubles(services: Services) -> list[str]:
    found = verify(services.database, services.signer.keys, lambda *_: None)
    return [trouble.what for trouble in found.troubles]


def test_readings_are_sealed_once_and_verify(services: Services) -> None:
    _read(services, "V1", "V2")
    assert seal_readings(services) == "readings=2"
    assert seal_readings(services) == "readings=0"
    _read(services, "V3")
    assert seal_readings(services) == "readings=1"
    _read(services, "V4")
    assert _troubles(services) == []


def test_a_sealed_reading_cannot_be_changed_or_taken_out_unseen(services: Services) -> None:
    _read(services, "V1", "V2")
    seal_readings(services)
    _read(services, "V3")
    seal_readings(services)
    with services.database.write_facts() as connection:
        connection.execute(update(Reading).where(Reading.about == "V2").values(about="V9"))
        connection.execute(delete(Reading).where(Reading.about == "V3"))
    assert _troubles(services) == [
        "readings of seal 1 are not as they were sealed",
        "readings of seal 2 are gone",
    ]


def test_a_reading_cannot_be_put_behind_a_seal_afterwards(services: Services) -> None:
    _read(services, "V1")
    seal_readings(services)
    _read(services, "V2")
    with services.database.write_facts() as connection:
        connection.execute(update(Reading).where(Reading.about == "V2").values(seal=7))
    assert _troubles(services) == ["readings of seal 7 are not as they were sealed"]
