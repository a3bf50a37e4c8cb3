"""What needs an eye is said, with its figure; what cannot be right about the clock is never passed over."""

from pathlib import Path
from typing import NamedTuple

import pytest

from kiosk import health
from kiosk.app import Kiosk
from kiosk.health import battery_percent, clock_doubts, concerns
from kiosk.scan import scan
from kiosk.status import CLOCK_DOUBT_MS, status
from tests.kiosk.conftest import contact
from tests.kiosk.fakes import NOON_MS, FakeClock, FakeServer

HOUR = 3_600_000
YEAR_1970, YEAR_2099 = 86_400_000, 4_071_000_000_000


def found(kiosk: Kiosk) -> dict[str, tuple[str, int]]:
    """Give level and figure of each concern."""
    return {one.code: (one.level, one.figure) for one in concerns(kiosk, status(kiosk))}


def doubts(kiosk: Kiosk) -> list[str]:
    """Give the doubts about the clock."""
    return clock_doubts(kiosk.store.db, kiosk.clock.read())


class Usage(NamedTuple):
    """What `disk_usage` gives."""

    free: int


@pytest.fixture(autouse=True)
def large_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A device that lacks nothing."""
    monkeypatch.setattr("kiosk.health.shutil.disk_usage", lambda _home: Usage(10**12))
    monkeypatch.setattr("kiosk.health.POWER", tmp_path / "none")


def test_a_hello_says_how_the_kiosk_stands(
    enrolled: Kiosk, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.health.shutil.disk_usage", lambda _home: Usage(7_900_000))
    scan(enrolled, "V1", direction=None, is_typed=True)
    contact(enrolled, server)
    said = server.told[-1]
    assert said["free_mb"] == 7
    assert said["pending"] >= 1
    assert "battery" not in said


def test_a_server_that_is_older_is_told_without(enrolled: Kiosk, server: FakeServer) -> None:
    server.is_old = True
    contact(enrolled, server)
    assert server.told[-1] == {}


def test_a_kiosk_that_is_well_says_nothing(enrolled: Kiosk) -> None:
    assert found(enrolled) == {}


@pytest.mark.parametrize(
    ("free", "level"), [(499_000_000, "amber"), (49_000_000, "red"), (0, "red")]
)
def test_a_disk_that_runs_out(
    enrolled: Kiosk, monkeypatch: pytest.MonkeyPatch, free: int, level: str
) -> None:
    monkeypatch.setattr("kiosk.health.shutil.disk_usage", lambda _home: Usage(free))
    assert found(enrolled)["disk_low"] == (level, free // 1_000_000)


@pytest.mark.parametrize(
    ("status_text", "percent", "level"),
    [
        ("Discharging", "19", "amber"),
        ("Discharging", "7", "red"),
        ("Discharging", "20", ""),
        ("Discharging", "?", ""),
        ("Charging", "7", ""),
    ],
)
def test_a_battery_that_runs_down(
    enrolled: Kiosk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status_text: str, percent: str, level: str
) -> None:  # fmt: skip
    battery = tmp_path / "power" / "BAT0"
    battery.mkdir(parents=True)
    (battery / "capacity").write_text(f"{percent}\n")
    (battery / "status").write_text(f"{status_text}\n")
    monkeypatch.setattr(health, "POWER", tmp_path / "power")
    assert found(enrolled).get("battery_low", ("", 0))[0] == level


def test_a_device_without_a_battery_has_no_charge(tmp_path: Path) -> None:
    assert battery_percent(tmp_path) is None


def test_a_clock_that_strays_from_the_servers_is_doubted(enrolled: Kiosk, clock: FakeClock) -> None:
    clock.wall_ms += CLOCK_DOUBT_MS
    assert doubts(enrolled) == []
    clock.wall_ms += 1
    assert (doubts(enrolled), found(enrolled)["clock_skew"][0]) == (["clock_skew"], "red")


@pytest.mark.parametrize("wall_ms", [YEAR_1970, YEAR_2099, -1])
def test_a_year_that_makes_no_sense_is_doubted_after_a_reboot(
    enrolled: Kiosk, clock: FakeClock, wall_ms: int
) -> None:
    clock.reboot()
    clock.wall_ms = wall_ms
    assert doubts(enrolled) == ["clock_year"]


def test_a_clock_before_the_last_contact_is_doubted_however_often_it_is_used(
    enrolled: Kiosk, clock: FakeClock
) -> None:
    clock.reboot()
    clock.wall_ms = NOON_MS - HOUR
    for number in range(3):
        assert doubts(enrolled) == ["clock_back"]
        scan(enrolled, f"V{number}", direction=None, is_typed=True)


def test_a_clock_before_the_last_entry_is_doubted(enrolled: Kiosk, clock: FakeClock) -> None:
    clock.reboot()
    clock.advance(5 * HOUR)
    scan(enrolled, "V1", direction=None, is_typed=True)
    assert doubts(enrolled) == []
    clock.wall_ms -= HOUR
    assert doubts(enrolled) == ["clock_back"]


@pytest.mark.parametrize(("waited", "level"), [(5, "amber"), (25, "red")])
def test_what_waits_too_long_is_said(
    enrolled: Kiosk, clock: FakeClock, waited: int, level: str
) -> None:
    scan(enrolled, "V1", direction=None, is_typed=True)
    clock.advance(waited * HOUR)
    assert found(enrolled)["pending_old"] == (level, waited)


def test_old_keys_and_missing_keys_are_said(enrolled: Kiosk, clock: FakeClock) -> None:
    clock.advance(8 * 24 * HOUR)
    assert found(enrolled)["view_old"] == ("amber", 8)
    enrolled.store.db.execute("DELETE FROM badge_keys")
    assert found(enrolled)["no_keys"] == ("red", 0)


def test_red_comes_first(enrolled: Kiosk, clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("kiosk.health.shutil.disk_usage", lambda _home: Usage(400_000_000))
    clock.wall_ms += HOUR
    levels = [concern.level for concern in concerns(enrolled, status(enrolled))]
    assert levels == sorted(levels, reverse=True)
    assert set(levels) == {"red", "amber"}
