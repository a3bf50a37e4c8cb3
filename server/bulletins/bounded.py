"""Bulletins that somebody waits for: of a bounded number of records. Larger ones are the command's."""

from schemas.vocabulary import Code
from server.bulletins.content import Content
from server.limits import CONSOLE_BULLETIN_ROWS_MAX
from sync.errors import Refused


def bounded(_doing: str, count: int) -> None:
    """Stop, as the progress of counting, what takes longer than somebody waits. Raise `Refused(too_large)`."""
    if count > CONSOLE_BULLETIN_ROWS_MAX:
        words = "记录过多，请用命令 bulletin / too many records to wait for: use the command"
        raise Refused(Code.TOO_LARGE, words)


def require_bounded(content: Content) -> None:
    """Stop before the rows of such a bulletin are read. Raise `Refused(too_large)`."""
    bounded("rows", content.rows)
