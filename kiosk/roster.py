"""Looking up what the centre told this kiosk: people, by number alone (names: `kiosk/lead/book.py`); names of posts."""

from re import fullmatch

from kiosk.limits import SEARCH_ROWS_MAX
from kiosk.store import Database
from schemas.vocabulary import NUMBER_PATTERN


def find(db: Database, part: str) -> list[str]:
    """Give numbers that contain this part, those that begin with it first. Anything that is no part of a number finds nothing."""
    if fullmatch(NUMBER_PATTERN, part) is None:
        return []
    rows = db.execute(
        """SELECT number FROM (SELECT number FROM roster UNION SELECT number FROM walk_ins)
           WHERE instr(upper(number), upper(?1)) > 0
           ORDER BY instr(upper(number), upper(?1)) > 1, number LIMIT ?2""",
        (part, SEARCH_ROWS_MAX),
    )
    return [row[0] for row in rows]


def is_known(db: Database, number: str) -> bool:
    """Tell whether a number is on the roster, or of a walk-in of this kiosk."""
    query = "SELECT 1 FROM roster WHERE number = ?1 UNION SELECT 1 FROM walk_ins WHERE number = ?1"
    return bool(db.execute(query, (number,)).fetchall())


def posts(db: Database) -> list[tuple[str, str]]:
    """Give code and name of every post that the centre told."""
    return [
        tuple(row) for row in db.execute("SELECT code, name FROM posts ORDER BY code LIMIT 200")
    ]


def post_name(db: Database, code: str) -> str:
    """Give the name of a post; its code where the centre has told none."""
    row = db.execute("SELECT name FROM posts WHERE code = ?", (code,)).fetchone()
    return code if row is None else str(row[0])
