"""The short words for a scan that was recorded. Numbers, never names."""

from datetime import datetime, timedelta, timezone

from kiosk.scan import Recorded
from schemas.vocabulary import CodeState, Direction

_SHANGHAI = timezone(timedelta(hours=8))
_DONE = {Direction.IN: ("签到成功", "Signed in"), Direction.OUT: ("签退成功", "Signed out")}
_AGAIN = {
    Direction.IN: ("已签到", "Already signed in"),
    Direction.OUT: ("已签退", "Already signed out"),
}
_DOUBT = {
    CodeState.EXPIRED: ("证件已过期", "badge expired"),
    CodeState.REVOKED: ("证件已停用", "badge withdrawn"),
    CodeState.BAD_SIGNATURE: ("证件无效", "badge not genuine"),
    CodeState.UNKNOWN_KEY: ("证件不认识", "badge of an unknown issuer"),
    CodeState.MALFORMED: ("证件读不出", "badge not readable"),
    CodeState.NOT_A_BADGE: ("不是证件", "not a badge"),
}


def clock_time(wall_ms: int) -> str:
    """Give the time of day, as the clock on the wall of a site shows it."""
    return date_time(wall_ms)[11:16]


def date_time(wall_ms: int) -> str:
    """Give date and time, `1970-01-01 08:00`; a clock beyond all calendars as its number."""
    try:
        return datetime.fromtimestamp(wall_ms / 1000, _SHANGHAI).strftime("%Y-%m-%d %H:%M")
    except (OverflowError, ValueError, OSError):
        return f"{wall_ms} ms"


def words(recorded: Recorded) -> tuple[str, str]:
    """Give what the screen says, Chinese and English."""
    state, direction = CodeState(recorded.scan.state), Direction(recorded.scan.direction)
    if recorded.repeats is not None:
        zh, en = _AGAIN[direction]
        earlier = clock_time(recorded.repeats.wall_ms)
        return f"{zh} {earlier}", f"{en} at {earlier}"
    if state in _DOUBT:
        zh, en = _DOUBT[state]
        return f"已记录，待核实（{zh}）", f"Recorded, to be checked ({en})"
    return _DONE[direction]


def line(recorded: Recorded) -> str:
    """Give the one line for people."""
    zh, en = words(recorded)
    is_plain = recorded.repeats is None and recorded.scan.state not in _DOUBT
    sign = "✓" if is_plain else "‖"
    who = f"  {recorded.scan.who}" if recorded.scan.who else ""
    return f"{zh} {sign} {en}{who}  {clock_time(recorded.scan.wall_ms)}"


def data(recorded: Recorded) -> dict[str, object]:
    """Give the answer for `--json`."""
    zh, en = words(recorded)
    scan, repeats = recorded.scan, recorded.repeats
    return {
        "recorded": True,
        "log": recorded.log,
        "seq": recorded.head.seq,
        "hash": recorded.head.hash.hex(),
        "state": scan.state,
        "direction": scan.direction,
        "chosen": bool(scan.chosen),
        "how": scan.how,
        "who": scan.who,
        "already": repeats is not None,
        "earlier_ms": repeats.wall_ms if repeats else None,
        "wall_ms": scan.wall_ms,
        "message_zh": zh,
        "message_en": en,
    }
