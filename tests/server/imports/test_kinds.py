"""Every kind: its headers in both languages, what its cells mean, and what may be wrong with a row."""

import pytest
from sqlalchemy import Table

from server.imports.columns import Kind
from server.imports.kinds import KINDS
from server.imports.reasons import SENTENCES, Reason
from tests.server.imports.desk import Desk, codes

pytestmark = pytest.mark.both_databases

SOUND = {
    "regions": "code,name,parent\nR1,甲区,\nR2,乙街道,R1\n",
    "teams": "code,name,region\nT1,红队,R1\n",
    "volunteers": (
        "number,name,phone,team,region,born,categories,skills\n"
        "V1,张三,13800000000,T1,R1,1980-02-03,党员;学生,医护；驾驶\n"
    ),
    "sites": "code,name,kind,region,latitude,longitude\nS1,东门,核酸检测点,R1,31.2304,121.4737\n",
    "posts": "code,site,name,role,capacity,needs\nP1,S1,扫码,志愿者,2,急救;防护\n",
    "shifts": "code,post,start,end,needed\nF1,P1,2022-04-01T08:00,2022-04-01 12:00:00,2\n",
    "assignments": "shift,volunteer\nF1,V1\n",
    "activities": "code,name,site,from,to,certified\nA1,大筛,S1,2022-04-01,2022-04-02,是\n",
    "trainings": "volunteer,name,content,hours,organiser,date\nV1,急救,包扎,1.25,红会,2022-03-01\n",
    "insurances": "volunteer,policy,from,to\nV1,PDAA/2022 1,2022-01-01,2022-12-31\n",
    "policies": "region,site,from,key,value\n,S1,2022-04-01,short_ms,60000\n",
}
STABLE = {
    "volunteers": "志愿者编号,姓名,手机号,队伍,区划,出生日期,类别,技能",
}


@pytest.mark.parametrize("kind", KINDS)
def test_english_headers_are_understood(desk: Desk, kind: str) -> None:
    report = desk.give(kind, SOUND[kind])
    assert (codes(report), report.unknown_columns) == ([], ())
    assert report.added == SOUND[kind].count("\n") - 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_chinese_header_means_the_same_column(desk: Desk, kind: str) -> None:
    desk.give(kind, SOUND[kind])
    head, _, body = SOUND[kind].partition("\n")
    columns = {column.name: column for column in KINDS[kind].columns}
    chinese = [columns[name].chinese for name in head.split(",")]
    for turn in range(max(len(names) for names in chinese)):
        titles = ",".join(names[turn % len(names)] for names in chinese)
        report = desk.give(kind, f"{titles}\n{body}")
        assert report.unchanged == report.rows > 0


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_the_columns_of_a_kind_are_those_of_its_table(kind: Kind) -> None:
    table = kind.model.__table__
    assert isinstance(table, Table)
    fields = {column.field for column in kind.columns}
    assert fields | {"valid_from", "entered"} == {column.name for column in table.columns}
    assert {*kind.key, "valid_from", "entered"} == {column.name for column in table.primary_key}
    headers = [title for column in kind.columns for title in (column.name, *column.chinese)]
    assert len(headers) == len(set(headers))


@pytest.mark.parametrize("kind", STABLE)
def test_the_headers_that_others_rely_on_stay(kind: str) -> None:
    assert ",".join(column.chinese[0] for column in KINDS[kind].columns) == STABLE[kind]
    assert ",".join(column.name for column in KINDS[kind].columns) == SOUND[kind].split("\n")[0]


def test_values_are_stored_as_they_are_meant(desk: Desk) -> None:
    for kind, content in SOUND.items():
        desk.give(kind, content)
    assert desk.rows("SELECT born, categories, skills FROM volunteer") == [
        (3_685, "党员;学生", "医护;驾驶")
    ]
    assert desk.rows("SELECT kind, latitude_e6, longitude_e6 FROM site") == [
        ("test_site", 31_230_400, 121_473_700)
    ]
    assert desk.rows("SELECT start_ms, end_ms, needed FROM shift") == [
        (1_648_771_200_000, 1_648_785_600_000, 2)
    ]
    assert desk.rows("SELECT first_day, last_day, certified FROM activity") == [(19_083, 19_084, 1)]
    assert desk.rows("SELECT hours_e2, day FROM training") == [(125, 19_052)]


def test_rows_that_name_what_nobody_imported_are_counted_and_kept(desk: Desk) -> None:
    report = desk.give("posts", SOUND["posts"] + "P2,S9,x,,,\n")
    assert (report.added, report.warnings) == (2, {"unknown_reference": 2})
    desk.give("sites", SOUND["sites"])
    assert desk.give("posts", SOUND["posts"]).warnings == {}


def test_regions_may_name_parents_that_come_later_in_the_file(desk: Desk) -> None:
    report = desk.give("regions", "code,name,parent\nR2,a,R1\nR1,b,\nR3,c,R9\n", dry_run=True)
    assert report.warnings == {"unknown_reference": 1}


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_without_a_needed_column_is_refused(desk: Desk, kind: str) -> None:
    from server.imports.reasons import FileRefused

    for column in KINDS[kind].columns:
        others = [other.name for other in KINDS[kind].columns if other is not column]
        if column.needed:
            with pytest.raises(FileRefused, match="missing_column"):
                desk.give(kind, ",".join(others) + "\n")
        else:
            assert desk.give(kind, ",".join(others) + "\n").rows == 0


@pytest.mark.parametrize(
    ("kind", "row", "fault"),
    [
        ("volunteers", "V1,a,,,,1980-02-30,,", ("born", "bad_date")),
        ("volunteers", "V1,a,,,,1880-02-01,,", ("born", "bad_date")),
        ("volunteers", "V1,a,,,,1980/02/01,,", ("born", "bad_date")),
        ("volunteers", "V123456789012345678901,a,,,,,,", ("number", "bad_number")),
        ("volunteers", "Ｖ１,a,,,,,,", ("number", "bad_number")),
        ("volunteers", "../V1,a,,,,,,", ("number", "bad_number")),
        ("volunteers", ",a,,,,,,", ("number", "empty")),
        ("volunteers", f"V1,a,,,,,{'a;' * 51},", ("categories", "list_too_long")),
        ("sites", "S1,a,toilet,,,", ("kind", "bad_site_kind")),
        ("sites", "S1,a,,,91,0", ("latitude", "bad_latitude")),
        ("sites", "S1,a,,,0,180.1", ("longitude", "bad_longitude")),
        ("sites", "S1,a,,,0,nan", ("longitude", "bad_longitude")),
        ("sites", "S1,a,,,1e9,0", ("latitude", "bad_latitude")),
        ("sites", "S1,a,,,30,", ("longitude", "half_a_position")),
        ("regions", "R1,a,R1", ("parent", "own_parent")),
        ("posts", "P1,,a,,,", ("site", "empty")),
        ("posts", "P1,S1,a,,-1,", ("capacity", "bad_integer")),
        ("posts", "P1,S1,a,,²,", ("capacity", "bad_integer")),
        ("shifts", "F1,P1,2022-04-01T08:00,2022-04-01T08:00,", ("end", "end_before_start")),
        ("shifts", "F1,P1,2022-04-01,2022-04-02,", ("start", "bad_time")),
        ("shifts", "F1,P1,0001-01-01T00:00+23:59,2022-04-02T00:00,", ("start", "bad_time")),
        ("activities", "A1,a,,2022-04-02,2022-04-01,", ("to", "end_before_start")),
        ("activities", "A1,a,,,,maybe", ("certified", "bad_yes_no")),
        ("trainings", "V1,a,,1.234,,2022-01-01", ("hours", "bad_decimal")),
        ("trainings", "V1,a,,-1,,2022-01-01", ("hours", "bad_decimal")),
        ("insurances", "V1,p,2022-01-02,2022-01-01", ("to", "end_before_start")),
    ],
)
def test_a_bad_cell_is_named(desk: Desk, kind: str, row: str, fault: tuple[str, str]) -> None:
    head = SOUND[kind].split("\n")[0]
    assert (2, *fault) in codes(desk.give(kind, f"{head}\n{row}\n"))


def test_a_time_with_an_offset_is_honoured(desk: Desk) -> None:
    desk.give("shifts", "code,post,start,end\nF1,P1,2022-04-01T00:00Z,2022-04-01T10:00+09:00\n")
    assert desk.rows("SELECT start_ms, end_ms FROM shift") == [(1648771200000, 1648774800000)]


def test_every_reason_has_its_sentences() -> None:
    assert set(SENTENCES) == set(Reason)
