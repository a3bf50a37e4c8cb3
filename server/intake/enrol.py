"""Enrolment: a one-use code makes a log belong to a site, by a central entry. Guessing is slow, whatever is tried."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from schemas.vocabulary import Code
from server import bulk
from server.central import Central
from server.database import Database
from server.intake.ingest import open_log
from server.intake.place import is_revoked
from server.models.log import Enrolment, EnrolmentAttempt, EnrolmentCode, Log
from server.people.sites import site_exists, site_name
from server.signing import Signer
from sync import enrolment, seal, statement
from sync.errors import Refused
from sync.ids import log_id

CODE_DAYS = 14
ATTEMPTS_MAX = 5
"""Wrong secrets for one code, or wrong tries from one source within a window, before it is locked."""
ATTEMPT_WINDOW_MS = 15 * 60_000


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Where a log now belongs."""

    site: str
    site_name: str
    post: str | None


@dataclass(frozen=True, slots=True)
class Wish:
    """A kiosk's wish to enrol, its signature checked."""

    key: bytes
    log: str
    code: bytes
    post: str
    secret: bytes


def make_code(database: Database, signer: Signer, site: str) -> enrolment.EnrolmentCode:
    """Make a one-use code for a site. Raise `Refused(not_found)` for a site that nobody imported."""
    return make_codes(database, signer, [site])[0]


def make_codes(
    database: Database, signer: Signer, sites: Sequence[str], by: str = ""
) -> list[enrolment.EnrolmentCode]:
    """Make a one-use code for each of these sites: all, or none. Raise `Refused(not_found)` as above.

    by: the account that asks for them.
    """
    now = signer.clock.wall_ms()
    codes = [
        enrolment.EnrolmentCode(
            os.urandom(enrolment.ID_BYTES),
            os.urandom(enrolment.SECRET_BYTES),
            signer.keys.fingerprint,
        )
        for _ in sites
    ]
    with database.write_facts() as connection:
        for site, code in zip(sites, codes, strict=True):
            if not site_exists(connection, site):
                raise Refused(
                    Code.NOT_FOUND, f"没有站点 {site}，请先导入 / no site {site}: import it first"
                )
            values = {
                "id": code.id,
                "site": site,
                "secret_hash": code.secret_hash(),
                "created_ms": now,
                "expires_ms": now + CODE_DAYS * 86_400_000,
                "made_by": by,
            }
            connection.execute(insert(EnrolmentCode).values(values))
    return codes


def read_wish(signer: Signer, *, key: bytes, text: str, signature: bytes, sealed: bytes) -> Wish:
    """Check a signed wish. Raise `Refused(bad_signature | malformed | unknown_log | bad_code)`."""
    statement.require_signed(key, text, signature)
    fields = statement.read(text, "enrol")
    name = log_id(key)
    if fields["log"] != name:
        raise Refused(Code.UNKNOWN_LOG, "the key belongs to another log")
    try:
        code = statement.octets(fields["code"], enrolment.ID_BYTES)
        info = enrolment.seal_info(is_demo=signer.clock.is_demo)
        secret = seal.unseal(signer.keys.seal.private_bytes_raw(), sealed, info)
    except (ValueError, Refused) as error:
        raise Refused(Code.BAD_CODE, "not a code of this server") from error
    return Wish(key, name, code, fields["post"], secret)


def enrol(database: Database, central: Central, wish: Wish, *, source: str) -> Enrolled:
    """Use the code up for this log. The same wish again is answered the same.

    Raise `Refused`: `bad_code` (whatever is wrong with it), `code_used`, `code_expired`, `log_revoked`,
    `too_many_attempts`, `bad_field`.
    """
    now = central.clock.wall_ms()
    with database.write_facts() as connection:
        _check_source(connection, source, now)
        row = connection.execute(
            select(EnrolmentCode).where(EnrolmentCode.id == wish.code).with_for_update()
        ).one_or_none()
        is_barred = is_revoked(connection, wish.log)
        refusal = _refusal(row, wish, now, is_barred=is_barred)
        if refusal is None and row is not None:
            if not row.used_ms:
                _use(connection, central, wish, row.site, now)
            post = _recorded_post(connection, wish.log)
            return Enrolled(row.site, site_name(connection, row.site), post or None)
        _count_failure(connection, wish, source, now)
    raise refusal or Refused(Code.BAD_CODE, "no such code")


def _check_source(connection: Connection, source: str, now: int) -> None:
    """Judge a source, and hold its other wishes until this one is answered: tries at the same moment count, too."""
    window = now // ATTEMPT_WINDOW_MS
    bulk.insert_missing(connection, EnrolmentAttempt, [(source, window, 0)])
    failed = connection.execute(
        select(EnrolmentAttempt.failed)
        .where(EnrolmentAttempt.source == source, EnrolmentAttempt.window == window)
        .with_for_update()
    ).scalar_one()
    if failed >= ATTEMPTS_MAX:
        raise Refused(Code.TOO_MANY_ATTEMPTS, "wait a quarter of an hour")


def _refusal(row: Row[Any] | None, wish: Wish, now: int, *, is_barred: bool) -> Refused | None:
    """Judge a code. is_barred: the log was revoked. A wrong secret and an unknown code look the same from outside."""
    if row is None or row.attempts >= ATTEMPTS_MAX:
        return Refused(Code.BAD_CODE, "no such code")
    given = enrolment.EnrolmentCode(wish.code, wish.secret, b"").secret_hash()
    if given != row.secret_hash:
        return Refused(Code.BAD_CODE, "no such code")
    if is_barred:
        return Refused(Code.LOG_REVOKED, "this log was revoked: its kiosk needs a new home")
    if row.used_ms and row.used_by != wish.log:
        return Refused(Code.CODE_USED, "ask for a new code")
    if not row.used_ms and (row.ended_ms or now > row.expires_ms):
        return Refused(Code.CODE_EXPIRED, "ask for a new code")
    return None


def _use(connection: Connection, central: Central, wish: Wish, site: str, now: int) -> None:
    from_ms = max(now, _last_from(connection, wish.log) + 1)
    appended = central.record_enrolment(connection, wish.log, site, wish.post, from_ms)
    row = (wish.log, from_ms, 0, site, wish.post, appended.hash)
    bulk.insert(connection, Enrolment, [row])
    used = {"used_ms": now, "used_by": wish.log}
    connection.execute(update(EnrolmentCode).where(EnrolmentCode.id == wish.code).values(used))
    if connection.scalar(select(Log.id).where(Log.name == wish.log)) is None:
        open_log(connection, wish.log, wish.key)
    connection.execute(update(Log).where(Log.name == wish.log).values(version=Log.version + 1))


def _last_from(connection: Connection, log: str) -> int:
    """Give from when the log was enrolled last: the next enrolment follows it, even if our clock was put back meanwhile."""
    latest = select(func.max(Enrolment.from_ms)).where(Enrolment.log == log)
    return connection.scalar(latest) or 0


def _recorded_post(connection: Connection, log: str) -> str | None:
    """Give the post that was recorded, which is not the one of a later wish."""
    latest = select(Enrolment.post).where(Enrolment.log == log).order_by(Enrolment.from_ms.desc())
    return connection.scalar(latest.limit(1))


def _count_failure(connection: Connection, wish: Wish, source: str, now: int) -> None:
    attempts = EnrolmentCode.attempts + 1
    connection.execute(
        update(EnrolmentCode).where(EnrolmentCode.id == wish.code).values(attempts=attempts)
    )
    window = now // ATTEMPT_WINDOW_MS
    connection.execute(
        update(EnrolmentAttempt)
        .where(EnrolmentAttempt.source == source, EnrolmentAttempt.window == window)
        .values(failed=EnrolmentAttempt.failed + 1)
    )
