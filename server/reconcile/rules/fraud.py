"""Family E, the part about several people at one site: E2 (groups), E3 (pairs), E4 (one lead's entries).

Each is a function of the stays of one site, in any order. What is found depends on pairing alone, never on minutes: so a hold
that it puts on a record can never change what it was found from.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import groupby
from typing import NamedTuple

from server.limits import PAIR_NEIGHBOURS_MAX
from server.reconcile.facts import Finding, GroupHold, Severity
from server.reconcile.minutes import date_of, day_of
from server.reconcile.policy import MINUTE_MS, Policy
from server.reconcile.rules.catalogue import SEVERITY
from server.reconcile.rules.together import SiteStay, Spot, crowds, maximal_sets

Figures = Callable[[int], Policy]
"""Gives the figures in force at the site on a local date."""


class Group(NamedTuple):
    """People who came and went together. gap_ms: first out less last in. typed: ends that were typed or stated, of all."""

    stays: tuple[SiteStay, ...]
    people: int
    in_ms: tuple[int, int]
    out_ms: tuple[int, int]
    typed: int

    @property
    def gap_ms(self) -> int:
        """Time between the last in and the first out; below 0 where somebody left before the last one came."""
        return self.out_ms[0] - self.in_ms[1]

    @property
    def name(self) -> str:
        """A short name that tells the group from others: a digest over its records."""
        records = sorted(stay.record for stay in self.stays)
        return sha256(b"".join(records)).hexdigest()[:12]


def e2_holds(stays: Iterable[SiteStay], figures: Figures) -> dict[bytes, tuple[str, GroupHold]]:
    """Hold each record of a suspicious group: whose it is and the hold, by record. Of several groups the largest speaks."""
    best: dict[bytes, Group] = {}
    for group in groups(stays, figures):
        for stay in group.stays:
            known = best.get(stay.record)
            best[stay.record] = group if known is None else min(known, group, key=_weight)
    return {
        stay.record: (stay.who, _hold(stay, group))
        for group in set(best.values())
        for stay in group.stays
        if best[stay.record] == group
    }


def groups(stays: Iterable[SiteStay], figures: Figures) -> list[Group]:
    """Give the maximal groups that are held: they left soon after they came, or most of their scans were typed.

    Who fits into a group that left soon was there shortly, too; who fits into one that was typed is near somebody typed. So
    nobody else is looked at, however many come and go.
    """
    found: set[Group] = set()
    whole = [stay for stay in sorted(stays) if stay.is_out_here and stay.out_ms is not None]
    for policy, some in _by_figures(whole, figures):
        longest_ms = policy.together_short_ms + 2 * policy.together_ms
        short = [stay for stay in some if (stay.out_ms or 0) - stay.in_ms < longest_ms]
        soon = _maximal(short, policy)
        found |= {group for group in soon if group.gap_ms < policy.together_short_ms}
        typed = _maximal(_near_typed(some, policy), policy)
        found |= {group for group in typed if group.typed > len(group.stays)}
    return sorted(found)


def _maximal(stays: Sequence[SiteStay], policy: Policy) -> list[Group]:
    spots = [Spot(stay.in_ms, stay.out_ms or 0, stay.who) for stay in stays]
    sets = maximal_sets(spots, policy.together_ms, policy.together_people)
    return [_group([stays[place] for place in members]) for members in sets]


def _near_typed(stays: Sequence[SiteStay], policy: Policy) -> list[SiteStay]:
    """Give the stays that fit together with one that was typed."""
    ins = [stay.in_ms for stay in stays]
    near: set[int] = set()
    for stay in stays:
        if stay.entered:
            first = bisect_left(ins, stay.in_ms - policy.together_ms)
            last = bisect_right(ins, stay.in_ms + policy.together_ms)
            near |= {
                place
                for place in range(first, last)
                if abs((stays[place].out_ms or 0) - (stay.out_ms or 0)) <= policy.together_ms
            }
    return [stays[place] for place in sorted(near)]


def _by_figures(
    stays: Sequence[SiteStay], figures: Figures
) -> Iterable[tuple[Policy, list[SiteStay]]]:
    """Cut stays in order of time where the figures change: usually nowhere."""

    def of(stay: SiteStay) -> tuple[int, int, int]:
        policy = figures(day_of(stay.in_ms))
        return policy.together_ms, policy.together_people, policy.together_short_ms

    for _, some in groupby(stays, key=of):
        part = list(some)
        yield figures(day_of(part[0].in_ms)), part


def _group(stays: Sequence[SiteStay]) -> Group:
    ins = [stay.in_ms for stay in stays]
    outs = [stay.out_ms or 0 for stay in stays]
    people = len({stay.who for stay in stays})
    typed = sum(len(stay.entered) for stay in stays)
    return Group(tuple(stays), people, (min(ins), max(ins)), (min(outs), max(outs)), typed)


def _weight(group: Group) -> tuple[int, int, str]:
    return -group.people, group.in_ms[0], group.name


def _hold(stay: SiteStay, group: Group) -> GroupHold:
    figures: Mapping[str, int | str] = {
        "gap_ms": group.gap_ms,
        "group": group.name,
        "in_span_ms": group.in_ms[1] - group.in_ms[0],
        "out_span_ms": group.out_ms[1] - group.out_ms[0],
        "people": group.people,
        "scans": 2 * len(group.stays),
        "typed": group.typed,
    }
    return GroupHold("E2", stay.record, Severity.HOLD, stay.ends, tuple(sorted(figures.items())))


def e2_crowds(
    site: str, stays: Iterable[SiteStay], held: Iterable[bytes], figures: Figures
) -> list[Finding]:
    """Note the times when as many people came together as make a group, unless all of them are held."""
    is_held = set(held)
    found = []
    for policy, some in _by_figures(sorted(stays), figures):
        ins = [(stay.in_ms, stay.who) for stay in some]
        for first, last in crowds(ins, policy.together_ms, policy.together_people):
            crowd = some[first:last]
            if not all(stay.record in is_held for stay in crowd):
                people = len({stay.who for stay in crowd})
                span = {"first_in_ms": crowd[0].in_ms, "last_in_ms": crowd[-1].in_ms}
                found.append(on_site("E2", "crowd", site, **span, people=people))
    return found


def e3(site: str, stays: Iterable[SiteStay], figures: Figures) -> list[Finding]:
    """Note pairs of people who came and went together again and again in a calendar month, by month and pair.

    Of a crowd that came at once each is compared with the next `PAIR_NEIGHBOURS_MAX` alone: E2 sees to crowds.
    """
    times: dict[tuple[int, str, str], list[SiteStay]] = {}
    whole = [stay for stay in sorted(stays) if stay.is_out_here and stay.out_ms is not None]
    for place, one in enumerate(whole):
        policy = figures(day_of(one.in_ms))
        for other in whole[place + 1 : place + 1 + PAIR_NEIGHBOURS_MAX]:
            if other.in_ms - one.in_ms > policy.pair_ms:
                break
            if (
                other.who != one.who
                and abs((other.out_ms or 0) - (one.out_ms or 0)) <= policy.pair_ms
            ):
                pair = min(one.who, other.who), max(one.who, other.who)
                times.setdefault((_month(one.in_ms), *pair), []).append(one)
    found = []
    for (month, who, other_who), seen in sorted(times.items()):
        if len(seen) >= figures(day_of(seen[-1].in_ms)).pair_times:
            both = f"{who},{other_who}"
            found.append(on_site("E3", "pair", site, month=month, people=both, times=len(seen)))
    return found


def e4(site: str, stays: Iterable[SiteStay], figures: Figures) -> list[Finding]:
    """Note leads who entered much of a site's calendar month, or mostly on round times, by month and lead."""
    ends: dict[int, int] = {}
    entered: dict[tuple[int, str], list[int]] = {}
    for stay in stays:
        for at_ms in (stay.in_ms, *((stay.out_ms or 0,) if stay.is_out_here else ())):
            ends[_month(at_ms)] = ends.get(_month(at_ms), 0) + 1
        for one in stay.entered:
            if one.by:
                entered.setdefault((_month(one.at_ms), one.by), []).append(one.at_ms)
    found = []
    for (month, by), times in sorted(entered.items()):
        policy = figures(day_of(max(times)))
        is_round = sum(at_ms // MINUTE_MS % policy.round_minutes == 0 for at_ms in times)
        whole = ends.get(month, 0)
        if 100 * len(times) > policy.lead_percent * whole or 2 * is_round > len(times):
            figures_of = {"entered": len(times), "month": month, "of": whole}
            found.append(on_site("E4", "lead", site, by=by, on_round_times=is_round, **figures_of))
    return found


def on_site(rule: str, on: str, site: str, **figures: int | str) -> Finding:
    """Say that a rule fired at a site."""
    told = tuple(sorted(figures.items()))
    return Finding(rule, SEVERITY[rule, on], "", "", site, b"", (), told)


def _month(at_ms: int) -> int:
    """Give the calendar month of an instant, such as 202611."""
    date = date_of(day_of(at_ms))
    return date.year * 100 + date.month
