"""Who holds what: laying runs onto ranges agrees with a plain set of entries, however they come."""

from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st

from sync import heads
from sync.heads import Range
from sync.ids import EntryHash

ROOT = EntryHash(bytes(32))
Entry = tuple[int, EntryHash]
Run = tuple[int, EntryHash, list[EntryHash]]


def hash_of(previous: bytes, name: str) -> EntryHash:
    """The hash of an entry that is known by its name and what it follows."""
    return EntryHash(sha256(previous + name.encode()).digest())


def make_branches(length: int, forks: list[tuple[int, int, int]]) -> list[list[EntryHash]]:
    """Branches as lists of hashes from seq 1 on: a trunk, and forks (of which branch, after which seq, how many more)."""
    branches = [extend([], length, "trunk")]
    for number, (parent, after, more) in enumerate(forks):
        stem = branches[parent % len(branches)]
        branches.append(extend(stem[: after % (len(stem) + 1)], more, f"fork {number}"))
    return branches


def extend(stem: list[EntryHash], more: int, name: str) -> list[EntryHash]:
    """A branch and as many entries more."""
    out = list(stem)
    for _ in range(more):
        out.append(hash_of(out[-1] if out else ROOT, name))
    return out


def run_of(branch: list[EntryHash], first: int, last: int) -> Run:
    """Entries `first` to `last` of a branch, as a batch would bring them."""
    previous = branch[first - 2] if first > 1 else ROOT
    return first, previous, branch[first - 1 : last]


class Held:
    """What a server would keep: entries in a plain set, and the ranges that `lay` gives."""

    def __init__(self) -> None:
        self.entries: set[Entry] = set()
        self.previous: dict[EntryHash, EntryHash] = {}
        self.ranges: tuple[Range, ...] = ()

    def take(self, run: Run) -> None:
        """Keep a run, looking into stored hashes only where `overlaps` says so."""
        first, previous, hashes = run
        last = first + len(hashes) - 1
        stored = frozenset(h for seq, h in self.entries if first <= seq <= last)
        crowded = heads.overlaps(self.ranges, first, last)
        assert crowded == bool(stored)
        plan = heads.lay(
            self.ranges,
            first=first,
            previous=previous,
            hashes=hashes,
            held=stored if crowded else frozenset(),
        )
        fresh = {(first + n, hashes[n]) for start, stop in plan.fresh for n in range(start, stop)}
        brought = set(enumerate(hashes, first))
        assert fresh == brought - self.entries
        self.previous.update(zip(hashes, [previous, *hashes], strict=False))
        self.entries |= brought
        self.ranges = plan.ranges

    def walked(self) -> list[Entry]:
        """Every entry that the ranges say is held, by walking back from each head."""
        out = []
        for held in self.ranges:
            at = held.head
            for seq in range(held.last, held.first - 1, -1):
                out.append((seq, at))
                at = self.previous[at]
            assert at == held.previous
        return out


def naive_gaps(entries: set[Entry]) -> list[int]:
    """Seqs below the highest that no entry has."""
    seqs = {seq for seq, _ in entries}
    return [seq for seq in range(1, max(seqs, default=0)) if seq not in seqs]


def check(held: Held) -> None:
    """The ranges say exactly what the set says."""
    walked = held.walked()
    assert len(walked) == len(set(walked)), "each entry lies in one range"
    assert set(walked) == held.entries
    seqs = [seq for seq, _ in held.entries]
    gaps = heads.gaps(held.ranges)
    assert [seq for first, last in gaps for seq in range(first, last + 1)] == naive_gaps(
        held.entries
    )
    assert heads.is_forked(held.ranges) == (len(seqs) != len(set(seqs)))
    assert list(held.ranges) == sorted(held.ranges, key=lambda r: (r.first, r.last, r.head))


forks = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 20), st.integers(1, 8)), max_size=3)


@st.composite
def deliveries(draw: st.DrawFn) -> list[Run]:
    """Runs of a log with forks: any split, any order, repeated, with holes."""
    branches = make_branches(draw(st.integers(1, 15)), draw(forks))
    runs = []
    for _ in range(draw(st.integers(1, 15))):
        branch = draw(st.sampled_from(branches))
        if not branch:
            continue
        first = draw(st.integers(1, len(branch)))
        last = draw(st.integers(first, len(branch)))
        runs.append(run_of(branch, first, last))
    return draw(
        st.permutations(runs + draw(st.lists(st.sampled_from(runs), max_size=3)) if runs else runs)
    )


@settings(max_examples=400)
@given(deliveries())
def test_ranges_agree_with_a_plain_set_after_every_run(runs: list[Run]) -> None:
    held = Held()
    for run in runs:
        held.take(run)
        check(held)


@settings(max_examples=100)
@given(deliveries(), st.randoms(use_true_random=False))
def test_order_changes_neither_entries_nor_gaps_nor_forks(runs: list[Run], chance: object) -> None:
    one, other = Held(), Held()
    for run in runs:
        one.take(run)
    chance.shuffle(runs)  # type: ignore[attr-defined] # a Random
    for run in runs:
        other.take(run)
    assert one.entries == other.entries
    assert heads.gaps(one.ranges) == heads.gaps(other.ranges)
    assert heads.is_forked(one.ranges) == heads.is_forked(other.ranges)
    if not heads.is_forked(one.ranges):
        assert one.ranges == other.ranges


def test_a_log_that_arrived_whole_is_one_range_however_it_was_split() -> None:
    branch = make_branches(9, [])[0]
    for splits in ([(1, 9)], [(7, 9), (1, 3), (4, 6)], [(2, 8), (1, 5), (5, 9)], [(9, 9), (1, 8)]):
        held = Held()
        for first, last in splits:
            held.take(run_of(branch, first, last))
        assert held.ranges == (Range(1, 9, ROOT, branch[-1]),)


def test_a_repeated_run_brings_nothing() -> None:
    branch = make_branches(5, [])[0]
    held = Held()
    held.take(run_of(branch, 1, 5))
    plan = heads.lay(held.ranges, first=2, previous=branch[0], hashes=branch[1:4], held=set(branch))
    assert plan == heads.Plan((), held.ranges)


def test_a_fork_keeps_both_branches() -> None:
    trunk, fork = make_branches(5, [(0, 3, 4)])
    held = Held()
    held.take(run_of(trunk, 1, 5))
    held.take(run_of(fork, 1, 7))
    assert held.ranges == (Range(1, 5, ROOT, trunk[-1]), Range(4, 7, trunk[2], fork[-1]))
    assert heads.is_forked(held.ranges)
    assert heads.gaps(held.ranges) == []


def test_nothing_held_has_no_gaps_and_no_fork() -> None:
    assert heads.gaps([]) == []
    assert not heads.is_forked([])
    assert not heads.overlaps([], 1, 10)


def test_what_is_missing_before_the_first_and_between_is_a_gap() -> None:
    branch = make_branches(9, [])[0]
    held = Held()
    held.take(run_of(branch, 3, 4))
    held.take(run_of(branch, 8, 8))
    assert heads.gaps(held.ranges) == [(1, 2), (5, 7)]
