"""What most tests of the server start from: a home that was set up once and is copied, its services, its doors.

What is marked `both_databases` runs on SQLite and on PostgreSQL, where the home gets a database with the same rows.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server import create_app
from server.access.part import EVERYTHING
from server.books.derive.queue import queue_people
from server.config import Config
from server.imports.change import Author
from server.imports.import_file import Ports, Wish, import_file
from server.imports.kinds import KINDS
from server.papers import blank
from server.services import Services, open_services
from server.setup import set_up
from tests.postgresql.cluster import Cluster, hold_cluster
from tests.postgresql.homes import PostgresqlHomes
from tests.server.builders import ServerClock
from tests.server.imports.desk import Desk, open_desk
from tests.server.papers.quick_pdf import QuickPDF
from tests.server.quick_pages import JINJA, Remembered

TABLES = {
    "regions": "code,name,parent\nR1,浉河区,\n",
    "teams": "code,name,region\nT1,一队,R1\nT2,二队,R1\n",
    "sites": (
        "code,name,kind,region,latitude,longitude\n"
        "S1,东门卡口,checkpoint,R1,32.10,114.00\n"
        "S2,西门卡口,checkpoint,R1,32.10,114.02\n"
        "S3,河南岸,test_site,R1,,\n"
    ),
    "posts": "code,site,name,role,capacity,needs\nP1,S1,登记,registration,2,\n",
    "volunteers": "number,name,phone,team\n"
    + "".join(f"V{n},志愿者{n},1390000{n:04d},T{1 + n % 2}\n" for n in range(1, 15)),
}


def import_text(services: Services, folder: Path, kind: str, text: str, day: int = 0) -> None:
    """Import a table of reference data from its text."""
    file = folder / f"{kind}.csv"
    file.write_text(text, encoding="utf-8")
    ports = Ports(services.central.record_change, queue_people, lambda *_: None)
    author = Author("", services.central.clock.wall_ms())
    report = import_file(services.database, Wish(KINDS[kind], file, day, author, EVERYTHING), ports)
    assert not report.bad, report.errors


@pytest.fixture(scope="session", autouse=True)
def _quick_papers() -> Iterator[None]:
    """Print with small fonts, and compile each page once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blank, "FPDF", QuickPDF)
        patch.setattr(Flask, JINJA, {"bytecode_cache": Remembered()})
        yield


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with keys, database and reference data, never opened by a test: only copied."""
    home = tmp_path_factory.mktemp("template") / "home"
    clock = ServerClock().clock()
    set_up(Config(home), clock)
    services = open_services(Config(home), clock)
    for kind, text in TABLES.items():
        import_text(services, home.parent, kind, text)
    services.database.close()
    return home


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked `both_databases` twice."""
    marked = metafunc.definition.get_closest_marker("both_databases")
    if marked and "database" in metafunc.fixturenames:
        metafunc.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """Which database the test's homes are on."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A PostgreSQL, shared by all workers."""
    mine = tmp_path_factory.getbasetemp()
    held = hold_cluster(mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine)
    yield held
    held.close()


@pytest.fixture(scope="session")
def all_postgresql_homes(cluster: Cluster) -> PostgresqlHomes:
    """Makes homes on PostgreSQL; what they are copied from is kept from test to test."""
    return PostgresqlHomes(cluster, os.environ.get("PYTEST_XDIST_WORKER", "main"))


@pytest.fixture
def postgresql_homes(all_postgresql_homes: PostgresqlHomes) -> Iterator[PostgresqlHomes]:
    """Makes homes on PostgreSQL that end with the test."""
    yield all_postgresql_homes
    all_postgresql_homes.forget()


CopyHome = Callable[[Path, Path], Config]


@pytest.fixture
def copy_home(database: str, request: pytest.FixtureRequest) -> CopyHome:
    """Copy a home to another folder, on the test's database."""
    if database == "postgresql":
        homes: PostgresqlHomes = request.getfixturevalue("postgresql_homes")
        return homes.copy

    def copy(source: Path, home: Path) -> Config:
        return Config(Path(shutil.copytree(source, home)))

    return copy


Open = Callable[..., Services]


@pytest.fixture
def open_home(template: Path, tmp_path: Path, copy_home: CopyHome) -> Iterator[Open]:
    """Open a fresh copy of a home (the template, unless another is named) under its own name."""
    opened: list[Services] = []

    def copy(
        name: str = "home", *, source: Path | None = None, clock: ServerClock | None = None
    ) -> Services:
        config = copy_home(source or template, tmp_path / name)
        services = open_services(config, (clock or ServerClock()).clock())
        opened.append(services)
        return services

    yield copy
    for services in opened:
        services.database.close()


@pytest.fixture
def clock() -> ServerClock:
    """The clock of `services`."""
    return ServerClock()


@pytest.fixture
def services(open_home: Open, clock: ServerClock) -> Services:
    """A server of its own."""
    return open_home(clock=clock)


@pytest.fixture
def client(services: Services) -> FlaskClient:
    """Its doors."""
    return create_app(services).test_client()


@pytest.fixture
def desk(tmp_path: Path, database: str, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """An empty database and a pen for imports."""
    url = ""
    if database == "postgresql":
        homes: PostgresqlHomes = request.getfixturevalue("postgresql_homes")
        url = homes.empty()
    opened = open_desk(tmp_path, url)
    yield opened
    opened.database.close()
