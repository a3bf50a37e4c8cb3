"""Which badge a person has: the row that stands, or a new one. The text follows from the row, so printing again gives the same.

A new serial is issued where there is none, or the last is revoked, expired, or signed by a key that verifies no more or is not
here. A badge of an older key that still verifies is printed again with that key.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, func, select

from schemas.vocabulary import Code
from server import bulk
from server.badges.signing_keys import signing_key, verifying_keys
from server.books.dates import day_end_ms, local_day
from server.models.badge import Badge, BadgeRevocation
from sync import badge
from sync.errors import Refused

YEARS = 2
"""How long a badge is good unless staff say otherwise."""

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Issued:
    """A badge of a person and its text."""

    number: str
    serial: int
    expires_s: int
    text: str


def issue_badges(
    connection: Connection,
    keys: Mapping[bytes, Ed25519PrivateKey],
    numbers: Sequence[str],
    *,
    now_ms: int,
    years: int = YEARS,
    is_reissue: bool = False,
) -> list[Issued]:
    """Give these people's badges, in the caller's transaction. At most as many as one statement can name.

    keys: the private keys that are here, by id. is_reissue: new ones are in place of what there was.
    Raise `Refused(not_found)` if the one that signs now is not among them.
    """
    usable = {key: keys[key] for key in verifying_keys(connection) if key in keys}
    signing = signing_key(connection, now_ms).id
    if signing not in usable:
        raise Refused(Code.NOT_FOUND, f"keys/badge-{signing.hex()}.key 不在本机 / is not here")
    last = _last_badges(connection, numbers)
    revoked = _revoked(connection, numbers)
    issued_s, expires_s = lifetime(now_ms, years)
    fresh, rows = [], []
    for number in numbers:
        row, gone = last.get(number), revoked.get(number, 0)
        if row is None or not _stands(row, gone, usable, now_ms):
            highest = max(gone, 0 if row is None else row[1])
            row = (number, highest + 1, signing, issued_s, expires_s)
            fresh.append((*row, now_ms if is_reissue else 0))
        rows.append(row)
    bulk.insert(connection, Badge, fresh)
    return [_with_text(usable[row[2]], row) for row in rows]


_Row = tuple[str, int, bytes, int, int]


def lifetime(now_ms: int, years: int) -> tuple[int, int]:
    """Give issue and expiry in Unix seconds: from the start of today to the end of the same local day years later.

    Whole days, so that the scans of a day's badges have much in common on the wire.
    """
    today = local_day(now_ms)
    start = _EPOCH + timedelta(days=today)
    month_day = (
        (start.month, 28) if (start.month, start.day) == (2, 29) else (start.month, start.day)
    )
    end = (date(start.year + years, *month_day) - _EPOCH).days
    return day_end_ms(today - 1) // 1000, day_end_ms(end) // 1000 - 1


def _stands(row: _Row, revoked: int, usable: Collection[bytes], now_ms: int) -> bool:
    _, serial, key, _, expires_s = row
    return serial > revoked and key in usable and expires_s * 1000 > now_ms


def _with_text(key: Ed25519PrivateKey, row: _Row) -> Issued:
    number, serial, _, issued_s, expires_s = row
    text = badge.issue(key, number=number, serial=serial, issued_s=issued_s, expires_s=expires_s)
    return Issued(number, serial, expires_s, text)


def _last_badges(connection: Connection, numbers: Sequence[str]) -> dict[str, _Row]:
    asked = select(Badge.number, Badge.serial, Badge.key, Badge.issued_s, Badge.expires_s)
    found = connection.execute(asked.where(Badge.number.in_(numbers)).order_by(Badge.serial))
    return {row.number: (row[0], row[1], bytes(row[2]), row[3], row[4]) for row in found}


def _revoked(connection: Connection, numbers: Sequence[str]) -> dict[str, int]:
    """Give the highest revoked serial of these people."""
    asked = select(BadgeRevocation.number, func.max(BadgeRevocation.serial))
    asked = asked.where(BadgeRevocation.number.in_(numbers)).group_by(BadgeRevocation.number)
    return {row[0]: row[1] for row in connection.execute(asked)}
