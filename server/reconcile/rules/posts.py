"""Family D, the part about what was planned: assignments, needs of posts, shifts, roles; and E9, certified activities."""

from collections.abc import Iterable, Sequence

from server.reconcile.facts import Finding, Post, Reference, Shift
from server.reconcile.minutes import minute_of
from server.reconcile.rules.case import Case, Duty, on_minutes, on_record
from server.reconcile.rules.needs import is_of_age, read_need
from sync.fit import AGE, INSURANCE

NOT_COUNTED = frozenset(
    {
        "paid",
        "paid duty",
        "professional",
        "不计时",
        "有偿",
        "有偿值班",
        "带薪",
        "带薪值班",
        "专业",
        "专业人员",
    }
)
"""Roles of posts that are no voluntary service (D9), as `import posts` gives them, in lower case."""


def is_plain(reference: Reference, site: str, post: str, day: int) -> bool:
    """Tell whether nothing is planned, needed or required there that day: then no rule of this file can say anything."""
    policy = reference.policy(site, day)
    if reference.is_planned(site, day):
        return False
    if policy.certified_only and not reference.is_certified(site, day):
        return False
    known = reference.post(post, day) if post else None
    return known is None or (not known.needs and is_counted(known))


def duty_of(numbers: Sequence[str], case: Case, reference: Reference, day: int) -> Duty:
    """Find out what a record was planned as: the person's own shifts at that site, the post, what it needs."""
    opened = case.stay.opened
    plain = reference.is_plain(opened.site, opened.post, day)
    if plain and not any(reference.has_shifts(number) for number in numbers):
        return Duty(code=opened.post, certified=True)
    own = {s for number in numbers for s in reference.shifts(number, opened.site, day)}
    shifts = tuple(sorted(own, key=lambda shift: (shift.start_ms, shift.code)))
    shift = _served(shifts, case)
    code = shift.post if shift else opened.post
    post = reference.post(code, day) if code else None
    return Duty(
        shifts,
        code,
        post,
        assigned=shift is not None,
        planned=reference.is_planned(opened.site, day),
        certified=reference.is_certified(opened.site, day),
        lacks=lacking(post.needs if post else (), numbers, reference, day),
    )


def _served(shifts: Sequence[Shift], case: Case) -> Shift | None:
    """Give the shift that a record serves: the one it overlaps most, else the one that starts nearest to it."""
    start_ms = case.stay.opened.at_ms
    end_ms = start_ms + case.length_ms

    def rank(shift: Shift) -> tuple[int, int]:
        shared = min(end_ms, shift.end_ms) - max(start_ms, shift.start_ms)
        return -max(0, shared), abs(shift.start_ms - start_ms)

    return min(shifts, key=rank, default=None)


def lacking(
    needs: Iterable[str], numbers: Sequence[str], reference: Reference, day: int
) -> tuple[str, ...]:
    """Give those of a post's needs that the person lacks that day; what is no age and no insurance is a training's name."""
    return tuple(need for need in needs if not _has(need, numbers, reference, day))


def _has(text: str, numbers: Sequence[str], reference: Reference, day: int) -> bool:
    need = read_need(text)
    if need.kind == INSURANCE:
        covers = [cover for number in numbers for cover in reference.insurances(number, day)]
        return any(c.first_day <= day and (c.last_day is None or day <= c.last_day) for c in covers)
    if need.kind == AGE:
        born = [b for number in numbers if (b := reference.born(number, day)) is not None]
        return any(is_of_age(since, day, int(need.what)) for since in born)
    return any(need.what in reference.trainings(number, day) for number in numbers)


def is_counted(post: Post | None) -> bool:
    """Tell whether service at this post is voluntary (D9)."""
    return post is None or post.role.strip().lower() not in NOT_COUNTED


def d6(case: Case) -> Finding | None:
    """Note that the person was not assigned to this site, where it plans shifts that day, or to the post of the kiosk."""
    duty, post = case.duty, case.stay.opened.post
    if not duty.shifts:
        return on_record("D6", case, post=post) if duty.planned else None
    if not post or any(shift.post == post for shift in duty.shifts):
        return None
    return on_record("D6", case, post=post, assigned=duty.code)


def d7(case: Case) -> Finding | None:
    """Hold a record at a post that needs what the person lacks that day."""
    lacks = case.duty.lacks
    return on_record("D7", case, post=case.duty.code, lacks=",".join(lacks)) if lacks else None


def d8(case: Case) -> Finding | None:
    """Hold the part of a record that lies outside the windows of its shifts."""
    parts = outside(case, d8_windows(case))
    if not parts:
        return None
    return on_minutes("D8", case, minutes=sum(end - start for start, end in parts))


def d8_windows(case: Case) -> list[tuple[int, int]]:
    """Give the minutes in which the record's shifts may be served; none where there are no shifts."""
    policy = case.policy
    return [
        (
            minute_of(shift.start_ms - policy.before_shift_ms),
            minute_of(shift.end_ms + policy.after_shift_ms),
        )
        for shift in case.duty.shifts
    ]


def outside(case: Case, windows: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give the minutes of a record outside all windows, in order; none where there are no windows."""
    if not windows or not case.length_ms > 0:
        return []
    opened = case.stay.opened.at_ms
    start, end = minute_of(opened), minute_of(opened + case.length_ms)
    found = []
    for first, last in sorted(windows):
        if start < min(first, end):
            found.append((start, min(first, end)))
        start = max(start, last)
    if start < end:
        found.append((start, end))
    return found


def d9(case: Case) -> Finding | None:
    """Hold a record at a kiosk whose post is paid or professional; where the person is assigned to it, see `d9_assigned`."""
    if is_counted(case.duty.post) or case.duty.assigned or case.duty.post is None:
        return None
    return on_record("D9", case, post=case.duty.code, role=case.duty.post.role)


def d9_assigned(case: Case) -> Finding | None:
    """Keep the record of somebody assigned to paid or professional duty, and count no minute of it."""
    if is_counted(case.duty.post) or not case.duty.assigned or case.duty.post is None:
        return None
    return on_minutes("D9", case, post=case.duty.code, role=case.duty.post.role)


def e9(case: Case) -> Finding | None:
    """Hold a record at a site where no certified activity ran that day, where the policy asks for one."""
    if not case.policy.certified_only or case.duty.certified:
        return None
    return on_record("E9", case)
