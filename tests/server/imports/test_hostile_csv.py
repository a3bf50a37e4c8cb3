"""CSV files that people, programs and enemies really make."""

import pytest

from server.imports.reasons import FileRefused, Reason
from server.limits import (
    IMPORT_COLUMNS_MAX,
    IMPORT_ERRORS_LISTED_MAX,
    IMPORT_REREADS_MAX,
    IMPORT_ROW_BYTES_MAX,
)
from tests.server.imports.desk import Desk, codes

HEAD = "number,name\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", Reason.EMPTY_FILE),
        (b"\n\n\r\n", Reason.EMPTY_FILE),
        (b"number,phone\nV1,1\n", Reason.MISSING_COLUMN),
        ("number,name,姓名\n".encode(), Reason.DUPLICATE_COLUMN),
        (b"number,name" + b",x" * IMPORT_COLUMNS_MAX + b"\n", Reason.TOO_MANY_COLUMNS),
        (bytes(range(256)) * 1_000, Reason.MISSING_COLUMN),
        (b"n" * 10_000_000, Reason.ROW_TOO_LARGE),
        (b'"number,name\nV1,a\n', Reason.BAD_QUOTING),
        (b"\xd0\xcf\x11\xe0" + bytes(1_000), Reason.OLD_EXCEL),
        (b"\xff\xfen\x00u\x00m\x00b\xd8,\x00\n\x00", Reason.BAD_ENCODING),
    ],
)
def test_a_file_that_cannot_be_read_as_a_whole_is_refused(
    desk: Desk, content: bytes, reason: Reason
) -> None:
    with pytest.raises(FileRefused) as refused:
        desk.give("volunteers", content)
    assert refused.value.reason is reason
    assert desk.rows("SELECT * FROM volunteer") == []


def test_a_file_without_a_header_is_refused_without_repeating_who_is_in_it(desk: Desk) -> None:
    with pytest.raises(FileRefused) as refused:
        desk.give("volunteers", "V1,张三,13800000000\n")
    assert "张三" not in refused.value.message
    assert "13800000000" not in refused.value.message


def test_a_header_alone_is_an_empty_import(desk: Desk) -> None:
    report = desk.give("volunteers", HEAD)
    assert (report.rows, report.bad, desk.changes) == (0, 0, [])


@pytest.mark.parametrize(
    "content",
    [
        "志愿者编号,姓名\r\nV1,欧阳㛃\r\n".encode(),
        "志愿者编号,姓名\r\nV1,欧阳㛃\r\n".encode("utf-8-sig"),
        "志愿者编号,姓名\r\nV1,欧阳㛃\r\n".encode("gb18030"),
        "志愿者编号\t姓名\r\nV1\t欧阳㛃\r\n".encode("utf-16"),
        b"\xef\xbb\xbf" + '"志愿者编号","姓名"\n"V1","欧阳㛃"'.encode(),
        "姓名, 志愿者编号 \n\n欧阳㛃, V1 \n".encode(),
        "\u3000NAME,Number\n\u3000欧阳㛃\t,V1\n".encode(),
    ],
)
def test_encodings_line_ends_and_orders_of_columns_all_mean_the_same(
    desk: Desk, content: bytes
) -> None:
    assert desk.give("volunteers", content).added == 1
    assert desk.rows("SELECT number, name FROM volunteer") == [("V1", "欧阳㛃")]


def test_a_broken_character_costs_its_row_and_does_not_turn_the_encoding(desk: Desk) -> None:
    content = f"{HEAD}V1,张三\nV2,李四\n".encode() + b"V3,\xe6\xff\n" + "V4,王五\n".encode()
    report = desk.give("volunteers", content)
    assert codes(report) == [(4, "", "bad_encoding")]
    assert ("V4", "王五") in desk.rows("SELECT number, name FROM volunteer")


def test_a_broken_character_in_gb18030_costs_its_row(desk: Desk) -> None:
    content = f"{HEAD}V1,张三\nV2,李四\n".encode("gb18030") + b"V3,\xff\xff\n"
    report = desk.give("volunteers", content)
    assert codes(report) == [(4, "", "bad_encoding")]
    assert ("V2", "李四") in desk.rows("SELECT number, name FROM volunteer")


def test_ragged_rows_are_named_and_left_out(desk: Desk) -> None:
    report = desk.give("volunteers", HEAD + "V1\nV2,a,b\nV3,c,,\nV4,d\n")
    assert codes(report) == [(2, "", "wrong_cell_count"), (3, "", "wrong_cell_count")]
    assert (report.rows, report.added, report.bad) == (4, 2, 2)


def test_a_quote_that_nobody_closed_costs_one_row(desk: Desk) -> None:
    report = desk.give("volunteers", HEAD + 'V1,"a\nV2,b\nV3,"c"d\nV4,"e\n')
    assert codes(report) == [(2, "", "bad_quoting"), (4, "", "bad_quoting"), (5, "", "bad_quoting")]
    assert desk.rows("SELECT number FROM volunteer") == [("V2",)]


def test_going_back_for_unclosed_quotes_is_bounded(desk: Desk) -> None:
    lines = IMPORT_REREADS_MAX * 3
    report = desk.give("volunteers", HEAD + 'V1,"x\n' * lines)
    assert report.bad == report.rows <= lines
    assert len(report.errors) == IMPORT_ERRORS_LISTED_MAX


def test_lines_are_counted_through_quoted_line_breaks(desk: Desk) -> None:
    content = 'volunteer,name,date,content\nV1,急救,2022-01-01,"一\r\n二"\nV2,急救,x,\n'
    report = desk.give("trainings", content)
    assert codes(report) == [(4, "date", "bad_date")]
    assert desk.rows("SELECT content FROM training") == [("一\n二",)]


def test_characters_that_cannot_be_shown_are_refused_by_name(desk: Desk) -> None:
    report = desk.give("volunteers", HEAD + 'V1,a\0b\nV2,a\x1b[31mb\nV3,"a\nb"\nV4,a\u2028b\n')
    assert [code for _, _, code in codes(report)] == ["nul"] + ["control_character"] * 3
    assert {column for _, column, _ in codes(report)} == {"name"}


def test_a_huge_cell_and_a_huge_row_stop_nobody_else(desk: Desk) -> None:
    huge = "y" * IMPORT_ROW_BYTES_MAX * 3
    report = desk.give("volunteers", f"{HEAD}V1,{'x' * 401}\nV2,{huge}\nV3,{'x' * 400}\n")
    assert codes(report) == [(2, "name", "too_long"), (3, "", "row_too_large")]
    assert desk.rows("SELECT number FROM volunteer") == [("V3",)]


def test_unknown_columns_are_reported_in_a_form_that_does_no_harm(desk: Desk) -> None:
    report = desk.give("volunteers", "number,备注,name,\x1b[2J\nV1,x,a,y\n")
    assert list(report.unknown_columns) == ["备注", "?[2J"]
    assert report.added == 1
