"""A client in JavaScript, written from docs/protocol.md and docs/vectors alone, against the real server.

Where Node is missing this is skipped, but in CI it fails: `make test` installs it there.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from server.clock import system_clock
from server.config import Config
from server.services import open_services
from server.setup import set_up
from tests.e2e.processes import ROOT, Centre, environment, free_port
from tests.qr import qr_codes
from tests.server.conftest import import_text

HERE = Path(__file__).resolve().parent
NODE_MIN = 18  # Debian 12's own; it has Ed25519, X25519, fetch and a test runner
MINUTES = 183
PEOPLE = 20_100  # more than one part of a snapshot holds
NODE_S = 120
TABLES = {
    "sites": "code,name,kind\nS1,东门卡口,checkpoint\nS2,河南岸,test_site\n",
    "posts": "code,site,name,role\nP1,S1,登记,registration\n",
    "volunteers": "number,name\n" + "".join(f"V{n},志愿者{n}\n" for n in range(1, PEOPLE + 1)),
}


@pytest.fixture(scope="module")
def node() -> str:
    """The Node of this machine, where it has one that is new enough."""
    found = shutil.which("node")
    version = (
        subprocess.run([found, "--version"], capture_output=True, text=True).stdout if found else ""
    )
    if not version or int(version.lstrip("v").split(".")[0]) < NODE_MIN:
        why = f"Node {NODE_MIN} or newer is needed (apt-get install nodejs); here: {version.strip() or 'none'}"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(why)
    return str(found)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    """A server of its own, running: what a fresh home imports is all it has."""
    home = tmp_path / "centre"
    set_up(Config(home), system_clock())
    services = open_services(Config(home))
    for kind, text in TABLES.items():
        import_text(services, tmp_path, kind, text)
    services.database.close()
    made = Centre(home)
    made.start()
    yield made
    made.close()


def print_badges(centre: Centre, folder: Path) -> dict[str, str]:
    """Print badges by the server's command and read the pictures, as a camera would."""
    numbers = ["V1", "V2"]
    assert centre.command("badge", *numbers, "--out", str(folder)).status == 0
    pictures = {number: Image.open(folder / f"{number}.png") for number in numbers}
    return {number: qr_codes(picture)[0].text for number, picture in pictures.items()}


def run(node: str, script: str, given: dict[str, Any] | None = None) -> None:
    """Run a file of JavaScript tests; what it printed is what a failure shows."""
    done = subprocess.run(
        [node, "--test", "--test-reporter=spec", str(HERE / script)],
        env=environment() | {"INTEROP": json.dumps(given), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=NODE_S,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def test_the_client_agrees_with_every_vector(node: str) -> None:
    run(node, "vectors.test.mjs")


def test_the_client_plays_a_kiosk_against_the_server(
    node: str, centre: Centre, tmp_path: Path
) -> None:
    run(
        node,
        "play.test.mjs",
        {
            "url": centre.url,
            "home": str(centre.home),
            "root": str(ROOT),
            "python": sys.executable,
            "folder": str(tmp_path),
            "badges": print_badges(centre, tmp_path / "badges"),
            "minutes": MINUTES,
            "people": PEOPLE,
            "port": free_port(),
        },
    )
