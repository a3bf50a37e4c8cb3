"""Reference data is dated: each change is a new version row, nothing is updated in place (RULES, 10)."""

import hashlib

import msgspec
import pytest

from tests.server.imports.desk import TODAY, Desk, codes

pytestmark = pytest.mark.both_databases

ONE = "number,name,phone,team\nV1,张三,1,T1\nV2,李四,2,T1\n"
MOVED = ONE.replace("V1,张三,1,T1", "V1,张三,1,T2")
VERSIONS = (
    "SELECT number, team, valid_from, entered FROM volunteer ORDER BY number, valid_from, entered"
)


def test_the_first_version_counts_from_the_beginning(desk: Desk) -> None:
    report = desk.give("volunteers", ONE)
    assert (report.rows, report.added, report.changed, report.unchanged) == (2, 2, 0, 0)
    assert desk.rows(VERSIONS) == [("V1", "T1", 0, 1), ("V2", "T1", 0, 1)]


def test_importing_again_changes_nothing_and_records_nothing(desk: Desk) -> None:
    desk.give("volunteers", ONE)
    report = desk.give("volunteers", ONE, TODAY + 1)
    assert (report.added, report.changed, report.unchanged) == (0, 0, 2)
    assert len(desk.rows(VERSIONS)) == 2
    assert len(desk.changes) == 1
    assert desk.queued == ["V1", "V2"]


def test_a_change_is_a_new_version_from_the_day_of_the_import(desk: Desk) -> None:
    desk.give("volunteers", ONE)
    desk.queued.clear()
    report = desk.give("volunteers", MOVED)
    assert (report.added, report.changed, report.unchanged) == (0, 1, 1)
    assert desk.rows(VERSIONS)[:2] == [("V1", "T1", 0, 1), ("V1", "T2", TODAY, 2)]
    assert desk.queued == ["V1"]


def test_going_back_to_what_was_before_is_a_change_too(desk: Desk) -> None:
    for content in (ONE, MOVED, ONE):
        desk.give("volunteers", content)
    assert [row[1:] for row in desk.rows(VERSIONS) if row[0] == "V1"] == [
        ("T1", 0, 1),
        ("T2", TODAY, 2),
        ("T1", TODAY, 3),
    ]


def test_a_change_for_an_earlier_day_is_compared_with_what_was_in_force_then(desk: Desk) -> None:
    desk.give("volunteers", ONE)
    desk.give("volunteers", MOVED)
    assert desk.give("volunteers", ONE, TODAY - 1).unchanged == 2
    assert desk.give("volunteers", MOVED, TODAY - 5).changed == 1


def test_a_column_that_the_file_lacks_keeps_what_stood_and_an_empty_cell_empties(
    desk: Desk,
) -> None:
    desk.give("volunteers", ONE)
    assert desk.give("volunteers", "number,name\nV1,张三\n").unchanged == 1
    desk.give("volunteers", "number,name,phone\nV1,张三,\n")
    assert desk.rows("SELECT phone, team FROM volunteer WHERE number = 'V1' ORDER BY entered") == [
        ("1", "T1"),
        ("", "T1"),
    ]


def test_the_same_key_twice_is_bad_unless_it_says_the_same(desk: Desk) -> None:
    report = desk.give("volunteers", "number,name\nV1,a\nV1, a \nV1,b\nv1,c\n")
    assert codes(report) == [(4, "number", "duplicate_in_file")]
    assert (report.rows, report.added, report.unchanged, report.bad) == (4, 2, 1, 1)


def test_a_dry_run_says_what_would_happen_and_does_nothing(desk: Desk) -> None:
    desk.give("volunteers", ONE)
    desk.changes.clear()
    desk.queued.clear()
    report = desk.give("volunteers", MOVED + "V3,x,,\nV-4,,,\n", dry_run=True)
    assert (report.added, report.changed, report.unchanged, report.bad) == (1, 1, 1, 1)
    assert report.dry_run
    assert len(desk.rows(VERSIONS)) == 2
    assert (desk.changes, desk.queued) == ([], [])


def test_all_or_nothing_imports_nothing_with_one_bad_row(desk: Desk) -> None:
    report = desk.give("volunteers", ONE + "V3,,,\n", all_or_nothing=True)
    assert (report.added, report.accepted, report.bad) == (0, 0, 1)
    assert (desk.rows(VERSIONS), desk.changes, desk.queued) == ([], [], [])
    assert desk.give("volunteers", ONE, all_or_nothing=True).added == 2


def test_bad_rows_are_left_out_and_the_others_stand(desk: Desk) -> None:
    report = desk.give("volunteers", ONE + "V3,,,\nV 4,x,,T 9\n")
    assert codes(report) == [
        (4, "name", "empty"),
        (5, "number", "bad_number"),
        (5, "team", "bad_number"),
    ]
    assert (report.rows, report.added, report.bad) == (4, 2, 2)


def test_an_error_never_repeats_a_name_or_a_phone(desk: Desk) -> None:
    report = desk.give("volunteers", "number,name,phone\nV 1,张三\0,138\x01\n")
    said = " ".join(error.message for error in report.errors)
    assert len(report.errors) == 3
    assert not any(word in said for word in ("张三", "138", "V 1"))


def test_the_change_recorded_is_the_digest_of_the_rows_in_order(desk: Desk) -> None:
    desk.give("volunteers", ONE)
    desk.give("volunteers", MOVED)
    row = ["V1", "张三", "1", "T2", "", "", "", "", TODAY]
    digest = hashlib.sha256(msgspec.msgpack.encode(row)).digest()
    assert desk.changes[1] == ("volunteers", 1, digest)
    assert desk.rows("SELECT entered, kind, rows FROM reference_change") == [
        (1, "volunteers", 2),
        (2, "volunteers", 1),
    ]


def test_what_fails_at_the_end_has_not_happened_at_all(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr(desk, "record", fail)
    with pytest.raises(RuntimeError):
        desk.give("volunteers", ONE)
    assert desk.rows(VERSIONS) == []


def test_policies_bring_their_own_dates_and_the_last_entered_wins(desk: Desk) -> None:
    head = "region,site,from,key,value\n"
    desk.give(
        "policies", head + ",,,short_ms,1\nR1,,2022-03-01,short_ms,2\n,S1,2022-03-01,short_ms,3\n"
    )
    report = desk.give("policies", head + "R1,,2022-03-01,short_ms,4\nR1,,2022-03-02,short_ms,4\n")
    assert (report.added, report.changed) == (1, 1)
    found = desk.rows("SELECT region, value, valid_from, entered FROM policy WHERE region = 'R1'")
    assert sorted(found) == [("R1", 2, 19_052, 1), ("R1", 4, 19_052, 2), ("R1", 4, 19_053, 2)]
    assert desk.queued == [None, None]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (",,,no_such_key,1", ("key", "unknown_policy_key")),
        (",,,short_ms,-1", ("value", "bad_integer")),
        (",,,short_ms,1.5", ("value", "bad_integer")),
        (",,,short_ms,99999999999999999", ("value", "bad_integer")),
        ("R1,S1,,short_ms,1", ("site", "region_and_site")),
        (",,2022-13-01,short_ms,1", ("from", "bad_date")),
    ],
)
def test_a_policy_that_means_nothing_is_bad(desk: Desk, row: str, fault: tuple[str, str]) -> None:
    report = desk.give("policies", f"region,site,from,key,value\n{row}\n")
    assert codes(report) == [(2, *fault)]
