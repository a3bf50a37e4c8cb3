"""One thing changed by hand: checked as an import, dated, within one's part, and never over what somebody else just saved."""

from pathlib import Path

import pytest

from schemas.vocabulary import Code
from server.access.part import EVERYTHING, Part
from server.books.dates import local_day
from server.books.derive.queue import queue_people
from server.imports.change import Author, Pens
from server.imports.kinds import KINDS
from server.people.browse import Thing, browse, find
from server.people.edit import Saved, Wish, edit
from server.services import Services
from sync.errors import Refused
from tests.server.builders import START_MS
from tests.server.conftest import import_text

pytestmark = pytest.mark.both_databases

DAY = local_day(START_MS)
OURS = Part(
    regions=frozenset({"R1"}), sites=frozenset({"S1", "S2", "S3"}), teams=frozenset({"T1", "T2"})
)
THEIRS = Part(regions=frozenset({"R9"}), sites=frozenset({"S9"}), teams=frozenset({"T9"}))


def save(
    services: Services,
    kind: str,
    part: Part = EVERYTHING,
    *,
    token: str = "",
    day: int = DAY,
    **cells: str,
) -> Saved:
    wish = Wish(KINDS[kind], cells, token, day, Author("wang", START_MS))
    return edit(services.database, part, wish, Pens(services.central.record_change, queue_people))


def thing(services: Services, kind: str, key: str, part: Part = EVERYTHING) -> Thing:
    with services.database.read() as connection:
        found = find(connection, part, kind, key, DAY)
    assert found is not None
    return found


def listed(services: Services, kind: str, part: Part = EVERYTHING, **wanted: str) -> list[str]:
    with services.database.read() as connection:
        page = browse(connection, part, kind, DAY, wanted=wanted, limit=50)
    return [str(row[KINDS[kind].key[0]]) for row in page.rows]


def test_a_change_is_a_new_version_with_its_author(services: Services) -> None:
    before = thing(services, "sites", "S1")
    assert save(services, "sites", token=before.token, code="S1", name="东门").changed
    after = thing(services, "sites", "S1")
    assert (after.in_force or {})["name"] == "东门"
    assert (after.in_force or {})["latitude_e6"] == 32_100_000, "what the form does not have stays"
    assert [(v.valid_from, v.by, v.at_ms) for v in after.versions] == [
        (DAY, "wang", START_MS),
        (0, "", before.versions[0].at_ms),
    ]


def test_saving_the_same_again_changes_nothing_whatever_was_seen(services: Services) -> None:
    before = thing(services, "sites", "S1")
    save(services, "sites", token=before.token, code="S1", name="东门")
    assert not save(services, "sites", token=before.token, code="S1", name="东门").changed
    assert len(thing(services, "sites", "S1").versions) == 2


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(services: Services) -> None:
    before = thing(services, "teams", "T1")
    save(services, "teams", token=before.token, code="T1", name="甲队")
    with pytest.raises(Refused) as refused:
        save(services, "teams", token=before.token, code="T1", name="乙队")
    assert refused.value.code == Code.CHANGED_SINCE
    assert (thing(services, "teams", "T1").in_force or {})["name"] == "甲队"


def test_a_new_thing_with_a_known_code_is_refused(services: Services) -> None:
    with pytest.raises(Refused) as refused:
        save(services, "teams", code="T1", name="乙队")
    assert refused.value.code == Code.BAD_FIELD


def test_what_an_import_would_refuse_is_refused_by_column(services: Services) -> None:
    saved = save(services, "sites", code="S 9", name="", latitude="91")
    assert [(fault.column, fault.reason) for fault in saved.faults] == [
        ("code", "bad_number"),
        ("name", "empty"),
        ("latitude", "bad_latitude"),
    ]
    assert listed(services, "sites") == ["S1", "S2", "S3"]


def test_a_later_change_waits_for_its_day(services: Services) -> None:
    token = thing(services, "teams", "T1").token
    assert save(services, "teams", token=token, day=DAY + 3, code="T1", name="甲队").changed
    found = thing(services, "teams", "T1")
    assert (found.in_force or {})["name"] == "一队"
    assert found.versions[0].valid_from == DAY + 3


def test_nothing_outside_the_part_is_seen_or_changed(services: Services) -> None:
    with services.database.read() as connection:
        for kind, key in (("sites", "S1"), ("volunteers", "V1"), ("posts", "P1"), ("teams", "T1")):
            assert find(connection, THEIRS, kind, key, DAY) is None
            assert find(connection, OURS, kind, key, DAY) is not None
    for kind in KINDS:
        assert listed(services, kind, THEIRS) == []
    with pytest.raises(Refused) as refused:
        save(
            services,
            "sites",
            THEIRS,
            token=thing(services, "sites", "S1").token,
            code="S1",
            name="x",
        )
    assert refused.value.code == Code.NOT_FOUND


def test_nothing_is_moved_out_of_the_part_or_made_outside_it(services: Services) -> None:
    token = thing(services, "sites", "S1").token
    for values in (
        {"code": "S1", "name": "x", "region": "R9"},
        {"code": "S7", "name": "x", "region": ""},
    ):
        with pytest.raises(Refused) as refused:
            save(services, "sites", OURS, token=token if values["code"] == "S1" else "", **values)
        assert refused.value.code == Code.BAD_FIELD
    only_this = Part(sites=frozenset({"S1"}))
    assert save(
        services, "sites", only_this, token=token, code="S1", name="东门", region="R1"
    ).changed


def test_lists_are_narrowed_and_paged_by_key(services: Services, tmp_path: Path) -> None:
    rows = "".join(f"A{n:02},队{n},R{n % 2 + 1}\n" for n in range(20))
    import_text(services, tmp_path, "teams", "code,name,region\n" + rows)
    assert listed(services, "teams", region="R2") == [f"A{n:02}" for n in range(1, 20, 2)]
    seen, after = [], ""
    with services.database.read() as connection:
        while True:
            page = browse(connection, EVERYTHING, "teams", DAY, wanted={}, after=after, limit=5)
            seen += [row["code"] for row in page.rows]
            after = page.after
            if not after:
                break
    assert seen == sorted(seen)
    assert len(seen) == 22
    with services.database.read() as connection:
        some = browse(connection, OURS, "volunteers", DAY, wanted={}, after="V10", limit=3)
    assert [row["number"] for row in some.rows] == ["V11", "V12", "V13"]
    assert some.after == "V13"


def test_a_key_of_several_is_found_by_its_text(services: Services) -> None:
    save(services, "trainings", volunteer="V1", name="急~救/一", date="2026-05-01")
    save(services, "policies", key="short_ms", value="5")
    assert thing(services, "trainings", "V1~急~救/一~20574").in_force
    assert thing(services, "policies", "~~short_ms~0").in_force
    with services.database.read() as connection:
        for key in ("V1", "V1~x", "V1~x~y", "~", ""):
            with pytest.raises(Refused):
                find(connection, EVERYTHING, "trainings", key, DAY)
