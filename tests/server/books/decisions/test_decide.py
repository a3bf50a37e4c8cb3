"""Decisions: what they do to minutes, who may make them, and that nobody's is written over."""

from threading import Barrier, Thread

import pytest

from schemas.vocabulary import Action, Code
from server.books.decisions.actor import Actor, Role
from server.books.decisions.decide import Reasons, now_of, plan, write
from server.books.decisions.decide_many import Sweep, Swept, decide_many
from server.books.decisions.draft import Wish
from server.books.decisions.undo_decision import undo_decision
from server.books.derive.rebuild import digest, rebuild
from server.books.hours import Span
from server.services import Services
from sync.errors import Refused
from tests.server.books.desk import CITY, LEAD, Desk, make_desk
from tests.server.books.world import derive, meaning
from tests.server.builders import HOUR_MS, START_MS, ServerClock, enrol_at, make_author, push

pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(services: Services, clock: ServerClock) -> Desk:
    """A desk with a short stay, one without an end, and a lone sign-out."""
    found = make_desk(services, clock)
    found.stay("V1", 8, 8.05)  # B6
    found.stay("V2", 9, None)  # B4
    found.kiosk.scan(START_MS + 10 * HOUR_MS, "V3", "out")  # B3
    found.stay("V4", 8, 12)
    found.sync(40)
    return found


def code_of(caught: pytest.ExceptionInfo[Refused]) -> str:
    return str(caught.value.code)


def minute(hour: float) -> int:
    return (START_MS + int(hour * HOUR_MS)) // 60_000


def test_an_approval_credits_what_was_held(desk: Desk) -> None:
    assert desk.minutes("V1") == (0, 3, 0)
    done = desk.decide("V1", Action.APPROVE, settles="B6")
    assert (done.before["held"], done.after["credited"]) == (3, 3)
    assert desk.minutes("V1") == (3, 0, 0)


def test_a_refusal_takes_credited_minutes_away(desk: Desk) -> None:
    desk.decide("V4", Action.REFUSE)
    assert desk.minutes("V4") == (0, 0, 240)


def test_an_adjustment_credits_a_part_and_refuses_the_rest(desk: Desk) -> None:
    desk.decide("V4", Action.ADJUST, spans=((minute(9), minute(10)),))
    assert desk.minutes("V4") == (60, 0, 180)


def test_a_split_credits_its_parts(desk: Desk) -> None:
    spans = ((minute(8), minute(9)), (minute(10), minute(12)))
    desk.decide("V4", Action.SPLIT, spans=spans)
    assert desk.minutes("V4") == (180, 0, 60)


def test_an_attested_end_gives_a_record_its_minutes(desk: Desk) -> None:
    desk.decide("V2", Action.ATTEST, spans=((None, minute(11)),), settles="B4")
    assert desk.minutes("V2") == (120, 0, 0)


def test_an_attested_start_gives_a_lone_sign_out_its_minutes(desk: Desk) -> None:
    lone = desk.kiosk.hashes[7].hex()
    desk.decide("V3", Action.ATTEST, record=lone, spans=((minute(9), None),), settles="B3")
    assert desk.minutes("V3") == (60, 0, 0)


def test_a_join_credits_what_lies_between_and_counts_nothing_twice(desk: Desk) -> None:
    desk.stay("V5", 8, 10)
    desk.stay("V5", 10.5, 12)
    desk.sync(41)
    assert desk.minutes("V5") == (210, 0, 0)
    other = bytes(desk.records("V5")[1].id).hex()
    desk.decide("V5", Action.JOIN, others=(other,))
    assert desk.minutes("V5") == (240, 0, 0)
    assert [r.credited for r in desk.records("V5")] == [240, 0]


def at_two_sites(desk: Desk) -> tuple[str, str]:
    """V6 is at S1 from 8 to 10 and at S2 from 9 to 11: B10. Give both records."""
    far = make_author("far")
    enrol_at(desk.services, far, "S2")
    far.boot(START_MS)
    far.scan(START_MS + 9 * HOUR_MS, "V6")
    far.scan(START_MS + 11 * HOUR_MS, "V6", "out")
    far.contact(START_MS + 12 * HOUR_MS, desk.services.signer.keys.identity)
    assert push(desk.client, far.batch()).status_code == 200
    desk.stay("V6", 8, 10)
    desk.sync(41)
    one, other = (bytes(record.id).hex() for record in desk.records("V6"))
    return one, other


def test_of_two_sites_one_is_chosen_and_the_rest_of_the_other_is_refused(desk: Desk) -> None:
    one, other = at_two_sites(desk)
    assert desk.minutes("V6") == (0, 180, 0)
    done = desk.decide("V6", Action.CHOOSE, record=one, others=(other,), settles="B10")
    assert len(done.decisions) == 2
    assert desk.minutes("V6") == (120, 0, 60)


def test_a_choice_takes_two_different_records(desk: Desk) -> None:
    one, _ = at_two_sites(desk)
    for others in ((), (one,), ("ffffffff",)):
        with pytest.raises(Refused):
            desk.decide("V6", Action.CHOOSE, record=one, others=others)
    assert desk.rows("SELECT hash FROM decision") == []


@pytest.mark.parametrize("second", ["", "V13"])
def test_e6_nobody_decides_on_what_they_entered(desk: Desk, second: str) -> None:
    """V13 typed the sign-out of V7: neither alone nor beside another may they decide on it, and somebody else may."""
    desk.stay("V7", 8, None)
    entered = {"how": "lead", "state": "typed", "key": b"", "serial": 0, "expires_s": 0}
    desk.kiosk.scan(START_MS + 11 * HOUR_MS, "V7", "out", by=LEAD.number, **entered)
    desk.sync(41)
    actor = CITY if second else LEAD
    with pytest.raises(Refused) as caught:
        desk.decide("V7", Action.APPROVE, actor=actor, second=second)
    assert code_of(caught) == Code.OWN_ENTRY
    assert desk.rows("SELECT hash FROM decision") == []
    assert desk.decide("V7", Action.APPROVE, second="V12").decisions


def test_the_same_decision_again_writes_nothing(desk: Desk) -> None:
    first = desk.decide("V1", Action.APPROVE)
    again = desk.decide("V1", Action.APPROVE)
    assert (first.already, again.already, again.decisions) == (False, True, [])
    assert len(desk.rows("SELECT hash FROM decision")) == 1


def test_a_preview_writes_nothing_and_says_what_would_be(desk: Desk) -> None:
    done = desk.decide("V1", Action.REFUSE, dry=True)
    assert (done.before["held"], done.after["refused"]) == (3, 3)
    assert desk.rows("SELECT hash FROM decision") == []


@pytest.mark.parametrize("second", ["", "V1"])
def test_nobody_decides_on_their_own_hours(desk: Desk, second: str) -> None:
    actor = CITY if second else Actor("V1", frozenset({Role.CITY}))
    with pytest.raises(Refused) as caught:
        desk.decide("V1", Action.APPROVE, actor=actor, second=second)
    assert code_of(caught) == Code.OWN_HOURS


def test_one_pair_of_eyes_is_not_two(desk: Desk) -> None:
    for second in ("", "V14"):
        with pytest.raises(Refused) as caught:
            desk.decide("V1", Action.APPROVE, settles="E2", second=second)
        assert code_of(caught) == Code.SECOND_NEEDED
    assert desk.decide("V1", Action.APPROVE, settles="E2", second="V12").decisions


def test_long_days_take_a_higher_role(desk: Desk) -> None:
    desk.stay("V5", 48, 57)  # nine hours
    desk.stay("V6", 48, 61)  # thirteen
    desk.sync(70)
    reviewer = Actor("V12", frozenset({Role.REVIEWER}))
    for who, actor in (("V5", LEAD), ("V6", LEAD), ("V6", reviewer)):
        with pytest.raises(Refused) as caught:
            desk.decide(who, Action.APPROVE, actor=actor, settles="B7")
        assert code_of(caught) == Code.ROLE_TOO_LOW
    desk.decide("V5", Action.APPROVE, actor=reviewer, settles="B7")
    desk.decide("V6", Action.APPROVE, settles="B7")
    assert desk.minutes("V5") == (540, 0, 0)
    assert desk.minutes("V6") == (780, 0, 0)


def test_who_decides_second_is_told_and_nothing_is_lost(desk: Desk) -> None:
    desk.decide("V1", Action.APPROVE)
    with pytest.raises(Refused) as caught:
        desk.decide("V1", Action.REFUSE, actor=LEAD)
    assert code_of(caught) == Code.ALREADY_DECIDED
    assert "V14" in caught.value.detail
    assert desk.minutes("V1") == (3, 0, 0)


def test_two_who_looked_at_the_same_do_not_both_decide(desk: Desk) -> None:
    record = bytes(desk.records("V1")[0].id).hex()
    services = desk.services
    with services.database.read() as connection:
        now = now_of(connection, "V1")
        plans = [
            (plan(now, actor, Wish("V1", record, action), Reasons("x")), Reasons("x"))
            for actor, action in ((CITY, Action.APPROVE), (LEAD, Action.REFUSE))
        ]
    with services.database.write_facts() as connection:
        write(connection, services.central, CITY, plans[:1], mark=b"")
    with pytest.raises(Refused) as caught, services.database.write_facts() as connection:
        write(connection, services.central, LEAD, plans[1:], mark=b"")
    assert code_of(caught) == Code.CHANGED_SINCE
    derive(services)
    assert desk.minutes("V1") == (3, 0, 0)


def test_a_token_of_what_was_looked_at_holds_until_something_changes(desk: Desk) -> None:
    seen = desk.decide("V1", Action.APPROVE, dry=True).seen
    desk.decide("V1", Action.APPROVE, seen=seen)
    with pytest.raises(Refused) as caught:
        desk.decide("V1", Action.REFUSE, seen=seen)
    assert code_of(caught) == Code.CHANGED_SINCE
    newer = desk.decide("V1", Action.APPROVE, dry=True).seen
    desk.decide("V1", Action.REFUSE, seen=newer)
    assert desk.minutes("V1") == (0, 0, 3)


def test_an_undone_decision_gives_back_what_was_before(desk: Desk) -> None:
    services = desk.services
    before = meaning(services)
    done = desk.decide("V1", Action.APPROVE)
    assert meaning(services) != before
    for already in (False, True):
        undone = undo_decision(
            services.database, services.central, CITY, done.decisions[0], "a mistake"
        )
        assert undone.already is already
    derive(services)
    assert meaning(services) == before


def test_a_rebuild_keeps_what_was_decided(desk: Desk) -> None:
    desk.decide("V1", Action.APPROVE)
    desk.decide("V2", Action.ATTEST, spans=((None, minute(11)),))
    services = desk.services
    with services.database.read() as connection:
        before = digest(connection)
    rebuild(services.database, services.signer.keys.identity_public, lambda *_: None)
    with services.database.read() as connection:
        assert digest(connection) == before


HOSTILE = [
    ({"record": "zz"}, Code.NOT_FOUND),
    ({"record": "f" * 64}, Code.NOT_FOUND),
    ({"record": "%" * 10}, Code.NOT_FOUND),
    ({"spans": ((minute(9), minute(8)),)}, Code.BAD_FIELD),
    ({"spans": ((minute(9), minute(9)),)}, Code.BAD_FIELD),
    ({"spans": ((0, 2**40),)}, Code.BAD_FIELD),
    ({"spans": ((minute(8), minute(10)), (minute(9), minute(11)))}, Code.BAD_FIELD),
    ({"spans": ()}, Code.BAD_FIELD),
    ({"others": ("f" * 64,), "spans": ((minute(9), minute(10)),)}, Code.NOT_FOUND),
    ({"settles": "B4; DROP", "spans": ((minute(9), minute(10)),)}, Code.BAD_FIELD),
]


@pytest.mark.parametrize(("wish", "code"), HOSTILE)
def test_what_makes_no_sense_is_refused_and_leaves_nothing(
    desk: Desk, wish: dict[str, object], code: Code
) -> None:
    with pytest.raises(Refused) as caught:
        desk.decide("V4", Action.ADJUST, **wish)
    assert code_of(caught) == code
    assert desk.rows("SELECT hash FROM decision") == []


def sweep(
    desk: Desk, rule: str = "B6", *, dry: bool = False, actor: Actor = CITY, **more: object
) -> Swept:
    services = desk.services
    wish = Sweep(rule, Action.APPROVE, **more)  # type: ignore[arg-type] # as the tests give
    done = decide_many(
        services.database, services.central, actor, wish, Reasons("all short"), is_dry=dry
    )
    derive(services)
    return done


@pytest.fixture
def rush(desk: Desk) -> Desk:
    """A desk with more short stays, one of them V14's own."""
    for who in ("V5", "V6", "V14"):
        desk.stay(who, 48, 48.05)
    desk.sync(50)
    return desk


def test_many_are_previewed_in_numbers_and_decided_with_one_mark(rush: Desk) -> None:
    seen = sweep(rush, dry=True)
    assert (seen.records, seen.people, seen.before["held"], seen.after["credited"]) == (3, 3, 9, 9)
    assert rush.rows("SELECT hash FROM decision") == []
    done = sweep(rush)
    assert (done.records, done.after) == (seen.records, seen.after)
    assert len({mark for (mark,) in rush.rows("SELECT mark FROM decision")}) == 1
    assert rush.minutes("V5") == (3, 0, 0)


def test_what_one_may_not_decide_is_left_out_and_said(rush: Desk) -> None:
    assert [(o.volunteer, o.code) for o in sweep(rush).left_out] == [("V14", Code.OWN_HOURS)]
    assert rush.minutes("V14") == (0, 3, 0)


def test_many_decided_again_write_nothing(rush: Desk) -> None:
    sweep(rush)
    count = len(rush.rows("SELECT hash FROM decision"))
    sweep(rush)
    assert len(rush.rows("SELECT hash FROM decision")) == count


def test_many_are_taken_back_by_their_mark(rush: Desk) -> None:
    before = meaning(rush.services)
    mark = sweep(rush).mark
    services = rush.services
    undone = undo_decision(services.database, services.central, CITY, mark, "too quick")
    derive(services)
    assert len(undone.decisions) == 3
    assert meaning(services) == before


def test_a_sweep_keeps_to_its_site_and_dates(rush: Desk) -> None:
    assert sweep(rush, dry=True, site="S2").records == 0
    assert sweep(rush, dry=True, span=Span(20_761, 20_761)).records == 2
    with pytest.raises(Refused) as caught:
        decide_many(
            rush.services.database, rush.services.central, CITY,
            Sweep("B6", Action.SPLIT), Reasons("x"),
        )  # fmt: skip
    assert code_of(caught) == Code.BAD_FIELD


def test_of_two_who_decide_at_the_same_moment_one_is_told(desk: Desk) -> None:
    told: list[str] = []
    gate = Barrier(2)

    def act(actor: Actor, action: Action) -> None:
        services = desk.services
        record = bytes(desk.records("V1")[0].id).hex()
        with services.database.read() as connection:
            planned = plan(
                now_of(connection, "V1"), actor, Wish("V1", record, action), Reasons("x")
            )
        gate.wait(30)
        try:
            with services.database.write_facts() as connection:
                write(connection, services.central, actor, [(planned, Reasons("x"))], mark=b"")
        except Refused as refused:
            told.append(str(refused.code))

    threads = [
        Thread(target=act, args=(CITY, Action.APPROVE)),
        Thread(target=act, args=(LEAD, Action.REFUSE)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert told == [Code.CHANGED_SINCE]
    assert len(desk.rows("SELECT hash FROM decision")) == 1
