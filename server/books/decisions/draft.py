"""From what a person wants done to a record to the intervals that a decision carries. Pure; refuses what makes no sense."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from schemas.limits import DECISION_INTERVALS_MAX, DECISION_OTHERS_MAX
from schemas.vocabulary import Action, Code
from server.books.derive.person_now import Now
from server.reconcile.facts import Record
from server.reconcile.minutes import CREDITED, REFUSED, minute_of
from sync.errors import Refused

DAY = 24 * 60
RECORD_HEX_MIN = 6
"""How much of a record's id must be given, at least."""

Span = tuple[int, int]
"""[start, end) in minutes since 1970-01-01 UTC."""
Intervals = tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted. record, others: ids in hex, or how they begin. spans: minutes to credit; an end that is None follows from
    the record.
    """

    number: str
    record: str
    action: Action
    spans: tuple[tuple[int | None, int | None], ...] = ()
    others: tuple[str, ...] = ()
    settles: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A decision that is not made yet. end: None where the record has none."""

    who: str
    record: bytes
    site: str
    post: str
    start: int
    end: int | None
    intervals: Intervals
    others: tuple[bytes, ...] = ()


def draft(wish: Wish, now: Now) -> list[Draft]:
    """Give the decisions that carry a wish out: one for each record concerned.

    Raise `Refused`: `not_found` for no such record, or several; `bad_field` for times that make no sense.
    """
    record = _record(now, wish.record)
    if record is None:
        return [_lone(wish, now)]
    others = [_known(now, prefix) for prefix in wish.others]
    if len({record.id, *(o.id for o in others)}) != len(others) + 1:
        raise Refused(Code.BAD_FIELD, "记录重复 / a record is named twice")
    if len(others) > DECISION_OTHERS_MAX or bool(others) != (wish.action in _WITH_OTHERS):
        raise Refused(Code.BAD_FIELD, "其他记录的数目不对 / wrong number of other records")
    whole = _draft(now, record, _intervals(wish, record, others), [o.id for o in others])
    if wish.action is not Action.CHOOSE:
        return [whole]
    ids = [record.id, *(o.id for o in others)]
    beaten = [_draft(now, o, _all(o, REFUSED), [i for i in ids if i != o.id]) for o in others]
    return [whole, *beaten]


def _record(now: Now, prefix: str) -> Record | None:
    if len(prefix) < RECORD_HEX_MIN:
        raise Refused(
            Code.NOT_FOUND, f"记录号至少 {RECORD_HEX_MIN} 位 / too short for a record's id"
        )
    found = now.records(prefix)
    if len(found) > 1:
        raise Refused(Code.NOT_FOUND, f"不止一条记录 / several records begin so: {prefix}")
    return found[0] if found else None


def _known(now: Now, prefix: str) -> Record:
    record = _record(now, prefix)
    if record is None:
        raise Refused(Code.NOT_FOUND, f"没有这条记录 / no such record: {prefix}")
    return record


def _lone(wish: Wish, now: Now) -> Draft:
    """Draft for a sign-out without a record (B3): the only thing to be said is when it began."""
    found = now.lone_scans(wish.record)
    if len(found) != 1:
        raise Refused(Code.NOT_FOUND, f"没有这条记录 / no such record: {wish.record}")
    scan, end = found[0], minute_of(found[0].at_ms)
    if wish.action is Action.REFUSE:
        return Draft(scan.who, scan.hash, scan.site, scan.post, end, end, ())
    starts = [start for start, _ in wish.spans]
    if wish.action is not Action.ATTEST or len(starts) != 1 or starts[0] is None:
        raise Refused(Code.BAD_FIELD, "只能认定开始时间 / all that can be attested is its start")
    spans = _sound([(starts[0], end)], end - DAY, end)
    intervals = tuple((start, stop, CREDITED) for start, stop in spans)
    return Draft(scan.who, scan.hash, scan.site, scan.post, starts[0], end, intervals)


def _intervals(wish: Wish, record: Record, others: Sequence[Record]) -> Intervals:
    match wish.action:
        case Action.APPROVE | Action.CHOOSE:
            return _all(record, CREDITED)
        case Action.REFUSE:
            return _all(record, REFUSED)
        case Action.JOIN:
            ends = [_end(each) for each in (record, *others)]
            start = min(minute_of(each.in_ms) for each in (record, *others))
            return tuple(
                (a, b, CREDITED) for a, b in _sound([(start, max(ends))], start, start + DAY)
            )
        case _:
            return _credited(wish, record)


def _credited(wish: Wish, record: Record) -> Intervals:
    """Credit the spans, and refuse what is left of the record."""
    began = minute_of(record.in_ms)
    named = []
    for start, end in wish.spans:
        stop = end if end is not None else _end(record)
        named.append((began if start is None else start, stop))
    if not named:
        raise Refused(Code.BAD_FIELD, "请给出时间 / say which minutes")
    spans = _sound(named, began - DAY, began + 2 * DAY)
    whole = (began, began if record.out_ms is None else minute_of(record.out_ms))
    parts = [
        *((a, b, CREDITED) for a, b in spans),
        *((a, b, REFUSED) for a, b in _rest(whole, spans)),
    ]
    if len(parts) > DECISION_INTERVALS_MAX:
        raise Refused(Code.BAD_FIELD, "时段过多 / too many intervals")
    return tuple(sorted(parts))


def _sound(spans: Sequence[Span], first: int, last: int) -> list[Span]:
    ordered = sorted(spans)
    apart = all(before[1] <= after[0] for before, after in pairwise(ordered))
    if not apart or any(not first <= a < b <= last for a, b in ordered):
        raise Refused(Code.BAD_FIELD, "时间不合理 / the times make no sense")
    if sum(b - a for a, b in ordered) > DAY:
        raise Refused(Code.BAD_FIELD, "超过二十四小时 / more than 24 hours")
    return ordered


def _rest(whole: Span, spans: Sequence[Span]) -> list[Span]:
    """Give what of an interval lies in no span."""
    at, rest = whole[0], []
    for start, end in spans:
        if at < min(start, whole[1]):
            rest.append((at, min(start, whole[1])))
        at = max(at, end)
    return [*rest, (at, whole[1])] if at < whole[1] else rest


def _all(record: Record, verdict: str) -> Intervals:
    """Give all minutes of a record. Of one without an end, refused, those of the day in which an out could still close it."""
    start = minute_of(record.in_ms)
    if record.out_ms is None and verdict == REFUSED:
        return ((start, start + DAY, verdict),)
    end = _end(record)
    if end <= start:
        raise Refused(
            Code.BAD_FIELD, "没有分钟可认定 / there is no minute in it: adjust or refuse it"
        )
    return ((start, end, verdict),)


def _end(record: Record) -> int:
    if record.out_ms is None:
        raise Refused(Code.BAD_FIELD, "没有签退时间，请认定 / no sign-out: attest when it ended")
    return minute_of(record.out_ms)


def _draft(now: Now, record: Record, intervals: Intervals, others: Sequence[bytes]) -> Draft:
    end = None if record.out_ms is None else minute_of(record.out_ms)
    return Draft(
        now.named(record.id),
        record.id,
        record.site,
        record.post,
        minute_of(record.in_ms),
        end,
        intervals,
        tuple(others),
    )


_WITH_OTHERS = (Action.JOIN, Action.CHOOSE)
