"""Every scene of the story counts: without any one of them, other figures come out. The whole of it loses nothing."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from demo.__main__ import BEGINS, CLOCK
from demo.cast import AT_THE_COPY, LOST_BADGE, Desk, Scene, cast, forgetful
from demo.centre import Centre
from demo.forked import run_forked
from demo.hands import Hands
from demo.outcome import Outcome
from demo.prepare import prepare
from demo.processes import Programs
from demo.stage import Stage
from demo.story import play_on
from demo.tell import Teller

Play = Callable[[frozenset[Scene]], Outcome]


def stage_in(home: Path, centre: Centre, without: frozenset[Scene] = frozenset()) -> Stage:
    hands = Hands(home / CLOCK, BEGINS)
    return Stage(Programs(home, run_forked), centre, hands, Teller(), cast(quick=True), without)


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    """Plays the story without some scenes, each time in a copy of what was prepared once."""
    folder = tmp_path_factory.mktemp("demo")
    prepared = folder / "prepared"
    prepared.mkdir()
    with Centre(prepared, with_scheduler=False) as centre:
        prepare(stage_in(prepared, centre))
    played: dict[frozenset[Scene], Outcome] = {}

    def play_once(without: frozenset[Scene]) -> Outcome:
        if without not in played:
            home = shutil.copytree(prepared, folder / f"home-{len(played)}")
            with Centre(home, with_scheduler=False, port=centre.port) as mine:
                stage = stage_in(home, mine, without)
                stage.hands.pick_up()
                if Scene.CUT in without:
                    mine.start()
                played[without] = play_on(stage)
        return played[without]

    yield play_once


@pytest.fixture
def whole(play: Play) -> Outcome:
    return play(frozenset())


def row(outcome: Outcome, number: str) -> dict[str, object]:
    return dict(next(row for row in outcome.people if row["volunteer"] == number))


def desks() -> tuple[Desk, ...]:
    return cast(quick=True)


def test_nothing_is_lost(whole: Outcome) -> None:
    assert whole.lost == 0
    assert whole.recorded > whole.waiting > 0


def test_everybody_who_came_is_in_the_table(whole: Outcome) -> None:
    came = {n for desk in desks() for n in (*desk.day, *desk.night)} | {AT_THE_COPY, LOST_BADGE}
    assert {row["volunteer"] for row in whole.people} == came


def test_a_shift_of_eight_hours_has_480_minutes_by_day_and_over_midnight(whole: Outcome) -> None:
    for number in (desks()[0].day[0], desks()[1].day[0], desks()[2].night[0]):
        assert row(whole, number)["minutes_credited"] == 480


def test_the_one_who_met_the_power_cut_is_credited_from_the_second_try(whole: Outcome) -> None:
    assert row(whole, desks()[0].day[-1])["minutes_credited"] == 460


def test_who_forgot_and_who_held_up_a_revoked_badge_are_held(whole: Outcome) -> None:
    for number in (forgetful(desks()), LOST_BADGE):
        assert row(whole, number)["minutes_credited"] == 0
    assert {rule for rule, severity in whole.findings if severity == "hold"} >= {"B4", "D3"}


def test_the_copy_and_the_wrong_clock_are_noticed(whole: Outcome) -> None:
    assert whole.findings["A2", "alarm"] == 1
    assert whole.findings["C1", "note"] > 0


OF_PEOPLE = {Scene.NIGHT, Scene.FORGETS, Scene.KILLED, Scene.COPIED, Scene.REVOKED}
"""Scenes that are about who comes, and when. Routes, repetition and clocks must change no hours, and are noticed elsewhere."""


@pytest.mark.parametrize("scene", Scene, ids=lambda scene: scene.name.lower())
def test_without_a_scene_other_figures_come_out(play: Play, whole: Outcome, scene: Scene) -> None:
    """One test a scene, for each plays the story anew."""
    other = play(frozenset({scene}))
    assert other.lost == 0
    assert _told(other) != _told(whole)
    assert (_hours(other) != _hours(whole)) == (scene in OF_PEOPLE)


def _hours(outcome: Outcome) -> list[dict[str, object]]:
    """The rows without how far kiosks are, and which are still out: new logs have new names each time."""
    return [
        {name: row[name] for name in row if name not in ("as_of", "out")} for row in outcome.people
    ]


def _told(outcome: Outcome) -> tuple[object, ...]:
    """What the story tells at its end, without how many entries the kiosks' own doings made."""
    return (
        _hours(outcome), outcome.findings, outcome.waiting > 0, outcome.by_stick, outcome.again > 0,
    )  # fmt: skip
