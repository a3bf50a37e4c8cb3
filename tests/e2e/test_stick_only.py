"""A kiosk that saw a network once, when it was enrolled, and from then on delivers by stick: its dates become complete, too.

Kiosk and centre in one process, with clocks set by hand: a date must come to its end.
"""

import io
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from kiosk.accept import accept as take_back
from kiosk.app import Kiosk
from kiosk.device import require_identity
from kiosk.doors import Doors
from kiosk.enrol import enrol
from kiosk.export import export
from kiosk.scan import scan
from kiosk.status import status
from kiosk.store import open_store
from kiosk.syncer import sync
from kiosk.transport import Transport
from schemas.vocabulary import Direction
from server import create_app
from server.books.dates import iso_time
from server.books.hours import By, Span, read_hours
from server.config import Config
from server.intake.accept import accept, intake_of, reply_to
from server.intake.enrol import make_code
from server.services import Services, open_services
from server.setup import set_up
from tests.kiosk.conftest import PATIENT
from tests.kiosk.fakes import FakeClock
from tests.server.books.world import derive
from tests.server.builders import DAY_MS, HOUR_MS, START_MS, ServerClock
from tests.server.conftest import TABLES, import_text

MORNING, EVENING = START_MS + 7 * HOUR_MS, START_MS + 20 * HOUR_MS
NEXT_NOON = START_MS + DAY_MS + 12 * HOUR_MS


@pytest.fixture(scope="module")
def morning_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of a centre with sites and volunteers, only copied."""
    home = tmp_path_factory.mktemp("morning") / "home"
    clock = ServerClock(MORNING).clock()
    set_up(Config(home), clock)
    opened = open_services(Config(home), clock)
    for kind in ("regions", "teams", "sites", "volunteers"):
        import_text(opened, home.parent, kind, TABLES[kind])
    opened.database.close()
    return home


@pytest.fixture
def services(morning_home: Path, tmp_path: Path) -> Iterator[Services]:
    """A centre in the morning."""
    home = Path(shutil.copytree(morning_home, tmp_path / "centre"))
    opened = open_services(Config(home), ServerClock(MORNING).clock())
    yield opened
    opened.database.close()


@contextmanager
def network(services: Services) -> Iterator[str]:
    """Let the centre be reached; give its address."""
    server = make_server("127.0.0.1", 0, create_app(services), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def kiosk(services: Services, tmp_path: Path) -> Iterator[Kiosk]:
    """A kiosk that was enrolled in the morning, and works until noon without network."""
    clock = FakeClock(MORNING)
    made = Kiosk(open_store(tmp_path / "kiosk"), clock)
    code = make_code(services.database, services.signer, "S1")
    with network(services) as url, Transport(url, PATIENT) as transport:
        doors = Doors(transport, require_identity(made.store).key)
        enrol(made, doors, code, url=url, post="")
        sync(made, doors)
    for direction in (Direction.IN, Direction.OUT):
        clock.advance(2 * HOUR_MS)
        scan(made, "V1", direction=direction, is_typed=True)
    yield made
    made.store.close()


def by_stick(kiosk: Kiosk, services: Services, at_ms: int) -> tuple[object, object]:
    """Carry a file to the centre at this time, and the reply back; give `complete` and `as_of` of the volunteer."""
    clock = kiosk.clock
    assert isinstance(clock, FakeClock)
    clock.advance(at_ms - clock.wall_ms)
    file = kiosk.home.parent / "out.rvb"
    export(kiosk, file, everything=False)
    intake = intake_of(services)
    file.write_bytes(b"".join(reply_to(intake, accept(intake, io.BytesIO(file.read_bytes())))))
    take_back(kiosk, file)
    assert status(kiosk).pending == 0
    derive(services)
    with services.database.read() as connection:
        (row,) = read_hours(connection, By.VOLUNTEER, Span())
    return row["complete"], row["as_of"]


def test_a_date_is_complete_once_a_file_written_after_its_end_has_come(
    kiosk: Kiosk, services: Services
) -> None:
    complete, as_of = by_stick(kiosk, services, EVENING)
    assert complete is False
    assert iso_time(EVENING - 10_000) < str(as_of) <= iso_time(EVENING)
    assert by_stick(kiosk, services, NEXT_NOON)[0] is True


def test_a_file_after_a_restart_waits_for_a_contact_that_bounds_its_clock(
    kiosk: Kiosk, services: Services
) -> None:
    before = by_stick(kiosk, services, EVENING)
    assert isinstance(kiosk.clock, FakeClock)
    kiosk.clock.reboot()
    assert by_stick(kiosk, services, NEXT_NOON) == before
