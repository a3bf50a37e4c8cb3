"""Certificates: which stand, and withdrawing one. Issuing prints, and is done on the page or by command."""

from dataclasses import replace
from typing import Any

from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page
from server.api.fields import Strict, number, why
from server.api.shapes import NAMES, page_shape
from server.certificates.read_certificates import Listed, read_certificates
from server.certificates.withdraw import Withdrawn, withdraw
from server.people.mask import masked

calls = Calls("certificates", __name__, "Certificates: which stand, and withdrawing one.")
NAMES.update({Listed: "Certificate", Withdrawn: "CertificateWithdrawn"})


class CertificatesAsked(Strict):
    """Whose."""

    volunteer = number(load_default=str)


class WithdrawWanted(Strict):
    """A withdrawal."""

    why = why()


@calls.reads("/certificates", needs=Right.SEE, asks=CertificatesAsked, gives=page_shape(Listed))
def browse(asked: dict[str, Any]) -> Page[Listed]:
    """Certificates, the newest first, as many as the console shows; of one person, all. Names are masked."""
    with here.reading() as connection:
        part = here.part(connection, Right.SEE)
        found = read_certificates(connection, part, number=asked["volunteer"])
    return Page([replace(one, name=masked(one.name)) for one in found], None)


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
