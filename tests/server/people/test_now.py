"""What is in force now follows from the versions, whichever way it came to be: by an import, by a new day, or filled whole."""

import pytest
from sqlalchemy import Connection, select, text

from server.models import everything
from server.models.now import FOLLOWS, VolunteerWord
from server.people import now
from server.people.words import WordKind
from tests.server.imports.desk import TODAY, Desk

pytestmark = pytest.mark.both_databases

TWO = "number,name,phone,team,region\nV1,单三,139,T1,R1\nV2,李四,138,T1,R2\n"


def held(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    """Give every row of the tables that follow from others, but the date."""
    tables = next(iter(everything())).tables.values()
    return {
        table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
        for table in tables
        if table.info == FOLLOWS and table.name != "now_state"
    }


def snapshot(desk: Desk) -> dict[str, list[tuple[object, ...]]]:
    with desk.database.read() as connection:
        return held(connection)


def found(desk: Desk, kind: WordKind) -> list[tuple[str, str, str]]:
    asked = select(VolunteerWord.word, VolunteerWord.number, VolunteerWord.team)
    with desk.database.read() as connection:
        rows = connection.execute(asked.where(VolunteerWord.kind == kind))
        return sorted(map(tuple, rows))


def test_an_import_leaves_what_is_in_force_in_the_same_transaction(desk: Desk) -> None:
    desk.give("volunteers", TWO)
    assert desk.rows(
        "SELECT number, name, pinyin, initials, team, valid_from FROM volunteer_now"
    ) == [
        ("V1", "单三", "shansan", "ss", "T1", 0),
        ("V2", "李四", "lisi", "ls", "T1", 0),
    ]
    assert found(desk, WordKind.PINYIN) == [
        ("chansan", "V1", "T1"),
        ("dansan", "V1", "T1"),
        ("lisi", "V2", "T1"),
        ("shansan", "V1", "T1"),
    ]


def test_who_is_renamed_and_moved_is_found_by_the_new_words_alone(desk: Desk) -> None:
    desk.give("volunteers", TWO)
    desk.give("volunteers", TWO.replace("单三,139,T1", "王五,137,T2"))
    assert [row for row in found(desk, WordKind.PINYIN) if row[1] == "V1"] == [
        ("wangwu", "V1", "T2")
    ]
    assert [row[0] for row in found(desk, WordKind.PHONE)] == ["137", "138"]
    assert desk.rows("SELECT name, team FROM volunteer_now WHERE number = 'V1'") == [("王五", "T2")]


def test_what_is_entered_for_a_later_day_comes_into_force_on_that_day(desk: Desk) -> None:
    desk.give("volunteers", TWO)
    with desk.database.write_facts() as connection:
        now.bring_to(connection, TODAY)
    desk.give("volunteers", TWO.replace("V1,单三,139,T1", "V1,单三,139,T9"), TODAY + 2)
    teams = "SELECT team FROM volunteer_now WHERE number = 'V1'"
    for day, team in ((TODAY + 1, "T1"), (TODAY + 2, "T9"), (TODAY + 3, "T9")):
        with desk.database.write_facts() as connection:
            now.bring_to(connection, day)
        assert desk.rows(teams) == [(team,)], day


def test_a_change_for_an_earlier_day_does_not_displace_a_later_one(desk: Desk) -> None:
    desk.give("volunteers", TWO)
    desk.give("volunteers", TWO.replace("T1", "T2"))
    desk.give("volunteers", TWO.replace("T1", "T3"), TODAY - 5)
    assert desk.rows("SELECT DISTINCT team FROM volunteer_now") == [("T2",)]


def test_filled_whole_it_is_the_same_as_kept_step_by_step(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(now, "FILLED_AT_A_TIME", 2)
    desk.give("regions", "code,name,parent\nR1,浉河区,\nR2,平桥区,R1\nR3,羊山,R2\n")
    desk.give(
        "sites", "code,name,kind,region,latitude,longitude\nS1,东门卡口,checkpoint,R1,32.1,114\n"
    )
    desk.give("posts", "code,site,name,role\nP1,S1,登记,registration\n")
    desk.give("teams", "code,name,region\nT1,一队,R1\n")
    desk.give("volunteers", TWO + "".join(f"W{n},曾{n},13{n},T1,\n" for n in range(5)))
    desk.give("volunteers", TWO.replace("李四", "解四"), TODAY - 1)
    desk.give("volunteers", TWO.replace("T1", "T7"), TODAY + 1)
    step_by_step = snapshot(desk)
    assert [len(step_by_step[name]) for name in ("region_now", "volunteer_now")] == [3, 7]
    with desk.database.write_facts() as connection:
        assert now.refill(connection, TODAY) == 3 + 1 + 1 + 1 + 7
    assert snapshot(desk) == step_by_step


def test_an_import_that_fails_or_is_only_tried_leaves_nothing_in_force(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.give("volunteers", TWO, dry_run=True)
    monkeypatch.setattr(desk, "record", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        desk.give("volunteers", TWO)
    assert all(not rows for rows in snapshot(desk).values())


def test_it_is_filled_anew_once_names_are_read_otherwise(desk: Desk) -> None:
    desk.give("volunteers", TWO)
    with desk.database.write_facts() as connection:
        assert now.as_of(connection) is None
        assert now.bring_to(connection, TODAY) == 2
        assert now.as_of(connection) == TODAY
        assert now.bring_to(connection, TODAY) == 0
        connection.execute(text("UPDATE now_state SET readings = 0"))
        assert now.as_of(connection) is None
        assert now.bring_to(connection, TODAY) == 2
