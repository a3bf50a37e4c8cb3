"""E2, E3, E4: what several people at one site show together."""

from random import Random

import pytest

from server.reconcile.facts import Severity
from server.reconcile.minutes import date_of, day_of
from server.reconcile.policy import DEFAULTS, HOUR_MS, MINUTE_MS, Policy
from server.reconcile.rules.fraud import e2_crowds, e2_holds, e3, e4, groups
from server.reconcile.rules.together import Entered, SiteStay
from tests.server.reconcile import oracle_groups as oracle
from tests.server.reconcile.builders import at, entry_hash

SECOND_MS = 1_000
MORNING = at("8:00")


def defaults(day: int) -> Policy:
    assert isinstance(day, int)  # figures are dated: nobody asks for none
    return DEFAULTS


def stay(
    who: str,
    in_ms: int,
    out_ms: int | None,
    *,
    typed: int = 0,
    here: bool = True,
    by: str = "lead-1",
) -> SiteStay:
    record = entry_hash((who, in_ms, out_ms))
    times = [in_ms, out_ms or in_ms]
    entered = tuple(Entered(by, at_ms) for at_ms in times[:typed])
    return SiteStay(
        in_ms, record, who, "P1", out_ms, here and out_ms is not None, entered, (record,)
    )


def crowd(
    people: int, *, ins: int = SECOND_MS, stays_ms: int = 5 * MINUTE_MS, **other: int
) -> list[SiteStay]:
    """People who come one after another, so far apart, and go in the same order."""
    return [
        stay(f"p{n}", MORNING + n * ins, MORNING + n * ins + stays_ms, **other)  # type: ignore[arg-type]
        for n in range(people)
    ]


@pytest.mark.parametrize(("people", "is_held"), [(9, False), (10, True), (11, True)])
def test_e2_takes_ten_people(people: int, is_held: bool) -> None:
    assert len(e2_holds(crowd(people), defaults)) == (people if is_held else 0)


def test_e2_counts_people_not_records() -> None:
    again = stay("p0", MORNING + SECOND_MS, MORNING + 3 * MINUTE_MS)
    assert e2_holds([*crowd(9), again], defaults) == {}


@pytest.mark.parametrize(("seconds", "is_held"), [(119, True), (120, True), (121, False)])
def test_e2_takes_ins_and_outs_within_two_minutes(seconds: int, is_held: bool) -> None:
    late_in = stay("late", MORNING + seconds * SECOND_MS, MORNING + 6 * MINUTE_MS)
    late_out = stay("late", MORNING, MORNING + 5 * MINUTE_MS + seconds * SECOND_MS)
    for last in (late_in, late_out):
        first = [stay(f"p{n}", MORNING, MORNING + 5 * MINUTE_MS) for n in range(9)]
        assert bool(e2_holds([*first, last], defaults)) is is_held


@pytest.mark.parametrize(
    ("gap_ms", "is_held"),
    [(10 * MINUTE_MS - 1, True), (10 * MINUTE_MS, False), (10 * MINUTE_MS + 1, False)],
)
def test_e2_holds_who_left_within_ten_minutes_of_the_last_in(gap_ms: int, is_held: bool) -> None:
    people = [stay(f"p{n}", MORNING, MORNING + gap_ms) for n in range(10)]
    assert bool(e2_holds(people, defaults)) is is_held


@pytest.mark.parametrize(("typed", "is_held"), [(10, False), (11, True)])
def test_e2_holds_a_long_stay_where_most_scans_are_typed(typed: int, is_held: bool) -> None:
    long = [
        stay(f"p{n}", MORNING, MORNING + 4 * HOUR_MS, typed=2 if n < typed - 10 else 1)
        for n in range(10)
    ]
    assert bool(e2_holds(long, defaults)) is is_held


def test_e2_needs_outs_at_the_same_site() -> None:
    elsewhere = [stay(f"p{n}", MORNING, MORNING + MINUTE_MS, here=False) for n in range(12)]
    never = [stay(f"q{n}", MORNING, None) for n in range(12)]
    assert e2_holds([*elsewhere, *never], defaults) == {}


def test_e2_says_of_each_record_why() -> None:
    (_, hold), *rest = e2_holds(crowd(10), defaults).values()
    assert len(rest) == 9
    assert hold.severity is Severity.HOLD
    assert dict(hold.figures) == {
        "gap_ms": 5 * MINUTE_MS - 9 * SECOND_MS,
        "group": hold.figures[1][1],
        "in_span_ms": 9 * SECOND_MS,
        "out_span_ms": 9 * SECOND_MS,
        "people": 10,
        "scans": 20,
        "typed": 0,
    }


def test_e2_of_two_groups_the_larger_speaks() -> None:
    """Twelve people 20 s apart: two windows of seven would be none, of eleven two overlapping ones."""
    found = e2_holds(crowd(12, ins=12 * SECOND_MS), defaults)
    names = {dict(hold.figures)["group"] for _, hold in found.values()}
    assert len(groups(crowd(12, ins=12 * SECOND_MS), defaults)) == 2
    assert len(names) == 2
    assert len(found) == 12


def test_e2_takes_the_figures_of_the_site_and_date() -> None:
    strict = Policy(together_people=5)
    assert len(e2_holds(crowd(5), lambda _: strict)) == 5


def test_e2_notes_a_crowd_that_is_not_held() -> None:
    long = crowd(10, stays_ms=4 * HOUR_MS)
    (note,) = e2_crowds("S1", long, e2_holds(long, defaults), defaults)
    assert (note.severity, dict(note.figures)["people"]) == (Severity.NOTE, 10)
    short = crowd(10)
    assert e2_crowds("S1", short, e2_holds(short, defaults), defaults) == []
    assert e2_crowds("S1", crowd(9, stays_ms=HOUR_MS), (), defaults) == []


@pytest.mark.parametrize(("times", "is_noted"), [(4, False), (5, True), (6, True)])
def test_e3_takes_five_times_a_month(times: int, is_noted: bool) -> None:
    found = e3("S1", pair(times), defaults)
    assert bool(found) is is_noted
    if found:
        assert dict(found[0].figures) == {"month": 202204, "people": "a,b", "times": times}


@pytest.mark.parametrize(("seconds", "is_noted"), [(29, True), (30, True), (31, False)])
def test_e3_takes_thirty_seconds_both_ways(seconds: int, is_noted: bool) -> None:
    assert bool(e3("S1", pair(5, ins=seconds), defaults)) is is_noted
    assert bool(e3("S1", pair(5, outs=seconds), defaults)) is is_noted


def test_e3_begins_anew_every_month() -> None:
    late = at("8:00", day=16)  # 27 April
    assert day_of(late) + 4 == day_of(at("8:00", day=20))
    assert e3("S1", pair(8, first_ms=late), defaults) == []


def pair(times: int, *, ins: int = 5, outs: int = 5, first_ms: int = MORNING) -> list[SiteStay]:
    """Two people on so many days, so many seconds apart."""
    found = []
    for day in range(times):
        start = first_ms + day * 24 * HOUR_MS
        found.append(stay("a", start, start + HOUR_MS))
        found.append(stay("b", start + ins * SECOND_MS, start + HOUR_MS + outs * SECOND_MS))
    return found


@pytest.mark.parametrize(("typed", "is_noted"), [(6, False), (7, True)])
def test_e4_notes_a_lead_who_entered_more_than_thirty_percent(typed: int, is_noted: bool) -> None:
    odd = MORNING + 7 * MINUTE_MS
    stays = [stay(f"p{n}", odd + n, odd + n + HOUR_MS, typed=int(n < typed)) for n in range(10)]
    found = e4("S1", stays, defaults)
    assert bool(found) is is_noted
    if found:
        about = {"by": "lead-1", "entered": typed, "month": 202204, "of": 20, "on_round_times": 0}
        assert dict(found[0].figures) == about


@pytest.mark.parametrize(("on_round", "is_noted"), [(2, False), (3, True)])
def test_e4_notes_a_lead_who_mostly_enters_round_times(on_round: int, is_noted: bool) -> None:
    machine = [stay(f"m{n}", MORNING + n, MORNING + n + HOUR_MS) for n in range(40)]
    typed = [
        stay(f"p{n}", MORNING + (15 if n < on_round else 7) * MINUTE_MS, None, typed=1)
        for n in range(4)
    ]
    assert bool(e4("S1", [*machine, *typed], defaults)) is is_noted


def test_e4_tells_leads_apart() -> None:
    odd = MORNING + 7 * MINUTE_MS
    stays = [
        stay(f"p{n}", odd + n, odd + n + HOUR_MS, typed=int(n < 8), by=f"lead-{n % 2}")
        for n in range(10)
    ]
    assert e4("S1", stays, defaults) == []


@pytest.mark.parametrize("seed", range(30))
def test_e2_and_e3_say_what_the_plain_reading_says(seed: int) -> None:
    stays = random_site(Random(seed))
    plain = [
        (s.record, s.who, s.in_ms, s.out_ms if s.is_out_here else None, len(s.entered))
        for s in stays
    ]
    holds = e2_holds(stays, defaults)
    assert holds.keys() == oracle.held(plain)
    found = groups(stays, defaults)
    assert len(found) <= len(oracle.maximal_groups(plain))
    noted = e3("S1", stays, defaults)
    told = {(d["month"], *str(d["people"]).split(",")): d["times"] for d in map(figures_of, noted)}
    assert told == oracle.pairs(plain, month)
    crowds = [figures_of(note) for note in e2_crowds("S1", stays, (), defaults)]
    inside = {
        s.record
        for s in stays
        for c in crowds
        if c["first_in_ms"] <= s.in_ms <= c["last_in_ms"]  # type: ignore[operator]
    }
    assert inside == oracle.crowded(plain)


def figures_of(finding: object) -> dict[str, int | str]:
    return dict(finding.figures)  # type: ignore[attr-defined]


def month(at_ms: int) -> int:
    return int(date_of(day_of(at_ms)).strftime("%Y%m"))


def random_site(chance: Random) -> list[SiteStay]:
    """A site of a few days on which dense minutes, repeats of a person and open stays all occur."""
    found = {}
    for _ in range(chance.choice((3, 8))):
        day = chance.randrange(20) * 24 * HOUR_MS
        dense, wide = chance.randrange(1, 40), chance.choice((60, 150, 300))
        for _ in range(dense):
            in_ms = MORNING + day + chance.randrange(wide) * SECOND_MS
            length = chance.choice((8 * MINUTE_MS, 3 * MINUTE_MS, 2 * HOUR_MS))
            out_ms = in_ms + length + chance.randrange(wide) * SECOND_MS
            one = stay(
                f"p{chance.randrange(30)}",
                in_ms,
                None if chance.random() < 0.05 else out_ms,
                typed=chance.choice((0, 0, 1, 2)),
                here=chance.random() < 0.95,
            )
            found[one.record] = one
    return chance.sample(sorted(found.values()), len(found))
