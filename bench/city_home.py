"""The home of a made-up city: set up, its places imported, a few days really recorded and derived, the rest cloned."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from bench.city import Size, fill
from bench.history import History, enrolled_kiosk
from server.access.grant import Grant
from server.access.part import EVERYTHING
from server.accounts import sessions
from server.accounts.account import read_account
from server.accounts.change_account import Wanted, open_account
from server.books.dates import local_day
from server.books.derive.drain import drain
from server.books.derive.queue import queue_people
from server.clock import system_clock
from server.config import Config
from server.console.pages import RIGHTS
from server.imports.change import Author
from server.imports.import_file import Ports, Wish, import_file
from server.imports.kinds import KINDS
from server.models.derived import FindingRow, LogState
from server.models.log import Log
from server.models.staff import StaffAccount
from server.services import Services, open_services
from server.setup import set_up

SAMPLED = 200
"""People who really come, over a few days; some do something odd, so that there are findings to clone."""
KIOSKS, DAYS = 4, 5
OBJECTS = (
    "/console/now/sites/S7",
    "/console/periods/S7/2026-10",
    "/console/reference/volunteers/at/C000000077",
)
"""Pages with an object, which is there."""
ASKED = tuple(
    f"/console/review?{asked}"
    for asked in (
        "rule=B6", "severity=alarm", "severity=hold", "state=changed", "state=decided", "site=S32", "team=T00032",
        "region=R0032", "region=D01", "region=D02", "from=2026-01-01", "q=王", "rule=B6&region=D01&severity=hold",
    )
)  # fmt: skip
"""The queue of findings by its filters: what many people ask all day."""


def make_home(home: Path, database: str, size: Size) -> None:
    """Fill an empty database."""
    config = Config(home, database, log_level="ERROR")
    set_up(config, system_clock())
    services = open_services(config)
    _import(services, "regions", ("code", "name", "parent"), _regions(size))
    _import(services, "teams", ("code", "name", "region"), _teams(size))
    places = ("code", "name", "kind", "region", "latitude", "longitude")
    _import(services, "sites", places, _sites(size))
    posts = ((f"P{n}", f"S{n}", "登记") for n in range(size.sites))
    _import(services, "posts", ("code", "site", "name"), posts)
    people = [f"V{n:04}" for n in range(SAMPLED)]
    _import(services, "volunteers", ("number", "name"), ((who, "王伟") for who in people))
    kiosks = [enrolled_kiosk(services, number) for number in range(KIOSKS)]
    history = History(services, kiosks, people, odd=True)
    for _ in range(DAYS):
        history.record_day()
    history.send(history.waiting())
    drain(services.database, services.signer.keys.identity_public)
    fill(services, size, local_day(services.signer.clock.wall_ms()))
    services.database.close()


def sign_in(console: Flask, name: str, grant: Grant) -> FlaskClient:
    """Open an account, and give a browser in which it is signed in."""
    services: Services = console.extensions["redvest"]
    with services.database.write_facts() as connection:
        if read_account(connection, StaffAccount.name == name) is None:
            wanted = Wanted(name, name, f"G-{name}", (grant,))
            open_account(connection, services.central, wanted, by="")
        account = read_account(connection, StaffAccount.name == name)
        if account is None:
            raise RuntimeError("the account was just opened")
        now = services.signer.clock.wall_ms()
        token = sessions.begin(connection, account.id, "bench", now)
    client = console.test_client()
    with client.session_transaction() as held:
        held.update(_user_id=account.fs_uniquifier, _fresh=True, fs_cc="set", session=token)
    return client


def pages(console: Flask, grant: Grant) -> Iterator[str]:
    """Give the pages that a grant opens: those without an object, those of `OBJECTS` and `ASKED`, a record and a kiosk."""
    adapter = console.url_map.bind("")
    for rule in console.url_map.iter_rules():
        needs = RIGHTS.get(rule.endpoint)
        is_page = needs is not None and "GET" in (rule.methods or ()) and not rule.arguments
        if is_page and grant.brings(RIGHTS[rule.endpoint]):
            yield rule.rule
    for address in (*OBJECTS, *ASKED, *_really_there(console)):
        endpoint, _ = adapter.match(address.partition("?")[0])
        if grant.brings(RIGHTS[endpoint]):
            yield address


def _really_there(console: Flask) -> Iterator[str]:
    """Give a record that a finding waits for, with all its evidence, and a kiosk: of those that were really recorded."""
    services: Services = console.extensions["redvest"]
    waits = select(FindingRow.about, FindingRow.record).where(
        FindingRow.about.between("V", "W"), FindingRow.state.is_not(None), FindingRow.record != b""
    )
    with services.database.read() as connection:
        about, record = connection.execute(waits.limit(1)).one()
        log = connection.scalar(
            select(LogState.log).where(LogState.frontier_ms.is_not(None)).limit(1)
        )
        name = connection.scalar(select(Log.name).where(Log.id == log))
    yield f"/console/review/{about}/{bytes(record).hex()}"
    yield f"/console/fleet/logs/{name}"


def _regions(size: Size) -> Iterator[Sequence[str]]:
    yield ("CITY", "市", "")
    for n in range(1, size.districts + 1):
        yield (f"D{n:02}", f"第{n}区", "CITY")
    for n in range(size.towns):
        yield (f"R{n:04}", f"第{n}街道", f"D{1 + n % size.districts:02}")


def _teams(size: Size) -> Iterator[Sequence[str]]:
    for n in range(size.teams):
        yield (f"T{n:05}", f"第{n}队", f"R{n % size.towns:04}")


def _sites(size: Size) -> Iterator[Sequence[str]]:
    for n in range(size.sites):
        east, north = 117.0 + n % 60 / 100, 39.0 + n // 60 / 100
        town = f"R{n % size.towns:04}"
        yield (f"S{n}", f"第{n}站", "checkpoint", town, f"{north:.6f}", f"{east:.6f}")


def _import(
    services: Services, kind: str, header: Sequence[str], rows: Iterable[Sequence[str]]
) -> None:
    with tempfile.TemporaryDirectory(prefix="redvest-bench-") as folder:
        file = Path(folder) / f"{kind}.csv"
        with file.open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out)
            writer.writerow(header)
            writer.writerows(rows)
        ports = Ports(services.central.record_change, queue_people, lambda *_: None)
        author = Author("", services.signer.clock.wall_ms())
        import_file(services.database, Wish(KINDS[kind], file, 0, author, EVERYTHING), ports)
