"""Family D: codes, expiry, revocation."""

import pytest

from server.reconcile.facts import CodeFact, Finding, More, Revocation, Severity, Silence
from server.reconcile.kiosk import reconcile_log
from server.reconcile.policy import DAY_MS, HOUR_MS, Policy
from tests.server.reconcile.builders import (
    Books,
    at,
    code,
    figures,
    meaning,
    only,
    rules,
    scan,
    stays,
)

NINE = at("9:00")


def of_log(*codes: CodeFact, books: Books | None = None) -> list[Finding]:
    return reconcile_log("kiosk-A", codes, [], [], books or Books())


def alarms(*times_ms: int, books: Books | None = None) -> list[dict[str, int | str]]:
    """Give the figures of the alarms for bad codes at these times."""
    found = of_log(*(code(ms, "bad_signature") for ms in times_ms), books=books)
    return [figures(f) for f in found if f.severity is Severity.ALARM]


@pytest.mark.parametrize("state", ["not_a_badge", "malformed"])
def test_d1_an_unreadable_code_is_noted(state: str) -> None:
    odd = code(NINE, state)
    (note,) = of_log(odd)
    assert (note.rule, note.severity, note.who, note.log) == ("D1", Severity.NOTE, "", "kiosk-A")
    assert (note.entries, figures(note)) == ((odd.hash,), {"state": state})


@pytest.mark.parametrize("state", ["bad_signature", "unknown_key"])
def test_d2_a_badge_that_is_not_ours_is_noted(state: str) -> None:
    (note,) = of_log(code(NINE, state))
    assert (note.rule, note.severity) == ("D2", Severity.NOTE)


def test_d2_three_bad_codes_within_exactly_an_hour_are_an_alarm() -> None:
    assert alarms(NINE, NINE + 1, NINE + HOUR_MS) == [
        {"count": 3, "first_ms": NINE, "last_ms": NINE + HOUR_MS}
    ]


def test_d2_three_bad_codes_in_an_hour_and_a_millisecond_are_none() -> None:
    assert alarms(NINE, NINE + 1, NINE + HOUR_MS + 1) == []


def test_two_bad_codes_are_no_alarm() -> None:
    assert alarms(NINE, NINE) == []


def test_windows_that_share_a_code_are_one_alarm() -> None:
    half = HOUR_MS // 2
    (alarm,) = alarms(*(NINE + n * half for n in range(6)))
    assert alarm["count"] == 6


def test_windows_that_share_no_code_are_two_alarms() -> None:
    later = NINE + 10 * HOUR_MS
    found = alarms(NINE, NINE, NINE, later, later, later, later)
    assert sorted(alarm["count"] for alarm in found) == [3, 4]  # findings are in order of hashes


def test_unreadable_codes_do_not_raise_an_alarm() -> None:
    found = of_log(*(code(NINE, "not_a_badge") for _ in range(5)))
    assert {f.severity for f in found} == {Severity.NOTE}


def test_how_many_bad_codes_are_too_many_is_policy() -> None:
    books = Books(Policy(bad_codes_count=2, bad_codes_ms=10))
    assert len(alarms(NINE, NINE + 10, books=books)) == 1
    assert alarms(NINE, NINE + 11, books=books) == []


def test_codes_handed_over_in_any_order_or_twice_give_the_same() -> None:
    codes = [code(NINE + n, "bad_signature") for n in range(4)]
    assert of_log(*reversed(codes), *codes) == of_log(*codes)


@pytest.mark.parametrize(("after_ms", "held"), [(0, False), (1, True)])
def test_d2_a_scan_after_the_badge_expired_is_held(after_ms: int, held: bool) -> None:
    badge = {"expires_s": at("12:00") // 1000}
    found = meaning(scan(NINE, "in", **badge), scan(at("12:00") + after_ms, "out", **badge))
    assert ("D2" in rules(found)) is held
    assert found.records[0].held == (180 if held else 0)


def test_expiry_is_judged_on_corrected_time_whatever_the_kiosk_said() -> None:
    badge = {"expires_s": at("13:00") // 1000, "state": "expired", "wall_ms": at("13:00", day=9)}
    found = meaning(scan(NINE, "in", **badge), scan("12:00", "out", **badge))
    assert stays(found) == [("A", 180, 180, 0)]


def test_a_badge_without_an_expiry_does_not_expire() -> None:
    assert "D2" not in rules(meaning(scan(NINE, "in", expires_s=0)))


def test_a_sign_out_without_a_record_by_an_expired_badge_says_both() -> None:
    assert rules(meaning(scan(NINE, "out", expires_s=1))) == ["B3", "D2"]


def revoked(serial: int, from_ms: int) -> Books:
    return Books(revoked=(Revocation(serial, from_ms),))


@pytest.mark.parametrize(
    ("serial", "from_ms", "held"),
    [(1, NINE, True), (2, NINE, True), (0, NINE, False), (1, NINE + 1, False)],
)
def test_d3_a_badge_revoked_before_the_scan_is_held(serial: int, from_ms: int, held: bool) -> None:
    found = meaning(scan(NINE, "in"), books=revoked(serial, from_ms))
    assert ("D3" in rules(found)) is held


@pytest.mark.parametrize(
    ("key", "since", "held"),
    [(b"\x01" * 4, NINE, True), (b"\x01" * 4, NINE + 1, False), (b"\x02" * 4, NINE, False)],
)
def test_d3_a_badge_of_a_key_withdrawn_before_the_scan_is_held(
    key: bytes, since: int, held: bool
) -> None:
    books = Books(keys_gone={key: since})
    found = meaning(scan(NINE, "in", more=More(key=b"\x01" * 4)), books=books)
    assert ("D3" in rules(found)) is held


def test_a_record_by_a_revoked_badge_is_held_wholly() -> None:
    found = meaning(scan(NINE, "in"), scan("12:00", "out"), books=revoked(1, NINE))
    assert stays(found) == [("A", 180, 0, 180)]
    assert figures(only(found, "D3")) == {"serial": 1}


def test_a_badge_revoked_between_in_and_out_closes_nothing() -> None:
    found = meaning(scan(NINE, "in"), scan("12:00", "out"), books=revoked(1, at("10:00")))
    assert rules(found) == ["B3", "B4", "D3"]


def test_a_scan_of_a_pending_log_by_a_revoked_badge_is_held_for_the_log_first() -> None:
    assert rules(meaning(scan(NINE, "in", apart="A5"), books=revoked(1, 0))) == ["A5", "B4"]


def test_a_new_badge_goes_on_after_the_old_one_was_revoked() -> None:
    found = meaning(scan(NINE, "in", serial=2), scan("12:00", "out", serial=2), books=revoked(1, 0))
    assert stays(found) == [("A", 180, 180, 0)]


def test_a_typed_number_presents_no_badge_that_could_be_revoked() -> None:
    typed = {"how": "typed", "state": "typed", "serial": 0}
    found = meaning(scan(NINE, "in", **typed), scan("12:00", "out", **typed), books=revoked(1, 0))
    assert rules(found) == []


def test_of_several_causes_the_first_in_the_catalogue_is_posted() -> None:
    found = meaning(
        scan(NINE, "in", apart="A5", within_ms=10**6), scan("12:00", "out", apart="A5", expires_s=1)
    )
    assert [p.cause for p in found.postings] == ["A5"]
    assert rules(found) == ["A5", "C2", "D2"]


def test_d2_bad_codes_are_counted_in_order_of_time_whatever_their_seqs() -> None:
    last, first, middle = (code(ms, "bad_signature") for ms in (NINE + HOUR_MS, NINE, NINE + 1))
    told = [figures(f) for f in of_log(last, first, middle) if f.severity is Severity.ALARM]
    assert told == [{"count": 3, "first_ms": NINE, "last_ms": NINE + HOUR_MS}]


def test_c4_says_nothing_of_another_logs_silence_nor_of_a_short_one() -> None:
    long = Silence("kiosk-A", 1, 2, "A", NINE, NINE + 31 * DAY_MS)
    for silence, fired in (
        (long, ["C4"]),
        (long._replace(log="kiosk-B"), []),
        (long._replace(until_ms=NINE + DAY_MS), []),
    ):
        assert rules(reconcile_log("kiosk-A", [], [], [], Books(), [silence])) == fired


def test_d2_tells_the_pass_that_is_further_off() -> None:
    ends = [("9:00", "in", 70_000), ("12:00", "out", -90_000)]
    found = meaning(
        *(scan(clock, way, more=More(phone_ms=at(clock) - off)) for clock, way, off in ends)
    )
    assert figures(only(found, "D2"))["pass_off_ms"] == -90_000


def test_d2_where_a_policy_asks_for_a_pass_of_this_moment_a_card_is_none() -> None:
    books = Books(Policy(pass_fresh_ms=0))
    found = meaning(scan(NINE, "in", within_ms=0), scan("12:00", "out", within_ms=0), books=books)
    assert rules(found) == []
