"""Sheets: hostile cells are inert and whole, whichever way they are written, and large ones need no more memory."""

import csv
import tracemalloc
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import openpyxl
import pytest

from server.exports import sheet as sheets
from server.exports.sheet import csv_pieces, safe, write_sheet, write_xlsx, xlsx_bytes

HOSTILE = [
    "=1+1", "+1", "@SUM(A1)", "-x", "\tx", "＝1", "=cmd|'/c calc'!A1", "-1-1", '=HYPERLINK("http://x","y")',
    "http://example.org", "mailto:a@b", "internal:Sheet1!A1", "007", "12345678901234567890", "2026-11-02",
    "1E5", "_x0041_", "阿依古丽·买买提", "欧阳𬭎", "李㛃", "a\nb", " lead", "<b>&amp;", "]]>", "TRUE", "#N/A", "'",
    "\u202egnp", "😀" * 50, "王" * 400,
]  # fmt: skip


NAUGHTY = Path(__file__).resolve().parents[4] / "shared" / "data" / "hostile" / "blns.txt"


def cells(content: bytes) -> list[list[Any]]:
    """Reopen an XLSX file by another library."""
    book = openpyxl.load_workbook(BytesIO(content))
    return [list(row) for sheet in book.worksheets for row in sheet.iter_rows()]


def test_no_cell_of_an_xlsx_file_is_a_formula_a_link_or_a_number_that_was_a_text() -> None:
    _, *rows = cells(xlsx_bytes(["a"], [[text] for text in HOSTILE]))
    assert [row[0].data_type for row in rows] == ["s"] * len(HOSTILE)
    assert [row[0].hyperlink for row in rows] == [None] * len(HOSTILE)
    assert [row[0].value.replace("_x005F_", "_") for row in rows] == HOSTILE


def test_a_list_of_naughty_strings_is_inert_in_both_forms() -> None:
    if not NAUGHTY.exists():
        pytest.skip("no ../shared/data/hostile here")
    lines = [[line] for line in NAUGHTY.read_text("utf-8").split("\n") if line]
    _, *rows = cells(xlsx_bytes(["a"], lines))
    assert {(row[0].data_type, row[0].hyperlink) for row in rows} == {("s", None)}
    assert len(rows) == len(lines)
    _, *back = csv.reader(StringIO(write_sheet(["a"], lines).decode("utf-8-sig"), newline=""))
    assert len(back) == len(lines)
    assert not [row for row in back if safe(row[0]) != row[0]]


@pytest.mark.parametrize("cell", ["a\x00b", "\x0b", "\x1b[31m", "\ud800", "\uffff"])
def test_characters_that_a_file_cannot_hold_are_shown_as_such(cell: str) -> None:
    ((_,), (found,)) = cells(xlsx_bytes(["a"], [[cell]]))
    assert "\ufffd" in found.value
    assert write_sheet(["a"], [[cell]]).decode("utf-8-sig")


def test_every_hostile_cell_comes_back_from_csv_behind_an_apostrophe_or_as_it_was() -> None:
    content = write_sheet(["a"], [[text] for text in HOSTILE])
    _, *rows = csv.reader(StringIO(content.decode("utf-8-sig"), newline=""))
    for text, (found,) in zip(HOSTILE, rows, strict=True):
        assert found in (text, f"'{text}")
        assert found[:1] not in "=+@\t\r\n＝＋－＠"
    assert [safe(cell) for cell in ("-4.00", "240", "王", "", "2026-11-02", "-1-1")] == [
        "-4.00", "240", "王", "", "2026-11-02", "'-1-1",
    ]  # fmt: skip


def test_numbers_are_numbers_and_hours_show_two_decimals() -> None:
    _, (minutes, hours) = cells(xlsx_bytes(["m", "h"], [[-90, Decimal("-1.50")]]))
    assert (minutes.value, hours.value, hours.number_format) == (-90, -1.5, "0.00")
    assert write_sheet(["m"], [[-90, Decimal("1.50")]]).splitlines()[1] == b"-90,1.50"


def test_the_same_rows_give_the_same_bytes() -> None:
    assert xlsx_bytes(["a"], [["b"], [1]]) == xlsx_bytes(["a"], [["b"], [1]])


def test_rows_beyond_a_sheet_go_into_the_next_under_the_same_headings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sheets, "XLSX_ROWS_MAX", 3)
    found = cells(xlsx_bytes(["n"], [[n] for n in range(5)], title="数"))
    assert [row[0].value for row in found] == ["n", 0, 1, "n", 2, 3, "n", 4]


def test_no_rows_are_a_sheet_with_headings() -> None:
    assert [row[0].value for row in cells(xlsx_bytes(["n"], []))] == ["n"]


def test_a_cell_that_cannot_be_written_stops_the_file() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        xlsx_bytes(["a"], [["x" * 32_768]])


def test_many_rows_take_no_more_memory_than_few() -> None:
    def peak(count: int) -> int:
        rows = ([f"{n:010}", n] for n in range(count))
        tracemalloc.start()
        with TemporaryFile() as out:
            write_xlsx(out, ["a", "b"], rows)
        for _ in csv_pieces(["a", "b"], ([f"{n:010}", n] for n in range(count))):
            pass
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    assert peak(20_000) < 2 * peak(2_000) + 200_000
