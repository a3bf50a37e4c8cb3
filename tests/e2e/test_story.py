"""The story from set-up to hours, with nothing but the commands that people type."""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from server.keys import read_keys
from tests.e2e.processes import Centre, Kiosk
from tests.server.builders import HOUR_MS, Author, make_author

NAMES = {"V0001": "阿依古丽·买买提", "V0002": "欧阳𬭎", "V0003": "=cmd|'/c calc'!A1"}
TABLES = {
    "regions": "区划编码,区划名称\nR1,浉河区\n",
    "teams": "code,name,region\nT1,一队,R1\n",
    "sites": "code,name,kind,region\nS1,东门卡口,checkpoint,R1\nS2,河南岸,核酸检测点,R1\n",
    "volunteers": "志愿者编号,姓名,手机号,队伍\n"
    + "".join(f'{who},"{name}",13900000000,T1\n' for who, name in NAMES.items()),
}


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    """A home where nothing is yet."""
    made = Centre(tmp_path / "centre")
    yield made
    made.close()


def set_up(centre: Centre, folder: Path) -> None:
    """Set up twice, import four tables, print the badges."""
    assert centre.command("setup").data["made"] is True
    assert centre.command("setup").data["made"] is False
    for kind, text in TABLES.items():
        file = folder / f"{kind}.csv"
        file.write_text(text, encoding="utf-8")
        ran = centre.command("import", kind, str(file))
        assert (ran.status, ran.data["bad"]) == (0, 0), ran
    printed = centre.command("badge", *NAMES, "--out", str(folder / "badges"))
    assert printed.status == 0
    assert {f.name for f in (folder / "badges").iterdir()} == {f"{who}.png" for who in NAMES}


def enrol(centre: Centre, folder: Path) -> list[Kiosk]:
    """Enrol two kiosks at one site and one at another."""
    kiosks = []
    for name, site in (("one", "S1"), ("two", "S1"), ("far", "S2")):
        kiosk = Kiosk(folder / name)
        code = centre.command("enrolment-code", site).data["code"]
        assert kiosk.done("enrol", code, "--server", centre.url)["site"] == site
        kiosks.append(kiosk)
    return kiosks


def scan_all(kiosk: Kiosk, badges: Path, direction: str) -> None:
    """Hold every badge before a kiosk."""
    for who in NAMES:
        shown = kiosk.done("scan", "--image", str(badges / f"{who}.png"), "--direction", direction)
        assert (shown["who"], shown["state"], shown["direction"]) == (who, "good", direction)


def sync_offline(kiosk: Kiosk) -> float:
    """Sync where nobody listens; give the seconds that it took to say so."""
    start = time.monotonic()
    assert kiosk.command("sync").status == 4
    return time.monotonic() - start


def morning(centre: Centre) -> Author:
    """Write the log of a kiosk that was at work this morning, with the centre's own key for its contacts."""
    keys = read_keys(centre.home / "keys")
    author, now_ms = make_author(os.urandom(4).hex()), time.time_ns() // 1_000_000
    start = now_ms - now_ms % 60_000 - 4 * HOUR_MS
    author.boot(start)
    author.contact(start + 1_000, keys.identity)
    author.scan(start + 2_000, "V0002")
    author.scan(start + 3 * HOUR_MS + 2_000, "V0002", "out")
    author.contact(start + 3 * HOUR_MS + 3_000, keys.identity)
    return author


def bring(centre: Centre, author: Author, site: str) -> None:
    """Enrol a log and push it, as a client in another language would."""
    import http.client
    import json

    from sync.enrolment import read

    code = read(centre.command("enrolment-code", site).data["code"])
    wish = author.wish(code, read_keys(centre.home / "keys").seal_public)
    link = http.client.HTTPConnection("127.0.0.1", centre.port, timeout=30)
    for door, kind, body in (
        ("enrol", "application/json", json.dumps(wish).encode()),
        ("push", "application/vnd.redvest.batch", author.batch()),
    ):
        link.request("POST", f"/sync/v1/{door}", body, {"Content-Type": kind})
        answer = link.getresponse()
        assert (answer.status, answer.read() is None) == (200, False)
    link.close()


def test_from_set_up_to_hours(centre: Centre, tmp_path: Path) -> None:
    set_up(centre, tmp_path)
    centre.start()
    one, two, far = enrol(centre, tmp_path)
    assert centre.stop() == 0
    with ThreadPoolExecutor(2) as together:
        list(together.map(lambda k: scan_all(k, tmp_path / "badges", "in"), (one, far)))
    scan_all(two, tmp_path / "badges", "out")
    assert max(map(sync_offline, (one, two, far))) < 5
    assert one.done("status")["pending"] == 3

    centre.start()
    with ThreadPoolExecutor(2) as together:
        first = list(together.map(lambda k: k.done("sync"), (far, two, one)))
    assert [(done["pushed"] >= 3, done["pending"]) for done in first] == [(True, 0)] * 3
    for kiosk in (one, far, two):
        done = kiosk.done("sync")
        assert (done["set_aside"], done["pending"]) == ([], 0)
    bring(centre, morning(centre), "S2")

    hours = centre.command("hours")
    assert hours.status == 0
    rows = {row["volunteer"]: row for row in hours.data}
    assert {who: row["name"] for who, row in rows.items()} == NAMES
    assert list(rows) == sorted(rows)
    assert rows["V0002"]["minutes_credited"] == 180
    for who, row in rows.items():
        assert row["records"] == (3 if who == "V0002" else 2)  # S1 in and out, S2 never out
        assert 0 <= row["minutes_held"] <= 5  # shorter than five minutes: held (B6)
        assert row["complete"] is False
    again = centre.command("rebuild")
    assert (again.status, again.data["changed"]) == (0, False)
    assert centre.command("hours").data == hours.data
    verified = centre.command("verify")
    assert (verified.status, verified.data["troubles"]) == (0, [])
    for kiosk in (one, two, far):
        assert kiosk.done("verify")["clean"] is True
