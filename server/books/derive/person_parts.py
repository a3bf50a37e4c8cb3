"""A history of nothing but scans, part by part: most days are usual, and the unusual ones need not make the others slow."""

from collections.abc import Mapping, Sequence

from server.books.derive.person_rows import Rows
from server.reconcile.cuts import parts_of, reaches
from server.reconcile.facts import PersonFacts, Record, ScanFact
from server.reconcile.person import reconcile_person
from server.reconcile.simple import Usuals, simple_stays


def add_simple(
    rows: Rows,
    who: str,
    scans: Sequence[ScanFact],
    usuals: Usuals,
    numbers: Mapping[str, int],
) -> bool:
    """Add what scans in order of time mean, if that is the usual. Tell whether it was."""
    if len(scans) % 2:
        return False
    stays = simple_stays(who, scans, usuals)
    return stays is not None and rows.add_simple(who, stays, usuals.reference, numbers)


def rows_of_parts(
    who: str,
    scans: Sequence[ScanFact],
    rest_ms: int,
    usuals: Usuals,
    numbers: Mapping[str, int],
) -> tuple[Rows, Sequence[Record]]:
    """Give what scans in order of time mean, and the records of the last part, which may reach on."""
    rows = Rows()
    waiting: list[ScanFact] = []
    records: Sequence[Record] = ()
    parts = list(parts_of(scans, rest_ms))
    for place, part in enumerate(parts, 1):
        waiting += part
        records = ()
        if not add_simple(rows, who, waiting, usuals, numbers):
            meaning = reconcile_person(who, PersonFacts(waiting), usuals.reference)
            records = meaning.records
            if place < len(parts) and reaches(records, parts[place][0].at_ms):
                continue
            rows.add(who, waiting, meaning, usuals.reference, numbers)
        waiting = []
    return rows, records
