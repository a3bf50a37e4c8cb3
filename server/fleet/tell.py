"""Tell the leads at sites something on the screens of their kiosks, and take it back. Each message is a central entry."""

from collections.abc import Collection

from sqlalchemy import Connection

from schemas.fleet_entry import Tell, Untell
from schemas.limits import MESSAGE_CHARS_MAX
from schemas.vocabulary import Code
from server.access.part import Part
from server.books.central_rows import UNSTAMPED, write_entry
from server.central import Central
from server.database import Database
from server.intake.messages import Message, lasting
from server.limits import MESSAGE_DAYS_MAX, MESSAGES_A_SITE_MAX, SITES_AT_ONCE_MAX
from server.now.ground import Wanted, read_sites
from server.people.sites import site_exists
from sync.errors import Refused

_DAY_MS = 86_400_000


def tell(
    database: Database,
    central: Central,
    part: Part,
    sites: Collection[str],
    text: str,
    *,
    until_ms: int,
    by: str,
) -> int:
    """Tell it at these sites of a part: at all, or at none. A message that says the same there already is not repeated.

    Give how many were written. Raise `Refused`: `bad_field`, `not_found` (also for a site of another part), `too_large`.
    """
    now_ms = central.clock.wall_ms()
    words = " ".join(text.split())
    _check(words, until_ms - now_ms, sites)
    with database.write_facts() as connection:
        for site in sorted(set(sites)):
            if not part.has_site(site) or not site_exists(connection, site):
                raise Refused(Code.NOT_FOUND, f"没有站点 / no such site: {site}")
        held = lasting(connection, now_ms, sites)
        fresh = [site for site in sorted(set(sites)) if not _says(held, site, words)]
        for site in fresh:
            _check_room(held, site)
            write_entry(connection, central, Tell(*UNSTAMPED, site, words, until_ms, by))
    return len(fresh)


def sites_told(connection: Connection, part: Part, day: int, wanted: Wanted) -> list[str]:
    """Give the sites of a part that a message goes to: those named, or those of a region with all below it.

    Raise `Refused`: `not_found` where there is none, or one named lies elsewhere; `too_large` for more than `SITES_AT_ONCE_MAX`.
    """
    found = [one.code for one in read_sites(connection, part, day, wanted)]
    if not found or (wanted.sites is not None and set(wanted.sites) - set(found)):
        raise Refused(Code.NOT_FOUND, "没有这个站点 / no such site")
    if len(found) > SITES_AT_ONCE_MAX:
        words = f"一次最多 {SITES_AT_ONCE_MAX} 个站点，请选小一点的区划 / choose a smaller region"
        raise Refused(Code.TOO_LARGE, words)
    return found


def take_back(database: Database, central: Central, part: Part, key: str, *, by: str) -> bool:
    """Take a message of a part back; False if it holds no more. Raise `Refused(not_found)` for one of another part."""
    now_ms = central.clock.wall_ms()
    with database.write_facts() as connection:
        message = find(connection, part, key, now_ms)
        if message is None:
            return False
        write_entry(connection, central, Untell(*UNSTAMPED, message.hash, by))
    return True


def find(connection: Connection, part: Part, key: str, now_ms: int) -> Message | None:
    """Find a message that holds, within a part."""
    held = lasting(connection, now_ms, None if part.is_all else part.sites)
    return next((message for message in held if message.key == key), None)


def _check(words: str, lasts_ms: int, sites: Collection[str]) -> None:
    if not 1 <= len(words) <= MESSAGE_CHARS_MAX or "\0" in words:
        raise Refused(Code.BAD_FIELD, f"1–{MESSAGE_CHARS_MAX} 个字 / characters: {len(words)}")
    if not 0 < lasts_ms <= MESSAGE_DAYS_MAX * _DAY_MS:
        raise Refused(Code.BAD_FIELD, f"有效期 / valid: 1–{MESSAGE_DAYS_MAX} 天 days")
    if not 1 <= len(set(sites)) <= SITES_AT_ONCE_MAX:
        raise Refused(Code.TOO_LARGE, f"1–{SITES_AT_ONCE_MAX} 个站点 / sites")


def _says(held: Collection[Message], site: str, words: str) -> bool:
    return any(message.site == site and message.text == words for message in held)


def _check_room(held: Collection[Message], site: str) -> None:
    if sum(message.site == site for message in held) >= MESSAGES_A_SITE_MAX:
        words = f"{site}: 已有 {MESSAGES_A_SITE_MAX} 条通知，请先收回一条 / take one back first"
        raise Refused(Code.TOO_LARGE, words)
