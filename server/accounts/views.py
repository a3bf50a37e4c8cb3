"""Views of the queue that an account keeps under a name: the filters of an address."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from sqlalchemy import Connection, delete, func, select

from schemas.vocabulary import Code
from server import bulk
from server.limits import SAVED_VIEWS_MAX
from server.models.saved_view import SavedView
from sync.errors import Refused

QUEUE = "review"
"""The list whose views these are."""
FILTERS = ("q", "state", "rule", "severity", "site", "region", "team", "from", "to")
"""What narrows the queue."""
FILTER_CHARS_MAX, NAME_CHARS_MAX = 80, 40
_QUERY_CHARS = 400


def read_views(connection: Connection, account: int) -> list[tuple[str, str]]:
    """Give the views that an account keeps: name and filters as an address has them, in order of names."""
    query = select(SavedView.name, SavedView.query).where(
        SavedView.account == account, SavedView.page == QUEUE
    )
    return sorted((name, kept) for name, kept in connection.execute(query))


def filters_of(kept: str) -> dict[str, str]:
    """Read the filters of a view."""
    return dict(parse_qsl(kept))


def keep_view(connection: Connection, account: int, name: str, filters: Mapping[str, str]) -> None:
    """Keep filters under a name, in the caller's transaction; an older view of that name is replaced.

    Raise `Refused`: `bad_field` for no name, or too many filters; `too_large` beyond `SAVED_VIEWS_MAX`.
    """
    name, kept = name.strip(), urlencode(filters)
    if not 1 <= len(name) <= NAME_CHARS_MAX or not name.isprintable() or len(kept) > _QUERY_CHARS:
        words = f"视图的名字 1–{NAME_CHARS_MAX} 个字 / a name, and not too many filters"
        raise Refused(Code.BAD_FIELD, words)
    others = select(func.count()).where(SavedView.account == account, SavedView.name != name)
    if (connection.scalar(others) or 0) >= SAVED_VIEWS_MAX:
        words = f"最多 {SAVED_VIEWS_MAX} 个视图，请先删掉几个 / too many views: forget some"
        raise Refused(Code.TOO_LARGE, words)
    bulk.upsert(connection, SavedView, [(account, QUEUE, name, kept)])


def forget_view(connection: Connection, account: int, name: str) -> bool:
    """Forget a view of one's own, in the caller's transaction; False if there is none of that name."""
    own = (SavedView.account == account, SavedView.page == QUEUE, SavedView.name == name)
    return connection.execute(delete(SavedView).where(*own)).rowcount > 0
