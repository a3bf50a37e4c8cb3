"""Derive what is to be said about a kiosk itself: forks (A2), gaps (A3), silences (C4), codes of nobody (D1, D2)."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, delete, select

from server import bulk
from server.books.derive import stored
from server.books.derive.person_rows import finding_rows
from server.books.derive.stored import KioskLog
from server.books.derive.timeline import Fork as Parting
from server.books.review.standing import of_kiosk
from server.models.derived import FindingRow, Mark
from server.people.reference import load_reference
from server.reconcile.facts import CodeFact, Fork, Gap, Silence
from server.reconcile.kiosk import reconcile_log


def derive_kiosk(
    connection: Connection,
    kiosk: KioskLog,
    gaps: Sequence[Gap],
    partings: Sequence[Parting],
    silences: Collection[Silence],
) -> None:
    """Replace the findings about this kiosk, in the caller's transaction."""
    site = kiosk.places[-1].site if kiosk.places else ""
    name = kiosk.name
    forks = [Fork(name, parting.seq, site, parting.hashes) for parting in partings]
    codes = _codes(connection, kiosk, site)
    reference = load_reference(connection, [])
    findings = reconcile_log(name, codes, gaps, forks, reference, silences)
    connection.execute(delete(FindingRow).where(FindingRow.about == name))
    bulk.insert_missing(connection, FindingRow, finding_rows(of_kiosk(findings)))


def _codes(connection: Connection, kiosk: KioskLog, site: str) -> list[CodeFact]:
    rows = connection.execute(
        select(Mark.seq, Mark.fact)
        .where(Mark.log == kiosk.number, Mark.kind == "code")
        .order_by(Mark.seq, Mark.slot)
    )
    kept = [(seq, stored.unpack_code(fact)) for seq, fact in rows]
    return [
        CodeFact(kiosk.name, seq, code.hash, code.at_ms, code.state, site) for seq, code in kept
    ]
