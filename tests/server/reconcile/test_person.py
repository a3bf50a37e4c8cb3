"""What must hold for any history of a person (I4; RULES, "How it is computed")."""

from collections import Counter
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from server.reconcile.facts import PersonFacts, Reconciled, Revocation, ScanFact
from server.reconcile.person import reconcile_any, reconcile_person
from tests.server.reconcile.builders import (
    MONDAY,
    WHO,
    Books,
    at,
    guess,
    meaning,
    only,
    rules,
    scan,
    stays,
)
from tests.server.reconcile.histories import fallen, histories, tidy_histories
from tests.server.reconcile.oracle import Meaning, postings, walk
from tests.server.reconcile.worlds import World, worlds

ANY = st.one_of(tidy_histories(forks=True), histories(), fallen())
WITHOUT_FORKS = st.one_of(tidy_histories(forks=False), histories(), fallen())


@given(ANY, st.randoms(use_true_random=False))
def test_any_order_and_repetition_of_the_facts_gives_the_same(
    scans: list[ScanFact], chance: Random
) -> None:
    again = [*scans, *chance.choices(scans, k=3)] if scans else []
    chance.shuffle(again)
    assert meaning(*again) == meaning(*scans)


@settings(max_examples=10 * settings().max_examples)
@given(worlds())
def test_postings_equal_a_naive_count_minute_by_minute(world: World) -> None:
    got: Counter[tuple[bytes, int, str]] = Counter()
    for posting in reconcile_person(WHO, *world).postings:
        got[posting.record, posting.day, posting.verdict] += posting.minutes
    assert got == postings(WHO, *world)


@settings(max_examples=4 * settings().max_examples)
@given(WITHOUT_FORKS)
def test_every_scan_is_used_as_a_naive_walk_uses_it(scans: list[ScanFact]) -> None:
    found = meaning(*scans)
    walks = [walk([s for s in scans if bool(s.apart) == apart], Books()) for apart in (False, True)]
    ends = {(r.opened, r.closed) for r in found.records}
    assert ends == {
        (stay.opened.hash, stay.closed.hash if stay.closed else b"")
        for state in walks
        for stay in state.stays
    }
    assert rules(found).count("B1") == sum(len(state.repeats) for state in walks)
    assert rules(found).count("B3") == sum(len(state.lone_outs) for state in walks)


@given(ANY)
def test_every_minute_presented_has_one_verdict_and_one_posting(scans: list[ScanFact]) -> None:
    found = meaning(*scans)
    for record in found.records:
        assert record.credited + record.held + record.refused == record.presented
        for verdict in ("credited", "held", "refused"):
            minutes = [
                p.minutes for p in found.postings if (p.record, p.verdict) == (record.id, verdict)
            ]
            assert sum(minutes) == getattr(record, verdict)
    assert all(posting.minutes > 0 for posting in found.postings)


@given(ANY)
def test_what_is_held_has_a_cause_that_a_finding_explains(scans: list[ScanFact]) -> None:
    found = meaning(*scans)
    explained = {(finding.record, finding.rule) for finding in found.findings}
    for posting in found.postings:
        assert (posting.verdict == "held") == (posting.cause != "")
        assert posting.verdict == "credited" or (posting.record, posting.cause) in explained


@given(ANY)
def test_lists_are_in_their_canonical_order(scans: list[ScanFact]) -> None:
    found = meaning(*scans)
    assert found.records == sorted(found.records, key=lambda r: (r.in_ms, r.id))
    assert found.findings == sorted(found.findings)
    assert found.postings == sorted(
        found.postings, key=lambda p: (p.day, p.record, p.verdict, p.cause)
    )


@given(worlds())
def test_records_have_the_ends_and_grades_of_a_naive_walk(world: World) -> None:
    found = reconcile_person(WHO, *world)
    naive = Meaning(WHO, *world)
    got = {(r.opened, r.closed, r.grade) for r in found.records if r.id not in naive.orphans}
    assert got == {
        (s.opened.hash, s.closed.hash if s.closed else b"", naive.grades()[s.opened.hash])
        for s in naive.stays
    }


@given(worlds(), st.randoms(use_true_random=False))
def test_any_order_and_repetition_of_everything_gives_the_same(
    world: World, chance: Random
) -> None:
    facts, books = world
    again = [[*part, *chance.choices(list(part), k=2)] if part else part for part in facts[:6]]
    for part in again:
        chance.shuffle(part)  # type: ignore[arg-type] # lists
    shuffled = PersonFacts(*again, facts.numbers)  # type: ignore[arg-type] # in their order
    assert reconcile_person(WHO, shuffled, books) == reconcile_person(WHO, facts, books)


@given(worlds())
def test_no_minute_is_credited_twice_and_each_has_one_verdict(world: World) -> None:
    found = reconcile_person(WHO, *world)
    spans = sorted((piece.start, piece.end) for piece in found.pieces)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert sum(p.minutes for p in found.postings) == sum(end - start for start, end in spans)
    for record in found.records:
        assert record.credited + record.held + record.refused == record.presented


@given(worlds())
def test_every_minute_held_or_refused_has_a_cause(world: World) -> None:
    for piece in reconcile_person(WHO, *world).pieces:
        assert (piece.verdict == "credited") == (piece.cause == "")


FORGETFUL = Books(revoked=(Revocation(1, at("12:00")),))


@settings(max_examples=10 * settings().max_examples)
@given(ANY, st.sampled_from([Books(), Books(), FORGETFUL]))
def test_the_short_way_gives_what_all_rules_give(scans: list[ScanFact], books: Books) -> None:
    facts = PersonFacts(scans)
    assert reconcile_person(WHO, facts, books) == reconcile_any(WHO, facts, books)


def test_the_scans_of_two_numbers_of_one_person_are_judged_by_each_numbers_revocations() -> None:
    class OneRevoked(Books):
        def revocations(self, who: str) -> tuple[Revocation, ...]:
            return (Revocation(1, 0),) if who == "old" else ()

    found = meaning(scan("9:00", "in", who="old"), scan("12:00", "out"), books=OneRevoked())
    assert rules(found) == ["B3", "B4", "D3"]


def test_no_facts_mean_nothing() -> None:
    assert meaning() == Reconciled([], [], [], [])


def test_a_stay_is_one_record_with_its_minutes() -> None:
    came, left = scan("9:00:59.999", "in"), scan("12:30:00", "out")
    (record,) = meaning(came, left).records
    assert (record.id, record.opened, record.closed) == (came.hash, came.hash, left.hash)
    assert (record.in_ms, record.out_ms, record.post) == (came.at_ms, left.at_ms, "gate")
    assert (record.presented, record.credited) == (210, 210)
    assert record.within_ms == 20 + 20 - 10


def test_a_record_is_judged_by_what_was_in_force_on_the_day_it_began() -> None:
    books = Books(teams={MONDAY: "then", MONDAY + 1: "later"})
    found = meaning(scan("23:00", "in"), scan("1:00", "out", day=1), books=books)
    assert [(p.day, p.team, p.minutes) for p in found.postings] == [
        (MONDAY, "then", 60),
        (MONDAY + 1, "then", 60),
    ]


def test_postings_carry_the_region_of_the_site() -> None:
    (posting,) = meaning(scan("9:00", "in"), scan("10:00", "out")).postings
    assert (posting.site, posting.region, posting.cause) == ("A", "region of A", "")


def test_minutes_given_to_another_record_are_not_presented_twice() -> None:
    """In at A and then at B, out at both: the minutes at both sites count once, for the record that began first."""
    scans = [
        scan("9:00", "in", "A"),
        scan("10:56", "in", "B"),
        scan("11:00", "out", "A"),
        scan("12:00", "out", "B"),
    ]
    assert stays(meaning(*scans)) == [("A", 120, 120, 0), ("B", 60, 60, 0)]


def test_a_minute_held_in_one_record_and_credited_in_another_is_credited() -> None:
    scans = [
        scan("9:00", "in", "A", within_ms=700_000),
        scan("10:56", "in", "B"),
        scan("11:00", "out", "A"),
        scan("12:00", "out", "B"),
    ]
    assert stays(meaning(*scans)) == [("A", 116, 0, 116), ("B", 64, 64, 0)]


def test_a_guess_at_an_instant_counts_as_what_it_would_become_just_before() -> None:
    """At one instant a chosen in at B and a guess at A, where a record is open: the guess is an out and goes first."""
    scans = [
        scan("9:00", "in", "A"),
        scan("10:00", "in", "B", log="a"),
        guess("10:00", "A", log="z"),
    ]
    found = meaning(*scans)
    assert [(r.site, r.closed != b"") for r in found.records] == [("A", True), ("B", False)]


def test_two_guesses_at_one_instant_are_both_ranked_as_of_before_it() -> None:
    """Both would be outs; the one of the lower log goes first and closes, the other repeats it."""
    scans = [scan("9:00", "in"), guess("10:00", log="y"), guess("10:00", log="x")]
    found = meaning(*scans)
    assert found.records[0].closed == scans[2].hash
    assert only(found, "B1").entries == tuple(sorted((scans[1].hash, scans[2].hash)))


def test_directions_at_an_instant_do_not_depend_on_what_happens_within_it() -> None:
    """Two outs of A, one of them guessed, and an in at B: the guess stays an out after the other has closed the record."""
    found = meaning(
        scan("9:00", "in", "A"),
        scan("10:00", "out", "A", log="a"),
        scan("10:00", "in", "B", log="m"),
        guess("10:00", "A", log="z"),
    )
    assert [r.site for r in found.records] == ["A", "B"]
    assert rules(found) == ["B1", "B4"]


def test_at_one_instant_outs_go_before_ins() -> None:
    found = meaning(
        scan("9:00", "in", "A"),
        scan("10:00", "in", "A", log="first", seq=1),
        scan("10:00", "out", "A", log="second", seq=2),
    )
    assert [r.out_ms is None for r in found.records] == [False, True]
    assert "B2" not in rules(found)
