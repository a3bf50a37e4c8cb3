"""Reference data as of a day: teams, regions, policies, revocations."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server import bulk
from server.limits import REGION_DEPTH_MAX
from server.models.badge import BadgeRevocation
from server.people.reference import load_reference
from server.people.roster import known, names, numbers
from server.people.sites import site_exists, site_name
from server.people.titles import titles
from server.reconcile.facts import Reference, Revocation
from server.reconcile.policy import DEFAULTS
from tests.server.imports.desk import Desk, open_desk

DAY = 100
POLICY_HEAD = "region,site,from,key,value\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path)
    opened.give("volunteers", "number,name,team\nV1,张三,T1\nV2,李四,T2\n")
    opened.give("volunteers", "number,name,team\nV1,张三丰,T9\n", DAY)
    opened.give("sites", "code,name,region\nS1,东门,R3\nS2,西门,\n")
    opened.give("sites", "code,name,region\nS1,东大门,R8\n", DAY)
    opened.give("regions", "code,name,parent\nR1,市,\nR2,区,R1\nR3,街道,R2\nR8,别处,\n")
    yield opened
    opened.database.close()


def ask(desk: Desk, people: list[str] | None) -> Reference:
    connection = desk.database.derived.connect()
    return load_reference(connection, people)


@pytest.mark.parametrize("people", [None, ["V1", "V2", "V404"]])
def test_the_team_is_the_one_of_that_day(desk: Desk, people: list[str] | None) -> None:
    reference = ask(desk, people)
    found = [reference.team("V1", day) for day in (0, DAY - 1, DAY, DAY + 1)]
    assert found == ["T1", "T1", "T9", "T9"]
    assert reference.team("V2", DAY) == "T2"
    assert reference.team("V404", DAY) == ""


def test_of_several_versions_at_one_day_the_last_entered_wins(desk: Desk) -> None:
    desk.give("volunteers", "number,name,team\nV1,张三丰,T5\n", DAY)
    reference = ask(desk, ["V1"])
    assert (reference.team("V1", DAY - 1), reference.team("V1", DAY)) == ("T1", "T5")


def test_the_region_is_the_one_of_that_day(desk: Desk) -> None:
    reference = ask(desk, [])
    assert [reference.region("S1", day) for day in (0, DAY - 1, DAY)] == ["R3", "R3", "R8"]
    assert (reference.region("S2", 0), reference.region("S404", 0)) == ("", "")


def test_a_site_wins_over_its_region_and_that_over_farther_ones_and_all_over_the_default(
    desk: Desk,
) -> None:
    policies = [",,,short_ms,1", "R1,,,short_ms,2", "R2,,,short_ms,3", ",S1,,short_ms,4"]
    found = []
    for policy in policies:
        desk.give("policies", f"{POLICY_HEAD}{policy}\n")
        found.append(ask(desk, []).policy("S1", 1).short_ms)
    assert found == [1, 2, 3, 4]
    reference = ask(desk, [])
    assert reference.policy("S2", 1).short_ms == 1
    assert reference.policy("S1", 1).repeat_ms == DEFAULTS.repeat_ms


def test_each_figure_is_looked_for_by_itself(desk: Desk) -> None:
    desk.give("policies", POLICY_HEAD + "R3,,,short_ms,7\nR1,,,repeat_ms,8\n,,,repeat_ms,9\n")
    policy = ask(desk, []).policy("S1", 0)
    assert (policy.short_ms, policy.repeat_ms) == (7, 8)


def test_a_policy_holds_from_its_day_on(desk: Desk) -> None:
    desk.give("policies", POLICY_HEAD + ",S2,1970-01-11,short_ms,7\n,S2,1970-01-21,short_ms,8\n")
    reference = ask(desk, [])
    found = [reference.policy("S2", day).short_ms for day in (9, 10, 19, 20)]
    assert found == [DEFAULTS.short_ms, 7, 7, 8]


def test_a_site_that_moved_has_the_policy_of_where_it_was_that_day(desk: Desk) -> None:
    desk.give("policies", POLICY_HEAD + "R1,,,short_ms,1\nR8,,,short_ms,8\n")
    reference = ask(desk, [])
    assert [reference.policy("S1", day).short_ms for day in (DAY - 1, DAY)] == [1, 8]


def test_without_policies_the_defaults_hold(desk: Desk) -> None:
    assert ask(desk, []).policy("S1", 0) is DEFAULTS


def test_regions_in_a_circle_and_deep_trees_end(desk: Desk) -> None:
    deep = "".join(f"D{n},x,D{n + 1}\n" for n in range(REGION_DEPTH_MAX * 2))
    desk.give("regions", f"code,name,parent\nC1,a,C2\nC2,b,C1\n{deep}")
    desk.give("sites", "code,name,region\nSC,a,C1\nSD,b,D0\n")
    far = f"D{REGION_DEPTH_MAX},,,short_ms,5\nD{REGION_DEPTH_MAX - 1},,,repeat_ms,6\n"
    desk.give("policies", POLICY_HEAD + far)
    reference = ask(desk, [])
    assert reference.policy("SC", 0) == DEFAULTS
    assert reference.policy("SD", 0).short_ms == DEFAULTS.short_ms
    assert reference.policy("SD", 0).repeat_ms == 6


def test_revocations_come_in_order_of_time(desk: Desk) -> None:
    with desk.database.write_facts() as connection:
        rows = [("V1", b"b", 2, 2_000), ("V1", b"a", 1, 1_000), ("V2", b"c", 1, 500)]
        bulk.insert(connection, BadgeRevocation, rows)
    for people in (None, ["V1"]):
        reference = ask(desk, people)
        assert reference.revocations("V1") == (Revocation(1, 1_000), Revocation(2, 2_000))
        assert reference.revocations("V404") == ()


def test_more_people_than_one_statement_can_name_are_read(desk: Desk) -> None:
    people = [f"X{n}" for n in range(6_000)]
    desk.give("volunteers", "number,name,team\n" + "".join(f"{p},a,T7\n" for p in people))
    reference = ask(desk, people)
    assert {reference.team(person, 0) for person in people} == {"T7"}


def test_the_roster_has_every_number_once_and_names_are_the_newest(desk: Desk) -> None:
    with desk.database.read() as connection:
        assert list(numbers(connection)) == ["V1", "V2"]
        assert names(connection) == {"V1": "张三丰", "V2": "李四"}
        assert names(connection, ["V2", "V404"]) == {"V2": "李四"}
        assert known(connection, ["V1", "V404"]) == {"V1"}


def test_titles_are_the_newest_names(desk: Desk) -> None:
    with desk.database.read() as connection:
        assert titles(connection, "site") == {"S1": "东大门", "S2": "西门"}
        assert titles(connection, "region")["R2"] == "区"
        assert titles(connection, "volunteer")["V1"] == "张三丰"
        assert (titles(connection, "team"), titles(connection, "day")) == ({}, {})
        assert (site_name(connection, "S1"), site_name(connection, "S404")) == ("东大门", "")
        assert (site_exists(connection, "S1"), site_exists(connection, "S404")) == (True, False)
