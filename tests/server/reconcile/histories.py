"""Random histories of one person: several kiosks at three sites, times that collide, scans apart, doubtful clocks."""

from hypothesis import strategies as st

from server.reconcile.facts import ScanFact
from server.reconcile.policy import DAY_MS, HOUR_MS, MINUTE_MS
from tests.server.reconcile.builders import MONDAY, entry_hash, scan

START_MS = MONDAY * DAY_MS - 8 * HOUR_MS

STEPS_MS = st.one_of(
    st.sampled_from([0, 0, 1, 119_999, 120_000, 120_001, 5 * MINUTE_MS, 30 * MINUTE_MS]),
    st.integers(0, 40 * MINUTE_MS),
    st.sampled_from([14 * HOUR_MS, 24 * HOUR_MS, 24 * HOUR_MS + 1]),
    st.integers(-3, 9 * HOUR_MS),
)


FALLS_MS = st.sampled_from([0, 0, HOUR_MS, 8 * HOUR_MS - 1, 8 * HOUR_MS, 50 * HOUR_MS])


@st.composite
def fallen(draw: st.DrawFn) -> list[ScanFact]:
    """Draw a history in which the time of a log falls back once, as where a copy of a kiosk went on unnoticed."""
    scans = draw(histories())
    place, by_ms = draw(st.integers(0, len(scans))), draw(FALLS_MS)
    later = [one._replace(at_ms=one.at_ms - by_ms) for one in scans[place:]]
    return scans[:place] + later


@st.composite
def histories(draw: st.DrawFn) -> list[ScanFact]:
    """Draw up to a dozen scans at up to four kiosks, in log order."""
    kiosks = draw(
        st.lists(st.sampled_from(["A1", "A2", "B1", "C1"]), min_size=1, max_size=4, unique=True)
    )
    clock_ms = START_MS + draw(st.integers(0, DAY_MS))
    scans = []
    for seq in range(1, draw(st.integers(1, 12)) + 1):
        clock_ms += draw(STEPS_MS)
        kiosk = draw(st.sampled_from(kiosks))
        scans.append(
            scan(
                clock_ms,
                draw(st.sampled_from(["in", "out"])),
                kiosk[0],
                log=kiosk,
                seq=seq,
                hash=entry_hash((kiosk, seq, draw(st.integers(0, 3)))),
                chosen=draw(st.booleans()),
                within_ms=draw(st.sampled_from([20, 20, 20, 5 * MINUTE_MS, 5 * MINUTE_MS + 1])),
                base=draw(st.sampled_from([1, 1, -1])),
                apart=draw(st.sampled_from(["", "", "", "", "A5"])),
                expires_s=draw(st.sampled_from([0, 0, 0, START_MS // 1000 + 86_400])),
                wall_ms=clock_ms + draw(st.sampled_from([0, 0, 0, 2 * MINUTE_MS + 1])),
            )
        )
    return scans


@st.composite
def tidy_histories(draw: st.DrawFn, *, forks: bool) -> list[ScanFact]:
    """Draw what is usual: pairs of chosen scans in order, with at most one unusual thing about one of them."""
    clock_ms = START_MS
    scans: list[ScanFact] = []
    for number in range(draw(st.integers(0, 7))):
        direction = "in" if number % 2 == 0 else "out"
        lengths = [5 * MINUTE_MS, 3 * HOUR_MS, 9 * HOUR_MS + 59_999, DAY_MS]
        between = [1, 120_000, 20 * MINUTE_MS, 15 * HOUR_MS]
        clock_ms += draw(st.sampled_from(between if direction == "in" else lengths))
        site = draw(st.sampled_from("AB")) if direction == "in" else scans[-1].site
        log = draw(st.sampled_from([f"kiosk-{site}", "kiosk-2"]))
        name = entry_hash((log, number))
        scans.append(scan(clock_ms, direction, site, log=log, seq=number + 1, hash=name))
    if scans and draw(st.integers(0, 4)):
        index = draw(st.integers(0, len(scans) - 1))
        odd = _oddities(scans[index]) + (_on_a_branch(scans[index]) if forks else [])
        scans[index] = draw(st.sampled_from(odd))
    return scans


def _oddities(plain: ScanFact) -> list[ScanFact]:
    """Give a scan with one thing changed, to either side of a boundary where there is one."""
    at_ms = plain.at_ms
    moved = [plain._replace(at_ms=at_ms + by_ms, wall_ms=at_ms + by_ms) for by_ms in (-2, -1, 1)]
    walls = [plain._replace(wall_ms=at_ms + by_ms) for by_ms in (120_000, 120_001, -120_001)]
    surely = [plain._replace(within_ms=within_ms) for within_ms in (599_980, 599_990, 599_991)]
    expiry = [plain._replace(expires_s=at_ms // 1000 + by_s) for by_s in (-1, 0, 1)]
    return [
        *moved,
        *walls,
        *surely,
        *expiry,
        plain._replace(chosen=False),
        plain._replace(direction="in"),
        plain._replace(direction="out"),
        plain._replace(site="C"),
        plain._replace(who="another"),
        plain._replace(apart="A5"),
        plain._replace(within_ms=300_000, common_ms=300_000),
        plain._replace(base=-1, wall_ms=0),
        plain._replace(base=2),
        plain._replace(seq=9),
    ]


def _on_a_branch(plain: ScanFact) -> list[ScanFact]:
    branch = entry_hash("branch")
    return [
        plain._replace(seq=1),
        plain._replace(forked=True),
        plain._replace(branch=branch),
        plain._replace(forked=True, branch=branch),
    ]
