"""A kiosk's screen as a real process, and what a browser sees of it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.e2e.processes import ROOT, environment, free_port, wait_until

START_S = 30


class Screen:
    """`python -m kiosk run` of a home, on a port that stays its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where its page is."""
        return f"http://127.0.0.1:{self.port}/"

    def start(self, *, prefix: tuple[str, ...] = (), **settings: object) -> "Screen":
        """Start it and wait until it says where it is."""
        given = {"REDVEST_KIOSK_HOME": self.home, "REDVEST_LOG_LEVEL": "ERROR", **settings}
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "kiosk", "run", "--port", str(self.port)],
            cwd=ROOT,
            env=environment(**given),
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.set_blocking(self.process.stderr.fileno(), False)  # type: ignore[union-attr]
        wait_until(self._has_said, START_S)
        return self

    def kill(self) -> None:
        """Kill it and whatever it started, as a power cut does."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)  # the session that `start` made
            self.process.wait(10)
        self.process = None

    def _has_said(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, "the screen ended"
        said = self.process.stderr.read() or b""  # type: ignore[union-attr]
        return re.search(rb"http://127", said) is not None


@dataclass
class Seen:
    """What went on in a browser: it must all stay empty but the addresses, which must all be ours."""

    errors: list[str] = field(default_factory=list)
    addresses: set[str] = field(default_factory=set)

    def watch(self, page: Page) -> None:
        """Note complaints and addresses."""
        page.on("console", lambda said: self._note(said.type, said.text))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda asked: self.addresses.add(asked.url))
        page.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective, e.blockedURI))"
        )

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.errors.append(text)


@contextmanager
def window(
    browser: Browser, screen: Screen, *, calm: bool = True, **options: object
) -> Iterator[Page]:
    """Open the page in a window of its own. calm: nothing may be complained of, nobody else may be asked."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})  # type: ignore[arg-type]
    context.grant_permissions(["camera"], origin=screen.url.rstrip("/"))
    page, seen = context.new_page(), Seen()
    seen.watch(page)
    page.set_default_timeout(15_000)
    page.goto(screen.url)
    try:
        yield page
    finally:
        context.close()
    foreign = {url for url in seen.addresses if not url.startswith((screen.url, "blob:"))}
    assert not foreign
    assert not calm or not seen.errors, seen.errors


def on_duty(page: Page) -> None:
    """Begin: the one tap."""
    page.locator("#start-button").click()
    expect(page.locator("#start")).to_be_hidden()


def wedge(page: Page, text: str) -> None:
    """Type as a hand scanner does: keys of an American keyboard, fast, and Enter."""
    page.evaluate(
        """([text, keys]) => {
          for (const [code, shiftKey] of keys) {
            for (const type of ['keydown', 'keyup']) {
              const target = document.activeElement ?? document.body;
              const how = { code, shiftKey, key: 'Process', bubbles: true, cancelable: true, composed: true };
              target.dispatchEvent(new KeyboardEvent(type, how));
            }
          }
        }""",
        [text, keys_of(text)],
    )


def press(page: Page, text: str) -> None:
    """Press the same keys for real, through the browser's own input."""
    for code, is_shifted in keys_of(text):
        if is_shifted:
            page.keyboard.down("Shift")
        page.keyboard.press(code)
        if is_shifted:
            page.keyboard.up("Shift")


_KEYS = {
    " ": ("Space", False), "$": ("Digit4", True), "%": ("Digit5", True), "*": ("Digit8", True), "+": ("Equal", True),
    "-": ("Minus", False), ".": ("Period", False), "/": ("Slash", False), ":": ("Semicolon", True),
}  # fmt: skip


def keys_of(text: str) -> list[tuple[str, bool]]:
    """Give the keys of a badge's text and Enter: code, and whether Shift is held."""
    keys = []
    for sign in text:
        if sign in _KEYS:
            keys.append(_KEYS[sign])
        elif sign.isdigit():
            keys.append((f"Digit{sign}", False))
        else:
            keys.append((f"Key{sign.upper()}", sign.isupper()))
    return [*keys, ("Enter", False)]
