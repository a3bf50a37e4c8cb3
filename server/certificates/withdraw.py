"""Withdraw a certificate: somebody says, for a reason, that it does not hold any more. The paper stays; every check says so."""

from dataclasses import dataclass

from schemas.central_entry import Withdraw
from schemas.vocabulary import Code
from server.access.part import EVERYTHING, Part
from server.books import central_rows
from server.books.decisions.actor import Actor
from server.books.derive.identities import read_identities
from server.central import Central
from server.certificates.issue import require_reviewer
from server.certificates.number import as_typed
from server.certificates.standing import State, find_certificate
from server.database import Database
from server.models.now import VolunteerNow
from server.people.within import people_of
from sync.errors import Refused


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A certificate that is withdrawn. already: it was before, and nothing was written now."""

    number: str
    volunteer: str
    already: bool


def withdraw(
    database: Database,
    central: Central,
    actor: Actor,
    number: str,
    why: str,
    *,
    part: Part = EVERYTHING,
) -> Withdrawn:
    """Withdraw the certificate with this number. Doing it again changes nothing.

    Raise `Refused`: `role_too_low`; `not_found` for no such certificate, or one of somebody outside the part.
    """
    require_reviewer(actor)
    with database.read() as connection:
        found = find_certificate(connection, as_typed(number))
        keeper = (
            read_identities(connection, [found.entry.who]).keeper(found.entry.who) if found else ""
        )
        mine = people_of(part).where(VolunteerNow.number == keeper).limit(1)
        if found is None or connection.scalar(mine) is None:
            raise Refused(Code.NOT_FOUND, f"没有这份证明 / no such certificate: {number}")
    if found.state is State.WITHDRAWN:
        return Withdrawn(found.entry.number, found.entry.who, already=True)
    with database.write_facts() as connection:
        entry = Withdraw(*central_rows.UNSTAMPED, found.hash, why, actor.number)
        central_rows.write_entry(connection, central, entry)
    return Withdrawn(found.entry.number, found.entry.who, already=False)
