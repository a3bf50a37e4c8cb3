"""Certificates: what they rest on, when they stop holding, and that no order of arrival changes that."""

from dataclasses import replace
from itertools import permutations
from random import Random

import pytest
from sqlalchemy import delete, insert, select, update

from schemas.vocabulary import Action, Code
from server.access.part import NOTHING, Part
from server.books.decisions import merge as merging
from server.books.decisions.actor import Actor, Role
from server.books.decisions.undo_decision import undo_decision
from server.books.derive.rebuild import rebuild
from server.books.hours import By, Span
from server.books.periods.confirmed import read_confirmed
from server.books.verify.verify import verify
from server.certificates.issue import Wish
from server.certificates.mask import mask_name, mask_number
from server.certificates.number import as_typed, draw_number
from server.certificates.read_certificates import read_certificates
from server.certificates.standing import State
from server.certificates.withdraw import withdraw
from server.intake.reapply import reapply
from server.models.central_place import CentralPlace
from server.models.certificate import CertificateEnd, CertificateRow
from server.models.log import Log, LogEntry
from sync.errors import Refused
from tests.server.books.desk import CITY, DECEMBER, LEAD, Desk
from tests.server.books.world import derive
from tests.server.certificates.desk import ISSUER, WISH, issue, state

both = pytest.mark.both_databases


def confirmed(desk: Desk, who: str) -> int:
    """A person's confirmed minutes."""
    with desk.services.database.read() as connection:
        return sum(row.minutes for row in read_confirmed(connection, who, Span()))


def credited(desk: Desk, who: str) -> int:
    """What `hours` says of them."""
    return next(int(str(r["minutes_credited"])) for r in desk.hours(By.VOLUNTEER) if r["volunteer"] == who)  # fmt: skip


def refusal(desk: Desk, number: str = "V1", **more: object) -> Code:
    with pytest.raises(Refused) as caught:
        issue(desk, number, **more)  # type: ignore[arg-type] # as the desk takes them
    return caught.value.code


@both
def test_it_certifies_each_day_of_closed_months_and_nothing_else(closed: Desk) -> None:
    closed.stay("V1", 24 * 30 + 8, 24 * 30 + 9)  # in December, which is open
    closed.sync(24 * 30 + 10)
    made = issue(closed, "V1")
    assert [(line.day, line.minutes, line.since, line.until, line.grade) for line in made.lines] == [
        (20_759, 240, "08:00", "12:00", "B"),
        (20_760, 180, "08:00", "11:00", "B"),
    ]  # fmt: skip
    assert (made.entry.minutes, made.entry.rows, made.times) == (420, 2, 2)
    assert (made.entry.first_day, made.entry.last_day) == (20_759, 20_760)
    assert state(closed, made) is State.GOOD


def test_nothing_is_certified_before_the_month_is_closed(desk: Desk) -> None:
    assert refusal(desk) is Code.NOTHING_CONFIRMED


def test_what_is_held_is_not_certified(closed: Desk) -> None:
    assert refusal(closed, "V3") is Code.NOTHING_CONFIRMED


def test_only_the_dates_that_were_asked_for_are_certified(closed: Desk) -> None:
    made = issue(closed, "V1", Wish(ISSUER, Span(20_760, 20_790)))
    assert (made.entry.minutes, made.entry.first_day, made.entry.last_day) == (180, 20_760, 20_790)


@both
def test_the_same_again_is_the_same_certificate(closed: Desk) -> None:
    first, again = issue(closed, "V1"), issue(closed, "V1")
    assert (first.already, again.already) == (False, True)
    assert again.entry.number == first.entry.number
    assert again.issued_ms == first.issued_ms
    assert len(closed.rows("SELECT hash FROM certificate")) == 1


def test_another_in_its_place_ends_the_first(closed: Desk) -> None:
    first = issue(closed, "V1")
    second = issue(closed, "V1", replace(WISH, again=True, why="遗失"))
    assert second.replaced == first.entry.number
    assert (state(closed, first), state(closed, second)) == (State.REPLACED, State.GOOD)
    other_body = issue(closed, "V1", Wish("另一单位"))
    assert (state(closed, second), state(closed, other_body)) == (State.REPLACED, State.GOOD)


def test_certificates_over_other_dates_leave_each_other_alone(closed: Desk) -> None:
    whole, part = issue(closed, "V1"), issue(closed, "V1", Wish(ISSUER, Span(20_759, 20_759)))
    assert (state(closed, whole), state(closed, part)) == (State.GOOD, State.GOOD)


@both
def test_an_adjustment_ends_a_certificate_and_it_can_be_issued_anew(closed: Desk) -> None:
    first, other = issue(closed, "V1"), issue(closed, "V2")
    closed.late("V1", 14, 15)
    assert (state(closed, first), state(closed, other)) == (State.CHANGED, State.GOOD)
    second = issue(closed, "V1")
    assert (second.replaced, second.entry.minutes) == (first.entry.number, 480)
    assert (state(closed, first), state(closed, second)) == (State.REPLACED, State.GOOD)


def test_a_decision_that_takes_hours_away_ends_a_certificate_and_one_that_gives_them_back_revives_it(
    closed: Desk,
) -> None:
    made = issue(closed, "V1")
    entry = closed.decide("V1", Action.REFUSE).decisions[0]
    assert state(closed, made) is State.CHANGED
    services = closed.services
    undo_decision(services.database, services.central, CITY, entry, "wrong")
    derive(services)
    assert state(closed, made) is State.GOOD


def test_an_adjustment_that_a_later_close_freezes_moves_nothing(closed: Desk) -> None:
    closed.late("V1", 14, 15)
    made = issue(closed, "V1")
    closed.sync(24 * 75)
    closed.close(DECEMBER, why="late")
    assert state(closed, made) is State.GOOD
    assert issue(closed, "V1").already


def test_a_close_of_a_later_month_ends_no_certificate(closed: Desk) -> None:
    closed.stay("V1", 24 * 30 + 8, 24 * 30 + 9)
    made = issue(closed, "V1", Wish(ISSUER, Span(20_759, 20_850)))
    closed.sync(24 * 75)
    closed.close(DECEMBER, why="late")
    assert state(closed, made) is State.GOOD
    assert issue(closed, "V1", Wish(ISSUER, Span(20_759, 20_851))).entry.minutes == 480


def test_a_merge_ends_certificates_of_both(closed: Desk) -> None:
    one, other = issue(closed, "V1"), issue(closed, "V2")
    services = closed.services
    done = merging.merge(services.database, services.central, CITY, "V2", "V1", "twice")
    derive(services)
    assert (state(closed, one), state(closed, other)) == (State.CHANGED, State.CHANGED)
    assert issue(closed, "V2").entry.who == "V1"
    merging.unmerge(services.database, services.central, CITY, done.entry, "two people")
    derive(services)
    assert state(closed, other) is State.GOOD


def test_news_that_is_not_derived_yet_is_no_verdict(closed: Desk) -> None:
    made = issue(closed, "V2")
    services = closed.services
    merging.merge(services.database, services.central, CITY, "V2", "V1", "twice")
    assert state(closed, made) is State.UNSETTLED
    derive(services)
    assert state(closed, made) is State.CHANGED


@both
def test_it_is_withdrawn_once(closed: Desk) -> None:
    made = issue(closed, "V1")
    services = closed.services
    number = made.entry.number.lower()
    done = [
        withdraw(services.database, services.central, CITY, number, "误发").already
        for _ in range(2)
    ]
    assert done == [False, True]
    assert state(closed, made) is State.WITHDRAWN
    assert not issue(closed, "V1").already
    assert state(closed, made) is State.WITHDRAWN


def test_who_may_not_gets_none(closed: Desk) -> None:
    assert refusal(closed, actor=LEAD) is Code.ROLE_TOO_LOW
    assert refusal(closed, actor=Actor("V1", frozenset({Role.CITY}))) is Code.OWN_HOURS
    assert refusal(closed, "V99") is Code.NOT_FOUND


def test_nobody_reaches_beyond_their_part(closed: Desk) -> None:
    theirs, others = Part(teams=frozenset({"T2"})), Part(teams=frozenset({"T1"}))
    made = issue(closed, "V1", part=theirs)  # of team T2
    services = closed.services
    for part in (others, NOTHING):
        assert refusal(closed, part=part) is Code.NOT_FOUND
        with pytest.raises(Refused) as caught:
            withdraw(services.database, services.central, CITY, made.entry.number, "x", part=part)
        assert caught.value.code is Code.NOT_FOUND
    with services.database.read() as connection:
        seen = [len(read_certificates(connection, part)) for part in (theirs, others)]
    assert seen == [1, 0]


@both
@pytest.mark.parametrize("order", Random(7).sample(list(permutations(("close", "late", "refuse", "december"))), 5))  # fmt: skip
def test_confirmed_minutes_are_those_of_hours_whatever_happens_in_whatever_order(
    desk: Desk, order: tuple[str, ...]
) -> None:
    steps = {
        "close": lambda: desk.close(why="late"),
        "late": lambda: desk.late("V1", 14, 15),
        "refuse": lambda: desk.decide("V2", Action.REFUSE),
        "december": lambda: desk.close(DECEMBER, why="late"),
    }
    desk.sync(24 * 75)
    closed = False
    for step in order:
        steps[step]()
        closed = closed or step == "close"
        for who in ("V1", "V2", "V3"):
            assert confirmed(desk, who) == (credited(desk, who) if closed else 0), (step, who)
    assert issue(desk, "V1").entry.minutes == credited(desk, "V1") == 480


@both
def test_entries_that_come_back_in_any_order_leave_the_same_standing(closed: Desk) -> None:
    made = [issue(closed, "V1"), issue(closed, "V2"), issue(closed, "V1", Wish("另一单位"))]
    services = closed.services
    withdraw(services.database, services.central, CITY, made[1].entry.number, "误发")
    closed.late("V1", 14, 15)
    before = [state(closed, one) for one in made]
    assert before == [State.REPLACED, State.WITHDRAWN, State.CHANGED]
    kept = closed.rows("SELECT * FROM certificate"), closed.rows("SELECT * FROM certificate_end")
    with services.database.write_facts() as connection:
        query = select(LogEntry.log, LogEntry.seq, LogEntry.hash, LogEntry.body)
        rows = list(connection.execute(query.join(Log, Log.id == LogEntry.log).where(Log.kind == "central")))  # fmt: skip
        places = [dict(row) for row in connection.execute(select(CentralPlace)).mappings()]
        for model in (CertificateRow, CertificateEnd, CentralPlace):
            connection.execute(delete(model))
        Random(3).shuffle(rows)
        for log, seq, entry_hash, body in rows:
            if any(word in bytes(body)[:14] for word in (b"certify", b"withdraw")):
                reapply(connection, bytes(body), (log, seq, bytes(entry_hash)))
        connection.execute(delete(CentralPlace))
        connection.execute(insert(CentralPlace), places)
    derive(services)
    assert kept == (
        closed.rows("SELECT * FROM certificate"),
        closed.rows("SELECT * FROM certificate_end"),
    )
    assert [state(closed, one) for one in made] == before
    rebuild(services.database, services.signer.keys.identity_public, lambda *_: None)
    assert [state(closed, one) for one in made] == before
    assert verify(services.database, services.signer.keys, lambda *_: None).troubles == []


def test_a_certificate_that_rests_on_no_entry_is_found(closed: Desk) -> None:
    issue(closed, "V1")
    services = closed.services
    with services.database.write_facts() as connection:
        connection.execute(update(CertificateRow).values(number="2026-00000-00000"))
        connection.execute(insert(CertificateEnd).values(certificate=b"x", hash=b"y", body=b"z"))
    what = [t.what for t in verify(services.database, services.signer.keys, lambda *_: None).troubles]  # fmt: skip
    assert any("certificate of" in words and "rests on no entry" in words for words in what)
    assert any("end of a certificate" in words for words in what)


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三", "张*"), ("张", "*"), ("阿依古丽·买买提", "阿*提"), (" 欧阳𬭎 ", "欧*𬭎"), ("", "*")],
)
def test_a_masked_name_leaves_its_ends_alone_and_stays_as_it_is(name: str, masked: str) -> None:
    assert mask_name(name) == masked
    assert mask_name(masked) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [("V1", "**"), ("V12", "*12"), ("V1000007", "V1****07"), ("1" * 20, "11" + "*" * 16 + "11")],
)
def test_a_masked_number_leaves_its_ends(number: str, masked: str) -> None:
    assert mask_number(number) == masked


def test_a_number_is_read_however_it_was_typed() -> None:
    number = draw_number(2026)
    assert len({draw_number(2026) for _ in range(50)}) == 50
    assert as_typed(f" {number.lower()} ") == number
    assert as_typed("2026-7k3m9-ilo00") == "2026-7K3M9-11000"
