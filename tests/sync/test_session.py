"""The conversation: what a kiosk does with honest, forgetful and dishonest answers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.entry import Anchor, Frontier
from schemas.limits import PULLS_MAX
from schemas.vocabulary import Code
from sync import contact, session, statement, steps
from sync.errors import Refused
from sync.ids import EntryHash, LogId, log_id
from sync.receipt import Receipt
from sync.session import lacking
from sync.steps import Action, Answer, Held, Outcome, Welcome
from tests.sync.builders import make_bodies, make_chain, make_key, public_of

SERVER = make_key("server")
KEY = make_key()
LOG = log_id(public_of(KEY))
WHO = steps.Identity(LOG, public_of(SERVER))
NONCE = bytes(range(16))
CHAIN = make_chain(KEY, make_bodies(20))
OTHER = EntryHash(b"\x77" * 32)
Ranges = list[tuple[int, int]]
Views = dict[str, tuple[str, int]]


def make_welcome(
    *held: Held, channels: Mapping[str, int] | None = None, **changes: object
) -> Welcome:
    """An honest answer to a hello, unless `changes` to the signed time say otherwise."""
    said: dict[str, object] = {
        "epoch": "e1",
        "log": LOG,
        "nonce": NONCE,
        "server_ms": 1_700_000_000_000,
    }
    text = statement.write("time", **(said | changes))
    place = ("placed", b"by it") if channels is not None else ("", b"")
    return Welcome(
        text, statement.sign(SERVER, text), held, True, bytes(8), 10, 30, *place, channels or {}
    )


def make_pushed(
    first: int, last: int, ends: EntryHash | None = None, **changes: object
) -> steps.Pushed:
    """The server's signed receipt for entries of `CHAIN`."""
    word = Receipt("e1", LOG, first, last, ends or CHAIN[last], 1)
    text = replace(word, **changes).text()  # type: ignore[arg-type] # fields of a receipt
    return steps.Pushed(last, text, statement.sign(SERVER, text))


class Edge:
    """Does what a conversation asks for, on a log of `head` entries, and writes down what it was."""

    def __init__(self, head: int, welcome: Welcome, *, proved: Ranges | None = None) -> None:
        self.head = head
        self.welcome = welcome
        self.proved = proved
        self.actions: list[Action] = []
        self.answers: dict[int, Answer] = {}
        self.pages = 1

    def hold(self, views: Views | None = None, *, is_closed: bool = False) -> Outcome:
        """Hold the conversation to its end."""
        talk = session.converse(WHO, nonce=NONCE, views=views or {}, is_closed=is_closed)
        answer: Answer = None
        while True:
            try:
                action = talk.send(answer)
            except StopIteration as end:
                outcome: Outcome = end.value
                return outcome
            self.actions.append(action)
            answer = self.do(action)

    def do(self, action: Action) -> Answer:
        """Answer one action; a push as `answers` says for its first seq, else with an honest receipt."""
        match action:
            case steps.Contact():
                return self.welcome
            case steps.Check(seq):
                return CHAIN[seq] if seq <= self.head else None
            case steps.Record():
                self.head += 2
                return self.head
            case steps.Close():
                return self.head
            case steps.Proved():
                return self.proved
            case steps.Push(first, last):
                return self.answers.get(first, make_pushed(first, last))
            case steps.Pull():
                self.pages -= 1
                return self.pages > 0
            case _:
                return None

    def of(self, kind: type[Action]) -> list[Action]:
        """The actions of one kind, in order."""
        return [action for action in self.actions if isinstance(action, kind)]


def pushes(edge: Edge) -> Ranges:
    """What was pushed."""
    return [(push.first, push.last) for push in edge.of(steps.Push) if isinstance(push, steps.Push)]


def held(first: int, last: int) -> Held:
    """A range of the own chain."""
    return Held(first, last, CHAIN[last])


def test_all_is_pushed_to_a_server_that_holds_nothing() -> None:
    edge = Edge(3, make_welcome())
    outcome = edge.hold()
    assert pushes(edge) == [(1, 5)]
    assert (outcome.pushed, outcome.batches, outcome.diverged_at) == (5, 1, None)
    assert [type(action).__name__ for action in edge.actions] == [
        "Contact", "Record", "Proved", "Push", "Check", "Keep",
    ]  # fmt: skip


def test_only_what_the_server_lacks_is_pushed() -> None:
    edge = Edge(9, make_welcome(held(1, 3), held(6, 7)))
    edge.hold()
    assert pushes(edge) == [(4, 5), (8, 11)]


def test_what_is_held_but_was_never_signed_for_is_pushed_again() -> None:
    edge = Edge(9, make_welcome(held(1, 9)), proved=[(1, 4), (7, 8)])
    edge.hold()
    assert pushes(edge) == [(5, 6), (9, 11)]


def test_a_receipt_is_no_reason_not_to_push_what_the_server_does_not_hold() -> None:
    edge = Edge(9, make_welcome(held(1, 3)), proved=[(1, 9)])
    edge.hold()
    assert pushes(edge) == [(4, 11)]


some_ranges = st.lists(
    st.tuples(st.integers(1, 10), st.integers(0, 6)).map(lambda part: (part[0], part[0] + part[1])),
    max_size=4,
)


@given(some_ranges, some_ranges)
def test_pushed_is_exactly_what_is_not_both_held_and_signed_for(
    ranges: Ranges, proved: Ranges
) -> None:
    edge = Edge(16, make_welcome(*(held(*part) for part in ranges)), proved=proved)
    edge.hold()
    both = {seq for seq in range(1, 19) if within(seq, ranges) and within(seq, proved)}
    assert [seq for a, b in pushes(edge) for seq in range(a, b + 1)] == [
        seq for seq in range(1, 19) if seq not in both
    ]


def within(seq: int, ranges: Ranges) -> bool:
    """Whether one of the ranges has this seq."""
    return any(first <= seq <= last for first, last in ranges)


def test_after_a_new_epoch_everything_is_asked_for_again() -> None:
    edge = Edge(5, make_welcome(held(1, 5)), proved=[])
    edge.hold()
    assert pushes(edge) == [(1, 7)]


@pytest.mark.parametrize(
    ("part", "at"),
    [(Held(1, 4, OTHER), 4), (Held(1, 9, CHAIN[9]), 9), (Held(1, 900, OTHER), 900)],
    ids=["another branch", "behind", "far behind"],
)
def test_a_copied_or_restored_kiosk_is_noticed_and_writes_nothing_into_that_log(
    part: Held, at: int
) -> None:
    edge = Edge(6, make_welcome(part))
    outcome = edge.hold()
    assert outcome.diverged_at == at
    assert edge.of(steps.Record) == []
    assert edge.of(steps.Close) == [steps.Close(at)]
    assert edge.head == 6


def test_a_diverged_log_delivers_its_own_branch() -> None:
    edge = Edge(6, make_welcome(Held(1, 9, OTHER)))
    edge.hold()
    assert pushes(edge) == [(1, 6)]


def test_a_diverged_log_that_has_all_receipts_is_left_alone() -> None:
    edge = Edge(6, make_welcome(Held(1, 9, OTHER), held(4, 6)), proved=[(1, 6)])
    edge.hold()
    assert pushes(edge) == []


def test_a_log_is_closed_before_anything_is_pushed() -> None:
    edge = Edge(6, make_welcome(Held(1, 9, OTHER)))
    edge.hold()
    kinds = [type(action) for action in edge.actions]
    assert kinds.index(steps.Close) < kinds.index(steps.Push)


def test_a_closed_log_is_delivered_and_nothing_is_written_into_it() -> None:
    edge = Edge(6, make_welcome(held(1, 3), channels={"all": 1}))
    outcome = edge.hold(is_closed=True)
    assert pushes(edge) == [(4, 6)]
    assert outcome.diverged_at is None
    assert edge.of(steps.Close) == [steps.Close(None)]
    assert edge.of(steps.Record) == edge.of(steps.Settle) == edge.of(steps.Pull) == []


def test_what_was_set_aside_does_not_stop_the_rest() -> None:
    edge = Edge(8, make_welcome(held(4, 5)))
    edge.answers[1] = steps.SetAside(2, "bad_signature")
    outcome = edge.hold()
    assert pushes(edge) == [(1, 3), (3, 3), (6, 10)]
    assert outcome.set_aside == [steps.SetAside(2, "bad_signature")]
    assert outcome.pushed == 6


@pytest.mark.parametrize(
    "changes",
    [
        {"nonce": bytes(16)},
        {"log": "a" * 32},
        {"server_ms": "soon"},
        {"server_ms": "-5"},
        {"server_ms": "007"},
    ],
    ids=str,
)
def test_time_that_was_not_said_to_this_question_is_not_our_servers(
    changes: dict[str, object],
) -> None:
    edge = Edge(3, make_welcome(**changes))
    with pytest.raises(Refused) as caught:
        edge.hold()
    assert caught.value.code == Code.NOT_OUR_SERVER
    assert len(edge.actions) == 1


@pytest.mark.parametrize(
    "signature", [bytes(64), b"", statement.sign(make_key("rogue"), make_welcome().statement)]
)
def test_time_signed_by_another_is_not_our_servers(signature: bytes) -> None:
    edge = Edge(3, replace(make_welcome(), signature=signature))
    with pytest.raises(Refused) as caught:
        edge.hold()
    assert caught.value.code == Code.NOT_OUR_SERVER


def test_a_receipt_that_does_not_cover_the_batch_is_refused() -> None:
    for first, last in ((1, 4), (6, 9)):
        edge = Edge(3, make_welcome())
        edge.answers[1] = replace(make_pushed(first, last), last=5)
        with pytest.raises(Refused) as caught:
            edge.hold()
        assert caught.value.code == Code.NOT_OUR_SERVER
        assert edge.of(steps.Keep) == []


def test_a_forged_receipt_is_refused() -> None:
    edge = Edge(3, make_welcome())
    edge.answers[1] = replace(make_pushed(1, 5), signature=bytes(64))
    with pytest.raises(Refused) as caught:
        edge.hold()
    assert caught.value.code == Code.BAD_SIGNATURE
    assert edge.of(steps.Keep) == []


def test_a_receipt_for_another_branch_is_not_kept() -> None:
    edge = Edge(3, make_welcome())
    edge.answers[1] = make_pushed(1, 5, OTHER)
    assert edge.hold().diverged_at == 5
    assert edge.of(steps.Keep) == []
    assert edge.of(steps.Close) == [steps.Close(5)]


@pytest.mark.parametrize("last", [0, 6])
def test_an_answer_for_what_was_not_pushed_is_our_own_mistake(last: int) -> None:
    edge = Edge(3, make_welcome())
    edge.answers[1] = steps.SetAside(last, "malformed")
    with pytest.raises(ValueError, match="what was pushed"):
        edge.hold()


@pytest.mark.parametrize(
    ("has", "asked"),
    [
        ({}, ["all", "site:S1"]),
        ({"all": ("e1", 6), "site:S1": ("e1", 3)}, ["all"]),
        ({"all": ("e1", 7), "site:S1": ("e1", 3)}, []),
        ({"all": ("e1", 7), "site:S2": ("e1", 3)}, ["site:S1"]),
        ({"all": ("e0", 7), "site:S1": ("e1", 3)}, ["all"]),
        ({"all": ("e1", 9), "site:S1": ("e1", 3)}, ["all"]),
    ],
)
def test_only_channels_that_went_on_are_asked_for(has: Views, asked: list[str]) -> None:
    edge = Edge(3, make_welcome(channels={"all": 7, "site:S1": 3}))
    edge.hold(has)
    assert edge.of(steps.Settle) == [steps.Settle("placed", b"by it", "e1")]
    proof, at = edge.welcome.signature.hex(), 1_700_000_000_000
    numbers = {"all": 7, "site:S1": 3}
    wishes = [steps.Pull(name, "e1", numbers[name], proof, at) for name in asked]
    assert edge.of(steps.Pull) == wishes


def test_a_channel_is_asked_until_there_is_no_more() -> None:
    edge = Edge(3, make_welcome(channels={"all": 7}))
    edge.pages = 4
    edge.hold()
    assert len(edge.of(steps.Pull)) == 4


def test_a_server_that_always_has_more_is_left_in_the_end() -> None:
    edge = Edge(3, make_welcome(channels={"all": 7}))
    edge.pages = 10**9
    edge.hold()
    assert len(edge.of(steps.Pull)) == PULLS_MAX


def test_what_the_centre_left_here_goes_back_before_a_new_epoch_replaces_it() -> None:
    edge = Edge(3, make_welcome(channels={"central": 7}))
    edge.hold({"central": ("e0", 5)})
    kinds = [type(action) for action in edge.actions]
    assert kinds.index(steps.Push) < kinds.index(steps.GiveBack) < kinds.index(steps.Pull)
    again = Edge(3, make_welcome(channels={"central": 7}))
    again.hold({"central": ("e1", 5)})
    assert again.of(steps.GiveBack) == []


def test_a_kiosk_that_belongs_nowhere_asks_for_nothing() -> None:
    edge = Edge(3, make_welcome())
    edge.hold({"all": ("e1", 5)})
    assert edge.of(steps.Settle) == edge.of(steps.GiveBack) == edge.of(steps.Pull) == []


def test_a_kiosk_whose_enrolment_the_server_forgot_gives_back_what_says_so() -> None:
    edge = Edge(3, make_welcome())
    edge.hold({"central": ("e0", 5)})
    assert edge.of(steps.GiveBack) == [steps.GiveBack("e1")]
    assert edge.of(steps.Settle) == edge.of(steps.Pull) == []


def test_a_log_that_diverged_leaves_the_view_to_its_successor() -> None:
    edge = Edge(6, make_welcome(Held(1, 9, OTHER), channels={"all": 7}))
    edge.hold()
    assert edge.of(steps.Settle) == edge.of(steps.Pull) == []


def test_a_log_that_is_not_enrolled_is_delivered_all_the_same() -> None:
    edge = Edge(3, replace(make_welcome(), enrolled=False))
    outcome = edge.hold()
    assert not outcome.enrolled
    assert outcome.pushed == 5


@pytest.mark.parametrize("wrong", ["contact", "record", "push"])
def test_an_edge_that_answers_wrongly_is_our_own_mistake(wrong: str) -> None:
    edge = Edge(3, make_welcome())
    kinds = {"contact": steps.Contact, "record": steps.Record, "push": steps.Push}
    honest = edge.do
    edge.do = lambda action: None if isinstance(action, kinds[wrong]) else honest(action)  # type: ignore[method-assign, assignment]
    with pytest.raises(TypeError):
        edge.hold()


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 10)), max_size=6), st.integers(0, 30))
def test_what_is_lacking_is_what_no_range_names(
    parts: Sequence[tuple[int, int]], head: int
) -> None:
    ranges = [Held(first, first + more, OTHER) for first, more in parts]
    named = {seq for part in ranges for seq in range(part.first, part.last + 1)}
    found = lacking(ranges, head)
    assert [s for first, last in found for s in range(first, last + 1)] == [
        seq for seq in range(1, head + 1) if seq not in named
    ]
    assert all(first <= last for first, last in found)


def test_an_anchor_entry_proves_itself_at_the_centre() -> None:
    facts = contact.prove_time(WHO, make_welcome(), NONCE)
    entry = contact.anchor_entry(facts, boot=bytes(8), mono_ms=40, lead_ms=5)
    assert entry == Anchor(bytes(8), 40, 5, "e1", NONCE, 1_700_000_000_000, 10, 30, facts.signature)
    assert statement.is_signed(WHO.server_key, contact.anchor_text(entry, LOG), entry.signature)
    assert not statement.is_signed(
        WHO.server_key, contact.anchor_text(entry, LogId("b" * 32)), entry.signature
    )


def test_a_frontier_says_up_to_where() -> None:
    assert contact.frontier_entry(7, boot=bytes(8), mono_ms=1, lead_ms=2) == Frontier(
        bytes(8), 1, 2, 7
    )
