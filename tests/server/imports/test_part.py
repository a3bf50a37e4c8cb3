"""A file brings what lies within the part of whoever hands it over, and not a row of anybody else's (I9)."""

import pytest

from server.access.part import EVERYTHING, NOTHING, Part
from server.imports.kinds import KINDS
from tests.server.imports.desk import TODAY, Desk, codes

pytestmark = pytest.mark.both_databases

MINE = Part(regions=frozenset({"R1"}), sites=frozenset({"S1"}), teams=frozenset({"T1"}))
THERE = {
    "regions": "code,name,parent\nR1,a,\nR2,b,\n",
    "teams": "code,name,region\nT1,a,R1\nT9,b,R2\n",
    "sites": "code,name,kind,region,latitude,longitude\nS1,a,gate,R1,,\nS9,b,gate,R2,,\n",
    "volunteers": "number,name,phone,team\nV1,张三,1,T1\nV9,李九,9,T9\n",
    "posts": "code,site,name,role\nP1,S1,a,\nP9,S9,b,\n",
    "shifts": "code,post,start,end,needed\nH1,P1,2022-04-01T08:00,2022-04-01T12:00,1\n"
    "H9,P9,2022-04-01T08:00,2022-04-01T12:00,1\n",
}
FILES = {
    "regions": "code,name,parent\nR11,new,R1\nR12,new,R2\nR2,renamed,R1\nR3,new,\nR1,renamed,\n",
    "teams": "code,name,region\nT2,new,R1\nT3,new,R2\nT9,taken,R1\nT1,moved,R2\nT1x,new,\n",
    "sites": "code,name,kind,region,latitude,longitude\nS2,new,gate,R1,,\nS3,new,gate,R2,,\n"
    "S9,taken,gate,R1,,\nS1,moved,gate,R2,,\nS1x,new,gate,,,\n",
    "volunteers": "number,name,team\nV2,new,T1\nV3,new,T9\nV9,taken,T1\nV1,moved,T9\nV4,new,\n",
    "posts": "code,site,name,role\nP2,S1,new,\nP3,S9,new,\nP9,S1,taken,\nP1,S9,moved,\nP4,S404,new,\n",
    "shifts": "code,post,start,end,needed\nH2,P1,2022-04-01T08:00,2022-04-01T12:00,1\nH3,P9,2022-04-01T08:00,2022-04-01T12:00,1\n"
    "H9,P1,2022-04-01T08:00,2022-04-01T13:00,1\nH1,P9,2022-04-01T08:00,2022-04-01T13:00,1\nH4,P404,2022-04-01T08:00,2022-04-01T12:00,1\n",
    "assignments": "shift,volunteer\nH1,V1\nH9,V9\nH9,V1\nH404,V1\nH99,V9\n",
    "activities": "code,name,site,from,to,certified\nA1,new,S1,2022-04-01,2022-04-02,1\nA2,new,S9,2022-04-01,2022-04-02,1\n"
    "A3,new,S404,2022-04-01,2022-04-02,1\nA4,new,S9,2022-04-01,2022-04-02,0\nA5,new,S9,2022-04-01,2022-04-02,0\n",
    "trainings": "volunteer,name,content,hours,organiser,date\nV1,a,b,1,c,2022-04-01\nV9,a,b,1,c,2022-04-01\n"
    "V404,a,b,1,c,2022-04-01\n"
    "V9,b,b,1,c,2022-04-01\nV9,c,b,1,c,2022-04-01\n",
    "insurances": "volunteer,policy,from,to\nV1,a,2022-04-01,2022-05-01\nV9,a,2022-04-01,2022-05-01\n"
    "V404,a,2022-04-01,2022-05-01\n"
    "V9,b,2022-04-01,2022-05-01\nV9,c,2022-04-01,2022-05-01\n",
    "policies": "region,site,from,key,value\nR1,,2022-04-01,repeat_ms,5\nR2,,2022-04-01,repeat_ms,5\n,S9,2022-04-01,repeat_ms,5\n"
    ",,2022-04-01,repeat_ms,5\nR404,,2022-04-01,repeat_ms,5\n",
}
"""The first row is within; the others are of others, taken from them, moved to them, or of nobody."""
OUTSIDE = [(line, "", "outside_part") for line in (3, 4, 5, 6)]


@pytest.fixture
def two_districts(desk: Desk) -> Desk:
    """A desk with R1, which is one's own, and R2."""
    for kind, text in THERE.items():
        assert codes(desk.give(kind, text)) == []
    return desk


def test_rows_of_others_are_refused_by_line_and_ones_own_count(two_districts: Desk) -> None:
    for kind in KINDS:
        _try(two_districts, kind)


def _try(desk: Desk, kind: str) -> None:
    table = KINDS[kind].model.__tablename__
    count = f"SELECT count(*) FROM {table}"  # noqa: S608 # a table's own name
    wanted = OUTSIDE if kind != "regions" else OUTSIDE[:3]
    before = desk.rows(count)
    looked = desk.give(kind, FILES[kind], part=MINE, dry_run=True)
    assert (codes(looked), looked.rows) == (wanted, 5)
    assert desk.rows(count) == before
    refused = desk.give(kind, FILES[kind], part=MINE, all_or_nothing=True)
    assert (codes(refused), refused.accepted, desk.rows(count)) == (wanted, 0, before)
    done = desk.give(kind, FILES[kind], part=MINE)
    assert (codes(done), done.added, done.bad) == (wanted, looked.added, len(wanted))
    assert desk.rows(count)[0][0] == int(str(before[0][0])) + done.added + done.changed
    assert desk.give(kind, FILES[kind], part=EVERYTHING, dry_run=True).bad == 0


def test_nobody_learns_whether_they_guessed_what_is_known_of_others(two_districts: Desk) -> None:
    guessed = "number,name,phone,team\nV9,李九,9,T9\nV9x,李九,9,T9\n"
    report = two_districts.give("volunteers", guessed, part=MINE, dry_run=True)
    assert codes(report) == [(2, "", "outside_part"), (3, "", "outside_part")]
    assert report.unchanged == 0


def test_what_a_file_does_not_have_takes_nobody_out_of_their_part(two_districts: Desk) -> None:
    report = two_districts.give("volunteers", "number,name\nV1,张山\nV9,李久\nV5,王五\n", part=MINE)
    assert (report.changed, codes(report)) == (
        1,
        [(3, "", "outside_part"), (4, "", "outside_part")],
    )
    assert two_districts.rows("SELECT team FROM volunteer WHERE name = '张山'") == [("T1",)]


def test_who_may_edit_nowhere_brings_nothing(two_districts: Desk) -> None:
    changes = len(two_districts.changes)
    report = two_districts.give("volunteers", THERE["volunteers"], TODAY + 1, part=NOTHING)
    assert (report.bad, report.accepted, len(two_districts.changes)) == (2, 0, changes)
