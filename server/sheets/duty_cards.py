"""Duty cards for signs, from a table that staff keep: post, what to do, how, how to protect oneself."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from schemas.vocabulary import Code
from server.imports.read_csv import read_csv
from server.imports.read_xlsx import read_xlsx
from server.imports.reasons import Reason
from server.limits import DUTY_CARD_CHARS_MAX, DUTY_CARDS_BYTES_MAX, SHEET_POSTS_MAX
from server.whole_file import open_plain
from sync.errors import Refused

_NAMES = {
    "post": ("post", "岗位", "岗位编码", "岗位编号"),
    "what": ("what", "做什么"),
    "how": ("how", "怎么干"),
    "protect": ("protect", "怎么防护"),
}
_COLUMNS = {heading: name for name, headings in _NAMES.items() for heading in headings}
_ZIP = b"PK\x03\x04"


class DutyCard(NamedTuple):
    """What to do at a post, how, and how to protect oneself."""

    what: str = ""
    how: str = ""
    protect: str = ""


def read_cards(file: Path) -> Mapping[str, DutyCard]:
    """Read a CSV or XLSX file, by post. Raise `Refused`: `not_found`, `too_large`, `malformed`; `FileRefused`; `OSError`."""
    with open_plain(file) as opened:
        content = opened.read(DUTY_CARDS_BYTES_MAX + 1)
    if len(content) > DUTY_CARDS_BYTES_MAX:
        raise Refused(Code.TOO_LARGE, f"over {DUTY_CARDS_BYTES_MAX} bytes")
    read = read_xlsx if content.startswith(_ZIP) else read_csv
    sheet = read(BytesIO(content))
    names = [_COLUMNS.get(str(cell).strip().lower(), "") for cell in sheet.header.cells]
    if "post" not in names or not {"what", "how", "protect"} & set(names):
        raise Refused(Code.MALFORMED, "缺少列 / columns missing: post, what, how, protect")
    cards: dict[str, DutyCard] = {}
    for row in sheet.rows:
        found = {name: _text(cell, row.line) for name, cell in zip(names, row.cells, strict=False)}
        post = found.get("post", "")
        if post:
            cards[post] = DutyCard(*(found.get(name, "") for name in DutyCard._fields))
        if len(cards) > SHEET_POSTS_MAX:
            raise Refused(Code.TOO_LARGE, f"over {SHEET_POSTS_MAX} posts")
    return cards


def _text(cell: str | Reason, line: int) -> str:
    """Give a cell's words on one line; a line that cannot be read is named."""
    if isinstance(cell, Reason):
        raise Refused(Code.MALFORMED, f"第 {line} 行 / line {line}: {cell}")
    words = " ".join(cell.split())
    if len(words) > DUTY_CARD_CHARS_MAX:
        raise Refused(Code.TOO_LARGE, f"第 {line} 行 / line {line}: over {DUTY_CARD_CHARS_MAX}")
    return words
