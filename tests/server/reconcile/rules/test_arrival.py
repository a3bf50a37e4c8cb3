"""Family A: repetition, forks, gaps, and logs that do not stand."""

from server.reconcile.facts import Fork, Gap, Severity
from server.reconcile.kiosk import reconcile_log
from tests.server.reconcile.builders import (
    MONDAY,
    WHO,
    Books,
    at,
    entry_hash,
    figures,
    meaning,
    only,
    rules,
    scan,
    stays,
)

LOW, HIGH = b"\1" * 32, b"\2" * 32
BRANCH, TWIN = b"\7" * 32, b"\x08" * 32


def test_a1_the_same_entry_again_changes_nothing() -> None:
    scans = [scan("9:00", "in"), scan("12:00", "out")]
    assert meaning(*scans, *scans) == meaning(*scans)


def test_a2_one_scan_on_both_branches_at_one_device_millisecond_counts_once() -> None:
    wall_ms = at("9:00")
    lower = scan(
        "9:03", "in", log="k", seq=5, forked=True, branch=BRANCH, hash=LOW, wall_ms=wall_ms
    )
    higher = scan(
        "9:00", "in", log="k", seq=5, forked=True, branch=TWIN, hash=HIGH, wall_ms=wall_ms
    )
    found = meaning(lower, higher, scan("12:00", "out", log="k", seq=6, forked=True, branch=TWIN))
    assert [r.opened for r in found.records] == [LOW]
    pair = [f for f in found.findings if f.rule == "A2" and f.entries == (LOW, HIGH)]
    assert [(f.severity, f.record) for f in pair] == [(Severity.NOTE, LOW)]
    assert "B1" not in rules(found)
    assert "B2" not in rules(found)


def test_scans_a_device_millisecond_apart_on_two_branches_both_count() -> None:
    wall_ms = at("9:00")
    one = scan("9:00", "in", log="k", seq=5, forked=True, branch=BRANCH, wall_ms=wall_ms)
    two = scan("9:03", "in", log="k", seq=5, forked=True, branch=TWIN, wall_ms=wall_ms + 1)
    assert len(meaning(one, two).records) == 2


def test_scans_of_two_directions_at_one_device_millisecond_both_count() -> None:
    one = scan("9:00", "in", log="k", seq=5, forked=True, branch=BRANCH, wall_ms=1)
    two = scan("12:00", "out", log="k", seq=5, forked=True, branch=TWIN, wall_ms=1)
    assert [r.presented for r in meaning(one, two).records] == [180]


def test_scans_of_two_logs_at_one_device_millisecond_both_count() -> None:
    one = scan("9:00", "in", log="k", seq=5, forked=True, branch=BRANCH, wall_ms=1)
    two = scan("9:03", "in", log="m", seq=5, forked=True, branch=TWIN, wall_ms=1)
    assert len(meaning(one, two).records) == 2


def test_forked_scans_of_one_seq_are_on_two_branches_even_where_none_is_named() -> None:
    one = scan("9:00", "in", log="k", seq=5, forked=True, hash=HIGH, wall_ms=1)
    two = scan("9:03", "in", log="k", seq=5, forked=True, hash=LOW, wall_ms=1)
    assert [r.opened for r in meaning(one, two).records] == [LOW]


def test_a_scan_walked_apart_never_beats_one_that_counts() -> None:
    apart = scan(
        "9:00", "in", log="k", seq=5, forked=True, branch=BRANCH, hash=LOW, wall_ms=1, apart="A5"
    )
    plain = scan("9:00", "in", log="k", seq=5, forked=True, branch=TWIN, hash=HIGH, wall_ms=1)
    found = meaning(apart, plain, scan("12:00", "out", log="k", seq=6, forked=True, branch=TWIN))
    assert {r.opened: r.credited for r in found.records} == {LOW: 0, HIGH: 180}


def test_a_scan_before_the_fork_is_not_beaten_by_one_on_a_branch() -> None:
    trunk = scan("9:00", "in", log="k", seq=5, hash=HIGH, wall_ms=1)
    branch = scan("9:03", "in", log="k", seq=6, forked=True, branch=LOW, hash=LOW, wall_ms=1)
    assert len(meaning(trunk, branch).records) == 2


def test_a_record_on_a_branch_is_credited_and_noted() -> None:
    left = scan("12:00", "out", forked=True, branch=BRANCH)
    found = meaning(scan("9:00", "in"), left)
    assert stays(found) == [("A", 180, 180, 0)]
    note = only(found, "A2")
    assert (note.severity, note.entries) == (Severity.NOTE, (left.hash,))


def test_a2_a_fork_is_an_alarm_on_the_kiosk() -> None:
    (alarm,) = reconcile_log("k", [], [], [Fork("k", 7, "A", (LOW, HIGH))], Books())
    assert (alarm.rule, alarm.severity, alarm.who, alarm.log, alarm.site) == (
        "A2", Severity.ALARM, "", "k", "A",
    )  # fmt: skip
    assert alarm.entries == (LOW, HIGH)
    assert figures(alarm) == {"seq": 7}


def test_a3_a_gap_names_its_range_and_every_date_between_its_neighbours() -> None:
    gap = Gap("k", 5, 9, "A", at("23:59:59.999"), at("0:00", day=3))
    (finding,) = reconcile_log("k", [], [gap], [], Books())
    assert finding.rule == "A3"
    assert figures(finding) == {"first": 5, "last": 9, "first_day": MONDAY, "last_day": MONDAY + 3}


def test_a_gap_at_the_beginning_of_a_log_has_no_first_date() -> None:
    (finding,) = reconcile_log("k", [], [Gap("k", 1, 9, "A", None, at("9:00"))], [], Books())
    assert figures(finding) == {"first": 1, "last": 9, "last_day": MONDAY}


def test_a5_scans_of_a_log_that_is_not_enrolled_are_held() -> None:
    found = meaning(scan("9:00", "in", apart="A5"), scan("12:00", "out", apart="A5"))
    assert stays(found) == [("A", 180, 0, 180)]
    assert [p.cause for p in found.postings] == ["A5"]
    assert len(only(found, "A5").entries) == 2


def test_a_scan_walked_apart_closes_nothing_of_others() -> None:
    found = meaning(scan("9:00", "in"), scan("12:00", "out", log="new", apart="A5"))
    assert [r.out_ms for r in found.records] == [None]
    assert rules(found) == ["A5", "B3", "B4"]


def test_a_scan_walked_apart_opens_nothing_for_others() -> None:
    found = meaning(scan("9:00", "in", log="new", apart="A5"), scan("12:00", "out"))
    assert rules(found) == ["A5", "B3", "B4"]


def test_a_scan_walked_apart_repeats_nothing_of_others() -> None:
    found = meaning(scan("9:00", "in"), scan("9:01", "in", log="new", apart="A5"))
    assert "B1" not in rules(found)
    assert len(found.records) == 2


def test_hashes_of_branches_are_told_apart_from_the_trunk() -> None:
    """The branch's first scan never goes before the trunk's last, though its corrected time is earlier."""
    trunk = scan("9:00:00.005", "in", log="k", seq=1)
    branch = scan("9:00:00.001", "out", log="k", seq=2, forked=True, branch=entry_hash(1))
    (record,) = meaning(branch, trunk).records
    assert (record.opened, record.closed, record.who) == (trunk.hash, branch.hash, WHO)
