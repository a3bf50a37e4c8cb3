"""XLSX files that people, programs and enemies really make."""

import io
from collections.abc import Callable
from datetime import date, datetime
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter

from server.imports import read_xlsx
from server.imports.reasons import FileRefused, Reason
from tests.server.imports.desk import Desk, codes

Cells = list[list[object]]


def workbook(rows: Cells, number_format: str = "General") -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    shown = book.add_format({"num_format": number_format})
    dated = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for line, row in enumerate(rows):
        for place, value in enumerate(row):
            if isinstance(value, str) and value.startswith("{"):
                sheet.write_formula(line, place, value.strip("{}"))
            elif isinstance(value, str):
                sheet.write_string(line, place, value)
            elif isinstance(value, date):
                sheet.write_datetime(line, place, value, dated)
            elif value is not None:
                sheet.write(line, place, value, shown)
    book.close()
    return out.getvalue()


def changed(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, change(body) if name.endswith(part) else body)
    return out.getvalue()


SOUND = workbook([["number", "name"], ["V1", "张三"]])


def test_cells_are_read_as_people_see_them(desk: Desk) -> None:
    rows: Cells = [
        ["志愿者编号", "姓名", "手机号", "出生日期"],
        [123, "=cmd|'/c calc'!A1", 13800000000, datetime(1980, 2, 3)],  # noqa: DTZ001 # a cell
        ["000124", "𬭎", "+86 138", "1980-02-03"],
        [],
        [125.0, "无号码"],
    ]
    report = desk.give("volunteers", workbook(rows, "000000"))
    assert (report.added, report.bad) == (3, 0)
    assert desk.rows("SELECT number, name, phone, born FROM volunteer ORDER BY number") == [
        ("000123", "=cmd|'/c calc'!A1", "13800000000", 3_685),
        ("000124", "𬭎", "+86 138", 3_685),
        ("000125", "无号码", "", None),
    ]


def test_whole_numbers_have_no_point_and_lost_digits_are_refused(desk: Desk) -> None:
    rows: Cells = [["number", "name"], [7.0, "a"], [1234567890123456789, "b"], [1.5, "c"]]
    report = desk.give("volunteers", workbook(rows))
    assert codes(report) == [(3, "number", "digits_lost"), (4, "number", "bad_number")]
    assert desk.rows("SELECT number FROM volunteer") == [("7",)]


def test_a_formula_is_refused_and_its_neighbours_are_not(desk: Desk) -> None:
    rows: Cells = [["number", "name"], ["V1", "{=1+1}"], ["V2", "=1+1"]]
    report = desk.give("volunteers", workbook(rows))
    assert codes(report) == [(2, "name", "formula")]
    assert desk.rows("SELECT number, name FROM volunteer") == [("V2", "=1+1")]


def test_times_come_from_date_cells(desk: Desk) -> None:
    start, end = datetime(2022, 4, 1, 8), datetime(2022, 4, 2)  # noqa: DTZ001 # cells
    rows: Cells = [["code", "post", "start", "end"], ["F1", "P1", start, end]]
    assert desk.give("shifts", workbook(rows)).bad == 0
    assert desk.rows("SELECT start_ms, end_ms FROM shift") == [(1648771200000, 1648828800000)]


def test_a_bomb_is_refused_before_it_is_inflated(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_xlsx, "XLSX_BYTES_MAX", 1_000_000)
    bomb = changed(SOUND, "sheet1.xml", lambda body: body + b" " * 2_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(FileRefused) as refused:
        desk.give("volunteers", bomb)
    assert refused.value.reason is Reason.XLSX_BOMB


def test_a_bomb_that_lies_about_its_size_is_cut_off(desk: Desk) -> None:
    bomb = bytearray(changed(SOUND, "sheet1.xml", lambda body: body + b" " * 50_000_000))
    with ZipFile(io.BytesIO(bytes(bomb))) as parts:
        size = parts.getinfo("xl/worksheets/sheet1.xml").file_size
    lie = bytes(bomb).replace(size.to_bytes(4, "little"), (1_000).to_bytes(4, "little"))
    with pytest.raises(FileRefused) as refused:
        desk.give("volunteers", lie)
    assert refused.value.reason is Reason.NOT_XLSX


@pytest.mark.parametrize("part", ["sharedStrings.xml", "sheet1.xml", "workbook.xml", "styles.xml"])
def test_entities_are_refused(desk: Desk, part: str) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    declaration = b'standalone="yes"?>\n'
    content = changed(SOUND, part, lambda body: body.replace(declaration, declaration + bomb))
    with pytest.raises(FileRefused) as refused:
        desk.give("volunteers", content)
    assert refused.value.reason is Reason.NOT_XLSX


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04hello",
        SOUND[:2_000],
        changed(SOUND, "sheet1.xml", lambda _: b"<worksheet"),
        changed(SOUND, "workbook.xml", lambda _: b"<a/>"),
        changed(SOUND, "sheet1.xml", lambda body: body.replace(b"<v>2</v>", b"<v>200</v>")),
    ],
)
def test_a_damaged_file_is_refused_whole(desk: Desk, content: bytes) -> None:
    with pytest.raises(FileRefused) as refused:
        desk.give("volunteers", content)
    assert refused.value.reason is Reason.NOT_XLSX
    assert desk.rows("SELECT * FROM volunteer") == []


def test_a_row_numbered_beyond_any_sheet_is_refused_not_waited_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_xlsx, "XLSX_ROWS_MAX", 1_000)
    far = changed(SOUND, "sheet1.xml", lambda body: body.replace(b'r="2"', b'r="99999999999"'))
    with pytest.raises(FileRefused) as refused:
        desk.give("volunteers", far)
    assert refused.value.reason is Reason.TOO_MANY_ROWS


def test_an_empty_sheet_is_refused(desk: Desk) -> None:
    with pytest.raises(FileRefused) as refused:
        desk.give("volunteers", workbook([]))
    assert refused.value.reason is Reason.EMPTY_FILE
