"""Step 2: the merge of branches."""

from collections.abc import Sequence

from hypothesis import given

from server.reconcile.facts import ScanFact
from server.reconcile.order import branches, distinct, in_order, stretches
from server.reconcile.policy import HOUR_MS
from tests.server.reconcile.builders import entry_hash, scan
from tests.server.reconcile.histories import histories

ONE, TWO = b"\1" * 32, b"\2" * 32


def order(*scans: ScanFact) -> list[ScanFact]:
    parts = [branches(stretch) for stretch in stretches(distinct(scans))]
    return [s for part in parts for s in in_order(part, lambda one: one.direction == "out")]


def test_branches_are_merged_by_corrected_time() -> None:
    a = [scan(10, log="a", seq=1), scan(30, log="a", seq=2)]
    b = [scan(20, log="b", seq=1), scan(40, log="b", seq=2)]
    assert order(*b, *a) == [a[0], b[0], a[1], b[1]]


def test_a_branch_keeps_its_own_sequence_where_time_goes_back() -> None:
    a = [scan(30, log="a", seq=1), scan(29, log="a", seq=2)]
    b = [scan(29, log="b", seq=1), scan(30, log="b", seq=2)]
    assert order(*a, *b) == [b[0], a[0], a[1], b[1]]


def test_a_log_that_falls_back_across_a_rest_is_in_order_of_time() -> None:
    rest_ms = 8 * HOUR_MS
    later = [scan(rest_ms, log="k", seq=1), scan(rest_ms + 1, log="k", seq=2)]
    before = [scan(0, log="k", seq=3), scan(-5, log="k", seq=4), scan(-3, log="a", seq=9)]
    assert order(*later, *before) == [before[2], before[0], before[1], *later]


def test_a_log_that_falls_back_within_a_rest_keeps_its_sequence() -> None:
    later = [scan(8 * HOUR_MS - 1, log="k", seq=1), scan(8 * HOUR_MS, log="k", seq=2)]
    before = scan(0, log="k", seq=3)
    assert order(before, *later) == [*later, before]


def test_a_branch_does_not_wait_for_a_trunk_across_a_rest() -> None:
    trunk = scan(8 * HOUR_MS, log="k", seq=1)
    branch = scan(0, log="k", seq=2, forked=True, branch=ONE)
    assert order(trunk, branch) == [branch, trunk]


def test_at_one_time_outs_go_first_then_log_seq_and_hash() -> None:
    out = scan(10, "out", log="z", seq=9)
    low = scan(10, log="a", seq=1)
    high = scan(10, log="b", seq=1)
    assert order(high, low, out) == [out, low, high]


def test_of_two_branches_at_one_time_and_seq_the_lower_hash_goes_first() -> None:
    one = scan(10, log="k", seq=1, forked=True, branch=TWO, hash=ONE)
    two = scan(10, log="k", seq=1, forked=True, branch=ONE, hash=TWO)
    assert order(two, one) == [one, two]


def test_of_two_branches_at_one_time_the_lower_seq_goes_first() -> None:
    one = scan(10, log="k", seq=2, forked=True, branch=ONE, hash=ONE)
    two = scan(10, log="k", seq=1, forked=True, branch=TWO, hash=TWO)
    assert order(one, two) == [two, one]


def test_a_branch_waits_for_its_own_trunk_only() -> None:
    short = scan(5, log="a", seq=1)
    trunk = [scan(10, log="k", seq=1), scan(50, log="k", seq=2)]
    branch = scan(8, log="k", seq=3, forked=True, branch=ONE)
    assert order(branch, short, *trunk) == [short, *trunk, branch]


def test_branches_of_a_fork_are_merged_like_logs() -> None:
    one = [scan(ms, log="k", seq=n, forked=True, branch=ONE) for n, ms in ((1, 10), (2, 40))]
    two = [scan(ms, log="k", seq=n, forked=True, branch=TWO) for n, ms in ((1, 20), (3, 30))]
    assert order(*one, *two) == [one[0], two[0], two[1], one[1]]


def test_a_branch_goes_on_only_where_the_trunk_ends() -> None:
    trunk = [scan(10, log="k", seq=1), scan(50, log="k", seq=2)]
    branch = scan(49, log="k", seq=3, forked=True, branch=ONE)
    assert order(branch, *trunk) == [*trunk, branch]


def test_a_branch_does_not_wait_for_the_trunk_of_another_log() -> None:
    trunk = scan(50, log="a", seq=2)
    branch = scan(49, log="k", seq=3, forked=True, branch=ONE)
    assert order(trunk, branch) == [branch, trunk]


def test_scans_of_one_seq_without_a_named_branch_are_split_by_hash() -> None:
    one = scan(10, log="k", seq=1, hash=ONE)
    two = scan(5, log="k", seq=1, hash=TWO)
    three = scan(20, log="k", seq=2, hash=entry_hash(3))
    assert [part.scans for part in branches(distinct([three, two, one]))] == [[one, three], [two]]


def test_the_same_entry_twice_is_one() -> None:
    one = scan(10)
    assert distinct([one, one]) == [one]


@given(histories())
def test_nothing_is_lost_or_added(scans: list[ScanFact]) -> None:
    assert sorted(order(*scans)) == sorted(distinct(scans))


@given(histories())
def test_each_log_stays_in_sequence(scans: list[ScanFact]) -> None:
    merged: Sequence[ScanFact] = order(*scans)
    for log in {one.log for one in scans}:
        seqs = [one.seq for one in merged if one.log == log]
        assert seqs == sorted(seqs)


def test_of_two_facts_about_one_entry_the_same_stands_whatever_came_first() -> None:
    one = scan("9:00", post="a")
    other = one._replace(post="b")
    assert distinct([one, other]) == distinct([other, one]) == [one]


def test_entries_are_put_in_order_by_log_branch_and_seq() -> None:
    made = [
        scan("9:00", log=log, branch=branch, seq=seq, forked=bool(branch))
        for log in ("a", "b")
        for branch in (b"", b"x", b"y")
        for seq in (1, 2)
    ]
    assert distinct(made[::-1]) == made
