"""The story from beginning to end."""

from demo.carry import go_by_stick
from demo.cast import Scene
from demo.month_end import end_month
from demo.offline import go_offline
from demo.outcome import Outcome
from demo.prepare import prepare
from demo.settle import settle
from demo.stage import Stage


def play(stage: Stage) -> Outcome:
    """Play it, and give what came of it. The clock runs by itself from then on."""
    prepare(stage)
    return play_on(stage)


def play_on(stage: Stage) -> Outcome:
    """Play what follows where all is prepared."""
    go_offline(stage)
    if stage.plays(Scene.STICK):
        go_by_stick(stage)
    outcome = settle(stage)
    if stage.to_month_end:
        end_month(stage)
    stage.hands.let_run()
    return outcome
