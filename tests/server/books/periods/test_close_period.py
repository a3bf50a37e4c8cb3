"""Closes: what is frozen never moves, what comes later is an adjustment, and any order of arrival ends in the same books."""

from contextlib import suppress
from itertools import permutations
from random import Random
from typing import Any

import pytest

from schemas.vocabulary import Action, Code
from server.books.decisions import merge as merging
from server.books.derive.rebuild import digest, rebuild
from server.books.hours import By
from server.books.periods.adjust import read_adjustments
from server.books.periods.close_period import close_period
from server.books.periods.closed_months import read_closed
from server.books.periods.read_periods import read_periods
from server.books.periods.refreeze import refreeze
from server.books.verify.books import verify_books
from server.books.verify.verify import verify, verify_derived
from server.services import Services
from sync.errors import Refused
from tests.server.books.desk import CITY, DECEMBER, JANUARY, LEAD, NOVEMBER, Desk, make_desk
from tests.server.books.world import derive, meaning
from tests.server.builders import ServerClock
from tests.server.conftest import import_text

pytestmark = pytest.mark.both_databases

DECEMBER_H = 29 * 24
"""Hours from 2026-11-02 to the first of December."""
WHY = "a kiosk is still out"


@pytest.fixture
def desk(services: Services, clock: ServerClock) -> Desk:
    """A desk after November, with stays of two people, one of them held for want of an end."""
    found = make_desk(services, clock)
    found.stay("V1", 8, 12)
    found.stay("V2", 8, 11)
    found.stay("V3", 9, None)
    found.sync(DECEMBER_H + 1)
    return found


def frozen(desk: Desk) -> list[tuple[Any, ...]]:
    return desk.rows("SELECT * FROM frozen_posting")


def adjusted(desk: Desk) -> list[tuple[str, str, str, str, int]]:
    with desk.services.database.read() as connection:
        found = read_adjustments(connection)
    return [(a.volunteer, a.period, a.booked, a.verdict, a.minutes) for a in found]


def code_of(caught: pytest.ExceptionInfo[Refused]) -> str:
    return str(caught.value.code)


def test_a_close_freezes_the_month_and_says_how_much(desk: Desk) -> None:
    done = desk.close()
    assert (done.people, done.records, done.credited, done.held) == (2, 2, 420, 0)
    assert sum(row[-1] for row in frozen(desk)) == 420
    assert adjusted(desk) == []


def test_closing_again_writes_nothing(desk: Desk) -> None:
    first, again = desk.close(), desk.close()
    assert (first.already, again.already, again.entry) == (False, True, first.entry)
    assert again.credited == first.credited
    assert len(desk.rows("SELECT hash FROM period_close")) == 1


def test_what_comes_late_is_an_adjustment_in_the_next_open_month(desk: Desk) -> None:
    desk.close()
    before = frozen(desk)
    desk.late("V1", 14, 15)
    assert adjusted(desk) == [("V1", "2026-11", "2026-12", "credited", 60)]
    assert frozen(desk) == before


def test_an_adjustment_is_frozen_with_the_month_in_which_it_is_booked(desk: Desk) -> None:
    desk.close()
    desk.late("V1", 14, 15)
    desk.stay("V2", DECEMBER_H + 8, DECEMBER_H + 9)
    desk.sync(DECEMBER_H + 24 * 40)
    done = desk.close(DECEMBER, why=WHY)
    assert (done.credited, done.adjusted_credited) == (60, 60)
    assert adjusted(desk) == []
    desk.late("V1", 16, 17)
    assert adjusted(desk) == [("V1", "2026-11", "2027-01", "credited", 60)]


def test_an_adjustment_skips_months_that_are_closed_already(desk: Desk) -> None:
    desk.sync(DECEMBER_H + 24 * 40)
    desk.close(DECEMBER, why=WHY)
    desk.close(NOVEMBER)
    desk.late("V1", 14, 15)
    assert adjusted(desk) == [("V1", "2026-11", "2027-01", "credited", 60)]


def test_a_decision_on_a_closed_month_takes_back_and_gives(desk: Desk) -> None:
    desk.close()
    desk.decide("V1", Action.REFUSE)
    assert adjusted(desk) == [
        ("V1", "2026-11", "2026-12", "credited", -240),
        ("V1", "2026-11", "2026-12", "refused", 240),
    ]


def test_hours_are_what_is_frozen_and_every_adjustment(desk: Desk) -> None:
    desk.close()
    desk.late("V1", 14, 15)
    desk.decide("V2", Action.REFUSE)
    booked = sum(row[-1] for row in frozen(desk)) + sum(row[-1] for row in adjusted(desk))
    for by in By:
        rows = desk.hours(by)
        figures = ("minutes_credited", "minutes_held", "minutes_refused")
        assert sum(int(str(row[name])) for row in rows for name in figures) == booked, by


def test_periods_show_closed_months_as_they_were(desk: Desk) -> None:
    desk.close()
    desk.late("V1", 14, 15)
    desk.stay("V2", DECEMBER_H + 8, DECEMBER_H + 9)
    desk.sync(DECEMBER_H + 10)
    with desk.services.database.read() as connection:
        shown = [
            (p.month, p.closed, p.credited, p.adjusted_credited) for p in read_periods(connection)
        ]
    assert shown == [("2026-11", True, 420, 0), ("2026-12", False, 60, 60)]


def test_a_policy_of_later_changes_nothing_that_is_frozen(desk: Desk, tmp_path: Any) -> None:

    desk.close()
    import_text(
        desk.services,
        tmp_path,
        "policies",
        "region,site,from,key,value\n,S1,2026-01-01,short_ms,36000000\n",
    )
    derive(desk.services)
    assert adjusted(desk) == []


def test_a_month_that_is_not_over_is_not_closed(desk: Desk) -> None:
    with pytest.raises(Refused) as caught:
        desk.close(203_001)
    assert code_of(caught) == Code.NOT_OVER


def test_a_month_with_something_out_closes_only_with_a_reason(desk: Desk) -> None:
    desk.stay("V4", DECEMBER_H + 5, DECEMBER_H + 6)
    desk.sync(DECEMBER_H + 7)
    with pytest.raises(Refused) as caught:
        desk.close(DECEMBER)
    assert code_of(caught) == Code.REASON_NEEDED
    assert "2026-12-31" in caught.value.detail
    done = desk.close(DECEMBER, why=WHY)
    assert "2026-12-01" in done.open_days


def test_a_lead_does_not_close(desk: Desk) -> None:
    with pytest.raises(Refused) as caught:
        desk.close(actor=LEAD)
    assert code_of(caught) == Code.ROLE_TOO_LOW


def test_a_site_that_nobody_imported_is_not_closed(desk: Desk) -> None:

    desk.close()
    services = desk.services
    with pytest.raises(Refused) as caught:
        close_period(services.database, services.central, CITY, "S99", NOVEMBER, why=WHY)
    assert code_of(caught) == Code.NOT_FOUND


def test_totals_that_differ_stop_the_close(desk: Desk) -> None:
    with desk.services.database.write_derived() as connection:
        connection.exec_driver_sql("UPDATE derived.record SET credited = 1 WHERE who = 'V1'")
    with pytest.raises(Refused) as caught:
        desk.close()
    assert code_of(caught) == Code.TOTALS_DIFFER
    assert frozen(desk) == []


def test_a_rebuild_gives_the_same_books(desk: Desk) -> None:
    desk.close()
    desk.late("V1", 14, 15)
    services = desk.services
    with services.database.read() as connection:
        before = digest(connection)
    kept = frozen(desk)
    rebuild(services.database, services.signer.keys.identity_public, lambda *_: None)
    with services.database.read() as connection:
        assert digest(connection) == before
    assert frozen(desk) == kept


def _late(desk: Desk) -> None:
    desk.late("V1", 20, 21)


def _decision(desk: Desk) -> None:
    desk.decide("V2", Action.REFUSE)


STEPS = {
    "november": lambda desk: desk.close(NOVEMBER, why=WHY),
    "december": lambda desk: desk.close(DECEMBER, why=WHY),
    "late": _late,
    "decision": _decision,
}


@pytest.mark.parametrize("order", list(permutations(STEPS)))
def test_closes_late_facts_and_decisions_in_any_order_end_in_the_same_totals(
    desk: Desk, order: tuple[str, ...]
) -> None:
    desk.stay("V2", DECEMBER_H + 8, DECEMBER_H + 9)
    desk.sync(DECEMBER_H + 24 * 60)
    kept: list[tuple[Any, ...]] = []
    for step in order:
        STEPS[step](desk)
        now = frozen(desk)
        assert set(kept) <= set(now), step  # what was frozen never moves
        kept = now
    desk.close(JANUARY, why=WHY)
    assert adjusted(desk) == []
    total: dict[tuple[str, int, str], int] = {}
    for who, _, _, _, day, verdict, *_, minutes in frozen(desk):
        key = (who, day, verdict)
        total[key] = total.get(key, 0) + minutes
    assert {key: count for key, count in total.items() if count} == {
        ("V1", 20_759, "credited"): 300,
        ("V2", 20_759, "refused"): 180,
        ("V2", 20_788, "credited"): 60,
    }


def wrong(desk: Desk) -> list[str]:

    services = desk.services
    keys = services.signer.keys
    facts = verify(services.database, keys, lambda *_: None).troubles
    books = verify_books(services.database, keys, lambda *_: None)
    return [trouble.what for trouble in [*facts, *books]]


def test_what_is_frozen_follows_from_what_its_close_covers_whatever_came_later(desk: Desk) -> None:
    desk.close()
    desk.late("V1", 14, 15)
    desk.stay("V2", DECEMBER_H + 8, DECEMBER_H + 9)
    desk.sync(DECEMBER_H + 24 * 40)
    desk.decide("V2", Action.REFUSE)
    desk.close(DECEMBER, why=WHY)
    desk.decide("V1", Action.REFUSE)
    assert wrong(desk) == []


TAMPERED = [
    ("UPDATE frozen_posting SET minutes = minutes + 1 WHERE who = 'V1'", "what the close says"),
    ("DELETE FROM frozen_posting WHERE who = 'V1'", "what the close says"),
    ("DELETE FROM frozen_record", "what the close says"),
    ("UPDATE period_close SET site = 'S2'", "rests on no entry"),
]


@pytest.mark.parametrize(("statement", "what"), TAMPERED)
def test_books_that_were_altered_are_found(desk: Desk, statement: str, what: str) -> None:
    desk.close()
    with desk.services.database.write_facts() as connection:
        connection.exec_driver_sql(statement)
    assert any(what in trouble for trouble in wrong(desk))


def test_a_close_that_left_somebody_out_is_found(desk: Desk) -> None:
    with desk.services.database.write_derived() as connection:
        connection.exec_driver_sql("DELETE FROM derived.record WHERE who = 'V2'")
    desk.close()
    assert wrong(desk) == [
        "close of S1 2026-11: what is frozen does not follow from what it covers"
    ]


def test_what_was_frozen_is_frozen_again_from_its_close_where_its_rows_were_lost(
    desk: Desk,
) -> None:

    desk.close()
    desk.late("V1", 14, 15)
    desk.close(DECEMBER, why=WHY)
    before, services = frozen(desk), desk.services
    key = services.signer.keys.identity_public
    with services.database.write_facts() as connection:
        connection.exec_driver_sql("DELETE FROM frozen_posting")
        connection.exec_driver_sql("DELETE FROM frozen_record")
    assert [refreeze(services.database, key) for _ in range(2)] == [0, 0]
    derive(services)
    assert frozen(desk) == before
    assert adjusted(desk) == []
    assert wrong(desk) == []


def test_a_comparison_with_everything_derived_again_finds_nothing(desk: Desk) -> None:

    desk.close()
    desk.late("V1", 14, 15)
    desk.decide("V2", Action.REFUSE)
    services = desk.services
    merging.merge(services.database, services.central, CITY, "V1", "V2", "one person")
    derive(services)
    assert adjusted(desk)
    assert verify_derived(services.database, services.signer.keys, lambda *_: None) == []
    assert wrong(desk) == []


def _chance_step(desk: Desk, chance: Random) -> None:
    """Do something that a month may bring; what is refused changes nothing."""
    who, hour = (
        f"V{chance.randrange(1, 4)}",
        chance.randrange(0, 24 * 20) + chance.choice((0, DECEMBER_H)),
    )
    what = chance.randrange(6)
    if what < 3:
        desk.late(who, hour, hour + chance.choice((0.02, 1, 5, 13)))
    elif what == 3 and desk.records(who):
        at = chance.randrange(len(desk.records(who)))
        with suppress(Refused):
            desk.decide(who, chance.choice((Action.APPROVE, Action.REFUSE)), at=at)
    elif what == 4:
        desk.close(chance.choice((NOVEMBER, DECEMBER, JANUARY)), why=WHY)
    elif what == 5:
        services, other = desk.services, f"V{chance.randrange(1, 4)}"
        with suppress(Refused):
            merging.merge(services.database, services.central, CITY, who, other, "one person")
        derive(services)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_what_is_settled_never_moves_and_books_add_up(
    desk: Desk, seed: int
) -> None:
    chance = Random(seed)
    kept: set[tuple[Any, ...]] = set()
    for _ in range(14):
        _chance_step(desk, chance)
        assert kept <= set(frozen(desk))
        kept = set(frozen(desk))
    posted = desk.rows("SELECT day, verdict, minutes FROM derived.posting")
    with desk.services.database.read() as connection:
        closed = read_closed(connection)
    now = sum(minutes for day, _, minutes in posted if closed.has("S1", day))
    assert sum(row[-1] for row in kept) + sum(row[-1] for row in adjusted(desk)) == now
    before = meaning(desk.services)
    changes = adjusted(desk)
    rebuild(desk.services.database, desk.services.signer.keys.identity_public, lambda *_: None)
    assert meaning(desk.services) == before
    assert adjusted(desk) == changes
    assert wrong(desk) == []
