"""Make the picture of the console for the README: `python -m tests.e2e.console.make_pictures`.

The page itself, of a small made-up county, in a real browser; drawn again whenever it changes.
"""

import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from server.config import Config
from server.services import open_services
from server.setup import set_up
from tests.e2e.browsers import launch
from tests.e2e.console.conftest import CITY, Console, serve
from tests.e2e.console.county import make_county
from tests.e2e.processes import ROOT
from tests.server.builders import ServerClock
from tests.server.conftest import TABLES, import_text
from tests.server.staff import hire, signed_in

FOLDER = ROOT / "docs" / "pictures"
SIZE = {"width": 1280, "height": 800}
WIDTH_PX = 960
COLOURS = 128


def main() -> None:
    """Draw."""
    with tempfile.TemporaryDirectory() as folder:
        home, clock = Path(folder) / "home", ServerClock()
        set_up(Config(home), clock.clock())
        services = open_services(Config(home), clock.clock())
        for kind, text in TABLES.items():
            import_text(services, home.parent, kind, text)
        make_county(services, clock, home.parent)
        with serve(services, clock) as console, sync_playwright() as driver:
            browser = launch(driver.chromium)
            context = browser.new_context(viewport=SIZE, locale="zh-CN", reduced_motion="reduce")  # type: ignore[arg-type] # two numbers
            _draw(context.new_page(), console)
            browser.close()
        services.database.close()


def _draw(page: Page, console: Console) -> None:
    hire(console.services, "wang.li", CITY, number="V14")
    cookie = signed_in(console.app, "wang.li").get_cookie("redvest")
    assert cookie is not None
    page.context.add_cookies([{"name": "redvest", "value": cookie.value, "url": console.url}])
    page.goto(f"{console.url}/console/review?rule=B4")
    page.locator("tbody a").first.click()
    page.wait_for_load_state()
    _save(page, "console-finding")


def _save(page: Page, name: str) -> None:
    """Keep what is seen of a page, small."""
    with Image.open(BytesIO(page.screenshot())) as picture:
        height = round(picture.height * WIDTH_PX / picture.width)
        small = picture.convert("RGB").resize((WIDTH_PX, height), Image.Resampling.LANCZOS)
        small.quantize(COLOURS).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
