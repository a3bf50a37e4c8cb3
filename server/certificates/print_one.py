"""One person's certificate, for whoever waits for it: issued, or printed once more. Nothing of the paper stays here."""

from dataclasses import replace
from pathlib import Path

from schemas.vocabulary import Code
from server.books.derive.drain import drain
from server.books.hours import Span
from server.certificates.draw import Press
from server.certificates.issue import Desk, Issued, Wish
from server.certificates.number import as_typed
from server.certificates.print_certificates import (
    Order,
    Printed,
    issue_onto,
    print_certificates,
    require_common,
)
from server.certificates.read_certificates import read_certificate
from server.certificates.standing import Standing, find_certificate
from server.fonts.glyphs import glyphs_of
from server.papers.handed import Handed, drawn
from sync.errors import Refused


def issue_one(desk: Desk, order: Order, number: str) -> Issued:
    """Issue the certificate of a volunteer (or take the one that stands), once its paper was tried. Nothing is printed.

    Everything that came in counts. Raise `Refused` as `Desk.issue` and `print_certificates`.
    """
    drain(desk.database, desk.central.keys.identity_public)
    glyphs = glyphs_of(order.fonts)
    require_common(order, glyphs)
    return issue_onto(Press(order.fonts, order.language), desk, order, number, glyphs)


def print_one(desk: Desk, order: Order, number: str) -> tuple[Printed, Handed]:
    """Issue the certificate of a volunteer (or take the one that stands), and give it as PDF. `order.out` is not used.

    Everything that came in counts. Raise `Refused` as `Desk.issue` and `print_certificates`.
    """
    drain(desk.database, desk.central.keys.identity_public)

    def draw(file: Path) -> Printed:
        run = print_certificates(desk, replace(order, out=file), [number])
        return run.certificates[0]

    made, paper = drawn("certificate", draw)
    return made, replace(paper, name=f"{made.volunteer}-{made.number}.pdf")


def print_again(desk: Desk, order: Order, number: str) -> tuple[Printed, Handed]:
    """Print a certificate by its number, as long as it holds: issuer and dates are its own, and none is issued.

    Raise `Refused`: `not_found`, also for somebody outside the part; `changed_since` for one that holds no more, or whose key is
    not here; what printing raises.
    """
    found = _find(desk, as_typed(number))
    if not found.holds:
        words = "证明已不再有效，请重新出具 / it does not hold any more: issue another"
        raise Refused(Code.CHANGED_SINCE, words)
    span = Span(found.entry.first_day, found.entry.last_day)
    wish = Wish(found.entry.issuer, span, only=found.entry.number)
    return print_one(desk, replace(order, wish=wish), found.entry.who)


def _find(desk: Desk, number: str) -> Standing:
    with desk.database.read() as connection:
        found = find_certificate(connection, number)
        if found is None or read_certificate(connection, desk.part, found.entry.number) is None:
            raise Refused(Code.NOT_FOUND, "没有这份证明 / no such certificate")
    return found
