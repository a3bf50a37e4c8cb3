"""Reports as files: the same figures in every form, hostile names inert, and rows that never are in memory together."""

import csv
import json
import tracemalloc
from collections.abc import Iterable
from io import BytesIO, StringIO
from tempfile import TemporaryFile
from typing import Any

import openpyxl
import pytest

from server.books.hours import Span
from server.exports import sheet as sheets
from server.reports.figures import NOTHING, Row, State
from server.reports.query import By, Query
from server.reports.report import Report, open_report
from server.reports.write import TOTAL, Form, write_report
from tests.server.books.desk import Desk
from tests.server.builders import START_MS
from tests.server.exports.test_sheet import HOSTILE
from tests.server.reports.asking import unseen

SOME = NOTHING._replace(
    people=1, records=2, credited=100, held=-5, b=100, low=100, high=130, state=State.PROVISIONAL
)


def report_of(rows: Iterable[Row], by: By = By.VOLUNTEER, *, before: Span | None = None) -> Report:
    """A report of made-up rows."""
    total = Row("", "", SOME, SOME if before else None)
    return Report(Query(by, Span(1, 2), before=before), total, ("k" * 32,), iter(rows))


def written(form: Form, report: Report) -> bytes:
    out = BytesIO()
    write_report(out, form, report, START_MS, lambda _: None)
    return out.getvalue()


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


def sheet_rows(content: bytes) -> dict[str, list[list[Any]]]:
    book = openpyxl.load_workbook(BytesIO(content))
    return {sheet.title: [list(row) for row in sheet.iter_rows()] for sheet in book.worksheets}


def plain(rows: list[list[Any]]) -> list[list[str]]:
    """Give cells as the text that a person sees."""
    return [["" if c.value is None else _shown(c) for c in row] for row in rows]


def _shown(cell: Any) -> str:
    return f"{cell.value:.2f}" if cell.number_format == "0.00" else str(cell.value)


def test_every_form_says_the_same(desk: Desk) -> None:
    def read(form: Form) -> bytes:
        with open_report(desk.services.database, Query(By.VOLUNTEER), unseen) as report:
            return written(form, report)

    sheet = csv_rows(read(Form.CSV))
    table = sheet[: sheet.index([])]
    book = sheet_rows(read(Form.XLSX))
    assert list(book) == ["报表", "说明"]
    assert plain(book["报表"]) == table
    assert plain(book["说明"]) == sheet[sheet.index([]) + 1 :]
    told = json.loads(read(Form.JSON))
    assert [list(row) for row in table[1:-1]] == [
        [str(value) for value in row.values()] for row in told["rows"]
    ]
    assert table[-1] == [TOTAL, *(str(value) for value in list(told["total"].values())[1:])]
    assert [heading.split()[-1] for heading in table[0]] == list(told["about"]["columns"])
    assert told["about"]["out"] == [desk.kiosk.log]


def test_a_file_says_what_it_counts_as_of_when_how_complete_and_where_from(desk: Desk) -> None:
    with open_report(desk.services.database, Query(By.DAY), unseen) as report:
        rows = csv_rows(written(Form.CSV, report))
    said = dict(rows[rows.index([]) + 1 :])
    assert said["日期 dates"] == "../.."
    assert said["总体状态 state of the total"].startswith("暂计")
    assert said["总体截至 total as of"].startswith("2026-11-03T05:59:59")
    assert said["未到齐的签到机 waits for"] == desk.kiosk.log
    assert "四舍五入" in said["小时 hours"]
    assert "explain" in said["来源 source"]
    assert said["姓名 names"].startswith("已隐名")
    assert rows[1][0] == "2026-11-02"


@pytest.mark.parametrize("form", [Form.CSV, Form.XLSX])
def test_hostile_names_are_inert_and_codes_stay_as_they_are(form: Form) -> None:
    codes = ["007", "1E5", "12345678901234567890", "2-1", "0012-3"]
    rows = [Row(codes[n % 5], name, SOME) for n, name in enumerate(HOSTILE)]
    content = written(form, report_of(rows))
    if form is Form.CSV:
        found = csv_rows(content)[1 : len(rows) + 1]
        assert [row[1] for row in found] == [sheets.safe(name) for name in HOSTILE]
    else:
        cells = sheet_rows(content)["报表"][1 : len(rows) + 1]
        assert {cell.data_type for row in cells for cell in row} <= {"s", "n"}
        assert [row[1].data_type for row in cells] == ["s"] * len(rows)
        quoted = [bool(row[1].quotePrefix) for row in cells]
        assert quoted == [sheets.is_risky(name) for name in HOSTILE]
        found = [[str(cell.value) for cell in row] for row in cells]
    assert [row[0] for row in found] == [row.key for row in rows]


def test_numbers_are_numbers_in_a_sheet_and_hours_are_rounded_once() -> None:
    (_, row, _) = sheet_rows(written(Form.XLSX, report_of([Row("V1", "张*", SOME)])))["报表"]
    by_name = dict(zip(sheet_heads(), row, strict=True))
    assert (by_name["minutes_credited"].value, by_name["minutes_credited"].data_type) == (100, "n")
    assert (by_name["hours_credited"].value, by_name["minutes_held"].value) == (1.67, -5)


def sheet_heads() -> list[str]:
    header = csv_rows(written(Form.CSV, report_of([])))[0]
    return [heading.split()[-1] for heading in header]


def test_rows_that_no_sheet_can_hold_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "XLSX_ROWS_MAX", 3)
    rows = [Row(f"{n:03}", "张*", SOME) for n in range(4)]
    book = sheet_rows(written(Form.XLSX, report_of(rows)))
    assert list(book) == ["报表", "报表 2", "报表 3", "说明"]
    assert [r[0].value for title in list(book)[:3] for r in book[title][1:]] == [
        "000", "001", "002", "003", TOTAL,
    ]  # fmt: skip


def test_a_comparison_gives_difference_and_per_cent() -> None:
    half = SOME._replace(people=2, credited=40, b=40)
    rows = [Row("S1", "东门", SOME, half), Row("S2", "西门", SOME, NOTHING)]
    told = json.loads(written(Form.JSON, report_of(rows, By.SITE, before=Span(0, 0))))
    one, two = told["rows"]
    figures = (
        "people_change",
        "people_percent",
        "minutes_credited_change",
        "hours_credited_change",
    )
    assert [one[name] for name in figures] == [-1, "-50.0", 60, "1.00"]
    assert (one["minutes_credited_percent"], two["minutes_credited_percent"]) == ("150.0", "")
    assert told["about"]["before"] == "1970-01-01/1970-01-01"


def test_names_of_the_naughty_list_leave_the_json_whole() -> None:
    rows = [Row("V1", name, SOME) for name in HOSTILE]
    told = json.loads(written(Form.JSON, report_of(rows)))
    assert [row["name"] for row in told["rows"]] == HOSTILE


@pytest.mark.parametrize("form", list(Form))
def test_many_rows_need_no_more_memory_than_few(form: Form) -> None:
    def peak(count: int) -> int:
        rows = (Row(f"V{n:07}", "张*三", SOME) for n in range(count))
        tracemalloc.start()
        try:
            with TemporaryFile() as out:
                assert write_report(out, form, report_of(rows), 0, lambda _: None) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    few, many = peak(1_500), peak(6_000)
    assert many < few * 2


def test_a_report_without_rows_is_whole() -> None:
    assert json.loads(written(Form.JSON, report_of([])))["rows"] == []
    assert csv_rows(written(Form.CSV, report_of([])))[1][0] == TOTAL
