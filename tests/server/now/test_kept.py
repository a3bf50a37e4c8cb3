"""The picture of now is made once for screens that ask one after another, and never for another part's eyes."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from server.access.part import EVERYTHING, Part
from server.limits import NOW_KEPT_MS
from server.now.kept import Picture, read_picture
from server.services import Services
from tests.server.builders import HOUR_MS, ServerClock
from tests.server.conftest import import_text
from tests.server.now.desk import EIGHT, begin, bring, plan

NINE = EIGHT + HOUR_MS


@pytest.fixture
def morning(services: Services, client: FlaskClient, clock: ServerClock, tmp_path: Path) -> None:
    """Somebody came to S1; S2 is there, too."""
    plan(services, tmp_path)
    kiosk = begin(services, "one", "S1", "P1")
    kiosk.scan(EIGHT, "V1")
    bring(services, client, kiosk)
    clock.now_ms = NINE


def _picture(services: Services, now_ms: int, part: Part = EVERYTHING) -> Picture:
    with services.database.read() as connection:
        return read_picture(connection, part, now_ms)


@pytest.mark.usefixtures("morning")
class TestPicture:
    def test_it_is_kept_for_some_seconds_and_says_of_when_it_is(self, services: Services) -> None:
        first = _picture(services, NINE)
        assert _picture(services, NINE + NOW_KEPT_MS - 1) is first
        assert first.made_ms == NINE
        assert _picture(services, NINE + NOW_KEPT_MS).made_ms == NINE + NOW_KEPT_MS

    def test_a_clock_that_stands_still_or_goes_back_keeps_nothing(self, services: Services) -> None:
        first = _picture(services, NINE)
        assert _picture(services, NINE) is not first
        assert _picture(services, NINE - 1).made_ms == NINE - 1

    def test_each_part_has_its_own(self, services: Services) -> None:
        whole = _picture(services, NINE)
        own = _picture(services, NINE + 1, Part(sites=frozenset({"S2"})))
        assert [one.site.code for one in own.sites] == ["S2"]
        assert len(whole.sites) > 1

    def test_a_change_of_reference_data_shows_at_once(
        self, services: Services, tmp_path: Path
    ) -> None:
        _picture(services, NINE)
        import_text(services, tmp_path, "sites", "code,name,kind,region\nS8,新站,checkpoint,R1\n")
        assert "S8" in {one.site.code for one in _picture(services, NINE + 1).sites}
