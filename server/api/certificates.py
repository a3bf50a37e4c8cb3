"""Certificates: how each stands, issuing one, its paper, and withdrawing it. Names are masked, but on paper."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask import Response
from marshmallow import fields, validate

from schemas.limits import ISSUER_CHARS_MAX, WHY_CHARS_MAX
from schemas.vocabulary import Code
from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page, after, page
from server.api.fields import Line, LocalDate, PageAsked, Strict, number, why, words
from server.api.files import PDF, hand_out
from server.api.shapes import NAMES, page_shape
from server.books.hours import FIRST_DAY, LAST_DAY, Span
from server.certificates.issue import Desk, Wish
from server.certificates.number import as_typed
from server.certificates.paper import Signers
from server.certificates.print_certificates import Order
from server.certificates.print_one import issue_one, print_again
from server.certificates.read_certificates import Listed, read_certificate, read_certificates
from server.certificates.withdraw import Withdrawn, withdraw
from server.certificates.words import Language
from server.fonts.files import find_fonts
from server.limits import CERTIFICATE_LINE_CHARS_MAX
from server.people.mask import masked
from sync.errors import Refused

calls = Calls("certificates", __name__, "Certificates: how each stands, issuing and withdrawing.")
NAMES.update({Listed: "Certificate", Withdrawn: "CertificateWithdrawn"})


@dataclass(frozen=True, slots=True)
class CertificateIssued:
    """A certificate that stands. already: it stood before. replaced: number of the one in whose place it is ("": none)."""

    number: str
    volunteer: str
    minutes: int
    rows: int
    already: bool
    replaced: str


class CertificatesAsked(PageAsked):
    """Whose."""

    volunteer = number(load_default=str)


class WithdrawWanted(Strict):
    """A withdrawal."""

    why = why()


class PaperWanted(Strict):
    """What the paper says of whoever answers for it. document: kind and number, where the holder asks for it; kept nowhere."""

    responsible = Line(CERTIFICATE_LINE_CHARS_MAX, required=True)
    handler = Line(CERTIFICATE_LINE_CHARS_MAX, required=True)
    contact = Line(CERTIFICATE_LINE_CHARS_MAX, required=True)
    document = Line(CERTIFICATE_LINE_CHARS_MAX, load_default=str)
    language = fields.String(
        load_default=Language.BOTH.value,
        validate=validate.OneOf([language.value for language in Language]),
    )


class IssueWanted(Strict):
    """A certificate of confirmed hours. why: a new one shall be in place of the one that stands, for this reason.

    responsible, handler, contact: as for the paper, which is tried before anything is issued.
    """

    volunteer = number(required=True)
    issuer = Line(ISSUER_CHARS_MAX, required=True)
    first = LocalDate(data_key="from", load_default=FIRST_DAY)
    last = LocalDate(data_key="to", load_default=LAST_DAY)
    responsible = Line(CERTIFICATE_LINE_CHARS_MAX, required=True)
    handler = Line(CERTIFICATE_LINE_CHARS_MAX, required=True)
    contact = Line(CERTIFICATE_LINE_CHARS_MAX, required=True)
    why = words(WHY_CHARS_MAX, load_default=str)


@calls.reads("/certificates", needs=Right.SEE, asks=CertificatesAsked, gives=page_shape(Listed))
def browse(asked: dict[str, Any]) -> Page[Listed]:
    """Certificates, the newest first; of one person, if so wished."""
    behind, limit = after(asked), asked["limit"]
    with here.reading() as connection:
        part = here.part(connection, Right.SEE)
        before = behind[0] if behind else ""
        found = read_certificates(
            connection, part, number=asked["volunteer"], before=before, most=limit + 1
        )
    some = page(found, limit, lambda one: (one.number,))
    return Page([_masked(one) for one in some.items], some.next)


@calls.reads("/certificates/<number:certificate>", needs=Right.SEE, gives=Listed)
def one(_asked: dict[str, Any], certificate: str) -> Listed:
    """A certificate, and how it stands: `good`, `unsettled`, `changed`, `replaced` or `withdrawn`."""
    with here.reading() as connection:
        part = here.part(connection, Right.SEE)
        found = read_certificate(connection, part, as_typed(certificate))
    if found is None:
        raise Refused(Code.NOT_FOUND, "没有这份证明 / no such certificate")
    return _masked(found)


@calls.acts("/certificates", needs=Right.CERTIFY, takes=IssueWanted, gives=CertificateIssued)
def issue(wanted: dict[str, Any]) -> CertificateIssued:
    """Certify what closed months hold of a person. The same again is the one that stands; one that holds no more is replaced."""
    signers = Signers(wanted["responsible"], wanted["handler"], wanted["contact"])
    span, again = Span(wanted["first"], wanted["last"]), bool(wanted["why"])
    wish = Wish(wanted["issuer"], span, again=again, why=wanted["why"])
    made = issue_one(_desk(), _order(wish, signers, Language.BOTH), wanted["volunteer"])
    entry = made.entry
    return CertificateIssued(
        entry.number, entry.who, entry.minutes, entry.rows, made.already, made.replaced
    )


@calls.draws(
    "/certificates/<number:certificate>/paper", needs=Right.CERTIFY, takes=PaperWanted, gives=(PDF,)
)
def paper(wanted: dict[str, Any], certificate: str) -> Response:
    """Print a certificate that stands. It names the person in full, which is noted."""
    signers = Signers(*(wanted[key] for key in ("responsible", "handler", "contact", "document")))
    order = _order(Wish(""), signers, Language(wanted["language"]))
    made, printed = print_again(_desk(), order, certificate)
    here.note("certificate", made.volunteer, 1)
    return hand_out(printed)


@calls.acts(
    "/certificates/<number:certificate>/withdraw",
    needs=Right.CERTIFY,
    takes=WithdrawWanted,
    gives=Withdrawn,
)
def withdraw_one(wanted: dict[str, Any], certificate: str) -> Withdrawn:
    """Withdraw a certificate: every check says so from now on. The same again changes nothing."""
    services, actor = here.services(), here.actor(Right.CERTIFY)
    with here.reading() as connection:
        part = here.part(connection, Right.CERTIFY)
    return withdraw(
        services.database, services.central, actor, certificate, wanted["why"], part=part
    )


def _desk() -> Desk:
    services, actor = here.services(), here.actor(Right.CERTIFY)
    with here.reading() as connection:
        part = here.part(connection, Right.CERTIFY)
    return Desk(services.database, services.central, services.signer.keys.badges, actor, part)


def _order(wish: Wish, signers: Signers, language: Language) -> Order:
    config = here.services().config
    return Order(wish, signers, Path(), find_fonts(config.fonts), language, config.public_url)


def _masked(one: Listed) -> Listed:
    return replace(one, name=masked(one.name))
