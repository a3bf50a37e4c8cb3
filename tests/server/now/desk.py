"""A morning at three sites, as their kiosks tell it."""

from pathlib import Path

from flask.testing import FlaskClient

from server.services import Services
from tests.server.books.world import derive
from tests.server.builders import HOUR_MS, MINUTE_MS, START_MS, Author, enrol_at, make_author, push
from tests.server.conftest import import_text

EIGHT = START_MS + 8 * HOUR_MS
SHIFTS = (
    "code,post,start,end,needed\n"
    "D,P1,2026-11-02T08:00,2026-11-02T16:00,3\n"
    "N,P1,2026-11-02T22:00,2026-11-03T06:00,1\n"
    "X,P2,2026-11-02T08:00,2026-11-02T16:00,1\n"
)
POSTS = "code,site,name,role,capacity,needs\nP2,S2,引导,guide,1,\n"


def plan(services: Services, folder: Path) -> None:
    """Import a second post, and shifts of both."""
    import_text(services, folder, "posts", POSTS)
    import_text(services, folder, "shifts", SHIFTS)


def begin(services: Services, seed: str, site: str, post: str = "") -> Author:
    """Enrol a kiosk that starts at seven and was in contact."""
    author = make_author(seed, post)
    enrol_at(services, author, site, post)
    author.boot(START_MS + 7 * HOUR_MS)
    author.contact(START_MS + 7 * HOUR_MS + MINUTE_MS, services.signer.keys.identity)
    return author


def bring(services: Services, client: FlaskClient, *authors: Author) -> None:
    """Bring what they recorded, and derive it."""
    for author in authors:
        assert push(client, author.batch()).status_code == 200
    derive(services)
