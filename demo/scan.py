"""How people are scanned: one after the other at each kiosk, by the printed picture of their badge, at all kiosks at once."""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import zip_longest

from demo.processes import Failed, Ran
from demo.stage import Stage

BETWEEN_MS = 20_000
"""How long one takes after the other."""


def scan(stage: Stage, kiosk: str, number: str) -> Ran:
    """Hold a badge up to a kiosk."""
    return stage.programs.kiosk(kiosk, "scan", "--image", stage.badge(number))


def scan_in_turn(stage: Stage, queues: Mapping[str, Sequence[str]], direction: str) -> list[Ran]:
    """Let queues through, by kiosk; the clock moves on from one person to the next. direction: what each must turn out to be."""
    done: list[Ran] = []
    for turn in zip_longest(*queues.values()):
        tasks = [
            partial(scan, stage, kiosk, number)
            for kiosk, number in zip(queues, turn, strict=True)
            if number is not None
        ]
        done += stage.programs.together(tasks)
        stage.hands.advance(BETWEEN_MS)
    for each in done:
        if each.word("direction") != direction or each.word("state") != "good":
            raise Failed(each.command, each.status, f"{direction}, good?\n{each.answer}")
    return done
