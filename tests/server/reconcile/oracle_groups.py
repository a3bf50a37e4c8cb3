"""A slow, plain reading of RULES.md about several people at one site: it imports nothing of the product.

A stay is (record, who, in_ms, out_ms, ends typed); out_ms is None without a sign-out at that site.
"""

from itertools import combinations

TWO_MINUTES, TEN_MINUTES, HALF_MINUTE = 120_000, 600_000, 30_000


def fits(stays):
    ins = [stay[2] for stay in stays]
    outs = [stay[3] for stay in stays]
    return max(ins) - min(ins) <= TWO_MINUTES and max(outs) - min(outs) <= TWO_MINUTES


def maximal_groups(stays):
    """Every set of stays that fits, has ten people, and to which no other stay can be added."""
    whole = [stay for stay in stays if stay[3] is not None]
    boxes = set()
    for earliest in {stay[2] for stay in whole}:
        for first_out in {stay[3] for stay in whole}:
            inside = [
                stay
                for stay in whole
                if 0 <= stay[2] - earliest <= TWO_MINUTES
                and 0 <= stay[3] - first_out <= TWO_MINUTES
            ]
            if len({stay[1] for stay in inside}) >= 10:
                boxes.add(frozenset(inside))
    return [
        box for box in boxes if not any(fits([*box, other]) for other in whole if other not in box)
    ]


def held(stays):
    """The records that E2 holds."""
    found = set()
    for group in maximal_groups(stays):
        gap = min(stay[3] for stay in group) - max(stay[2] for stay in group)
        typed = sum(stay[4] for stay in group)
        if gap < TEN_MINUTES or typed * 2 > 2 * len(group):
            found |= {stay[0] for stay in group}
    return found


def crowded(stays):
    """The records whose in lies in some two minutes with the ins of ten people."""
    found = set()
    for start in {stay[2] for stay in stays}:
        inside = [stay for stay in stays if 0 <= stay[2] - start <= TWO_MINUTES]
        if len({stay[1] for stay in inside}) >= 10:
            found |= {stay[0] for stay in inside}
    return found


def pairs(stays, month_of):
    """How often each two people came and went together, by month, where it was five times or more."""
    times = {}
    for one, other in combinations([stay for stay in stays if stay[3] is not None], 2):
        near = abs(one[2] - other[2]) <= HALF_MINUTE and abs(one[3] - other[3]) <= HALF_MINUTE
        if near and one[1] != other[1]:
            first = min(one, other, key=lambda stay: (stay[2], stay[0]))
            key = (month_of(first[2]), *sorted((one[1], other[1])))
            times[key] = times.get(key, 0) + 1
    return {key: count for key, count in times.items() if count >= 5}
