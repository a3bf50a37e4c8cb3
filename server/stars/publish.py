"""Put a list of people with stars up, and conclude it once everybody could object. Both are entries of the central log."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from schemas.central_entry import Conclude, ListedRow, Publish
from schemas.central_entry import Listed as ListPart
from schemas.limits import LISTED_ROWS_MAX
from schemas.vocabulary import Code
from server.access.part import EVERYTHING, Part
from server.books import central_rows
from server.books.dates import iso_date, local_day
from server.books.decisions.actor import Actor
from server.central import Central, held_head
from server.certificates.issue import require_reviewer
from server.database import Database
from server.limits import CLOSE_ATTEMPTS_MAX, STAR_LIST_MAX
from server.stars.figures import PUBLISH_DAYS_MIN
from server.stars.levels import Wish, read_levels
from server.stars.lists import StarsList, digest_of, find_list
from server.stars.notices import Notice, Stage, all_lists
from server.stars.on_lists import require_whole
from server.stars.thresholds import thresholds
from sync.errors import Refused


@dataclass(frozen=True, slots=True)
class Published:
    """A list that is up. already: it was before, and nothing was written now."""

    entry: str
    people: int
    digest: str
    from_day: str
    until_day: str
    already: bool


@dataclass(frozen=True, slots=True)
class Concluded:
    """A list that is concluded. struck: who was taken off it."""

    entry: str
    people: int
    digest: str
    struck: list[str]
    already: bool


def publish(
    database: Database,
    central: Central,
    actor: Actor,
    title: str,
    wish: Wish,
    *,
    days: int = 0,
    seen: str = "",
) -> Published:
    """Put up who has at least so many stars, for so many dates from today on (0: as the policy says).

    A list of this title with the same rows that is up already stays. Raise `Refused`: `role_too_low`; `nothing_confirmed` for an
    empty list; `too_large`; `bad_field` for fewer dates than the policy asks for, or a day to come; `changed_since` where the
    rows are not those that were `seen` (their digest in hex; "": nobody looked before); `try_later`.
    """
    require_reviewer(actor)
    today = local_day(central.clock.wall_ms())
    if wish.day > today:
        raise Refused(Code.BAD_FIELD, f"日期未到 / a day to come: {iso_date(wish.day)}")
    for _ in range(CLOSE_ATTEMPTS_MAX):
        with database.read() as connection:
            head = held_head(connection, lock=False)
            rows = listed(connection, wish)
            up_for = days_up(connection, wish, today, days)
            there = _same(all_lists(connection), title, rows, today)
        if there is not None:
            return _published(there.entry, there.hash, already=True)
        if not rows:
            raise Refused(Code.NOTHING_CONFIRMED, "名单是空的 / nobody has so many stars")
        if seen and digest_of(rows).hex() != seen:
            raise Refused(Code.CHANGED_SINCE, "名单有变 / the list is another by now")
        mark = secrets.token_bytes(16)
        entry = Publish(
            *central_rows.UNSTAMPED, mark, title, wish.day, wish.least, len(rows), digest_of(rows),
            today, today + up_for - 1, actor.number,
        )  # fmt: skip
        with database.write_facts() as connection:
            if held_head(connection) != head:
                continue
            for start in range(0, len(rows), LISTED_ROWS_MAX):
                part = tuple(rows[start : start + LISTED_ROWS_MAX])
                central_rows.write_entry(connection, central, ListPart(*central_rows.UNSTAMPED, mark, part))  # fmt: skip
            written = central_rows.write_entry(connection, central, entry)
            return _published(entry, written.hash, already=False)
    raise Refused(
        Code.TRY_LATER, "期间有其他写入，请稍后再试 / others were writing: try again later"
    )


def conclude(
    database: Database, central: Central, actor: Actor, prefix: str, *, part: Part = EVERYTHING
) -> Concluded:
    """Conclude a list: who is left on it is awarded. Doing it again changes nothing.

    Raise `Refused`: `role_too_low`, `not_found`; `still_up` while it is up, or an objection is open; `changed_since` where
    somebody left on it has fewer stars by now than the list asks for: object to them, and agree. `not_found` or `no_right` for a
    list that reaches beyond the part.
    """
    require_reviewer(actor)
    today = local_day(central.clock.wall_ms())
    with database.read() as connection:
        found = find_list(connection, prefix)
        require_whole(connection, found, part)
        fallen = fallen_of(connection, found, [row[0] for row in found.left])
    if found.end is None:
        _require_over(found, today, fallen)
        left = found.left
        entry = Conclude(
            *central_rows.UNSTAMPED, found.hash, len(left), digest_of(left), actor.number
        )
        with database.write_facts() as connection:
            central_rows.write_entry(connection, central, entry)
    else:
        entry = found.end
    struck = sorted({row[0] for row in found.rows} - {row[0] for row in found.left})
    told = (found.hash.hex(), entry.rows, entry.digest.hex(), struck)
    return Concluded(*told, already=found.end is not None)


def listed(connection: Connection, wish: Wish) -> list[ListedRow]:
    """Give the rows that a list would have, by code point of who. Raise `Refused(too_large)`."""
    rows: list[ListedRow] = []
    for level in read_levels(connection, wish):
        rows.append((level.volunteer, level.stars, level.minutes))
        if len(rows) > STAR_LIST_MAX:
            words = f"超过 {STAR_LIST_MAX} 人，请缩小范围 / too many people: ask for more stars, or one team"
            raise Refused(Code.TOO_LARGE, words)
    return sorted(rows)


def fallen_of(connection: Connection, found: Notice, people: Collection[str]) -> list[str]:
    """Give who of these people has, by what is confirmed now up to a list's day, fewer stars than it asks for."""
    if not people:
        return []
    asked = Wish(found.entry.day, EVERYTHING, found.entry.stars, people=people)
    still = {level.volunteer for level in read_levels(connection, asked)}
    return sorted(set(people) - still)


def _require_over(found: StarsList, today: int, fallen: list[str]) -> None:
    if found.stage(today) is Stage.UP:
        words = f"公示至 {iso_date(found.entry.until_day)} / it is up until then"
        raise Refused(Code.STILL_UP, words)
    waiting = [one.hash.hex()[:12] for one in found.objections if one.answer is None]
    if waiting:
        words = f"有异议未答复 / objections without an answer: {' '.join(waiting[:20])}"
        raise Refused(Code.STILL_UP, words)
    if fallen:
        words = f"公示后时长有变，已不足 / their hours fell since: {' '.join(fallen[:20])}"
        raise Refused(Code.CHANGED_SINCE, words)


def days_up(connection: Connection, wish: Wish, today: int, days: int) -> int:
    """Give for how many dates a list is up (0: as the policy says). Raise `Refused(bad_field)` for fewer than that."""
    least = max(PUBLISH_DAYS_MIN, thresholds(connection).of(wish.team, "", today)["publish_days"])
    if days and days < least:
        raise Refused(Code.BAD_FIELD, f"公示不少于 {least} 天 / it has to be up for {least} dates")
    return days or least


def _same(lists: list[Notice], title: str, rows: list[ListedRow], today: int) -> Notice | None:
    digest = digest_of(rows)
    for one in lists:
        is_same = (one.entry.title, one.entry.digest) == (title, digest)
        if is_same and one.stage(today) is not Stage.CONCLUDED:
            return one
    return None


def _published(entry: Publish, entry_hash: bytes, *, already: bool) -> Published:
    return Published(
        entry_hash.hex(),
        entry.rows,
        entry.digest.hex(),
        iso_date(entry.from_day),
        iso_date(entry.until_day),
        already,
    )
