"""Sheets for the field, read back from the drawn page: names whole, codes readable, nothing outside one's part."""

import csv
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from server.access.part import NOTHING, Part
from server.exports.sheet import xlsx_bytes
from server.intake.enrol import CODE_DAYS
from server.services import Services
from server.sheets import duties
from server.sheets.duties import Wanted
from server.sheets.duty_cards import DutyCard, read_cards
from server.sheets.enrolment import CodesMade, EnrolmentWish, print_enrolment
from server.sheets.insured import ListMade, print_insured
from server.sheets.post_signs import SignsMade, print_signs
from server.sheets.sign_in import SheetsMade, print_sign_in
from sync import badge, enrolment
from sync.errors import Refused
from tests.qr import qr_codes
from tests.server.conftest import import_text
from tests.server.sheets.field import DAY, FAR, PEOPLE, TYPE, pages, plain

ONLY_S1 = Part(sites=frozenset({"S1"}))
CARD = DutyCard("查验健康码，测体温。", "一看二测三登记。", "戴口罩、手套。")


def quiet(_doing: str, _count: int) -> None:
    """Progress that nobody looks at."""


def sign_in(field: Services, folder: Path, wanted: Wanted, **more: Any) -> SheetsMade:
    keys, now_ms = field.signer.keys.badges, field.signer.clock.wall_ms()
    file = folder / "out" / "sign-in.pdf"
    return print_sign_in(
        field.database, keys, TYPE, wanted, file, now_ms=now_ms, progress=quiet, **more
    )


def signs(field: Services, folder: Path, cards: dict[str, DutyCard], **more: Any) -> SignsMade:
    file = folder / "out" / "signs.pdf"
    return print_signs(
        field.database, TYPE, Wanted(DAY), cards, file, now_ms=0, progress=quiet, **more
    )


def codes(field: Services, folder: Path, **wish: Any) -> CodesMade:
    file = folder / "out" / "codes.pdf"
    return print_enrolment(field.database, field.signer, TYPE, EnrolmentWish(**wish), file, quiet)


def insured(field: Services, folder: Path, wanted: Wanted, **more: Any) -> ListMade:
    file = folder / "out" / "insured.pdf"
    return print_insured(field.database, TYPE, wanted, file, now_ms=0, progress=quiet, **more)


@pytest.mark.both_databases
def test_a_sign_in_sheet_has_a_row_and_a_readable_badge_for_everyone_expected(
    field: Services, tmp_path: Path
) -> None:
    made = sign_in(field, tmp_path, Wanted(DAY))
    assert (made.shifts, made.people, made.pages, len(made.files)) == (2, 13, 3, 1)
    (first, picture), (second, _), (night, dark) = pages(made.files[0], 300)
    for number, name in PEOPLE.items():
        assert plain(name) in plain(first + second), name
        assert number in first + second
    keys = {
        key: private.public_key().public_bytes_raw()
        for key, private in field.signer.keys.badges.items()
    }
    found = [badge.verify(code.text, keys).number for code in qr_codes(picture)]
    assert len(found) == 10
    assert {badge.verify(c.text, keys).number for c in qr_codes(dark)} == {
        "V3",
        "V12",
    }
    assert FAR in plain(night)
    assert "2026-11-0320:00至to2026-11-0408:00" in plain(night)
    assert "个人信息" in first


def test_free_rows_stand_below_and_the_shift_of_another_day_does_not(
    field: Services, tmp_path: Path
) -> None:
    made = sign_in(field, tmp_path, Wanted(DAY, shifts=("H2",)))
    ((night, _),) = pages(made.files[0])
    assert night.count(":\r\n") + night.count(":") >= 2 * (2 + 5)
    assert "V3" in night
    assert "V1\r" not in night
    again = sign_in(field, tmp_path, Wanted(DAY, shifts=("H2",)))
    assert Path(again.files[0]).read_bytes() == Path(made.files[0]).read_bytes()


def test_a_sheet_of_nobody_is_free_rows_alone(field: Services, tmp_path: Path) -> None:
    import_text(
        field, tmp_path, "shifts", "code,post,start,end\nH9,P1,2026-12-01T08:00,2026-12-01T09:00\n"
    )
    made = sign_in(field, tmp_path, Wanted(0, shifts=("H9",)))
    assert (made.people, made.pages) == (0, 1)


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        (Wanted(DAY), NOTHING),
        (Wanted(DAY, site="S2"), ONLY_S1),
        (Wanted(DAY, shifts=("H2",)), ONLY_S1),
        (Wanted(DAY, region="R9"), Part(is_all=True)),
        (Wanted(DAY, shifts=("H8",)), Part(is_all=True)),
        (Wanted(0), Part(is_all=True)),
    ],
)
def test_what_is_not_there_or_outside_ones_part_is_not_found(
    field: Services, tmp_path: Path, wanted: Wanted, part: Part
) -> None:
    with pytest.raises(Refused, match="not_found"):
        sign_in(field, tmp_path, wanted, part=part)
    with pytest.raises(Refused, match="not_found"):
        insured(field, tmp_path, wanted, part=part)
    assert not (tmp_path / "out").exists()


def test_one_site_is_not_shown_the_people_of_another(field: Services, tmp_path: Path) -> None:
    made = sign_in(field, tmp_path, Wanted(DAY), part=ONLY_S1)
    assert (made.shifts, made.people) == (1, 11)
    assert insured(field, tmp_path, Wanted(DAY), part=ONLY_S1).people == 11


def test_a_name_that_cannot_be_drawn_stops_the_print_before_a_file_is_written(
    field: Services, tmp_path: Path
) -> None:
    import_text(field, tmp_path, "volunteers", "number,name\nV12,王🦺\n")
    with pytest.raises(Refused, match=r"glyph_missing.*U\+1F9BA"):
        sign_in(field, tmp_path, Wanted(DAY))
    assert not (tmp_path / "out").exists()


def test_too_many_rows_are_refused(
    field: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duties, "SHEET_PEOPLE_MAX", 12)
    with pytest.raises(Refused, match="too_large"):
        sign_in(field, tmp_path, Wanted(DAY))
    assert sign_in(field, tmp_path, Wanted(DAY, site="S1")).people == 11


def test_a_moved_shift_is_printed_as_it_is_planned_last(field: Services, tmp_path: Path) -> None:
    table = "code,post,start,end\nH2,P2,2026-11-05T20:00,2026-11-06T08:00\n"
    import_text(field, tmp_path, "shifts", table, day=DAY - 1)
    assert sign_in(field, tmp_path, Wanted(DAY)).shifts == 1
    assert sign_in(field, tmp_path, Wanted(DAY + 2)).shifts == 1


def test_a_sign_names_site_and_post_and_carries_the_duty_card_or_lines(
    field: Services, tmp_path: Path
) -> None:
    made = signs(field, tmp_path, {"P2": CARD, "P9": CARD})
    assert (made.signs, made.blank, made.unknown, made.pages) == (2, 1, ["P9"], 2)
    (east, _), (west, _) = pages(made.files[0])
    assert ("登记" in east, "怎么防护" in east, CARD.how in east) == (True, True, False)
    for said in (FAR, "测温与健康码查验岗", *CARD, "保险、18岁以上", "4"):
        assert plain(said) in plain(west), said
    assert signs(field, tmp_path, {}, part=ONLY_S1).signs == 1


def test_duty_cards_are_read_from_csv_and_xlsx(tmp_path: Path) -> None:
    rows = [["P2", *CARD], ["P3", "看门", "", ""]]
    text_ = StringIO()
    csv.writer(text_).writerows([["岗位", "做什么", "怎么干", "怎么防护"], *rows])
    (tmp_path / "c.csv").write_text(text_.getvalue(), encoding="gb18030")
    (tmp_path / "c.xlsx").write_bytes(xlsx_bytes(["post", "what", "how", "protect"], rows))
    expected = {"P2": CARD, "P3": DutyCard("看门")}
    assert read_cards(tmp_path / "c.csv") == read_cards(tmp_path / "c.xlsx") == expected
    for bad, code in (
        (b"a,b\n1,2\n", "malformed"),
        (b"post,what\nP1," + b"x" * 401, "too_large|malformed"),
    ):
        (tmp_path / "bad.csv").write_bytes(bad if code == "malformed" else bad + b"x" * 300)
        with pytest.raises(Refused, match=code):
            read_cards(tmp_path / "bad.csv")


@pytest.mark.both_databases
def test_every_site_gets_a_code_of_its_own_that_reads_back_and_is_kept(
    field: Services, tmp_path: Path
) -> None:
    made = codes(field, tmp_path, region="R1", server="https://redvest.example.cn")
    assert (made.sites, made.pages, made.until) == (["S1", "S2", "S3"], 1, "2026-11-16")
    ((said, picture),) = pages(made.files[0])
    found = [code.text for code in qr_codes(picture)]
    assert len(found) == 3
    with field.database.read() as connection:
        kept = {
            bytes(row.secret_hash): (row.site, row.expires_ms - row.created_ms)
            for row in connection.execute(text("SELECT * FROM enrolment_code"))
        }
    assert {kept[enrolment.read(code).secret_hash()][0] for code in found} == {"S1", "S2", "S3"}
    assert {days for _, days in kept.values()} == {CODE_DAYS * 86_400_000}
    for code in found:
        assert code.replace("-", "") in plain(said).replace("-", "")
    for words in (plain(FAR), "2026-11-16", "https://redvest.example.cn"):
        assert words in plain(said)


def test_one_code_a_page_and_hundreds_at_once(field: Services, tmp_path: Path) -> None:
    assert codes(field, tmp_path, sites=("S1", "S2", "S1"), per_page=1).pages == 2
    table = "code,name,kind\n" + "".join(f"X{n},第{n}检测点,test_site\n" for n in range(117))
    import_text(field, tmp_path, "sites", table)
    made = codes(field, tmp_path)
    assert (len(made.sites), made.pages) == (120, 30)
    assert len(pages(made.files[0], 40)) == 30


def test_codes_are_made_for_all_sites_or_for_none(field: Services, tmp_path: Path) -> None:
    for wish in ({"sites": ("S1", "S9")}, {"part": NOTHING}, {"sites": ("S2",), "part": ONLY_S1}):
        with pytest.raises(Refused, match="not_found"):
            codes(field, tmp_path, **wish)
    with field.database.read() as connection:
        assert connection.scalar(text("SELECT COUNT(*) FROM enrolment_code")) == 0


@pytest.mark.both_databases
def test_who_is_insured_that_day_is_told_from_who_is_not(field: Services, tmp_path: Path) -> None:
    made = insured(field, tmp_path, Wanted(DAY))
    assert (made.day, made.people, made.insured, made.pages) == ("2026-11-03", 12, 3, 2)
    assert {"V2", "V4"} <= set(made.not_insured)
    assert not {"V1", "V3", "V5"} & set(made.not_insured)
    (east, _), (west, _) = pages(made.files[0])
    for said in (
        "A-1至2026-12-31",
        "C-1至长期",
        "E-1至2026-11-03",
        "未投保",
        *map(plain, PEOPLE.values()),
    ):
        assert said in plain(east), said
    assert "V12" in west
    assert "当日上岗onduty2人已投保insured1未投保notinsured1" in plain(west)
