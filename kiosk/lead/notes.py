"""Notes of what leads do, within the caller's transaction."""

from kiosk.errors import Stopped, Trouble
from kiosk.log import Head, Writer
from schemas.entry import Note

REMARK, DUTY_CARD, WARNED, SETTING, LEAD = "remark", "duty_card", "warned", "setting", "lead"
"""Topics of notes (`docs/protocol.md`, 2.7)."""
_TEXT_CHARS_MAX = 400
"""What a text of an entry holds (`schemas/fields.py`)."""


def note(log: Writer, topic: str, text: str, *, by: str, who: str = "", about: bytes = b"") -> Head:
    """Append a note."""
    now = log.now
    return log.add(Note(now.boot, now.mono_ms, now.lead_ms, topic, who, about, text, by))


def require_text(text: str) -> str:
    """Give a text that an entry can hold, trimmed; it may be empty. Raise `Stopped(wrong_usage)`."""
    found = text.strip()
    if len(found) > _TEXT_CHARS_MAX or "\x00" in found:
        raise Stopped(Trouble.WRONG_USAGE, "text")
    return found


def require_reason(text: str) -> str:
    """Give a reason, trimmed. Raise `Stopped`: `reason_needed` for none, `wrong_usage` for one that no entry holds."""
    found = require_text(text)
    if not found:
        raise Stopped(Trouble.REASON_NEEDED)
    return found
