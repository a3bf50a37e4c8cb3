"""One log of a kiosk in all that the centre knows of it: where it belonged, what is held, its contacts, what was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, and_, literal, select, union_all

from schemas.entry import Anchor
from server.access.part import Part
from server.fleet.kiosks import Kiosk, read_kiosks
from server.intake.ingest import read_ranges
from server.limits import CONTACTS_SHOWN, FINDINGS_OF_LOG_SHOWN
from server.models.derived import FindingRow, Mark
from server.models.log import Enrolment, LogEntry, LogRevocation
from sync.canonical import understand
from sync.heads import Range, gaps, is_forked


class Contact(NamedTuple):
    """An anchor whose signature holds. at_ms: the server's time. error_ms: the kiosk's wall clock minus it; within_ms: surely."""

    seq: int
    at_ms: int
    error_ms: int
    within_ms: int


class Enrolled(NamedTuple):
    """Where the log belonged from when to when (0: open)."""

    site: str
    post: str
    from_ms: int
    to_ms: int


class Revoked(NamedTuple):
    """Up to which entry the log stands, and when its device was lost."""

    seq: int
    hash: bytes
    from_ms: int


class Said(NamedTuple):
    """A finding about the log. figures: as `name=value`, by `;`."""

    rule: str
    severity: str
    figures: str


@dataclass(frozen=True, slots=True)
class Look:
    """A log. gaps: missing seqs, as (first, last). contacts: the newest, oldest first."""

    kiosk: Kiosk
    enrolments: Sequence[Enrolled]
    revocations: Sequence[Revoked]
    ranges: Sequence[Range]
    gaps: Sequence[tuple[int, int]]
    is_forked: bool
    contacts: Sequence[Contact]
    findings: Sequence[Said]


def look(connection: Connection, part: Part, log: str, now_ms: int) -> Look | None:
    """Look at a log of a kiosk within a part; None if there is none, or it lies elsewhere."""
    kiosk = next((k for k in read_kiosks(connection, part, now_ms) if k.log == log), None)
    if kiosk is None:
        return None
    ranges = read_ranges(connection, kiosk.number)
    enrolments, revocations = _places(connection, log)
    return Look(
        kiosk=kiosk,
        enrolments=enrolments,
        revocations=revocations,
        ranges=ranges,
        gaps=gaps(ranges),
        is_forked=is_forked(ranges),
        contacts=_contacts(connection, kiosk.number),
        findings=_findings(connection, log),
    )


def _places(connection: Connection, log: str) -> tuple[list[Enrolled], list[Revoked]]:
    """Give where the log was enrolled, by time, and where it was revoked, by seq: in one question."""
    at, none = Enrolment, literal(b"")
    enrolled = select(at.site, at.post, at.from_ms, at.to_ms, literal(-1).label("seq"), none)
    cut = LogRevocation
    revoked = select(literal(""), literal(""), cut.from_ms, literal(0), cut.seq, cut.hash)
    both = union_all(enrolled.where(at.log == log), revoked.where(cut.log == log))
    rows = sorted(connection.execute(both), key=lambda row: (row[4], row[2]))
    return (
        [Enrolled(*row[:4]) for row in rows if row[4] < 0],
        [Revoked(row[4], bytes(row[5]), row[2]) for row in rows if row[4] >= 0],
    )


def _contacts(connection: Connection, number: int) -> list[Contact]:
    """Read the newest anchors that were found good, and what the kiosk's own clock said then."""
    newest = connection.execute(
        select(Mark.seq, LogEntry.body)
        .join(
            LogEntry,
            and_(LogEntry.log == Mark.log, LogEntry.seq == Mark.seq, LogEntry.slot == Mark.slot),
        )
        .where(Mark.log == number, Mark.kind == "anchor")
        .order_by(Mark.seq.desc(), Mark.slot.desc())
        .limit(CONTACTS_SHOWN)
    ).all()
    found = ((seq, understand(bytes(body))) for seq, body in reversed(newest))
    return [_contact(seq, entry) for seq, entry in found if isinstance(entry, Anchor)]


def _contact(seq: int, anchor: Anchor) -> Contact:
    middle_ms = (anchor.before_ms + anchor.after_ms) // 2
    half_ms = (anchor.after_ms - anchor.before_ms + 1) // 2
    return Contact(seq, anchor.server_ms, middle_ms + anchor.lead_ms - anchor.server_ms, half_ms)


def _findings(connection: Connection, log: str) -> list[Said]:
    rows = (
        select(FindingRow.rule, FindingRow.severity, FindingRow.figures)
        .where(FindingRow.about == log)
        .order_by(FindingRow.at_ms, FindingRow.rule, FindingRow.digest)
        .limit(FINDINGS_OF_LOG_SHOWN)
    )
    return [Said(*row) for row in connection.execute(rows)]
