"""The export for the official site (F5): confirmed hours of closed months, each row sent once and answered once."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from schemas.vocabulary import Action
from server.access.part import NOTHING, Part
from server.books.dates import read_date
from server.books.periods.close_period import close_period
from server.books.rounding import hours_of
from server.exports import send_official as sending
from server.exports.official_rows import HEADER, Body
from server.exports.read_exports import ExportState, read_exports
from server.exports.send_official import Form, Order, Sent, Totals, send_official
from server.exports.sheet import xlsx_bytes
from server.exports.take_receipts import Taken, take_receipts
from server.services import Services
from server.workdays.calendar import read_calendar
from sync.errors import Refused
from tests.server.books.desk import CITY, DECEMBER, NOVEMBER, Desk, make_desk
from tests.server.builders import ServerClock

pytestmark = pytest.mark.both_databases
DECEMBER_H, JANUARY_H = 29 * 24, 60 * 24
BODY = Body("市志愿者协会", "王主任")


@pytest.fixture
def desk(services: Services, clock: ServerClock) -> Desk:
    """A desk after November was closed: two stays are confirmed, one is held."""
    found = make_desk(services, clock)
    found.stay("V1", 8, 12)
    found.stay("V2", 8, 10.5)
    found.stay("V3", 9, None)
    found.sync(DECEMBER_H + 1)
    close(found, NOVEMBER)
    return found


def close(desk: Desk, month: int) -> None:
    services = desk.services
    close_period(services.database, services.central, CITY, "S1", month, why="a kiosk is out")


def send(desk: Desk, folder: Path, **order_: Any) -> list[Sent]:
    order = Order(folder, BODY, **order_)
    calendar = read_calendar(desk.services.config.home)
    return send_official(desk.services.database, calendar, order, desk.clock.now_ms)


def rows(folder: Path, sent: Sent) -> list[dict[str, str]]:
    content = (folder / sent.file).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline="")))


def back(desk: Desk, folder: Path, text: str, control: Totals | None = None) -> Taken:
    file = folder / "receipts.csv"
    file.write_text("行号,回执,原因\n" + text, encoding="utf-8")
    return take_receipts(desk.services.database, file, control)


def state(desk: Desk, today: str = "2026-11-10") -> ExportState:
    calendar = read_calendar(desk.services.config.home)
    with desk.services.database.read() as connection:
        (found,) = read_exports(connection, calendar, read_date(today))
    return found


def counts(found: ExportState) -> tuple[int, int, int, int]:
    return found.waiting, found.sent, found.accepted, found.refused


def test_confirmed_hours_of_a_closed_month_go_with_what_the_law_asks_for(
    desk: Desk, tmp_path: Path
) -> None:
    (sent,) = send(desk, tmp_path)
    assert (sent.people, sent.records, sent.minutes) == (2, 2, 240 + 150)
    one, two = rows(tmp_path, sent)
    assert tuple(one) == HEADER
    assert [one[name] for name in HEADER if name != "记录编号"] == [
        "000001-00001", "记录", "V1", "志愿者1", "东门卡口", "2026-11-02", "东门卡口", "志愿服务",
        "2026-11-02T08:00", "2026-11-02T12:00", "240", "4.00", "市志愿者协会", "王主任", "2026-11-16",
    ]  # fmt: skip
    assert (two["志愿者编号"], two["服务时长（小时）"]) == ("V2", "2.50")


def test_nothing_is_sent_twice(desk: Desk, tmp_path: Path) -> None:
    assert len(send(desk, tmp_path)) == 1
    assert send(desk, tmp_path) == []
    assert send(desk, tmp_path, again=True) == []


def test_what_is_not_closed_is_not_sent(desk: Desk, tmp_path: Path) -> None:
    desk.stay("V1", DECEMBER_H + 8, DECEMBER_H + 9)
    desk.sync(DECEMBER_H + 10)
    (sent,) = send(desk, tmp_path)
    assert sent.month == "2026-11"


def test_an_adjustment_goes_as_a_correction_of_its_own(desk: Desk, tmp_path: Path) -> None:
    send(desk, tmp_path)
    desk.decide("V1", Action.REFUSE)
    desk.sync(JANUARY_H)
    close(desk, DECEMBER)
    (sent,) = send(desk, tmp_path)
    (row,) = rows(tmp_path, sent)
    assert (row["类型"], row["服务日期"], row["服务时长（分钟）"]) == ("更正", "2026-11-02", "-240")
    assert (row["开始"], row["服务时长（小时）"]) == ("", "-4.00")


def test_what_was_sent_comes_to_the_hours_of_everybody_before_and_after_an_adjustment(
    desk: Desk, tmp_path: Path
) -> None:
    def sent() -> list[tuple[str, int]]:
        rows = desk.rows("SELECT who, SUM(minutes) FROM export_row GROUP BY who")
        return [(who, int(minutes)) for who, minutes in rows if minutes]

    def hours() -> list[tuple[object, object]]:
        rows = [(row["volunteer"], row["minutes_credited"]) for row in desk.hours()]
        return [row for row in rows if row[1]]

    send(desk, tmp_path)
    assert sent() == hours()
    desk.decide("V1", Action.REFUSE)
    desk.stay("V2", DECEMBER_H + 8, DECEMBER_H + 9.5)
    desk.sync(JANUARY_H)
    assert sent() != hours()
    close(desk, DECEMBER)
    send(desk, tmp_path)
    assert sent() == hours() == [("V2", 240)]


def test_receipts_and_reasons_come_back_and_refused_rows_can_go_again(
    desk: Desk, tmp_path: Path
) -> None:
    send(desk, tmp_path)
    taken = back(desk, tmp_path, "000001-00001,JS-77,\n000001-00002,,证件号不符\n")
    assert (taken.accepted, taken.refused, taken.bad) == (1, 1, [])
    assert (taken.people, taken.records, taken.minutes) == (1, 1, 240)
    again = back(desk, tmp_path, "000001-00001,JS-77,\n000001-00002,,证件号不符\n")
    assert (again.accepted, again.refused, again.already) == (0, 0, 2)
    assert counts(state(desk)) == (0, 0, 1, 1)
    assert [r.reason for r in state(desk).refusals] == ["证件号不符"]
    assert send(desk, tmp_path) == []
    (sent,) = send(desk, tmp_path, again=True)
    assert (sent.chunk, sent.rows, sent.again) == (2, 1, 1)
    assert counts(state(desk)) == (0, 1, 1, 0)
    assert back(desk, tmp_path, "000002-00001,JS-78,\n").accepted == 1


def test_lines_that_make_no_sense_are_listed_and_the_others_count(
    desk: Desk, tmp_path: Path
) -> None:
    send(desk, tmp_path)
    text = (
        "000001-00001,JS-1,\n000009-00001,JS-2,\n=1+1,x,\n000001-00002,,\n000001-00002,a,b\n"
        "000001-00001,JS-9,\n１-１,x,\n" + "000001-00002," + "x" * 81 + ",\n"
    )
    taken = back(desk, tmp_path, text)
    assert taken.accepted == 1
    assert [bad.line for bad in taken.bad] == [3, 4, 5, 6, 7, 8, 9]
    assert counts(state(desk)) == (0, 1, 1, 0)


def test_totals_that_differ_stop_everything(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(desk, tmp_path)
    with pytest.raises(Refused, match="totals_differ"):
        back(desk, tmp_path, "000001-00001,JS-1,\n", Totals(1, 1, 239))
    assert counts(state(desk)) == (0, 2, 0, 0)
    assert back(desk, tmp_path, "000001-00001,JS-1,\n", Totals(1, 1, 240)).accepted == 1
    with desk.services.database.write_facts() as connection:
        connection.exec_driver_sql("UPDATE export_row SET minutes = 1 WHERE state = 'accepted'")
        connection.exec_driver_sql("UPDATE export_row SET state = 'refused' WHERE state = 'sent'")
    with pytest.raises(Refused, match="totals_differ"):
        send(desk, tmp_path, again=True)
    assert counts(state(desk)) == (0, 0, 1, 1)


def test_a_month_is_cut_into_files(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "EXPORT_ROWS_MAX", 1)
    one, two = send(desk, tmp_path)
    assert (one.file, two.file) == ("official-000001.csv", "official-000002.csv")
    assert [one.minutes, two.minutes] == [240, 150]


def test_the_deadline_is_shown_until_all_is_accepted(desk: Desk, tmp_path: Path) -> None:
    waiting = state(desk, "2026-11-16")
    assert (counts(waiting), waiting.due, waiting.overdue) == ((2, 0, 0, 0), "2026-11-16", False)
    assert state(desk, "2026-11-17").overdue
    send(desk, tmp_path)
    back(desk, tmp_path, "000001-00001,a,\n000001-00002,b,\n")
    done = state(desk, "2026-12-31")
    assert (counts(done), done.due, done.overdue) == ((0, 0, 2, 0), "", False)


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b"row\n1\n"])
def test_a_file_that_is_none_is_refused(desk: Desk, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.csv"
    file.write_bytes(content)
    with pytest.raises(Refused, match="malformed"):
        take_receipts(desk.services.database, file)
    with pytest.raises(Refused, match="not_found"):
        take_receipts(desk.services.database, tmp_path / "none.csv")


def test_hours_are_rounded_once_half_away_from_zero() -> None:
    assert [str(hours_of(m)) for m in (0, 1, 20, 90, 100, -90, 3)] == [
        "0.00", "0.02", "0.33", "1.50", "1.67", "-1.50", "0.05",
    ]  # fmt: skip


def test_an_xlsx_file_holds_the_same_as_the_csv_file_and_no_text_became_a_number(
    desk: Desk, tmp_path: Path
) -> None:
    (sent,) = send(desk, tmp_path, form=Form.XLSX)
    assert sent.file == "official-000001.xlsx"
    head, *found = openpyxl.load_workbook(tmp_path / sent.file).active.iter_rows()
    assert tuple(cell.value for cell in head) == HEADER
    first = {h.value: cell for h, cell in zip(head, found[0], strict=True)}
    assert (first["行号"].value, first["服务日期"].value) == ("000001-00001", "2026-11-02")
    assert (first["服务时长（分钟）"].value, first["服务时长（小时）"].value) == (240, 4)
    assert first["服务时长（小时）"].number_format == "0.00"
    assert sum(row[10].value for row in found) == sent.minutes


def test_receipts_come_back_as_xlsx_too(desk: Desk, tmp_path: Path) -> None:
    send(desk, tmp_path)
    file = tmp_path / "receipts.xlsx"
    header = ["行号", "姓名", "回执", "原因"]
    lines = [["000001-00001", "志愿者1", "007", ""], ["000001-00002", "=1+1", "", "=证件号不符"]]
    file.write_bytes(xlsx_bytes(header, lines))
    taken = take_receipts(desk.services.database, file)
    assert (taken.accepted, taken.refused, taken.bad) == (1, 1, [])
    receipts = desk.rows("SELECT state, receipt, reason FROM export_row")
    assert receipts == [("accepted", "007", ""), ("refused", "", "=证件号不符")]


def test_a_formula_in_a_receipt_is_a_bad_line(desk: Desk, tmp_path: Path) -> None:
    send(desk, tmp_path)
    book = openpyxl.Workbook()
    book.active.append(["row", "receipt"])
    book.active.append(["000001-00001", "=1+1"])
    book.active.append(["000001-00002", "JS-2"])
    book.save(tmp_path / "receipts.xlsx")
    taken = take_receipts(desk.services.database, tmp_path / "receipts.xlsx")
    assert (taken.accepted, [bad.line for bad in taken.bad]) == (1, [2])


def test_what_lies_outside_ones_part_is_neither_sent_nor_shown_nor_answered(
    desk: Desk, tmp_path: Path
) -> None:
    elsewhere = Part(sites=frozenset({"S2"}))
    assert send(desk, tmp_path, part=elsewhere) == []
    (sent,) = send(desk, tmp_path, part=Part(sites=frozenset({"S1"})))
    assert sent.site == "S1"
    calendar = read_calendar(desk.services.config.home)
    with desk.services.database.read() as connection:
        assert read_exports(connection, calendar, 0, NOTHING) == []
        assert len(read_exports(connection, calendar, 0, Part(sites=frozenset({"S1"})))) == 1
    file = tmp_path / "receipts.csv"
    file.write_text("row,receipt\n000001-00001,JS-1\n", encoding="utf-8")
    taken = take_receipts(desk.services.database, file, part=elsewhere)
    assert (taken.accepted, len(taken.bad)) == (0, 1)
    assert counts(state(desk)) == (0, 2, 0, 0)
