"""A server whose folder was put back to an old copy: it notices at the next contact, and the kiosks refill it (I6)."""

import shutil
from pathlib import Path
from typing import Any

from tests.e2e.conftest import Enrolled
from tests.e2e.processes import Centre, Kiosk

TYPED = "--typed"


def hours(centre: Centre) -> list[dict[str, Any]]:
    """What `hours` says, but for who is asked when."""
    rows: list[dict[str, Any]] = centre.command("hours").data
    return [{name: row[name] for name in row if name != "as_of"} for row in rows]


def put_back(centre: Centre, copy: Path) -> None:
    """Put the server's folder back to an earlier copy, by hand."""
    centre.stop()
    shutil.rmtree(centre.home)
    shutil.copytree(copy, centre.home)
    centre.start()


def copied(centre: Centre, to: Path) -> Path:
    """Copy the folder of a server that stands still."""
    centre.stop()
    shutil.copytree(centre.home, to)
    centre.start()
    return to


def work(kiosk: Kiosk, *people: str) -> None:
    """Sign these people in and out again, and sync."""
    for direction in ("in", "out"):
        for who in people:
            kiosk.done("scan", who, TYPED, "--direction", direction)
    kiosk.done("sync")


def test_a_server_put_back_to_an_old_copy_is_what_it_was_after_the_next_syncs(
    centre: Centre, enrolled: Enrolled, tmp_path: Path
) -> None:
    centre.start()
    one = enrolled("one", "S1")
    work(one, "V1", "V2")
    assert centre.command("badge", "V3", "--out", str(tmp_path / "badges")).status == 0
    copy = copied(centre, tmp_path / "copy")
    two = enrolled("two", "S2")
    work(two, "V3", "V4")
    work(one, "V5")
    assert centre.command("revoke", "badge", "V3", "--reason", "丢失").status == 0
    one.done("sync")
    two.done("sync")
    before = hours(centre)
    assert {row["volunteer"] for row in before} == {"V1", "V2", "V3", "V4", "V5"}
    put_back(centre, copy)
    assert {row["volunteer"] for row in hours(centre)} == {"V1", "V2"}
    assert one.done("sync")["refilled"] is True
    two.done("sync")
    assert hours(centre) == before
    assert centre.command("findings", "--rule", "A5").data == []
    assert centre.command("revoke", "badge", "V3").data["already"] is True
    again = [one.done("sync"), two.done("sync")]
    assert [(ran["pushed"], ran["pending"], ran["refilled"]) for ran in again] == [
        (2, 0, False)
    ] * 2
    assert hours(centre) == before
    assert centre.command("rebuild").data["changed"] is False
    assert centre.command("verify").status == 0
    for kiosk in (one, two):
        assert kiosk.done("verify")["clean"] is True


def by_stick(centre: Centre, kiosk: Kiosk, file: Path) -> dict[str, Any]:
    """Carry a stick to the centre and back; give what the centre said of its one bundle."""
    assert kiosk.command("export", str(file)).status == 0
    (done,) = centre.command("accept", str(file)).data
    assert kiosk.command("accept", done["reply"]).status == 0
    (bundle,) = done["bundles"]
    return dict(bundle)


def test_kiosks_that_only_go_by_stick_refill_a_server_that_was_put_back(
    centre: Centre, enrolled: Enrolled, tmp_path: Path
) -> None:
    centre.start()
    one = enrolled("one", "S1")
    work(one, "V1", "V2")
    assert centre.command("badge", "V3", "--out", str(tmp_path / "badges")).status == 0
    copy = copied(centre, tmp_path / "copy")
    two = enrolled("two", "S2")
    work(two, "V3", "V4")
    work(one, "V5")
    assert centre.command("revoke", "badge", "V3", "--reason", "丢失").status == 0
    for kiosk in (one, two):
        kiosk.done("sync")
        assert not by_stick(centre, kiosk, tmp_path / "calm.rvb")["new_epoch"]
    before = hours(centre)
    put_back(centre, copy)
    two.done(
        "scan", "V4", TYPED
    )  # its log is unknown now: without a scan nothing would come back to it
    said = [by_stick(centre, kiosk, tmp_path / "first.rvb") for kiosk in (one, two)]
    assert [each["new_epoch"] for each in said] == [True, False]
    again = [by_stick(centre, kiosk, tmp_path / "second.rvb") for kiosk in (one, two)]
    assert sum(each["given_back"] for each in again) > 0
    after = {row["volunteer"]: row["minutes_credited"] for row in hours(centre)}
    assert after == {row["volunteer"]: row["minutes_credited"] for row in before}
    assert centre.command("findings", "--rule", "A5").data == []
    assert centre.command("revoke", "badge", "V3").data["already"] is True
    for kiosk in (one, two):
        found = kiosk.command("status").data
        assert (found["pending"], found["exported"]) == (0, 0)
    assert centre.command("verify").status == 0


def test_a_second_restore_from_the_same_copy_is_noticed_as_well(
    centre: Centre, enrolled: Enrolled, tmp_path: Path
) -> None:
    centre.start()
    one = enrolled("one", "S1")
    copy = copied(centre, tmp_path / "copy")
    work(one, "V1")
    before = hours(centre)
    for _ in range(2):
        put_back(centre, copy)
        assert hours(centre) == []
        assert one.done("sync")["refilled"] is True
        assert hours(centre) == before
    assert centre.command("verify").status == 0


def test_what_was_imported_after_the_copy_is_listed_until_it_is_imported_again(
    centre: Centre, enrolled: Enrolled, tmp_path: Path
) -> None:
    centre.start()
    one = enrolled("one", "S1")
    copy = copied(centre, tmp_path / "copy")
    file = tmp_path / "volunteers.csv"
    file.write_text("number,name,team\nV77,王小明,T1\n", encoding="utf-8")
    assert centre.command("import", "volunteers", str(file)).status == 0
    one.done("sync")
    put_back(centre, copy)
    one.done("sync")
    found = {check["name"]: check for check in centre.command("doctor").data["checks"]}
    assert found["restored"]["ok"] is False
    assert "volunteers" in found["restored"]["detail"]
    assert centre.command("import", "volunteers", str(file)).status == 0
    found = {check["name"]: check for check in centre.command("doctor").data["checks"]}
    assert found["restored"]["ok"] is True
