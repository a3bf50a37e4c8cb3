"""Sticks as the system mounted them."""

from pathlib import Path

import pytest

from kiosk.errors import Stopped
from kiosk.media import media, require_file, require_medium


def test_sticks_are_listed_with_their_bundles_and_nothing_else(tmp_path: Path) -> None:
    roots = (f"{tmp_path}/media/",)
    stick = tmp_path / "media" / "U 盘"
    stick.mkdir(parents=True)
    for name in ("a.rvb", ".a.rvb", "photo.jpg"):
        (stick / name).write_bytes(b"x")
    mounts = tmp_path / "mounts"
    there = str(stick).replace(" ", "\\040")
    mounts.write_text(
        f"/dev/sdb1 {there} vfat rw 0 0\n/dev/sda1 {tmp_path} ext4 rw 0 0\nbroken\n"
        f"/dev/sdc1 {tmp_path}/media/gone vfat rw 0 0\n",
        encoding="utf-8",
    )
    found = media(mounts, roots)
    assert [(one.folder, one.name, one.files) for one in found] == [(str(stick), "U 盘", ["a.rvb"])]
    assert require_medium(str(stick), found) == stick
    assert require_file(str(stick), "a.rvb", found) == stick / "a.rvb"


@pytest.mark.parametrize(("folder", "name"), [("/", "a.rvb"), ("/media/x", "../a.rvb")])
def test_only_what_is_listed_is_written_or_read(folder: str, name: str) -> None:
    with pytest.raises(Stopped, match="stick_failed"):
        require_medium(folder, [])
    with pytest.raises(Stopped, match="stick_failed"):
        require_file(folder, name, [])


def test_a_system_that_tells_no_mounts_has_no_sticks(tmp_path: Path) -> None:
    assert media(tmp_path / "none") == []
