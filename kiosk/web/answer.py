"""What the screen says of a scan that is on disk: one of four kinds, and the figures for its words. Pure.

kind: `in`, `out`, `again` (B1: no error), `check` (待核实: recorded, the centre looks at it). The fifth that a person can
meet, a problem, is no answer: then nothing was recorded.
"""

from collections.abc import Sequence
from dataclasses import asdict

from kiosk.lead.book import NOBODY, Called
from kiosk.lead.card import Card
from kiosk.limits import UNDO_MS_MAX
from kiosk.scan import Recorded
from schemas.vocabulary import CodeState

_PLAIN = (CodeState.GOOD, CodeState.TYPED)
EXPIRES_SOON_S = 30 * 24 * 3600


def answer(
    recorded: Recorded,
    doubts: Sequence[str],
    card: Card | None = None,
    *,
    called: Called = NOBODY,
) -> dict[str, object]:
    """Give what the page shows. doubts: why the clock cannot be right; card: the duty card to acknowledge, if there is one.

    called: name and team, while a lead is at the screen.
    """
    scan = recorded.scan
    return {
        "kind": _kind(recorded, doubts),
        "direction": scan.direction,
        "chosen": bool(scan.chosen),
        "who": scan.who,
        "name": called.name,
        "team": called.team,
        "how": scan.how,
        "state": scan.state,
        "doubts": list(doubts),
        "wall_ms": scan.wall_ms,
        "earlier_ms": recorded.repeats.wall_ms if recorded.repeats else None,
        "stay_ms": recorded.stay_ms,
        "expires_soon": _expires_soon(recorded),
        "undo_ms": UNDO_MS_MAX,
        "warned": [caution._asdict() for caution in recorded.warned],
        "card": asdict(card) if card else None,
        "log": recorded.log,
        "seq": recorded.head.seq,
        "hash": recorded.head.hash.hex(),
    }


def _kind(recorded: Recorded, doubts: Sequence[str]) -> str:
    if recorded.scan.state not in _PLAIN:
        return "check"
    if recorded.repeats is not None:
        return "again"
    return "check" if doubts else recorded.scan.direction


def _expires_soon(recorded: Recorded) -> bool:
    scan = recorded.scan
    left_s = scan.expires_s - scan.wall_ms // 1000
    return scan.state == CodeState.GOOD and left_s < EXPIRES_SOON_S
