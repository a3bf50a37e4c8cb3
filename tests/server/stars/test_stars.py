"""Star levels and lists: from confirmed hours alone, by dated thresholds; a list is frozen, objected to, and concluded once."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import delete, select

from schemas.vocabulary import Action, Code, Outcome
from server.access.part import EVERYTHING, Part
from server.books.decisions.actor import Actor, Role
from server.books.hours import By
from server.books.periods.adjust import Adjustment, read_adjustments
from server.books.periods.touched import with_touched
from server.books.verify.verify import verify
from server.intake.reapply import reapply
from server.models.log import Log, LogEntry
from server.models.star_list import StarList, StarListEnd, StarListPart, StarObjection
from server.services import Services
from server.stars.figures import STAR_FIGURES, stars_of
from server.stars.levels import Level, Wish, read_evidence, read_levels
from server.stars.lists import StarsList, find_list
from server.stars.notices import Stage, all_lists
from server.stars.object import answer_objection, object_to
from server.stars.publish import Concluded, Published, conclude, publish
from server.stars.read_stars import read_list
from sync.errors import Refused
from tests.server.books.desk import CITY, DECEMBER, LEAD, Desk, make_desk
from tests.server.builders import DAY_MS, ServerClock
from tests.server.certificates.desk import LATE_H, issue
from tests.server.conftest import import_text

DAY = 20_790
FIGURES = "region,site,from,key,value\n,,2026-01-01,star_1_hours,3\n,,2026-01-01,star_2_hours,7\n"


@pytest.fixture
def desk(services: Services, clock: ServerClock, tmp_path: Path) -> Iterator[Desk]:
    """A closed November, of V1 7 hours, of V2 3, of V4 2; one star takes 3 hours, two take 7."""
    import_text(services, tmp_path, "policies", FIGURES)
    found = make_desk(services, clock)
    found.stay("V1", 8, 12)
    found.stay("V1", 32, 35)
    found.stay("V2", 16, 19)
    found.stay("V4", 40, 42)
    found.sync(LATE_H)
    found.close()
    yield found


def levels(desk: Desk, day: int = DAY, part: Part = EVERYTHING, least: int = 1) -> list[Level]:
    with desk.services.database.read() as connection:
        return sorted(
            read_levels(connection, Wish(day, part, least)), key=lambda one: one.volunteer
        )


def told(desk: Desk, day: int = DAY) -> list[tuple[str, int, int]]:
    return [(one.volunteer, one.stars, one.minutes) for one in levels(desk, day)]


def put_up(desk: Desk, title: str = "2026", least: int = 1, **more: int) -> Published:
    services = desk.services
    wish = Wish(DAY, EVERYTHING, least)
    return publish(services.database, services.central, CITY, title, wish, **more)


def end(desk: Desk, entry: str, actor: Actor = CITY) -> Concluded:
    return conclude(desk.services.database, desk.services.central, actor, entry)


def objected(desk: Desk, entry: str, who: str, words: str = "没有来过") -> str:
    services = desk.services
    return object_to(services.database, services.central, entry, who, words, by="V13").objection


def answered(desk: Desk, objection: str, outcome: Outcome, actor: Actor = CITY) -> bool:
    services = desk.services
    asked = (services.database, services.central, actor, objection)
    return answer_objection(*asked, outcome, "查过").already


def found(desk: Desk, entry: str) -> StarsList:
    with desk.services.database.read() as connection:
        return find_list(connection, entry)


def touched(desk: Desk, part: Part = EVERYTHING) -> list[Adjustment]:
    with desk.services.database.read() as connection:
        return with_touched(connection, read_adjustments(connection), part)


def code(caught: pytest.ExceptionInfo[Refused]) -> Code:
    return caught.value.code


@pytest.mark.parametrize(
    ("hours", "stars"),
    [(0, 0), (99.99, 0), (100, 1), (299, 1), (300, 2), (600, 3), (999.9, 3), (1_000, 4), (1_500, 5), (9e4, 5)],
)  # fmt: skip
def test_the_default_levels_are_the_usual_ones(hours: float, stars: int) -> None:
    assert stars_of(int(hours * 60), STAR_FIGURES) == stars


@pytest.mark.both_databases
def test_stars_rest_on_confirmed_hours_and_agree_with_them(desk: Desk) -> None:
    assert told(desk) == [("V1", 2, 420), ("V2", 1, 180)]
    desk.stay("V4", 24 * 30 + 8, 24 * 30 + 12)  # in December, which is open
    desk.sync(24 * 75)
    assert told(desk, DAY + 60) == [("V1", 2, 420), ("V2", 1, 180)]
    desk.close(DECEMBER, why="late")
    assert told(desk, DAY + 60) == [("V1", 2, 420), ("V2", 1, 180), ("V4", 1, 360)]
    assert told(desk, 20_759) == [("V1", 1, 240), ("V2", 1, 180)]
    rows = {str(r["volunteer"]): r["minutes_credited"] for r in desk.hours(By.VOLUNTEER)}
    assert all(rows[who] == minutes for who, _, minutes in told(desk, DAY + 60))
    with desk.services.database.read() as connection:
        evidence = read_evidence(connection, "V1", DAY)
    assert [(one.day, one.minutes) for one in evidence] == [("2026-11-02", 240), ("2026-11-03", 180)]  # fmt: skip
    assert {one.record for one in evidence} == {bytes(r.id).hex() for r in desk.records("V1")}


def test_thresholds_are_dated_and_the_nearest_region_counts(desk: Desk, tmp_path: Path) -> None:
    text = "region,site,from,key,value\n,,2026-11-20,star_1_hours,1000\nR1,,2026-11-25,star_1_hours,2\n"
    import_text(desk.services, tmp_path, "policies", text)
    assert [one[0] for one in told(desk, 20_761)] == ["V1", "V2"]
    assert told(desk, 20_778) == []
    assert [one[0] for one in told(desk, 20_785)] == ["V1", "V2", "V4"]


def test_nobody_outside_the_part_is_listed(desk: Desk) -> None:
    assert [one.volunteer for one in levels(desk, part=Part(teams=frozenset({"T2"})))] == ["V1"]
    assert levels(desk, part=Part()) == []
    entry = put_up(desk).entry
    with desk.services.database.read() as connection:
        keys = desk.services.signer.keys
        theirs = read_list(connection, keys, entry, DAY, Part(teams=frozenset({"T1"})))
    assert [row.volunteer for row in theirs.rows] == ["V2"]
    assert theirs.list.people == 2


@pytest.mark.both_databases
def test_a_list_is_up_for_seven_dates_and_then_concluded_once(desk: Desk) -> None:
    done, again = put_up(desk), put_up(desk)
    assert (done.people, done.already, again.already, again.entry) == (2, False, True, done.entry)
    with pytest.raises(Refused) as caught:
        end(desk, done.entry)
    assert code(caught) is Code.STILL_UP
    desk.clock.now_ms += 6 * DAY_MS
    with pytest.raises(Refused) as caught:
        end(desk, done.entry)
    assert code(caught) is Code.STILL_UP
    desk.clock.now_ms += DAY_MS
    ended = end(desk, done.entry)
    assert (ended.people, ended.digest, ended.struck) == (2, done.digest, [])
    assert end(desk, done.entry[:8]).already
    assert found(desk, done.entry).stage(DAY) is Stage.CONCLUDED


@pytest.mark.both_databases
def test_an_objection_has_to_be_answered_and_one_that_is_granted_takes_the_person_off(
    desk: Desk,
) -> None:
    entry = put_up(desk).entry
    first, second = objected(desk, entry, "V1"), objected(desk, entry, "V2")
    assert objected(desk, entry, "V1") == first  # the same words wait already
    bodies = [bytes(body) for (body,) in desk.rows("SELECT body FROM star_objection")]
    assert not any("没有来过".encode() in body for body in bodies)
    desk.clock.now_ms += 8 * DAY_MS
    with pytest.raises(Refused) as caught:
        end(desk, entry)
    assert code(caught) is Code.STILL_UP
    with pytest.raises(Refused) as caught:
        answered(desk, first, Outcome.DECLINED, Actor("V1", frozenset({Role.CITY})))
    assert code(caught) is Code.OWN_HOURS
    assert not answered(desk, first, Outcome.DECLINED)
    assert answered(desk, first, Outcome.DECLINED)
    with pytest.raises(Refused) as caught:
        answered(desk, first, Outcome.AGREED)
    assert code(caught) is Code.ANSWERED
    answered(desk, second, Outcome.AGREED)
    ended = end(desk, entry)
    assert (ended.people, ended.struck) == (1, ["V2"])
    with pytest.raises(Refused) as caught:
        objected(desk, entry, "V1", "再说")
    assert code(caught) is Code.CONCLUDED
    with desk.services.database.read() as connection:
        whole = read_list(connection, desk.services.signer.keys, entry, DAY, EVERYTHING)
    assert [(row.volunteer, row.state) for row in whole.rows] == [("V1", ""), ("V2", "struck")]
    assert {one.said for one in whole.objections} == {"没有来过"}


def test_somebody_whose_hours_fell_is_not_awarded_by_mistake(desk: Desk) -> None:
    entry = put_up(desk).entry
    desk.decide("V2", Action.REFUSE)
    desk.clock.now_ms += 8 * DAY_MS
    with pytest.raises(Refused) as caught:
        end(desk, entry)
    assert code(caught) is Code.CHANGED_SINCE
    assert "V2" in caught.value.detail
    answered(desk, objected(desk, entry, "V2", "时长被更正"), Outcome.AGREED)
    assert end(desk, entry).struck == ["V2"]


def test_what_makes_no_list_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    services = desk.services
    for wish, days, expected in (
        (Wish(DAY, EVERYTHING, 5), 0, Code.NOTHING_CONFIRMED),
        (Wish(DAY, EVERYTHING), 6, Code.BAD_FIELD),
        (Wish(30_000, EVERYTHING), 0, Code.BAD_FIELD),
    ):
        with pytest.raises(Refused) as caught:
            publish(services.database, services.central, CITY, "x", wish, days=days)
        assert code(caught) is expected
    with pytest.raises(Refused) as caught:
        publish(services.database, services.central, LEAD, "x", Wish(DAY, EVERYTHING))
    assert code(caught) is Code.ROLE_TOO_LOW
    with pytest.raises(Refused) as caught:
        objected(desk, put_up(desk).entry, "V4")
    assert code(caught) is Code.NOT_FOUND
    for prefix in ("", "zz", "00", "0" * 65, "ab" * 32):
        with pytest.raises(Refused) as caught:
            found(desk, prefix)
        assert code(caught) is Code.NOT_FOUND
    monkeypatch.setattr("server.stars.publish.STAR_LIST_MAX", 1)
    with pytest.raises(Refused) as caught:
        put_up(desk, "other")
    assert code(caught) is Code.TOO_LARGE


def test_a_long_list_lies_in_many_entries(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.stars.publish.LISTED_ROWS_MAX", 1)
    entry = put_up(desk).entry
    assert len(desk.rows("SELECT hash FROM star_list_part")) == 2
    assert [row[0] for row in found(desk, entry).rows] == ["V1", "V2"]


@pytest.mark.both_databases
def test_lists_that_come_back_in_any_order_stand_as_they_stood(desk: Desk) -> None:
    entry = put_up(desk).entry
    answered(desk, objected(desk, entry, "V2"), Outcome.AGREED)
    desk.clock.now_ms += 8 * DAY_MS
    end(desk, entry)
    services = desk.services
    before = found(desk, entry)
    tables = (StarList, StarListPart, StarObjection, StarListEnd)
    words = (b"listed", b"publish", b"object", b"conclude")
    with services.database.write_facts() as connection:
        query = select(LogEntry.log, LogEntry.seq, LogEntry.hash, LogEntry.body)
        central = query.join(Log, Log.id == LogEntry.log).where(Log.kind == "central")
        rows = [row for row in connection.execute(central) if any(w in bytes(row.body)[:14] for w in words)]  # fmt: skip
        for model in tables:
            connection.execute(delete(model))
        Random(5).shuffle(rows)
        connection.exec_driver_sql("DELETE FROM central_place WHERE hash IN (SELECT hash FROM star_list)")  # fmt: skip
        for log, seq, entry_hash, body in rows:
            connection.exec_driver_sql(f"DELETE FROM central_place WHERE log = {log} AND seq = {seq}")  # noqa: S608 # two integers  # fmt: skip
            reapply(connection, bytes(body), (log, seq, bytes(entry_hash)))
    assert found(desk, entry) == before
    assert len(before.left) == 1
    with services.database.read() as connection:
        assert [one.hash for one in all_lists(connection)] == [before.hash]
    assert verify(services.database, services.signer.keys, lambda *_: None).troubles == []


@pytest.mark.both_databases
def test_an_adjustment_names_the_certificates_and_star_levels_that_it_touches(desk: Desk) -> None:
    one, other = issue(desk, "V1"), issue(desk, "V2")
    assert touched(desk) == []
    desk.late("V2", 60, 65)
    desk.decide("V1", Action.REFUSE)
    named = {
        (a.volunteer, a.verdict, a.day, a.minutes): (a.certificates, a.stars) for a in touched(desk)
    }
    assert named == {
        ("V1", "credited", "2026-11-02", -240): ((one.entry.number,), ("1→0",)),
        ("V1", "refused", "2026-11-02", 240): ((), ()),
        ("V2", "credited", "2026-11-04", 300): ((), ("1→2",)),
    }
    assert other.entry.last_day == 20_759  # before the minutes that came late
    theirs = touched(desk, Part(sites=frozenset({"S1"}), teams=frozenset({"T1"})))
    assert {a.volunteer for a in theirs if a.certificates or a.stars} == {"V2"}
