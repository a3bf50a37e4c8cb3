"""What an error of the database means for whoever waits. Its own text may hold values: only its first line is passed on."""

from enum import StrEnum

from sqlalchemy.exc import DBAPIError


class Failing(StrEnum):
    """Why the database did not do what was asked, as the codes that commands answer."""

    BUSY = "database_busy"
    UNREACHABLE = "database_unreachable"
    FULL = "disk_full"
    NOT_MADE = "no_database"
    OTHER = "database_error"


PASSING = frozenset({Failing.BUSY, Failing.UNREACHABLE, Failing.FULL})
"""What may be over when the same is asked again: of a full disk, once somebody made room."""

_OF_STATE = {
    "40001": Failing.BUSY,  # could not serialise
    "40P01": Failing.BUSY,  # deadlock
    "55P03": Failing.BUSY,  # lock not available
    "53300": Failing.BUSY,  # too many connections
    "53100": Failing.FULL,
    "57P01": Failing.UNREACHABLE,  # the server is being stopped
    "57P02": Failing.UNREACHABLE,
    "57P03": Failing.UNREACHABLE,  # or is just starting
    "42P01": Failing.NOT_MADE,  # no such table
    "3F000": Failing.NOT_MADE,  # no such schema
}
_TURNED_AWAY = (
    "does not exist",
    "authentication failed",
    "pg_hba.conf",
    "permission denied",
    "no password",
)


def failing(error: DBAPIError) -> Failing:
    """Tell why, by PostgreSQL's code, or by words where there is none."""
    words = str(error.orig)
    if type(error.orig).__module__.startswith("psycopg"):
        state = getattr(error.orig, "sqlstate", None)
        if state is not None:
            return Failing.UNREACHABLE if state[:2] == "08" else _OF_STATE.get(state, Failing.OTHER)
        # A connection that was not made, or broke, has no code.
        is_lost = type(error.orig).__name__ == "OperationalError"
        turned_away = any(said in words for said in _TURNED_AWAY)
        return Failing.UNREACHABLE if is_lost and not turned_away else Failing.OTHER
    if "locked" in words or "busy" in words:
        return Failing.BUSY
    if "disk is full" in words:
        return Failing.FULL
    return Failing.NOT_MADE if "no such table" in words else Failing.OTHER


def first_words(error: DBAPIError) -> str:
    """Give the first line of what the database said: later ones may repeat values."""
    return str(error.orig).partition("\n")[0]
