"""Debian's Chromium, as tests start it. Without it they fail: see `make setup-dev`."""

import shutil

from playwright.sync_api import Browser, BrowserType, expect

expect.set_options(timeout=20_000)
"""How long to wait for what is expected: for a machine that does much else; where all is well nobody waits."""

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--use-fake-device-for-media-stream", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip


def launch(browsers: BrowserType, *arguments: str) -> Browser:
    """Start Debian's Chromium."""
    found = shutil.which("chromium")
    assert found, "chromium is missing: apt-get install chromium (make setup-dev does it for root)"
    return browsers.launch(executable_path=found, args=[*ARGUMENTS, *arguments])
