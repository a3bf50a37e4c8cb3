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
def tidy_histories(draw: st.DrawFn) -> list[ScanFact]:
    """Draw what is usual: pairs of chosen scans, with now and then something unusual in one field."""
    clock_ms = START_MS + draw(st.integers(0, DAY_MS))
    site = "A"
    scans: list[ScanFact] = []
    odd = st.integers(0, 9)
    for number in range(draw(st.integers(0, 8))):
        direction = "in" if number % 2 == 0 else "out"
        step_ms = draw(st.sampled_from([5 * MINUTE_MS, 3 * HOUR_MS, 9 * HOUR_MS, 24 * HOUR_MS]))
        clock_ms += step_ms + draw(st.integers(-1, 60_000))
        if direction == "in":
            site = draw(st.sampled_from("AB"))
        fields: dict[str, object] = {
            0: {"chosen": False},
            1: {"wall_ms": clock_ms + draw(st.sampled_from([120_000, 120_001]))},
            2: {"within_ms": draw(st.sampled_from([599_980, 599_990, 599_991, 600_001]))},
            3: {"expires_s": clock_ms // 1000 + draw(st.integers(-1, 1))},
            4: {"log": "kiosk-other"},
            5: {"base": -1},
        }.get(draw(odd), {})  # type: ignore[assignment]
        where = draw(st.sampled_from([site] * 8 + ["B"]))
        way = draw(st.sampled_from([direction] * 12 + ["in", "out"]))
        made = scan(clock_ms, way, where, **fields)
        scans.append(made._replace(seq=number + 1, hash=entry_hash((made.log, number))))
    return scans
