"""Print badges: one picture a person in a folder. Rows are kept before pictures are drawn: a crash costs only pictures."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from schemas.limits import NUMBER_CHARS_MAX
from schemas.vocabulary import NUMBER_PATTERN
from server.badges.draw import draw_badge
from server.badges.issue import YEARS, Issued, issue_badges
from server.database import Database
from server.limits import PRINTED_LISTED_MAX
from server.people.roster import known, numbers

_AT_A_TIME = 1_000


@dataclass(frozen=True, slots=True)
class PrintedBadge:
    """A picture that was made. expires_s: Unix seconds."""

    number: str
    serial: int
    expires_s: int
    file: str


@dataclass(slots=True)
class Printed:
    """What was printed (the first of many are listed), and the numbers that are nobody's."""

    printed: int = 0
    badges: list[PrintedBadge] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def print_badges(
    database: Database,
    key: Ed25519PrivateKey,
    people: Iterable[str] | None,
    folder: Path,
    *,
    now_ms: int,
    progress: Callable[[str, int], None],
    years: int = YEARS,
) -> Printed:
    """Print the badges of these people, or of everybody (None)."""
    folder.mkdir(parents=True, exist_ok=True)
    result = Printed()
    for some in _parts(database, people):
        with database.write_facts() as connection:
            here = known(connection, filter(_is_number, some))
            standing = [number for number in some if number in here]
            badges = issue_badges(connection, key, standing, now_ms=now_ms, years=years)
        result.unknown.extend(_shown(number) for number in some if number not in here)
        for badge in badges:
            _print(badge, folder, result)
            progress("print", result.printed)
    return result


def _parts(database: Database, people: Iterable[str] | None) -> Iterator[list[str]]:
    """Cut the numbers into parts, each once. The list of everybody is read before anything is written."""
    if people is None:
        with database.read() as connection:
            people = list(numbers(connection))
    rest = iter(dict.fromkeys(people))
    while part := list(islice(rest, _AT_A_TIME)):
        yield part


_is_number = re.compile(NUMBER_PATTERN).fullmatch


def _shown(number: str) -> str:
    """Repeat what is nobody's number so that any terminal and any reader can take it."""
    return number[:NUMBER_CHARS_MAX].encode("utf-8", "replace").decode()


def _print(badge: Issued, folder: Path, result: Printed) -> None:
    file = folder / f"{badge.number}.png"
    new = folder / f".{badge.number}.new"
    new.write_bytes(draw_badge(badge.text, badge.number))
    new.replace(file)
    result.printed += 1
    if len(result.badges) < PRINTED_LISTED_MAX:
        result.badges.append(PrintedBadge(badge.number, badge.serial, badge.expires_s, str(file)))
