"""Windows that are handed out: each is given once, with what others found, or to be done here."""

from concurrent.futures import Future

import pytest

from server.books.derive.ahead import WindowNews
from server.books.derive.crew import Outcome
from server.books.derive.crew_words import Understood, Window
from server.books.derive.handed import HANDED_MIN, Handed
from server.books.derive.stored import KioskLog


def window(first: int, held: int = HANDED_MIN) -> Window:
    return Window(KioskLog(1, "a" * 32, ()), [], first, first + held - 1, held, [])


class Slow:
    """Hands that do as many windows as they are told to, in order, and have begun with the next."""

    def __init__(self, done: int) -> None:
        self.done = done
        self.asked: list[Window] = []
        self.running: list[Outcome] = []

    def understand(self, asked: Window) -> Outcome:
        outcome: Outcome = Future()
        self.asked.append(asked)
        if len(self.asked) <= self.done + 1:
            outcome.set_running_or_notify_cancel()
            self.running.append(outcome)
        if len(self.asked) <= self.done:
            outcome.set_result(Understood([], False, asked.first))
        return outcome

    def take_back(self, found: Understood) -> WindowNews:
        return WindowNews([], [])


def test_without_hands_every_window_is_ours() -> None:
    handed = Handed(None)
    for first in (1, 2, 3):
        handed.give(window(first))
    assert [(w.first, found) for w, found in handed.take()] == [(3, None), (2, None), (1, None)]


def test_what_is_done_is_taken_first_and_what_nobody_has_begun_is_ours() -> None:
    hands = Slow(done=1)
    handed = Handed(hands)
    for first in (1, 2, 3, 4):
        handed.give(window(first))
    taken = handed.take()
    assert [next(taken)[1] is None for _ in range(3)] == [False, True, True]
    hands.running[-1].set_result(Understood([], False, 2))
    last, found = next(taken)
    assert (last.first, found) == (2, Understood([], False, 2))
    assert list(taken) == []


def test_while_nothing_is_done_we_do_something_else_as_long_as_there_is_something() -> None:
    hands = Slow(done=0)
    handed = Handed(hands)
    handed.give(window(1))
    handed.give(window(2))
    asked: list[bool] = []

    def meanwhile() -> bool:
        asked.append(len(asked) < 3)
        if len(asked) == 3:
            hands.running[0].set_result(Understood([], False, 1))
        return asked[-1]

    taken = handed.take(meanwhile)
    assert next(taken)[1] == Understood([], False, 1)
    assert asked == [True, True, True]
    assert next(taken)[1] is None
    assert asked == [True, True, True, False]


def test_without_hands_nothing_else_is_done_before_our_windows() -> None:
    handed = Handed(None)
    handed.give(window(1))
    assert [found for _, found in handed.take(lambda: pytest.fail("nobody is at work"))] == [None]


def test_what_is_left_to_us_is_ours() -> None:
    hands = Slow(done=0)
    handed = Handed(hands)
    handed.give(window(1))
    hands.running[0].set_result(Understood([], True, 0))
    assert [found for _, found in handed.take()] == [None]


def test_a_failure_of_others_is_not_passed_over() -> None:
    hands = Slow(done=0)
    handed = Handed(hands)
    handed.give(window(1))
    hands.running[0].set_exception(ChildProcessError("ended"))
    with pytest.raises(ChildProcessError):
        list(handed.take())


def test_a_small_window_is_not_handed_out() -> None:
    hands = Slow(done=9)
    handed = Handed(hands)
    handed.give(window(1, HANDED_MIN - 1))
    assert hands.asked == []
    assert [found for _, found in handed.take()] == [None]
