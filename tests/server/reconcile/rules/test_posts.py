"""What was planned: B8 (length), D6 to D9 (assignments, needs, windows, roles), E9 (certified activities)."""

from dataclasses import replace

import pytest

from server.reconcile.facts import Cover, Post, Severity, Shift
from server.reconcile.policy import DEFAULTS, HOUR_MS
from tests.server.reconcile.builders import (
    MONDAY,
    WHO,
    Books,
    at,
    attest,
    figures,
    meaning,
    only,
    rules,
    scan,
    stays,
)

MORNING = Shift("S1", "gate", at("8:00"), at("12:00"))
PLANNED = Books(assigned=((MORNING, "A"),))


@pytest.mark.parametrize(("out", "held"), [("14:00", False), ("14:00:00.001", True)])
def test_b8_longer_than_1_and_a_half_times_its_shifts(out: str, held: bool) -> None:
    assert ("B8" in rules(meaning(scan("8:00", "in"), scan(out, "out"), books=PLANNED))) is held


@pytest.mark.parametrize(("ms", "held"), [(0, False), (1, True)])
def test_b8_longer_than_14_hours_where_it_overlaps_no_shift(ms: int, held: bool) -> None:
    found = meaning(scan("6:00", "in"), scan(at("20:00") + ms, "out"))
    assert ("B8" in rules(found)) is held


def test_b8_a_shift_that_only_touches_is_not_overlapped() -> None:
    found = meaning(scan("12:00", "in"), scan("19:00", "out"), books=PLANNED)
    assert "B8" not in rules(found)


def test_b8_adds_up_the_shifts_that_it_overlaps() -> None:
    noon = Shift("S2", "gate", at("12:00"), at("16:00"))
    books = Books(assigned=((MORNING, "A"), (noon, "A")))
    assert "B8" not in rules(meaning(scan("8:00", "in"), scan("20:00", "out"), books=books))


def test_b4_proposes_the_end_of_the_shift_if_it_is_sooner() -> None:
    found = meaning(scan("9:00", "in"), books=PLANNED)
    assert figures(only(found, "B4"))["proposed_ms"] == at("12:00")
    early = meaning(scan("7:45", "in"), books=PLANNED)
    assert figures(only(early, "B4"))["proposed_ms"] == at("11:45")


def test_d6_not_assigned_where_shifts_are_planned_is_noted_and_credited() -> None:
    books = Books(planned=frozenset({("A", MONDAY)}))
    found = meaning(scan("9:00", "in"), scan("10:00", "out"), books=books)
    assert only(found, "D6").severity is Severity.NOTE
    assert stays(found) == [("A", 60, 60, 0)]


def test_d6_says_nothing_where_nothing_is_planned() -> None:
    assert "D6" not in rules(meaning(scan("9:00", "in"), scan("10:00", "out")))


def test_d6_assigned_to_another_post_is_noted_and_the_record_has_the_assigned_one() -> None:
    found = meaning(scan("9:00", "in", post="swab"), scan("10:00", "out"), books=PLANNED)
    assert figures(only(found, "D6")) == {"assigned": "gate", "post": "swab"}
    assert found.records[0].post == "gate"


def test_d6_says_nothing_of_who_is_assigned() -> None:
    assert "D6" not in rules(meaning(scan("9:00", "in"), scan("10:00", "out"), books=PLANNED))


def needing(*needs: str, **others: object) -> Books:
    return replace(Books(posts={"gate": Post("", needs)}), **others)  # type: ignore[arg-type]


def d7(books: Books) -> bool:
    return "D7" in rules(meaning(scan("9:00", "in"), scan("10:00", "out"), books=books))


@pytest.mark.parametrize(
    ("day", "lacks"), [(MONDAY - 1, False), (MONDAY, False), (MONDAY + 1, True)]
)
def test_d7_a_training_counts_from_its_day_on(day: int, lacks: bool) -> None:
    assert d7(needing("培训:急救", trained={WHO: {"急救": day}})) is lacks
    assert d7(needing("急救", trained={WHO: {"急救": day}})) is lacks


@pytest.mark.parametrize(
    ("first", "last", "lacks"),
    [
        (MONDAY, MONDAY, False),
        (MONDAY, None, False),
        (MONDAY + 1, None, True),
        (MONDAY - 9, MONDAY - 1, True),
    ],
)
def test_d7_an_insurance_counts_on_its_days(first: int, last: int | None, lacks: bool) -> None:
    assert d7(needing("保险", covers={WHO: (Cover("p", first, last),)})) is lacks


@pytest.mark.parametrize(("younger", "lacks"), [(0, False), (1, True)])
@pytest.mark.parametrize("need", ["18", "18+", "age:18", "年龄：18", "18周岁以上"])
def test_d7_somebody_is_of_age_on_their_birthday(need: str, younger: int, lacks: bool) -> None:
    """2022-04-11 is 6,575 days after 2004-04-11."""
    assert d7(needing(need, births={WHO: MONDAY - 6_574 + younger})) is lacks


def test_d7_an_unknown_date_of_birth_is_no_age() -> None:
    assert d7(needing("18"))


def test_d7_names_what_is_lacking_and_holds() -> None:
    found = meaning(scan("9:00", "in"), scan("10:00", "out"), books=needing("急救", "保险"))
    assert figures(only(found, "D7"))["lacks"] == "急救,保险"
    assert stays(found) == [("A", 60, 0, 60)]


@pytest.mark.parametrize(
    ("came", "left", "held"),
    [("7:30", "13:00", 0), ("7:29:59", "13:00", 1), ("7:30", "13:00:59", 0), ("7:30", "13:01", 1)],
)
def test_d8_what_lies_outside_the_window_of_the_shift_is_held(
    came: str, left: str, held: int
) -> None:
    found = meaning(scan(came, "in"), scan(left, "out"), books=PLANNED)
    assert found.records[0].held == held
    assert ("D8" in rules(found)) is bool(held)


def test_d8_windows_of_shifts_are_united() -> None:
    noon = Shift("S2", "gate", at("13:00"), at("16:00"))
    books = Books(assigned=((MORNING, "A"), (noon, "A")))
    found = meaning(scan("8:00", "in"), scan("16:00", "out"), books=books)
    assert found.records[0].held == 0


def test_d8_does_not_apply_without_a_shift() -> None:
    assert "D8" not in rules(meaning(scan("3:00", "in"), scan("5:00", "out")))


def test_d8_a_shift_that_starts_the_day_before_is_the_records_own() -> None:
    night = Shift("S3", "gate", at("22:00"), at("6:00", day=1))
    books = Books(assigned=((night, "A"),))
    found = meaning(scan("0:30", "in", day=1), scan("6:00", "out", day=1), books=books)
    assert stays(found) == [("A", 330, 330, 0)]


@pytest.mark.parametrize("role", ["paid", "Professional", "不计时"])
def test_d9_assigned_to_paid_duty_is_kept_and_refused(role: str) -> None:
    books = replace(PLANNED, posts={"gate": Post(role)})
    (record,) = meaning(scan("9:00", "in"), scan("10:00", "out"), books=books).records
    assert (record.presented, record.refused) == (60, 60)


def test_d9_by_the_post_of_the_kiosk_alone_is_held() -> None:
    books = Books(posts={"gate": Post("paid")})
    found = meaning(scan("9:00", "in"), scan("10:00", "out"), books=books)
    assert (stays(found), only(found, "D9").severity) == ([("A", 60, 0, 60)], Severity.HOLD)


def test_d9_another_role_is_credited() -> None:
    books = Books(posts={"gate": Post("guide")})
    assert "D9" not in rules(meaning(scan("9:00", "in"), scan("10:00", "out"), books=books))


@pytest.mark.parametrize(
    ("required", "certified", "held"), [(0, False, False), (1, True, False), (1, False, True)]
)
def test_e9_an_activity_that_was_not_certified_is_held_where_the_policy_asks(
    required: int, certified: bool, held: bool
) -> None:
    books = Books(
        replace(DEFAULTS, certified_only=required),
        certified=frozenset({("A", MONDAY)}) if certified else frozenset(),
    )
    found = meaning(scan("9:00", "in"), scan("10:00", "out"), books=books)
    assert ("E9" in rules(found)) is held


def test_e5_what_a_lead_stated_beyond_the_shift_is_held() -> None:
    found = meaning(scan("8:00", "in"), attest("12:30"), books=PLANNED)
    assert stays(found) == [("A", 270, 240, 30)]
    assert only(found, "E5").severity is Severity.HOLD


def test_e5_what_a_lead_stated_within_the_shift_is_credited() -> None:
    found = meaning(scan("8:00", "in"), attest("12:00"), books=PLANNED)
    assert stays(found) == [("A", 240, 240, 0)]
    assert MORNING.end_ms - MORNING.start_ms == 4 * HOUR_MS


@pytest.mark.parametrize("certified", [True, False])
def test_e9_looks_at_the_certificate_where_shifts_are_planned_too(certified: bool) -> None:
    books = replace(
        PLANNED,
        figures=replace(DEFAULTS, certified_only=1),
        certified=frozenset({("A", MONDAY)}) if certified else frozenset(),
    )
    found = meaning(scan("9:00", "in"), scan("10:00", "out"), books=books)
    assert stays(found) == [("A", 60, 60 if certified else 0, 0 if certified else 60)]


def post_of(came: str, left: str, *shifts: tuple[str, str, str, str]) -> str:
    """Give the post of a record; shifts as (code, post, start, end)."""
    own = tuple((Shift(code, post, at(start), at(end)), "A") for code, post, start, end in shifts)
    (record,) = meaning(scan(came, "in"), scan(left, "out"), books=Books(assigned=own)).records
    return record.post


def test_a_record_serves_the_shift_that_it_overlaps_most() -> None:
    short, long = ("S1", "door", "9:00", "10:00"), ("S2", "hall", "10:00", "18:00")
    assert post_of("9:00", "16:00", short, long) == "hall"
    whole, touched = ("S2", "hall", "8:00", "12:00"), ("S1", "door", "11:00", "15:00")
    assert post_of("9:00", "12:00", whole, touched) == "hall"
    moment = ("S1", "door", "11:59:59.999", "16:00")
    assert post_of("9:00", "12:00", moment, ("S2", "hall", "7:00", "9:00")) == "door"


def test_a_record_that_overlaps_no_shift_serves_the_one_that_starts_nearest() -> None:
    early, late = ("S1", "door", "5:00", "6:00"), ("S2", "hall", "12:30", "16:00")
    assert post_of("9:00", "12:00", early, late) == "hall"


def test_of_two_shifts_that_it_serves_alike_a_record_serves_the_first_to_start() -> None:
    early, late = ("S2", "hall", "8:00", "12:00"), ("S1", "door", "10:00", "14:00")
    assert post_of("9:00", "13:00", late, early) == "hall"
    same = ("S3", "gate", "8:00", "12:00")
    assert post_of("9:00", "13:00", same, late, early) == "hall"


def test_d6_names_the_post_at_which_nobody_was_assigned() -> None:
    books = Books(planned=frozenset({("A", MONDAY)}))
    found = meaning(scan("9:00", "in"), scan("10:00", "out"), books=books)
    assert figures(only(found, "D6")) == {"post": "gate"}


def test_d8_speaks_of_a_record_of_a_millisecond() -> None:
    left = at("7:30")
    found = meaning(scan(left - 1, "in"), scan(left, "out"), books=PLANNED)
    assert (rules(found), figures(only(found, "D8"))) == (["B6", "D8"], {"minutes": 1})


def test_d9_of_paid_duty_is_said_once() -> None:
    books = replace(PLANNED, posts={"gate": Post("paid")})
    found = meaning(scan("9:00", "in"), scan("10:00", "out"), books=books)
    assert figures(only(found, "D9")) == {"post": "gate", "role": "paid"}
