"""Two servers on one PostgreSQL that was restored: they notice at once, begin one epoch, and kiosks refill what is missing."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.e2e.processes import Centre, Kiosk
from tests.e2e.test_restored_server import hours, work
from tests.postgresql.homes import PostgresqlHomes


@pytest.fixture
def pair(
    ready_home: Path, postgresql_homes: PostgresqlHomes, tmp_path: Path
) -> Iterator[list[Centre]]:
    """Two servers with the same keys, each with a folder of its own, on one database."""
    config = postgresql_homes.copy(ready_home, tmp_path / "first")
    second = Path(shutil.copytree(config.home, tmp_path / "second"))
    made = [Centre(home, config.database_url) for home in (config.home, second)]
    yield made
    for centre in made:
        centre.close()


def enrol(centre: Centre, home: Path, site: str) -> Kiosk:
    """Enrol a kiosk by this server."""
    kiosk = Kiosk(home)
    code = centre.command("enrolment-code", site).data["code"]
    kiosk.done("enrol", code, "--server", centre.url)
    return kiosk


def epochs(centre: Centre) -> list[str]:
    """Why each epoch of the database began."""
    with psycopg.connect(str(centre.settings["REDVEST_DATABASE_URL"])) as connection:
        return [row[0] for row in connection.execute("SELECT reason FROM epoch ORDER BY ordinal")]


def test_servers_that_notice_a_restore_at_once_begin_one_epoch_and_are_refilled(
    pair: list[Centre], tmp_path: Path
) -> None:
    for centre in pair:
        centre.start()
    kiosks = [enrol(pair[n % 2], tmp_path / f"k{n}", f"S{1 + n % 2}") for n in range(4)]
    for number, kiosk in enumerate(kiosks):
        work(kiosk, f"V{number + 1}")
    backup = tmp_path / "moment.backup"
    assert pair[0].command("backup", str(backup)).status == 0
    then = hours(pair[0])
    late = enrol(pair[1], tmp_path / "late", "S3")
    for number, kiosk in enumerate([*kiosks, late]):
        work(kiosk, f"V{number + 6}")
        kiosk.done("sync")
    before = hours(pair[0])
    for centre in pair:
        centre.stop()
    assert pair[0].command("restore", str(backup), "--replace").status == 0
    assert hours(pair[0]) == then
    for centre in pair:
        centre.start()
    said = together([*kiosks, late])
    assert [ran["pending"] for ran in said] == [0] * 5
    assert epochs(pair[0]) == ["setup", "restored"]
    together([*kiosks, late])
    assert hours(pair[0]) == before == hours(pair[1])
    assert pair[0].command("verify").status == 0


def together(kiosks: list[Kiosk]) -> list[Any]:
    """Let all of them sync at the same moment."""
    with ThreadPoolExecutor(len(kiosks)) as pool:
        return list(pool.map(lambda kiosk: kiosk.done("sync"), kiosks))
