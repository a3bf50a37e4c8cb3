"""A centre with a closed month at one site, and a desk where certificates are issued."""

from server.access.part import EVERYTHING, Part
from server.books.decisions.actor import Actor
from server.certificates.issue import Desk as IssueDesk
from server.certificates.issue import Issued, Wish
from server.certificates.standing import State, find_certificate
from tests.server.books.desk import CITY, Desk

ISSUER = "浉河区新时代文明实践中心"
WISH = Wish(ISSUER)
LATE_H = 29 * 24 + 1
"""Hours from the desk's beginning to after the month that is closed."""


def issue_desk(desk: Desk, actor: Actor = CITY, part: Part = EVERYTHING) -> IssueDesk:
    """Give the desk of this centre where certificates are issued."""
    services = desk.services
    return IssueDesk(services.database, services.central, services.signer.keys.badges, actor, part)


def issue(desk: Desk, number: str, wish: Wish = WISH, *, actor: Actor = CITY, part: Part = EVERYTHING) -> Issued:  # fmt: skip
    """Issue a certificate that nobody prints."""
    return issue_desk(desk, actor, part).issue(number, wish, check=lambda _: None)


def state(desk: Desk, issued: Issued) -> State:
    """Say how a certificate stands."""
    with desk.services.database.read() as connection:
        found = find_certificate(connection, issued.entry.number)
    assert found is not None
    return found.state
