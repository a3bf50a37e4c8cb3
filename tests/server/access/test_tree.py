"""Grants spread out to the regions, sites and teams that lie within, as they are now."""

from pathlib import Path

import pytest
from sqlalchemy import event

from server.access.grant import Grant, Over
from server.access.part import EVERYTHING, NOTHING, Part
from server.access.roles import Right, StaffRole
from server.access.tree import part_of, tree
from server.services import Services
from tests.server.conftest import import_text

pytestmark = pytest.mark.both_databases

REGIONS = "code,name,parent\nC,市,\nR1,浉河区,C\nR2,平桥区,C\nR11,街道,R1\nR111,社区,R11\n"


@pytest.fixture
def wide(services: Services, tmp_path: Path) -> Services:
    import_text(services, tmp_path, "regions", REGIONS)
    import_text(
        services,
        tmp_path,
        "sites",
        "code,name,region\nS1,东门,R11\nS2,西门,R111\nS3,南,R2\nS4,x,\n",
    )
    import_text(services, tmp_path, "teams", "code,name,region\nT1,一队,R1\nT2,二队,R2\nT3,三队,\n")
    return services


def part(services: Services, *grants: Grant, right: Right = Right.SEE) -> Part:
    with services.database.read() as connection:
        return part_of(connection, grants, right)


def over(kind: Over, code: str, role: StaffRole = StaffRole.DISTRICT) -> Grant:
    return Grant(role, kind, code)


def test_a_region_is_all_below_it_with_their_sites_and_teams(wide: Services) -> None:
    assert part(wide, over(Over.REGION, "R1")) == Part(
        regions=frozenset({"R1", "R11", "R111"}),
        sites=frozenset({"S1", "S2"}),
        teams=frozenset({"T1"}),
    )


def test_a_team_or_a_site_is_itself_and_grants_add_up(wide: Services) -> None:
    assert part(wide, over(Over.TEAM, "T3")) == Part(teams=frozenset({"T3"}))
    assert part(wide, over(Over.SITE, "S4"), over(Over.REGION, "R2")) == Part(
        regions=frozenset({"R2"}), sites=frozenset({"S3", "S4"}), teams=frozenset({"T2"})
    )
    assert part(wide, over(Over.ALL, ""), over(Over.SITE, "S4")) == EVERYTHING


def test_only_grants_that_bring_the_right_count(wide: Services) -> None:
    viewer = over(Over.ALL, "", StaffRole.VIEWER)
    lead = over(Over.SITE, "S1", StaffRole.SITE_LEAD)
    assert part(wide, viewer, lead, right=Right.DECIDE) == Part(sites=frozenset({"S1"}))
    assert part(wide, viewer, right=Right.DECIDE) == NOTHING
    assert part(wide) == NOTHING


def test_what_lies_in_no_region_is_in_nobody_s_part(wide: Services) -> None:
    assert part(wide, over(Over.REGION, "")) == NOTHING


def test_a_circle_of_parents_ends(wide: Services, tmp_path: Path) -> None:
    import_text(wide, tmp_path, "regions", "code,name,parent\nC,市,R111\n")
    assert part(wide, over(Over.REGION, "R11")).regions == {"C", "R1", "R2", "R11", "R111"}


def test_the_tree_is_read_in_two_questions_and_again_only_after_a_change(
    wide: Services, tmp_path: Path
) -> None:
    asked: list[str] = []
    engine = wide.database.derived
    event.listen(engine, "before_cursor_execute", lambda *event: asked.append(event[2]))
    assert part(wide, over(Over.TEAM, "T3"))
    first = [sql for sql in asked if sql.lstrip().startswith("SELECT")]
    assert len(first) <= 2
    asked.clear()
    part(wide, over(Over.REGION, "R2"))
    assert len([sql for sql in asked if sql.lstrip().startswith("SELECT")]) == 1
    import_text(wide, tmp_path, "sites", "code,name,region\nS4,x,R2\n")
    assert part(wide, over(Over.REGION, "R2")).sites == {"S3", "S4"}


def test_a_change_that_was_given_up_is_not_remembered(wide: Services, tmp_path: Path) -> None:
    from server.books.dates import DAY_MS
    from server.books.derive.queue import queue_people
    from server.imports.change import Author
    from server.imports.import_file import Ports, Wish, import_file
    from server.imports.kinds import KINDS

    def peek(connection: object, *_: object) -> None:
        assert "S4" in tree(connection).sites["R1"]  # type: ignore[arg-type] # a connection
        raise RuntimeError("power cut")

    file = tmp_path / "sites.csv"
    file.write_text("code,name,region\nS4,x,R1\n", encoding="utf-8")
    with pytest.raises(RuntimeError):
        import_file(
            wide.database,
            Wish(KINDS["sites"], file, 20_000, Author("", 20_001 * DAY_MS), EVERYTHING),
            Ports(peek, queue_people, lambda *_: None),
        )
    import_text(wide, tmp_path, "sites", "code,name,region\nS4,x,R2\n")
    assert part(wide, over(Over.REGION, "R2")).sites == {"S3", "S4"}
