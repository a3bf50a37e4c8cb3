"""What a list would be, before it is put up: how many people with how many stars, for which dates, and its hash."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from schemas.vocabulary import Code
from server.books.dates import iso_date
from server.limits import CONSOLE_STARS_PEOPLE_MAX, STAR_PREVIEW_PEOPLE_MAX
from server.models.now import VolunteerNow
from server.stars.levels import Wish
from server.stars.lists import digest_of
from server.stars.on_lists import OnList, people_within
from server.stars.publish import days_up, listed
from sync.errors import Refused


@dataclass(frozen=True, slots=True)
class Preview:
    """A list that is not up. counts: how many people have so many stars, the most first. digest: what `publish` takes as seen.

    first: the first people on it, by number. from_day, until_day: local dates.
    """

    people: int
    counts: tuple[tuple[int, int], ...]
    digest: str
    from_day: str
    until_day: str
    first: tuple[OnList, ...]


def preview(connection: Connection, wish: Wish, today: int, days: int) -> Preview:
    """Say what list a wish gives. Raise `Refused`: `too_large`; `bad_field` for too few dates, or a day to come."""
    if wish.day > today:
        raise Refused(Code.BAD_FIELD, f"日期未到 / a day to come: {iso_date(wish.day)}")
    require_few(connection, wish)
    up_for = days_up(connection, wish, today, days)
    rows = listed(connection, wish)
    counts = Counter(stars for _, stars, _ in rows)
    first = people_within(connection, rows, wish.part, after="", limit=STAR_PREVIEW_PEOPLE_MAX)
    return Preview(
        len(rows),
        tuple(sorted(counts.items(), reverse=True)),
        digest_of(rows).hex(),
        iso_date(today),
        iso_date(today + up_for - 1),
        tuple(first),
    )


def require_few(connection: Connection, wish: Wish) -> None:
    """Stop what takes longer than somebody waits for a page."""
    person = VolunteerNow
    query = select(person.number).where(wish.part.people_within(person.team, person.region))
    if wish.team:
        query = query.where(person.team == wish.team)
    some = query.limit(CONSOLE_STARS_PEOPLE_MAX + 1).subquery()
    if int(connection.scalar(select(func.count()).select_from(some)) or 0) > CONSOLE_STARS_PEOPLE_MAX:  # fmt: skip
        words = "人数过多，请选一个队伍，或用命令 stars publish / too many people: one team, or the command"
        raise Refused(Code.TOO_LARGE, words)
