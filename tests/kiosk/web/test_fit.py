"""`doctor` tells whether this device can show the screen."""

import shutil
from pathlib import Path

import kiosk.web
from kiosk.web.fit import changed_files, findings

WEB = Path(kiosk.web.__file__).parent


def test_the_files_of_the_screen_are_as_published() -> None:
    assert changed_files(WEB) == []
    assert {name: is_well for name, is_well, _, _ in findings()}["screen_files"] is True


def test_a_file_that_was_changed_or_lost_is_named(tmp_path: Path) -> None:
    shutil.copy(WEB / "vendor.lock", tmp_path)
    vendor = shutil.copytree(WEB / "static" / "vendor", tmp_path / "static" / "vendor")
    (vendor / "zxing_reader.wasm").write_bytes(b"x")
    (vendor / "zxing_reader.js").unlink()
    assert changed_files(tmp_path) == ["zxing_reader.js", "zxing_reader.wasm"]
