"""The page of readings says in words what was read, whatever page, call or run noted it."""

import re
from pathlib import Path

import server
from server.access.audit import Read, note_reading
from server.access.roles import StaffRole
from server.reports.note import WHAT
from server.runs.kinds import KINDS
from server.services import Services
from tests.server.console.conftest import Browser

SOURCES = Path(server.__file__).parent
NOTED = re.compile(r"\bnote\(\s*\"([a-z_. ]+)\"")


ON_A_PAGE = 30


def everything_noted() -> set[str]:
    files = [*SOURCES.glob("console/**/*.py"), *SOURCES.glob("api/*.py")]
    pages = {what for file in files for what in NOTED.findall(file.read_text(encoding="utf-8"))}
    assert {"reference.volunteers", "record", "review many"} <= pages
    return pages | {f"api {what}" for what in pages} | {f"run {kind}" for kind in KINDS} | {WHAT}


def test_whatever_is_noted_has_words(services: Services, browser: Browser) -> None:
    client = browser(StaffRole.ADMINISTRATOR)
    for start, some in enumerate(batched(sorted(everything_noted()), ON_A_PAGE)):
        with services.database.write_facts() as connection:
            for number, what in enumerate(some):
                note_reading(connection, number, Read(f"reader.{start}", what, "V1", 1, ""))
        page = client.get(f"/console/audit?by=reader.{start}").text
        assert page.count(f"<td>reader.{start}</td>") == len(some)
        assert (
            re.findall(r"<td>((?:api |run )?(?!reader)[a-z][a-z_. ]*)\s*(?:<span|</td>)", page)
            == []
        )


def batched(whats: list[str], size: int) -> list[list[str]]:
    return [whats[n : n + size] for n in range(0, len(whats), size)]
