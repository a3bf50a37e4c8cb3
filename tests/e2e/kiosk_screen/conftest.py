"""Chromium with a camera that shows a badge, and kiosks with screens. Without Chromium these tests fail: see `make setup-dev`."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Playwright

from server.badges.draw import draw_badge
from tests.e2e.browsers import launch
from tests.e2e.kiosk_screen.centre import enrol, make_centre
from tests.e2e.kiosk_screen.screen import Screen
from tests.kiosk.fakes import FakeServer, listening

CAMERA_BADGE = "V0042"


@pytest.fixture(scope="session")
def centre() -> Iterator[FakeServer]:
    """A centre that answers."""
    made = make_centre()
    with listening(made):
        yield made


@pytest.fixture(scope="session")
def badge_browser(
    playwright: Playwright, centre: FakeServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """A browser whose camera shows a printed badge."""
    film = tmp_path_factory.mktemp("film") / "badge.mjpeg"
    film.write_bytes(show(draw_badge(centre.print_badge(CAMERA_BADGE), CAMERA_BADGE)))
    made = launch(playwright.chromium, f"--use-file-for-fake-video-capture={film}")
    yield made
    made.close()


def show(badge: bytes) -> bytes:
    """Give a film of a badge held a little askew before a camera."""
    paper = Image.open(BytesIO(badge)).convert("RGB")
    paper.thumbnail((330, 330))
    frames = []
    for turn in (8, 9, 10, 9):
        scene = Image.new("RGB", (640, 480), (96, 104, 112))
        held = paper.rotate(turn, expand=True, fillcolor=(96, 104, 112), resample=Image.Resampling.BICUBIC)  # fmt: skip
        scene.paste(held, ((640 - held.width) // 2, (480 - held.height) // 2))
        out = BytesIO()
        scene.save(out, "JPEG", quality=85)
        frames.append(out.getvalue())
    return b"".join(frames * 5)


MakeKiosk = Callable[[str], Screen]


@pytest.fixture
def make_kiosk(centre: FakeServer, tmp_path: Path) -> Iterator[MakeKiosk]:
    """Make the screen of a kiosk that is enrolled; not started yet."""
    made: list[Screen] = []

    def make(name: str) -> Screen:
        enrol(centre, tmp_path / name)
        made.append(Screen(tmp_path / name))
        return made[-1]

    yield make
    for screen in made:
        screen.kill()


@pytest.fixture(scope="module")
def screen(centre: FakeServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    """The screen of a kiosk at work, shared by the tests of a file."""
    home = tmp_path_factory.mktemp("kiosk") / "home"
    enrol(centre, home)
    made = Screen(home).start()
    yield made
    made.kill()
