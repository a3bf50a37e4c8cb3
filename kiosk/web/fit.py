"""Whether this device can show the screen: its files as they were published, a browser, a charged battery. For `doctor`."""

import json
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from kiosk.health import BATTERY_LOW, POWER, battery_percent

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "microsoft-edge", "firefox")
_FOLDER = Path(__file__).parent


def findings() -> Iterator[tuple[str, bool, str, bool]]:
    """Give name, whether it is well, detail, and whether it is only worth knowing, of each check."""
    changed = changed_files(_FOLDER)
    yield "screen_files", not changed, ", ".join(changed) or "as published", False
    browser = next(filter(shutil.which, BROWSERS), "")
    yield "browser", bool(browser), browser or "none found by name", True
    percent = battery_percent(POWER)
    is_low = percent is not None and percent < BATTERY_LOW
    yield "battery", not is_low, "on mains, or none" if percent is None else f"{percent} %", True


def changed_files(folder: Path) -> list[str]:
    """Name the vendored files that are not as `vendor.lock` says."""
    lock = json.loads((folder / "vendor.lock").read_text(encoding="utf-8"))
    found = folder / "static" / "vendor"
    return [name for name, digest in lock["sha256"].items() if _digest(found / name) != digest]


def _digest(file: Path) -> str:
    try:
        return sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""
