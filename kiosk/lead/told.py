"""What the centre tells the leads here: rows of the view, shown until their time has passed."""

from dataclasses import dataclass

from kiosk.store import Database


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the centre, as it was written there."""

    text: str
    until_ms: int


def messages(db: Database, now_ms: int) -> list[Message]:
    """Give the messages that still hold, those that end soonest first."""
    rows = db.execute(
        "SELECT text, until_ms FROM messages WHERE until_ms > ? ORDER BY until_ms, key", (now_ms,)
    )
    return [Message(text, until_ms) for text, until_ms in rows]
