"""Two sites at once: B10 (overlap) and B11 (travel)."""

from dataclasses import replace

import pytest

from server.reconcile.facts import Revocation, Severity
from server.reconcile.policy import DEFAULTS
from server.reconcile.rules.sites import great_circle_m
from tests.server.reconcile.builders import (
    Books,
    at,
    attest,
    decision,
    figures,
    meaning,
    only,
    rules,
    scan,
    stays,
)

SURE = {"within_ms": 0, "base": 0, "common_ms": 0}
HERE, THERE = (31_400_000, 121_000_000), (31_850_000, 121_000_000)
"""50 km apart: three eighths of an hour and more at 80 km/h."""

FAR = Books(places={"A": HERE, "B": THERE})


@pytest.mark.parametrize(
    ("out", "alarm"), [("11:04:59.999", False), ("11:05", False), ("11:05:00.001", True)]
)
def test_b10_records_at_two_sites_that_overlap_by_more_than_5_minutes(
    out: str, alarm: bool
) -> None:
    found = meaning(
        scan("9:00", "in", "A", **SURE), scan("11:00", "in", "B", **SURE),
        scan(out, "out", "A", **SURE), scan("12:00", "out", "B", **SURE),
    )  # fmt: skip
    assert rules(found) == (["B10", "B10"] if alarm else [])
    assert all(r.credited == (0 if alarm else r.presented) for r in found.records)


def test_b10_fires_only_beyond_the_summed_uncertainties() -> None:
    def overlap(seconds: int) -> list[str]:
        out = at("11:05") + seconds * 1000
        return rules(
            meaning(
                scan("9:00", "in", "A", **SURE), scan("11:00", "in", "B", within_ms=30_000, base=5),
                scan(out, "out", "A", within_ms=30_000, base=6), scan("12:00", "out", "B", **SURE),
            )
        )  # fmt: skip

    assert "B10" not in overlap(60)
    assert "B10" in overlap(61)


def test_b10_is_an_alarm_on_each_of_the_two_and_names_the_other() -> None:
    one, other = scan("9:00", "in", "A"), scan("10:00", "in", "B")
    found = meaning(one, other, scan("11:00", "out", "A"), scan("12:00", "out", "B"))
    told = {
        f.record: (f.severity, figures(f)["other"], figures(f)["minutes"]) for f in found.findings
    }
    assert told == {
        one.hash: (Severity.ALARM, other.hash.hex(), 60),
        other.hash: (Severity.ALARM, one.hash.hex(), 60),
    }


def test_b10_a_person_chooses_one_of_the_two() -> None:
    one, other = scan("9:00", "in", "A"), scan("10:00", "in", "B")
    chosen = [
        decision(one.hash, ("9:00", "11:00", "credited"), order=1, action="choose"),
        decision(other.hash, ("10:00", "12:00", "refused"), order=2, action="choose"),
    ]
    found = meaning(
        one, other, scan("11:00", "out", "A"), scan("12:00", "out", "B"), decisions=chosen
    )
    assert stays(found) == [("A", 120, 120, 0), ("B", 60, 0, 0)]


def test_b10_a_revoked_badge_elsewhere_holds_no_hours_of_the_new_one() -> None:
    found = meaning(
        scan("9:00", "in", "A", serial=2), scan("10:00", "in", "B", serial=1),
        scan("11:00", "out", "B", serial=1), scan("12:00", "out", "A", serial=2),
        books=Books(revoked=(Revocation(1, 0),)),
    )  # fmt: skip
    assert "B10" not in rules(found)
    assert found.records[0].credited == 180


def _from_a_to_b(minutes: int, ms: int = 0, books: Books = FAR) -> list[str]:
    came = at("10:00") + minutes * 60_000 + ms
    return rules(
        meaning(
            scan("9:00", "in", "A", **SURE), scan("10:00", "out", "A", **SURE),
            scan(came, "in", "B", **SURE), scan("12:00", "out", "B", **SURE),
            books=books,
        )
    )  # fmt: skip


def test_b11_nobody_travels_faster_than_80_km_per_hour() -> None:
    distance = great_circle_m(*HERE, *THERE)
    least_ms = -(-distance * 3_600_000 // 80_000)
    minutes, ms = divmod(least_ms, 60_000)
    assert "B11" not in _from_a_to_b(minutes, ms)
    assert "B11" in _from_a_to_b(minutes, ms - 1)


def test_b11_shows_distance_and_minutes_and_holds_the_later_record() -> None:
    found = meaning(
        scan("9:00", "in", "A"), scan("10:00", "out", "A"),
        scan("10:10", "in", "B"), scan("12:00", "out", "B"), books=FAR,
    )  # fmt: skip
    told = figures(only(found, "B11"))
    assert (told["distance_m"], told["minutes"]) == (great_circle_m(*HERE, *THERE), 10)
    assert [r.held for r in found.records] == [0, 110]


@pytest.mark.parametrize(("micro", "metres", "fires"), [(4_496, 499, False), (4_497, 500, True)])
def test_b11_does_not_apply_below_500_metres(micro: int, metres: int, fires: bool) -> None:
    near = (HERE[0] + micro, HERE[1])
    assert great_circle_m(*HERE, *near) == metres
    assert ("B11" in _from_a_to_b(0, 1, Books(places={"A": HERE, "B": near}))) is fires


def test_b11_does_not_apply_without_coordinates() -> None:
    assert "B11" not in _from_a_to_b(0, 1, Books(places={"A": HERE}))


def test_b11_uncertainty_is_time_to_travel() -> None:
    found = meaning(
        scan("9:00", "in", "A"), scan("10:00", "out", "A", within_ms=1_500_000, base=7),
        scan("10:15", "in", "B", base=8), scan("12:00", "out", "B"), books=FAR,
    )  # fmt: skip
    assert "B11" not in rules(found)


def test_b11_who_left_after_coming_elsewhere_travelled_in_no_time() -> None:
    found = meaning(
        scan("9:00", "in", "A"), scan("9:58", "in", "B"),
        scan("10:00", "out", "A"), scan("12:00", "out", "B"), books=FAR,
    )  # fmt: skip
    assert "B11" in rules(found)


def test_the_great_circle_of_a_quarter_of_the_earth() -> None:
    assert great_circle_m(0, 0, 90_000_000, 0) == 10_007_557


@pytest.mark.parametrize(("seconds", "alarm"), [(60, False), (61, True)])
def test_b10_asks_how_certain_the_later_start_and_the_earlier_end_are(
    seconds: int, alarm: bool
) -> None:
    """Whatever the sites are called: here the person is at B first."""
    out = at("11:05") + seconds * 1000
    found = meaning(
        scan("9:00", "in", "B", **SURE), scan("11:00", "in", "A", within_ms=30_000, base=5),
        scan(out, "out", "B", within_ms=30_000, base=6), scan("12:00", "out", "A", **SURE),
    )  # fmt: skip
    assert ("B10" in rules(found)) is alarm


def test_b10_speaks_of_another_site_beside_an_overlap_at_one() -> None:
    first, second = scan("9:00", "in", "A"), scan("10:00", "in", "A")
    found = meaning(
        first, second, scan("10:30", "in", "B"), scan("11:30", "out", "B"),
        scan("12:00", "out", "A"), attest("11:00", about=first.hash),
    )  # fmt: skip
    assert [rules(found).count(rule) for rule in ("B9", "B10")] == [1, 4]


def test_b10_where_a_policy_allows_no_overlap_one_millisecond_is_too_much() -> None:
    books = Books(replace(DEFAULTS, two_sites_ms=0))
    came = at("10:00")
    for ms, alarms in ((0, 0), (1, 2)):
        found = meaning(
            scan("9:00", "in", "A", **SURE), scan(came, "in", "B", **SURE),
            scan(came + ms, "out", "B", **SURE), scan("12:00", "out", "A", **SURE), books=books,
        )  # fmt: skip
        assert rules(found).count("B10") == alarms


def test_b10_and_b11_tell_whole_minutes() -> None:
    overlap = meaning(
        scan("9:00", "in", "A"), scan("10:00", "in", "B"),
        scan("11:00:30", "out", "A"), scan("12:00", "out", "B"),
    )  # fmt: skip
    assert {figures(f)["minutes"] for f in overlap.findings} == {60}
    journey = meaning(
        scan("9:00", "in", "A"), scan("10:00", "out", "A"),
        scan("10:10:30", "in", "B"), scan("12:00", "out", "B"), books=FAR,
    )  # fmt: skip
    assert figures(only(journey, "B11"))["minutes"] == 10


def test_b11_is_silent_where_b10_speaks() -> None:
    found = meaning(
        scan("9:00", "in", "A"), scan("10:00", "in", "B"),
        scan("11:00", "out", "A"), scan("12:00", "out", "B"), books=FAR,
    )  # fmt: skip
    assert rules(found) == ["B10", "B10"]


def test_b11_looks_past_what_is_walked_apart() -> None:
    apart = [scan("7:00", "in", "A", apart="A5"), scan("8:00", "out", "A", apart="A5")]
    found = meaning(
        *apart, scan("9:00", "in", "A"), scan("10:00", "out", "A"),
        scan("10:10", "in", "B"), scan("12:00", "out", "B"), books=FAR,
    )  # fmt: skip
    assert [r.held for r in found.records] == [60, 0, 110]


def test_b11_of_two_records_left_at_one_instant_the_journey_starts_at_the_later_one() -> None:
    found = meaning(
        scan("9:00", "in", "A"), scan("9:57", "in", "B"),
        scan("10:00", "out", "A"), scan("10:00", "out", "B"),
        scan("10:10", "in", "A"), scan("12:00", "out", "A"), books=FAR,
    )  # fmt: skip
    assert [r.held for r in found.records if r.site == "A"] == [0, 110]


def test_b11_who_was_elsewhere_for_moments_and_stayed_on_left_from_where_they_stayed() -> None:
    found = meaning(
        scan("9:00", "in", "A"), scan("12:55", "in", "B"), scan("12:59", "out", "B"),
        scan("13:00", "out", "A"), scan("13:05", "in", "A"), scan("15:00", "out", "A"), books=FAR,
    )  # fmt: skip
    assert [r.held for r in found.records if r.site == "A"] == [0, 0]
