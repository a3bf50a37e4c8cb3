"""What can be asked of a run, one definition a kind, as it is kept in the row. New fields have defaults: old rows are read on."""

from dataclasses import dataclass

import msgspec

from server.access.roles import Right
from server.books.hours import FIRST_DAY, LAST_DAY


class Certificates(msgspec.Struct, frozen=True, tag="certificates"):
    """Certificates of a team, or of these people. first, last: local dates. again: new ones in place of those that stand.

    bundled: many to a PDF, to be printed; else a PDF each. by, role: who asks at the command line (else the account says it).
    """

    issuer: str
    responsible: str
    handler: str
    contact: str
    team: str = ""
    numbers: tuple[str, ...] = ()
    first: int = FIRST_DAY
    last: int = LAST_DAY
    language: str = "both"
    again: bool = False
    why: str = ""
    bundled: bool = False
    by: str = ""
    role: str = ""


class Badges(msgspec.Struct, frozen=True, tag="badges"):
    """Badge sheets of a team, of a region with all below it, or of these people."""

    team: str = ""
    region: str = ""
    numbers: tuple[str, ...] = ()
    years: int = 2


class Report(msgspec.Struct, frozen=True, tag="report"):
    """A report as a file. only: codes by kind. purpose: why names are to be readable ("": they are masked)."""

    by: str
    form: str
    first: int = FIRST_DAY
    last: int = LAST_DAY
    before: tuple[int, int] | None = None
    only: dict[str, tuple[str, ...]] = {}
    purpose: str = ""


class Official(msgspec.Struct, frozen=True, tag="official"):
    """Files for the official site, of a month (as 202611). again: refused rows, too."""

    month: int
    responsible: str
    organiser: str = ""
    site: str = ""
    again: bool = False
    form: str = "csv"


class Bulletin(msgspec.Struct, frozen=True, tag="bulletin"):
    """A bulletin of a region. anew: though one was issued of the same dates."""

    region: str
    first: int
    last: int
    title: str = ""
    body: str = ""
    anew: bool = False


Asked = Certificates | Badges | Report | Official | Bulletin
_encode = msgspec.json.Encoder().encode
_decoder: msgspec.json.Decoder[Asked] = msgspec.json.Decoder(Asked)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a kind takes. right: to ask for it and to have it. is_personal: its file shows names; fetching it takes a purpose."""

    right: Right
    is_personal: bool


def kind_of(asked: Asked) -> str:
    """Give the kind of a run."""
    return str(asked.__struct_config__.tag)


def rule_of(asked: Asked) -> Rule:
    """Give what it takes."""
    match asked:
        case Certificates():
            return Rule(Right.CERTIFY, is_personal=True)
        case Badges():
            return Rule(Right.BADGES, is_personal=True)
        case Report():
            named = bool(asked.purpose)
            return Rule(Right.UNMASK if named else Right.REPORT, is_personal=named)
        case Official():
            return Rule(Right.OFFICIAL, is_personal=False)
        case Bulletin():
            return Rule(Right.PUBLISH, is_personal=False)


def written(asked: Asked) -> str:
    """Write what is asked, as a row keeps it."""
    return _encode(asked).decode()


def read(text: str) -> Asked:
    """Read what a row keeps."""
    return _decoder.decode(text)
