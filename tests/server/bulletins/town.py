"""A town of two districts, whose week went as weeks go: what bulletins are written of."""

from pathlib import Path
from random import Random
from typing import Any

from server import create_app
from server.access.part import EVERYTHING, Part
from server.books.hours import By, Span, read_hours
from server.bulletins.content import Content
from server.bulletins.issue import Issued, Wish, issue
from server.bulletins.read_bulletins import read_frozen
from server.config import FONTS
from server.fonts.files import find_fonts
from server.papers.press import Type
from server.services import Services
from tests.server.books.world import World, bring, derive, make_world, prepare
from tests.server.builders import ServerClock
from tests.server.conftest import import_text

FIRST = 20_759
"""2026-11-02, the Monday on which made-up worlds begin."""
WEEK = Span(FIRST, FIRST + 6)
REGIONS = "code,name,parent\nR0,信阳市,\nR1,浉河区,R0\nR2,平桥区𬭎镇,R0\nR3,空区,R0\n"
SITES = "code,name,kind,region\nS3,河南岸㛃里,test_site,R2\n"
NOW_MS = 1_794_300_000_000
"""2026-11-10."""
TYPE = Type(find_fonts(FONTS))


def settle(services: Services, folder: Path, clock: ServerClock) -> None:
    """Make the districts, and bring the week."""
    import_text(services, folder, "regions", REGIONS)
    import_text(services, folder, "sites", SITES)
    prepare(services, clock)
    client = create_app(services).test_client()
    for author, lost in make_world(services).branches:
        for run in _runs(author, lost):
            bring(client, run)
    derive(services)


def _runs(author: Any, lost: frozenset[int]) -> list[Any]:
    return World([(author, lost)]).pieces(Random(1))


def write(services: Services, wish: Wish, now_ms: int = NOW_MS) -> Issued:
    """Issue a bulletin."""
    return issue(services.database, TYPE, wish, now_ms, lambda *_: None)


def content_of(services: Services, number: int, part: Part = EVERYTHING) -> Content:
    """Give what was frozen."""
    with services.database.read() as connection:
        return read_frozen(connection, number, part)


def hours(services: Services, by: By, span: Span) -> dict[str, dict[str, Any]]:
    """Give what `hours` says, by key."""
    with services.database.read() as connection:
        return {str(row[by.value]): row for row in read_hours(connection, by, span)}
