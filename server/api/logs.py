"""One log of a kiosk in all that the centre knows of it, and its entries to pick the last one that stands."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from schemas.vocabulary import Code
from server.access.part import Part
from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page, after, page
from server.api.fields import PageAsked
from server.api.kiosks import KioskTold, told
from server.api.shapes import page_shape
from server.books.dates import iso_time
from server.fleet.entries import Written, list_entries
from server.fleet.look import Contact, Enrolled, Look, Revoked, Said, look
from sync.errors import Refused

calls = Calls("logs", __name__, "A kiosk's log: where it belonged, what is held of it, its clock.")


@dataclass(frozen=True, slots=True)
class EnrolmentTold:
    """Where a log belonged. until: null while it does."""

    site: str
    post: str
    since: str
    until: str | None


@dataclass(frozen=True, slots=True)
class RevocationTold:
    """Up to which entry a log stands. lost: when its device was."""

    seq: int
    hash: str
    lost: str


@dataclass(frozen=True, slots=True)
class RangeTold:
    """Entries that follow each other, as they are held. Two with the same seq are branches."""

    first: int
    last: int
    head: str


@dataclass(frozen=True, slots=True)
class GapTold:
    """Seqs that are missing."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class ContactTold:
    """A contact that the kiosk wrote down. error_ms: its clock minus the server's, sure to within_ms."""

    seq: int
    at: str
    error_ms: int
    within_ms: int


@dataclass(frozen=True, slots=True)
class LogFinding:
    """What a rule found about the log. figures: as `name=value`, by `;`."""

    rule: str
    severity: str
    figures: str


@dataclass(frozen=True, slots=True)
class LogTold:
    """A log. contacts: the newest, oldest first."""

    kiosk: KioskTold
    enrolments: list[EnrolmentTold]
    revocations: list[RevocationTold]
    ranges: list[RangeTold]
    gaps: list[GapTold]
    forked: bool
    contacts: list[ContactTold]
    findings: list[LogFinding]


@dataclass(frozen=True, slots=True)
class LogEntryTold:
    """An entry, without anything of a person. kind: `strange` if it cannot be read. at: by the kiosk's clock.

    server: of an anchor, the server's time.
    """

    seq: int
    hash: str
    kind: str
    direction: str
    at: str | None
    server: str | None


@calls.reads("/logs/<log:log>", needs=Right.FLEET, gives=LogTold)
def one(_asked: dict[str, Any], log: str) -> LogTold:
    """A log, as far as the centre knows it."""
    with here.reading() as connection:
        return _told(_find(connection, here.part(connection, Right.FLEET), log))


@calls.reads(
    "/logs/<log:log>/entries", needs=Right.FLEET, asks=PageAsked, gives=page_shape(LogEntryTold)
)
def entries(asked: dict[str, Any], log: str) -> Page[LogEntryTold]:
    """The entries of a log, the last first: to find the one up to which it stands."""
    behind, limit = after(asked), asked["limit"]
    with here.reading() as connection:
        found = _find(connection, here.part(connection, Right.FLEET), log)
        before, slot = behind or (0, None)
        number = found.kiosk.number
        rows = list_entries(connection, number, before=before, slot=slot, limit=limit + 1)
    some = page(rows, limit, lambda row: (row.seq, row.slot))
    return Page([_entry(row) for row in some.items], some.next)


def _find(connection: Connection, part: Part, log: str) -> Look:
    found = look(connection, part, log, here.now_ms())
    if found is None:
        raise Refused(Code.UNKNOWN_LOG, "没有这个日志 / no such log")
    return found


def _told(found: Look) -> LogTold:
    return LogTold(
        told(found.kiosk),
        [_enrolment(each) for each in found.enrolments],
        [_revocation(each) for each in found.revocations],
        [RangeTold(held.first, held.last, held.head.hex()) for held in found.ranges],
        [GapTold(first, last) for first, last in found.gaps],
        found.is_forked,
        [_contact(each) for each in found.contacts],
        [_finding(each) for each in found.findings],
    )


def _enrolment(one: Enrolled) -> EnrolmentTold:
    until = iso_time(one.to_ms) if one.to_ms else None
    return EnrolmentTold(one.site, one.post, iso_time(one.from_ms), until)


def _revocation(one: Revoked) -> RevocationTold:
    return RevocationTold(one.seq, one.hash.hex(), iso_time(one.from_ms))


def _contact(one: Contact) -> ContactTold:
    return ContactTold(one.seq, iso_time(one.at_ms), one.error_ms, one.within_ms)


def _finding(one: Said) -> LogFinding:
    return LogFinding(one.rule, one.severity, one.figures)


def _entry(row: Written) -> LogEntryTold:
    return LogEntryTold(
        row.seq,
        row.hash.hex(),
        row.kind,
        row.direction,
        iso_time(row.wall_ms) if row.wall_ms else None,
        iso_time(row.server_ms) if row.server_ms else None,
    )
