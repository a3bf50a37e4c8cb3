"""A centre with a closed month, and runs that are asked for there by the operator or by staff."""

from dataclasses import dataclass
from pathlib import Path

from msgspec import structs

from server.access.grant import Grant
from server.certificates.paper import Paper
from server.runs.ask import OPERATOR, Owner, ask
from server.runs.asked import Asked, Certificates
from server.runs.folder import folder_of
from server.runs.items import Item, read_all
from server.runs.run import Run, next_run, read_run
from server.runs.work import work_off, work_on
from server.services import Services
from tests.server.books.desk import Desk
from tests.server.staff import hire

TEAM = Certificates("浉河区新时代文明实践中心", "王主任", "李㛃", "0376-6012345", team="T2", by="V14", role="city")  # fmt: skip
"""What staff ask for; `by` and `role` count for the operator alone."""
HOLDER = b"tester"


class QuickPress:
    """Stands in for the press of certificates: takes papers, and gives how many there were."""

    def __init__(self, *_: object) -> None:
        self.count = 0

    def try_it(self, _paper: Paper) -> None:
        """Take everything."""

    def add(self, _paper: Paper) -> None:
        """Count."""
        self.count += 1

    def output(self) -> bytes:
        """Give something that begins as a PDF does."""
        return b"%%PDF of %d" % self.count


@dataclass(slots=True)
class RunDesk:
    """Asks for runs, and works on them."""

    desk: Desk
    number: int = 0

    @property
    def services(self) -> Services:
        """The services of the centre."""
        return self.desk.services

    def hire(self, *grants: Grant, number: str = "") -> Owner:
        """Open an account."""
        self.number += 1
        name = f"staff.{self.number}"
        hire(self.services, name, *grants, number=number)
        return Owner(name, grants)

    def ask(self, asked: Asked = TEAM, owner: Owner | None = None) -> Run:
        """Ask for a run."""
        owner = owner or Owner()
        self.desk.clock.now_ms += 1
        id_ = ask(self.services.database, owner, asked, "T2", self.desk.clock.now_ms)
        return self.read(id_, owner.name)

    def read(self, id_: str, owner: str = OPERATOR) -> Run:
        """Give a run as it stands."""
        with self.services.database.read() as connection:
            return read_run(connection, owner, id_)

    def slice(self, run: Run | None = None) -> Run:
        """Do one slice of the run whose turn it is."""
        with self.services.database.read() as connection:
            run = run or next_run(connection)
        assert run is not None
        self.desk.clock.now_ms += 1
        work_on(self.services, run, HOLDER, lambda: True)
        return self.read(run.id, run.owner)

    def work(self, run: Run) -> Run:
        """Work on all runs, and give this one as it stands then."""
        work_off(self.services)
        return self.read(run.id, run.owner)

    def items(self, run: Run) -> list[Item]:
        """Give those whom a run is about."""
        with self.services.database.read() as connection:
            return read_all(connection, run)

    def folder(self, run: Run) -> Path:
        """Give where its files are."""
        return folder_of(self.services.config.home, run.id)

    def issued(self) -> list[str]:
        """Give the numbers of all certificates that were ever issued."""
        return [row[0] for row in self.desk.rows("SELECT number FROM certificate")]


def of_all(count: int, **more: object) -> Certificates:
    """Ask for certificates of V1 to V…, whatever their team."""
    people = tuple(f"V{n}" for n in range(1, count + 1))
    return structs.replace(TEAM, team="", numbers=people, **more)
