"""What findings say that are not about a whole record alone: lone scans, several records, voids, decisions, kiosks."""

from dataclasses import replace

import pytest

from server.reconcile.facts import Fork, Frozen, Gap, More, Revocation, Shift, Silence
from server.reconcile.kiosk import reconcile_log
from server.reconcile.minutes import minute_of
from server.reconcile.policy import DAY_MS, DEFAULTS, HOUR_MS
from tests.server.reconcile.builders import (
    MONDAY,
    WHO,
    Books,
    at,
    attest,
    code,
    decision,
    entry_hash,
    figures,
    meaning,
    scan,
    void,
)

CAME, SOON = at("9:00"), scan("9:00", "in")
OUT = scan("12:00", "out")
LONE = {
    "A5": ({"apart": "A5"}, {}),
    "C3": ({"more": More(late_ms=400_000)}, {"late_ms": 400_000}),
    "D2": ({"expires_s": 5}, {"expires_s": 5}),
    "D2 stale": ({"more": More(phone_ms=OUT.at_ms - 61_000)}, {"pass_off_ms": 61_000}),
    "E6": ({"how": "typed", "more": More(by=WHO)}, {}),
}
"""Sign-outs without a record."""


@pytest.mark.parametrize("name", LONE)
def test_a_finding_on_a_lone_sign_out_names_it(name: str) -> None:
    fields, told = LONE[name]
    lone = OUT._replace(**fields)
    (one,) = [f for f in meaning(lone).findings if f.rule == name[:2]]
    assert (one.who, one.log, one.site, one.record) == (WHO, "", "A", b"")
    assert (one.entries, figures(one)) == ((lone.hash,), told)


def test_d3_on_a_lone_sign_out_names_the_badge() -> None:
    found = meaning(OUT._replace(serial=3), books=Books(revoked=(Revocation(3, 0),)))
    (one,) = [f for f in found.findings if f.rule == "D3"]
    assert (one.who, one.record, one.entries, figures(one)) == (
        WHO,
        b"",
        (OUT.hash,),
        {"serial": 3},
    )


def test_a5_names_the_end_for_which_the_log_does_not_stand_and_d3_the_other() -> None:
    came, left = SOON._replace(apart="A5"), OUT._replace(apart="D3", serial=4)
    said = {f.rule: f.entries for f in meaning(came, left).findings}
    assert (said["A5"], said["D3"]) == ((came.hash,), (left.hash,))


def test_d2_of_a_pass_says_by_how_much_it_is_off() -> None:
    late = scan("9:00", more=More(phone_ms=CAME + 70_000))
    (one,) = [f for f in meaning(late, OUT).findings if f.rule == "D2"]
    assert (one.record, one.entries, figures(one)) == (
        late.hash,
        (late.hash,),
        {"pass_off_ms": -70_000},
    )


def test_b10_names_the_other_record_on_each_of_the_two() -> None:
    a, b = scan("9:00", "in", "A"), scan("10:00", "in", "B")
    found = meaning(a, b, scan("11:00", "out", "A"), scan("12:00", "out", "B"))
    told = {
        (f.record, f.who, f.site, f.entries): figures(f) for f in found.findings if f.rule == "B10"
    }
    both = tuple(sorted((a.hash, b.hash)))
    assert told == {
        (a.hash, WHO, "A", both): {"minutes": 60, "other": b.hash.hex(), "other_site": "B"},
        (b.hash, WHO, "B", both): {"minutes": 60, "other": a.hash.hex(), "other_site": "A"},
    }


def test_a2_names_the_entry_that_counts_and_what_both_say() -> None:
    one, other = (
        scan("9:00", "in", seq=7, hash=entry_hash(branch), forked=True, branch=branch)
        for branch in (b"b", b"c")
    )
    counted, beaten = sorted((one, other), key=lambda s: s.hash)
    found = meaning(one, other, OUT)
    (said,) = [f for f in found.findings if f.rule == "A2" and figures(f)]
    assert (said.who, said.record, figures(said)) == (WHO, counted.hash, {"wall_ms": CAME})
    assert said.entries == tuple(sorted((counted.hash, beaten.hash)))
    made = decision(beaten.hash, ("9:00", "10:00", "credited"))
    assert meaning(one, other, OUT, decisions=[made]).records[0].decided


def test_e5_names_the_end_that_takes_the_place_of_a_stated_one() -> None:
    stated = attest("11:00")
    found = meaning(SOON, stated, OUT)
    (one,) = [f for f in found.findings if f.rule == "E5"]
    assert (one.who, one.record, figures(one)) == (WHO, SOON.hash, {"stated_ms": stated.at_ms})
    assert one.entries == tuple(sorted((stated.hash, OUT.hash)))


def test_e5_says_how_many_stated_minutes_exceed_the_shift() -> None:
    shift = Shift("S1", "gate", CAME, at("11:20")), "A"
    found = meaning(SOON, attest("12:00"), books=Books(assigned=(shift,)))
    (one,) = [f for f in found.findings if f.rule == "E5"]
    assert (one.who, one.record, figures(one)) == (WHO, SOON.hash, {"minutes": 40})


def test_void_names_who_took_what_back() -> None:
    undo, doubt = void(SOON, 9_000), void(OUT, HOUR_MS, by="lead-1", reason=True)
    for facts, void_of, record, told in (
        ([SOON, OUT], undo, b"", {}),
        ([SOON, OUT], doubt, SOON.hash, {"by": "lead-1"}),
        ([OUT], doubt, b"", {"by": "lead-1"}),
    ):
        (one,) = [f for f in meaning(*facts, voids=[void_of]).findings if f.rule == "Void"]
        assert (one.who, one.record, figures(one)) == (WHO, record, told)
        assert one.entries == tuple(sorted((void_of.hash, void_of.target)))


def test_r8_and_e6_name_the_decision() -> None:
    made = decision(SOON.hash, ("9:00", "10:00", "credited"), evidence=b"other", by=WHO)
    found = meaning(SOON, OUT, decisions=[made])
    said = {f.rule: figures(f) for f in found.findings}
    assert said["R8"] == {"action": "approve", "decision": made.hash.hex(), "state": "changed"}
    assert said["E6"] == {"by": WHO, "decision": made.hash.hex()}
    gone = decision(b"gone", ("9:00", "10:00", "credited"))
    (one,) = [f for f in meaning(OUT, decisions=[gone]).findings if f.rule == "R8"]
    assert (one.who, one.record) == (WHO, b"gone")
    assert figures(one) == {"decisions": gone.hash.hex()[:16], "state": "orphaned"}


def test_r10_names_the_rules_that_would_fire_and_those_that_would_not() -> None:
    now = Books(
        replace(DEFAULTS, long_ms=HOUR_MS), earlier={1: Books(replace(DEFAULTS, short_ms=DAY_MS))}
    )
    frozen = Frozen(SOON.hash, 1, ((minute_of(CAME), minute_of(OUT.at_ms), "credited"),))
    (one,) = [f for f in meaning(SOON, OUT, books=now, frozen=[frozen]).findings if f.rule == "R10"]
    assert (one.who, one.record, figures(one)) == (WHO, SOON.hash, {"rules": "+B8,-B6"})


def test_findings_on_a_kiosk_name_it_its_site_and_what_is_concerned() -> None:
    codes = [
        code(CAME + n, state) for n, state in enumerate(["bad_signature"] * 3 + ["unreadable"])
    ]
    found = reconcile_log(
        "kiosk-A", codes, [Gap("kiosk-A", 3, 5, "A", CAME, CAME + DAY_MS)],
        [Fork("kiosk-A", 7, "A", (b"x", b"y"))], Books(),
        [Silence("kiosk-A", 8, 9, "A", CAME, CAME + 31 * DAY_MS + HOUR_MS)],
    )  # fmt: skip
    first, last = codes[0].hash, codes[2].hash
    assert {(f.rule, f.entries, f.figures) for f in found} == {
        ("A2", (b"x", b"y"), (("seq", 7),)),
        ("A3", (), (("first", 3), ("first_day", MONDAY), ("last", 5), ("last_day", MONDAY + 1))),
        ("C4", (), (("days", 31), ("first", 8), ("last", 9))),
        ("D1", (codes[3].hash,), (("state", "unreadable"),)),
        *(("D2", (one.hash,), (("state", "bad_signature"),)) for one in codes[:3]),
        (
            "D2",
            tuple(sorted((first, last))),
            (("count", 3), ("first_ms", CAME), ("last_ms", CAME + 2)),
        ),
    }
    assert {(f.who, f.log, f.site, f.record) for f in found} == {("", "kiosk-A", "A", b"")}


def test_a2_and_e5_of_what_is_in_no_record_name_none() -> None:
    """Two sign-outs of a fork, and two stated ends of an entry that is not there."""
    forked = [
        OUT._replace(seq=7, hash=entry_hash(branch), forked=True, branch=branch)
        for branch in (b"b", b"c")
    ]
    stated = [attest("11:00", about=b"gone", written=clock) for clock in ("20:00", "21:00")]
    for facts, rule in ((forked, "A2"), (stated, "E5")):
        found = meaning(*facts)
        assert {f.record for f in found.findings} == {b""}
        assert rule in [f.rule for f in found.findings]
