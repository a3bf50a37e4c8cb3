"""Every kiosk of a part of the tree, as the centre knows it, in one question. Each row is one log.

A log that succeeds another is told by the word of both; one that nobody enrolled belongs where the log does that it succeeds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from schemas.entry import Succeed
from server.access.part import Part
from server.intake.place import PREDECESSORS_MAX
from server.jobs.alarms import KIOSK_SILENT
from server.limits import SUCCESSIONS_KEPT_MAX
from server.models.derived import LogState
from server.models.fleet import KioskHealth
from server.models.job import Alarm
from server.models.log import Enrolment, Log, LogEntry, LogRange, LogRevocation
from server.models.now import SiteNow
from sync.canonical import understand
from sync.ids import LogId
from sync.succession import SUCCEED_SEQ, is_proved

_TAG = b"\xa7succeed"


class KioskState(StrEnum):
    """How a kiosk stands, the first that fits: what needs a person comes first."""

    PENDING = "pending"
    SILENT = "silent"
    NEVER = "never"
    CURRENT = "current"
    REVOKED = "revoked"
    ENDED = "ended"


IN_USE = frozenset({KioskState.SILENT, KioskState.NEVER, KioskState.CURRENT})
"""States in which a kiosk is expected to say something."""


@dataclass(frozen=True, slots=True)
class Kiosk:
    """A log of a kiosk. number: of the log. site, site_name, post: where it belongs; while pending, where its predecessor does.

    contact_ms: its last hello (0: none). as_of_ms: before it everything is in (None: it never said so). silent_ms: since when it
    is missed (0: it is not). announced: the highest seq that it spoke of. told_ms, told: when it said what of itself, JSON.
    succeeds: the log before it ("": none). followers: enrolled logs that go on where it ended.
    """

    number: int
    log: str
    site: str
    site_name: str
    post: str
    state: KioskState
    contact_ms: int
    as_of_ms: int | None
    silent_ms: int
    announced: int
    software: str
    told_ms: int
    told: str
    succeeds: str
    followers: tuple[str, ...]

    @property
    def health(self) -> Mapping[str, int]:
        """What it said of itself, as integers by word."""
        return read_health(self.told or "{}")


_Heads = set[tuple[int, bytes]]
"""Entries by seq and hash."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What a log says of the one that it succeeds: its name, and where it ended."""

    log: str
    head: tuple[int, bytes]


def read_kiosks(connection: Connection, part: Part, now_ms: int) -> list[Kiosk]:
    """Give the kiosks of a part of the tree, by site and log."""
    rows: dict[str, Row[Any]] = {}
    said: dict[str, list[bytes]] = {}
    for row in connection.execute(_everything(part)).all():
        rows[row.name] = row
        if row.second is not None:
            said.setdefault(row.name, []).append(bytes(row.second))
    before = {
        name: word for name, bodies in said.items() if (word := _predecessor(name, bodies, rows))
    }
    after: dict[str, list[str]] = {}
    for name, word in before.items():
        if rows[name].site is not None:
            after.setdefault(word.log, []).append(name)
    heads = {log: {before[name].head for name in names} for log, names in after.items()}
    ended = _ended(connection, heads, rows) if heads else set()
    found = [
        _kiosk(
            row,
            before[name].log if name in before else "",
            tuple(sorted(after.get(name, ()))),
            place,
            _state(row, now_ms, is_ended=name in ended),
        )
        for name, row in rows.items()
        if (place := _place(name, rows, before)) is not None
    ]
    return sorted(found, key=lambda kiosk: (kiosk.site, kiosk.log))


def _everything(part: Part) -> Select[*tuple[Any, ...]]:
    """Ask for logs enrolled within the part, and for logs that nobody enrolled and that say whom they succeed."""
    any_time = aliased(Enrolment)
    last = select(func.max(any_time.from_ms)).where(any_time.log == Log.name)
    newest = last.correlate(Log).scalar_subquery()
    revoked = select(LogRevocation.log).where(LogRevocation.log == Log.name).correlate(Log).exists()
    here = and_(Enrolment.log == Log.name, Enrolment.from_ms == newest)
    second = and_(
        LogEntry.log == Log.id,
        LogEntry.seq == SUCCEED_SEQ,
        func.substr(LogEntry.body, 2, len(_TAG)) == _TAG,
    )
    alarm = and_(Alarm.kind == KIOSK_SILENT, Alarm.about == Log.name)
    return (
        select(
            *(Log.id, Log.name, Log.public_key, Log.contact_ms, Log.announced, Log.software),
            *(Enrolment.site, Enrolment.post, Enrolment.to_ms, LogState.frontier_ms),
            *(KioskHealth.at_ms, KioskHealth.words, Alarm.since_ms, SiteNow.name.label("site_name")),
            revoked.label("revoked"),
            LogEntry.body.label("second"),
        )
        .select_from(Log)
        .outerjoin(Enrolment, here)
        .outerjoin(SiteNow, SiteNow.code == Enrolment.site)
        .outerjoin(LogEntry, second)
        .outerjoin(LogState, LogState.log == Log.id)
        .outerjoin(KioskHealth, KioskHealth.log == Log.id)
        .outerjoin(Alarm, alarm)
        .where(Log.kind == "kiosk")
        .where(or_(and_(Enrolment.log.is_not(None), part.sites_within(Enrolment.site)),
                   and_(Enrolment.log.is_(None), LogEntry.log.is_not(None))))
        .order_by(Log.name, LogEntry.hash)
    )  # fmt: skip


def _predecessor(name: str, bodies: Iterable[bytes], rows: Mapping[str, Row[Any]]) -> _Said | None:
    """Give the log that this one succeeds, if both say so and that one is known here."""
    for body in bodies:
        entry = understand(body)
        if not isinstance(entry, Succeed) or entry.log not in rows:
            continue
        if _is_proved(body, name, bytes(rows[entry.log].public_key)):
            return _Said(entry.log, (entry.seq, entry.hash))
    return None


def _ended(
    connection: Connection, heads: Mapping[str, _Heads], rows: Mapping[str, Row[Any]]
) -> set[str]:
    """Give the logs whose every branch ends where a successor says: a copied kiosk may go on in the old log beside the new."""
    numbers = {rows[log].id: log for log in heads}
    tips: dict[str, _Heads] = {log: set() for log in heads}
    found = connection.execute(select(LogRange).where(LogRange.log.in_(sorted(numbers)))).all()
    inner = {(row.log, bytes(row.previous)) for row in found}
    for row in found:
        if (row.log, bytes(row.head)) not in inner:
            tips[numbers[row.log]].add((row.last, bytes(row.head)))
    return {log for log in heads if tips[log] <= heads[log]}


@lru_cache(SUCCESSIONS_KEPT_MAX)
def _is_proved(body: bytes, name: str, key: bytes) -> bool:
    """Check a signature once, and keep what came of it: neither entry nor key ever changes."""
    entry = understand(body)
    return isinstance(entry, Succeed) and is_proved(entry, LogId(name), key)


def _place(
    name: str, rows: Mapping[str, Row[Any]], before: Mapping[str, _Said]
) -> tuple[str, str, str] | None:
    """Give site, its name and post of a log or, of one that nobody enrolled, of the enrolled log that it succeeds.

    None: nowhere here. As in `server.intake.place`, a revoked log gives nothing to one that succeeds it.
    """
    at = name
    for _ in range(PREDECESSORS_MAX + 1):
        row = rows.get(at)
        if row is None or (row.revoked and at != name):
            return None
        if row.site is not None:
            return row.site, row.site_name or "", row.post
        if at not in before:
            return None
        at = before[at].log
    return None


def _kiosk(
    row: Row[Any],
    succeeds: str,
    followers: tuple[str, ...],
    place: tuple[str, str, str],
    state: KioskState,
) -> Kiosk:
    return Kiosk(
        number=row.id,
        log=row.name,
        site=place[0],
        site_name=place[1],
        post=place[2],
        state=state,
        contact_ms=row.contact_ms,
        as_of_ms=row.frontier_ms,
        silent_ms=row.since_ms or 0,
        announced=row.announced,
        software=row.software,
        told_ms=row.at_ms or 0,
        told=row.words or "",
        succeeds=succeeds,
        followers=followers,
    )


def _state(row: Row[Any], now_ms: int, *, is_ended: bool) -> KioskState:
    if row.revoked:
        return KioskState.REVOKED
    if row.site is None:
        return KioskState.PENDING
    if is_ended or (row.to_ms and row.to_ms <= now_ms):
        return KioskState.ENDED
    if row.since_ms:
        return KioskState.SILENT
    is_heard = row.contact_ms or row.frontier_ms is not None
    return KioskState.CURRENT if is_heard else KioskState.NEVER


read_health = msgspec.json.Decoder(dict[str, int]).decode
"""Reads what a kiosk said of itself, as it is kept."""
