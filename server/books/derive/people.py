"""Derive people: all scans of each, reconciled, into records, postings and findings. Pure meaning, bulk writing."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import Connection

from server import bulk
from server.books.derive.crew_words import RecordTuple
from server.books.derive.forget import forget_people, forget_windows
from server.books.derive.known import KeptRecord, Logs
from server.books.derive.news import FACTS, IN_MS, SITE, WHO, News, make_news
from server.books.derive.person_facts import Gathered, gather
from server.books.derive.person_parts import add_simple, rows_of_parts
from server.books.derive.person_rows import Rows, finding_rows
from server.books.derive.withdrawn import with_keys, withdrawn_keys
from server.books.periods.adjust import derive_adjustments
from server.models.derived import FindingRow, LooseScan, PostingPart, RecordRow
from server.people.reference import DatedReference
from server.reconcile.facts import ScanFact
from server.reconcile.person import reconcile_person
from server.reconcile.simple import Usuals

PEOPLE_AT_A_TIME = 5_000
PEOPLE_FIRST = 500
SCANS_AT_ONCE = 50_000
"""Scans of people who are derived together, about: so memory follows neither from how many people there are nor from how long
they have come. Some 1.2 kB a scan.
"""

Moved = defaultdict[str, list[int]]
"""By site, when records began there that are new, other, or gone; a time may stand there more than once."""

_AT_MS = attrgetter("at_ms")
_NONE: Mapping[str, list[RecordTuple]] = {}


class Ground:
    """What meaning stands on beside facts: reference data, read once where it is not about people. For one transaction.

    people: how many to derive next.
    """

    __slots__ = ("connection", "numbers", "people", "reference", "usuals")

    def __init__(self, connection: Connection) -> None:
        """Read the numbers of the logs, by name; all else when it is first asked for."""
        self.connection = connection
        self.reference = DatedReference(connection)
        self.usuals = Usuals(self.reference)
        self.numbers: dict[str, int] = dict(bulk.fetch(connection, _LOG_NUMBERS))
        self.people = PEOPLE_FIRST


def derive_people(
    connection: Connection,
    fresh: Sequence[ScanFact],
    again: Iterable[str],
    logs: Logs,
    moved: Moved | None = None,
    *,
    whole: Collection[str] = (),
    ahead: Mapping[str, list[RecordTuple]] = _NONE,
    ground: Ground | None = None,
) -> int:
    """Derive the people of these new or moved scans or, without any, these people again. Give their number.

    moved: gets where a record is new, other or gone, for `groups`. whole: of whom all that is known is read, not
    only the days that news can change, because a scan of theirs has moved. ahead: records made of further new scans, by
    person. ground: of this transaction, where news comes several times.
    """
    news, count = make_news(fresh, ahead, logs), 0
    ground = ground or Ground(connection)
    rest = iter(news.people() or again)
    while chunk := list(islice(rest, ground.people)):
        scans = _derive_chunk(ground, chunk, news, moved, whole)
        count += len(chunk)
        ground.people = next_size(ground.people, len(chunk), scans)
    return count


def next_size(size: int, people: int, scans: int) -> int:
    """Give how many people to derive next, if they have as many scans each as these had; size: how many it could have been."""
    return max(1, min(PEOPLE_AT_A_TIME, 2 * size, people * SCANS_AT_ONCE // max(scans, 1)))


def everyone(connection: Connection) -> Iterator[str]:
    """Give everybody who has a scan, in order, without holding them all."""
    last = ""
    while True:
        rows = bulk.fetch(connection, _NEXT_PEOPLE, (last, last, PEOPLE_AT_A_TIME))
        if not rows:
            return
        yield from (who for (who,) in rows)
        last = rows[-1][0]


def _derive_chunk(
    ground: Ground,
    chunk: Collection[str],
    news: News,
    moved: Moved | None,
    whole: Collection[str],
) -> int:
    """Derive these people; give how many scans were looked at."""
    connection = ground.connection
    gathered = gather(connection, chunk, news.logs, news, whole)
    news.read_back(news.ahead.keys() & gathered.otherwise_known())
    made = rows_of(ground, gathered, news.scans, news.ahead)
    _forget(connection, gathered, made.reaching)
    _write(connection, made.rows, gathered, moved)
    count = made.scans
    if made.reaching:
        count += _derive_chunk(ground, made.reaching, news, moved, made.reaching)
    return count


class Made(NamedTuple):
    """What the facts of some people mean. reaching: of whom more has to be gathered first. scans: how many were looked at."""

    rows: Rows
    reaching: list[str]
    scans: int


def rows_of(
    ground: Ground,
    gathered: Gathered,
    fresh: Mapping[str, list[ScanFact]],
    ahead: Mapping[str, list[RecordTuple]] = _NONE,
) -> Made:
    """Give what these people's facts mean; only facts and reference data are read.

    fresh: their new scans, by number. ahead: records of others, which stand.
    """
    ground.reference.turn_to([who for who in gathered.numbers if who not in ahead])
    usuals, numbers = ground.usuals, ground.numbers
    rows, reaching, count = Rows(), [], 0
    news = (fresh[who] for who in gathered.numbers if who in fresh)
    known = (own.values() for own in gathered.scans.values())
    withdrawn = withdrawn_keys(ground.connection, numbers, chain(news, known))
    if gathered.who_is.linked:
        fresh = _by_keeper(gathered, fresh)
    for who in gathered.people:
        if who in ahead:
            rows.records.extend(ahead[who])
            continue
        scans = fresh.get(who, [])
        if who in gathered.scans:
            scans = list({**gathered.scans[who], **{scan.hash: scan for scan in scans}}.values())
        count += len(scans)
        if withdrawn:
            scans = with_keys(scans, withdrawn)
        if gathered.is_plain(who) and add_simple(rows, who, scans, usuals, numbers):
            continue
        if not _add(rows, who, scans, gathered, usuals, numbers):
            reaching.append(who)
    return Made(rows, reaching, count)


def _forget(connection: Connection, gathered: Gathered, reaching: Collection[str]) -> None:
    windows = gathered.known.windows
    forget_people(connection, [who for who in gathered.stored if who not in windows])
    parts = [who for who in gathered.stored if who in windows and who not in reaching]
    forget_windows(connection, gathered.known, parts)


def _write(connection: Connection, rows: Rows, gathered: Gathered, moved: Moved | None) -> None:
    bulk.insert(connection, RecordRow, rows.records)
    if moved is not None:
        _add_moved(moved, rows, gathered.known.records)
    bulk.insert(connection, LooseScan, sorted(rows.loose))
    bulk.insert(connection, PostingPart, parting_rows(rows))
    bulk.insert_missing(connection, FindingRow, finding_rows(rows.findings))
    derive_adjustments(connection, gathered.numbers)


def parting_rows(rows: Rows) -> list[tuple[str, int, bytes, str, str, str, str, str, int]]:
    """Give the rows of postings that are kept apart from their records."""
    return [
        (p.who, p.day, p.record, p.verdict, p.cause, p.site, p.team, p.region, p.minutes)
        for p in rows.parts
    ]


def _add_moved(moved: Moved, rows: Rows, before: Collection[KeptRecord]) -> None:
    """Add where these records are new, or other than before, and where such as were before are gone."""
    if not before:  # the usual case, and nothing to compare
        for row in rows.records:
            moved[row[SITE]].append(row[IN_MS])
        return
    now = {(row[WHO], row[SITE], row[IN_MS], bytes(row[FACTS])) for row in rows.records}
    for _, site, in_ms, _ in now.symmetric_difference(before):
        moved[site].append(in_ms)


def _by_keeper(
    gathered: Gathered, fresh: Mapping[str, list[ScanFact]]
) -> dict[str, list[ScanFact]]:
    """Give the new scans of these people under the numbers that they keep."""
    found: dict[str, list[ScanFact]] = {}
    for number in gathered.numbers:
        if number in fresh:
            found.setdefault(gathered.who_is.keeper(number), []).extend(fresh[number])
    return found


def _add(
    rows: Rows,
    who: str,
    scans: list[ScanFact],
    gathered: Gathered,
    usuals: Usuals,
    numbers: Mapping[str, int],
) -> bool:
    """Add what facts of a person mean. False, and nothing is added: it reaches beyond the days that were gathered."""
    scans.sort(key=_AT_MS)
    rest_ms = gathered.known.rest_ms
    if rest_ms is not None and gathered.is_plain(who):
        found, last = rows_of_parts(who, scans, rest_ms, usuals, numbers)
    else:
        found, reference = Rows(), usuals.reference
        facts = gathered.facts(who, scans)
        meaning = reconcile_person(who, facts, reference)
        found.add(who, scans, meaning, reference, numbers, facts.decisions)
        last = meaning.records
    if gathered.known.reaches_on(who, last):
        return False
    rows.take(found)
    return True


_LOG_NUMBERS = "SELECT name, id FROM log"
_NEXT_PEOPLE = (
    "SELECT who FROM derived.record WHERE who > ? UNION "
    "SELECT who FROM derived.loose_scan WHERE who > ? ORDER BY who LIMIT ?"
)
