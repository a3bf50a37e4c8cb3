"""What would be lost with this kiosk: entries that no receipt proves and no exported file holds (I10)."""

from kiosk import exported
from kiosk.errors import Stopped, Trouble
from kiosk.store import Database


def require_none(db: Database) -> None:
    """Raise `Stopped(unsent)` with how many there are."""
    count = exported.kept_here_alone(db)
    if count:
        raise Stopped(Trouble.UNSENT, str(count))
