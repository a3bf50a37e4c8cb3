"""A kiosk whose folder was copied, and one restored from an old image: noticed, both branches kept, hours once (I5)."""

import shutil
from pathlib import Path

import pytest

from tests.e2e.conftest import Enrolled
from tests.e2e.processes import Centre, Kiosk
from tests.server.builders import HOUR_MS

TYPED = "--typed"


@pytest.fixture
def one(centre: Centre, enrolled: Enrolled) -> Kiosk:
    """A kiosk that is enrolled, synced, and has signed V1 and V2 in."""
    centre.start()
    kiosk = enrolled("one", "S1")
    for who in ("V1", "V2"):
        kiosk.done("scan", who, TYPED, "--direction", "in")
    return kiosk


def copy_of(kiosk: Kiosk, home: Path) -> Kiosk:
    """Copy a kiosk's folder."""
    return Kiosk(Path(shutil.copytree(kiosk.home, home)))


def scanned(kiosk: Kiosk, who: str, direction: str) -> str:
    """Scan, and give the log that it went into."""
    log: str = kiosk.done("scan", who, TYPED, "--direction", direction)["log"]
    return log


def hours(centre: Centre) -> dict[str, tuple[int, int]]:
    """Who has how many records, and how many of the held findings are A5."""
    rows = centre.command("hours").data
    held = [f["about"] for f in centre.command("findings", "--rule", "A5").data]
    return {row["volunteer"]: (row["records"], held.count(row["volunteer"])) for row in rows}


def test_a_copied_kiosk_is_noticed_and_nothing_is_lost_or_counted_twice(
    centre: Centre, one: Kiosk, tmp_path: Path
) -> None:
    two = copy_of(one, tmp_path / "two")
    old = one.done("status")["log"]
    assert scanned(one, "V3", "in") == scanned(two, "V4", "in") == old
    assert one.command("sync").status == 0
    noticed = two.command("sync")
    assert (noticed.status, noticed.data["pending"]) == (3, 0)
    noticed = one.command("sync")
    assert (noticed.status, noticed.data["pending"]) == (3, 0)
    logs = [kiosk.done("status")["log"] for kiosk in (one, two)]
    assert len({old, *logs}) == 3
    for kiosk, log, comes, goes in ((one, logs[0], "V5", "V1"), (two, logs[1], "V6", "V2")):
        assert scanned(kiosk, comes, "in") == scanned(kiosk, goes, "out") == log
        assert (kiosk.command("sync").status, kiosk.done("status")["alarms"]) == (0, ["diverged"])
    (alarm,) = centre.command("findings", "--rule", "A2", "--severity", "alarm").data
    assert alarm["about"] == old
    assert sorted(row["log"] for row in centre.command("confirm").data) == sorted(logs)
    waiting = hours(centre)
    assert {who: held for who, (_, held) in waiting.items() if held} == dict.fromkeys(
        ("V5", "V6", "V1", "V2"), 1
    )
    for log in logs:
        assert centre.command("confirm", log).data["site"] == "S1"
        assert centre.command("confirm", log).data["already"] is True
    assert hours(centre) == {f"V{n}": (1, 0) for n in range(1, 7)}
    assert centre.command("rebuild").data["changed"] is False
    for kiosk in (one, two):
        kiosk.done("sync")
        found = kiosk.done("status")
        assert (found["alarms"], found["pending"]) == ([], 0)
        assert kiosk.done("verify")["clean"] is True
    assert centre.command("verify").status == 0


def test_an_old_image_is_noticed_before_its_next_entry(
    centre: Centre, one: Kiosk, tmp_path: Path
) -> None:
    image = copy_of(one, tmp_path / "image")
    one.done("sync")
    shutil.rmtree(one.home)
    image.home.rename(one.home)
    before = one.done("status")
    assert one.command("sync").status == 3
    after = one.done("status")
    assert after["log"] != before["log"]
    assert after["logs"][0]["head"] == before["head"]
    assert scanned(one, "V1", "out") == after["log"]
    code = centre.command("enrolment-code", "S1").data["code"]
    assert one.done("enrol", code, "--server", centre.url)["log"] == after["log"]
    assert one.done("status")["alarms"] == []
    assert hours(centre) == {"V1": (1, 0), "V2": (1, 0)}
    assert one.done("status")["wall_ms"] - before["wall_ms"] < HOUR_MS
    assert centre.command("verify").status == 0
