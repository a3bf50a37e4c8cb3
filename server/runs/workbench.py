"""What a slice of a run is worked on with: the run as it stood, the services, and how what was done is written down.

Nothing is written once the run was stopped, or another process holds it: every word goes through `tell`, in the transaction of
what it tells of.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, update

from server.access.part import Part
from server.models.run import RunRow
from server.runs.run import Run, State
from server.services import Services

if TYPE_CHECKING:
    from server.accounts.account import Account  # it brings what pages are made with


class Halted(Exception):
    """The run is not ours any more: it was stopped, or another process took it over. Nothing may be written for it."""


class Interrupted(Exception):
    """This process is to end; the run is live, and whoever comes next goes on."""


@dataclass(frozen=True, slots=True)
class Workbench:
    """holder: this process. account: whose run it is (None: the operator's); part: where they have the right it takes, now."""

    services: Services
    run: Run
    folder: Path
    holder: bytes
    account: Account | None
    part: Part
    goes_on: Callable[[], bool]

    def tell(self, connection: Connection, **values: str | int) -> None:
        """Write down how far it is, in the caller's transaction. Raise `Halted`."""
        ours = update(RunRow).where(RunRow.id == self.run.id, RunRow.holder == self.holder)
        ours = ours.where(RunRow.state == State.WORKING)
        told = connection.execute(ours.values(beat_ms=self.now_ms(), **values))
        if told.rowcount != 1:
            raise Halted

    def tell_now(self, **values: str | int) -> None:
        """Write it down in a transaction of its own, and look whether to go on. Raise `Halted`, `Interrupted`."""
        self.require_going()
        with self.services.database.write_facts() as connection:
            self.tell(connection, **values)

    def require_going(self) -> None:
        """Raise `Interrupted` where this process is to end."""
        if not self.goes_on():
            raise Interrupted

    def now_ms(self) -> int:
        """Give the server's time."""
        return self.services.signer.clock.wall_ms()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The run is done. file: its name in the folder, result: what came of it otherwise; people: how many the file shows."""

    file: str = ""
    result: str = ""
    people: int = 0


Step = Callable[[Workbench], Outcome | None]
"""Does a slice: gives what came of the run, or None where there is more to do."""
