"""Random worlds of one person that have everything: attests, voids, decisions, shifts, posts, places, caps."""

from dataclasses import replace
from typing import NamedTuple

from hypothesis import strategies as st

from server.reconcile.facts import (
    Cover,
    Decision,
    Frozen,
    GroupHold,
    More,
    PersonFacts,
    Post,
    Revocation,
    ScanFact,
    Severity,
    Shift,
    VoidFact,
    WalkInFact,
)
from server.reconcile.policy import DAY_MS, DEFAULTS, HOUR_MS, MINUTE_MS, Policy
from tests.server.reconcile.builders import MONDAY, WHO, Books, attest, entry_hash
from tests.server.reconcile.histories import START_MS, fallen, histories, tidy_histories

VERDICTS = ["credited", "credited", "held", "refused"]


class World(NamedTuple):
    """Facts and reference data."""

    facts: PersonFacts
    books: Books


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw facts of all kinds about one person, and reference data that has something to say about them."""
    scans = draw(st.one_of(tidy_histories(forks=False), histories(), fallen()))
    scans = [draw(_odd(scan)) for scan in scans]
    scans += draw(st.lists(_attests(scans), max_size=3))
    about = [scan.hash for scan in scans] or [entry_hash("nothing")]
    facts = PersonFacts(
        scans,
        voids=draw(st.lists(_voids(scans), max_size=2)) if scans else [],
        walk_ins=draw(st.sampled_from([[], [], [], [_walk_in()]])),
        decisions=draw(_decisions(about)),
        frozen=draw(st.lists(_frozen(about), max_size=1)),
        holds=draw(st.lists(_holds(about), max_size=1)),
    )
    return World(facts, draw(_books()))


@st.composite
def _odd(draw: st.DrawFn, scan: ScanFact) -> ScanFact:
    """Draw a scan as it is, or typed, or by a pass, or later than the next anchor of its log."""
    kind = draw(st.sampled_from(["", "", "", "", "typed", "lead", "self", "pass", "stale", "late"]))
    if kind in ("typed", "lead", "self"):
        by = {"typed": "", "lead": "lead-1", "self": WHO}[kind]
        return scan._replace(how="typed", more=More(by=by) if by else None)
    if kind in ("pass", "stale"):
        off_ms = draw(st.sampled_from([0, 60_020, 60_021, -60_021])) if kind == "stale" else 0
        return scan._replace(how="pass", more=More(phone_ms=scan.at_ms - off_ms))
    if kind == "late":
        late_ms = draw(st.sampled_from([5 * MINUTE_MS, 5 * MINUTE_MS + 1]))
        return scan._replace(more=More(late_ms=late_ms))
    return scan


@st.composite
def _attests(draw: st.DrawFn, scans: list[ScanFact]) -> ScanFact:
    at_ms = START_MS + draw(st.integers(0, 40)) * HOUR_MS
    if scans and draw(st.booleans()):
        near = draw(st.sampled_from(scans)).at_ms
        at_ms = near + draw(st.sampled_from([-HOUR_MS, -1, 0, 1, MINUTE_MS, 4 * HOUR_MS]))
    about = draw(st.sampled_from([b"", b"", *(scan.hash for scan in scans)]))
    seq = draw(st.integers(100, 130))
    made = attest(
        at_ms,
        draw(st.sampled_from(["in", "out"])),
        draw(st.sampled_from("AB")),
        written=START_MS + draw(st.integers(0, 3)) * HOUR_MS,
        by=draw(st.sampled_from(["lead-1", "lead-1", WHO])),
        about=about,
        reason=draw(st.sampled_from([True, True, True, False])),
        how=draw(st.sampled_from(["lead", "paper"])),
        seq=seq,
        apart=draw(st.sampled_from(["", "", "", "A5"])),
    )
    return made._replace(hash=entry_hash(made))


@st.composite
def _voids(draw: st.DrawFn, scans: list[ScanFact]) -> VoidFact:
    target = draw(st.sampled_from(scans))
    more = target.more or More()
    since_ms = more.written_ms if more.stated else target.at_ms
    after_ms = draw(st.sampled_from([0, 9_999, 10_000, 10_001, HOUR_MS]))
    by = draw(st.sampled_from(["", "lead-1", WHO]))
    seq = draw(st.sampled_from([target.seq + 1, target.seq + 2, target.seq]))
    log = draw(st.sampled_from([target.log, target.log, target.log, "elsewhere"]))
    name = entry_hash(("void", target.hash, seq, after_ms, by, log))
    reason = draw(st.booleans())
    return VoidFact(log, seq, name + bytes([reason]), since_ms + after_ms, target.hash, by, reason)


def _walk_in() -> WalkInFact:
    return WalkInFact("kiosk-A", 900, entry_hash("walk-in"), START_MS, WHO, "A", "lead-1")


@st.composite
def _intervals(draw: st.DrawFn) -> tuple[tuple[int, int, str], ...]:
    found = []
    for _ in range(draw(st.integers(1, 2))):
        start = START_MS // MINUTE_MS + draw(st.integers(0, 2 * 24 * 6)) * 10
        length = draw(st.sampled_from([0, 10, 60, 240, 600]))
        found.append((start, start + length, draw(st.sampled_from(VERDICTS))))
    return tuple(found)


@st.composite
def _decisions(draw: st.DrawFn, about: list[bytes]) -> list[Decision]:
    found: list[Decision] = []
    for order in range(1, draw(st.sampled_from([0, 0, 1, 2, 3])) + 1):
        name = entry_hash(("decision", order))
        record = draw(st.sampled_from([*about, entry_hash("gone")]))
        undoes = draw(st.sampled_from([b"", b"", b"", *(d.hash for d in found)]))
        intervals = () if undoes else draw(_intervals())
        by = draw(st.sampled_from(["staff-1", "staff-1", WHO]))
        found.append(Decision(order, name, WHO, record, "A", intervals, b"", by, undoes=undoes))
    return found


@st.composite
def _frozen(draw: st.DrawFn, about: list[bytes]) -> Frozen:
    return Frozen(draw(st.sampled_from(about)), draw(st.integers(1, 4)), draw(_intervals()))


@st.composite
def _holds(draw: st.DrawFn, about: list[bytes]) -> GroupHold:
    severity = draw(st.sampled_from([Severity.NOTE, Severity.HOLD]))
    return GroupHold("E2", draw(st.sampled_from(about)), severity, (), ())


@st.composite
def _books(draw: st.DrawFn) -> Books:
    assigned = draw(st.lists(_shifts(), max_size=2))
    needs = draw(st.sampled_from([(), (), ("insurance",), ("18",), ("first aid",)]))
    role = draw(st.sampled_from(["", "", "paid"]))
    day = START_MS // DAY_MS + 1
    return Books(
        figures=draw(_figures()),
        revoked=draw(st.sampled_from([(), (), (Revocation(1, START_MS + 12 * HOUR_MS),)])),
        assigned=tuple(assigned),
        posts={"gate": Post(role, needs), "other": Post("", draw(st.sampled_from([(), needs])))},
        places=draw(st.sampled_from([{}, _places(499), _places(50_000)])),
        certified=frozenset({("A", MONDAY)}),
        births=draw(st.sampled_from([{}, {WHO: MONDAY - 6_574}, {WHO: MONDAY - 6_575}])),
        trained=draw(st.sampled_from([{}, {WHO: {"first aid": MONDAY}}])),
        covers=draw(st.sampled_from([{}, {WHO: (Cover("p", day - 1, day),)}])),
        known=draw(st.sampled_from([frozenset(), frozenset({WHO})])),
    )


def _places(metres: int) -> dict[str, tuple[int, int]]:
    """Two sites so far from each other, north and south; the third is at the first."""
    north = 31_400_000 + round(metres / 0.111_194_9)
    return {
        "A": (31_400_000, 121_000_000),
        "B": (north, 121_000_000),
        "C": (31_400_000, 121_000_000),
    }


@st.composite
def _shifts(draw: st.DrawFn) -> tuple[Shift, str]:
    start_ms = START_MS + draw(st.integers(0, 30)) * HOUR_MS
    hours = draw(st.sampled_from([1, 4, 8]))
    code = f"S{draw(st.integers(1, 3))}"
    post = draw(st.sampled_from(["gate", "other"]))
    return Shift(code, post, start_ms, start_ms + hours * HOUR_MS), draw(st.sampled_from("AB"))


@st.composite
def _figures(draw: st.DrawFn) -> Policy:
    changes: list[dict[str, int]] = [
        {},
        {},
        {"certified_only": 1},
        {"day_cap_minutes": 300},
        {"year_cap_minutes": 600},
        {"break_after_minutes": 240, "break_minutes": 30},
        {"day_minutes": 60, "day_city_minutes": 120},
        {"long_ms": HOUR_MS},
    ]
    return replace(DEFAULTS, **draw(st.sampled_from(changes)))  # type: ignore[arg-type] # figures only
