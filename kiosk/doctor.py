"""Whether this device is fit to be a kiosk: one named check after the other, each of which must not stop the next."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlcipher3.dbapi2 as sqlite

from kiosk import device, view
from kiosk.app import Kiosk
from kiosk.demo import is_marked
from kiosk.errors import Stopped
from kiosk.status import CLOCK_DOUBT_MS, skew_ms
from sync.demo import BANNER, MARK

FREE_BYTES_MIN = 500_000_000
SANE_FROM_MS = 1_704_067_200_000
"""2024-01-01: a clock before that has lost its battery."""
NEIGHBOUR_MS_OLD = 24 * 3_600_000
"""A day without a neighbour, where there should be some, is worth a look."""
_WAL_FAULT = ((3, 7, 0), (3, 51, 2))
"""SQLite versions, first and last, whose WAL reset can lose a commit."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check. A note is worth knowing and no failure."""

    name: str
    ok: bool
    detail: str
    is_note: bool = False


def doctor(open_it: Callable[[], Kiosk], reach: Callable[[device.Enrolment], str]) -> list[Check]:
    """Run all checks. reach: tries the server, gives "" or the code of what went wrong."""
    checks = [*_library(), *_screen()]
    try:
        kiosk = open_it()
    except (Stopped, sqlite.Error, OSError) as error:
        return [*checks, Check("store_opens", False, f"{type(error).__name__}: {error}")]
    try:
        return [*checks, *_device(kiosk), *_trust(kiosk, reach)]
    finally:
        kiosk.store.close()


def _library() -> Iterator[Check]:
    version = tuple(int(part) for part in sqlite.sqlite_version.split("."))
    yield Check(
        "sqlite_version", not _WAL_FAULT[0] <= version <= _WAL_FAULT[1], sqlite.sqlite_version
    )
    with_cipher = sqlite.connect(":memory:")
    row = with_cipher.execute("PRAGMA cipher_version").fetchone()
    with_cipher.close()
    yield Check("sqlcipher", row is not None, row[0] if row else "SQLCipher missing")


def _screen() -> Iterator[Check]:
    from kiosk.web.fit import findings  # the screen's parts are large, and few commands need them

    return (Check(*found) for found in findings())


def _device(kiosk: Kiosk) -> Iterator[Check]:
    db, now = kiosk.store.db, kiosk.clock.read()
    yield Check("store_opens", True, kiosk.home.name)
    durable = (
        db.execute("PRAGMA synchronous").fetchone()[0],
        db.execute("PRAGMA journal_mode").fetchone()[0],
    )
    yield Check("store_durable", durable == (2, "wal"), f"synchronous={durable[0]} {durable[1]}")
    free = shutil.disk_usage(kiosk.home).free
    yield Check("free_disk", free >= FREE_BYTES_MIN, f"{free // 1_000_000} MB")
    yield Check("boottime_clock", kiosk.clock.kind == "boottime", kiosk.clock.kind, is_note=True)
    yield Check("not_a_demo", not kiosk.is_demo, BANNER if kiosk.is_demo else "", is_note=True)
    stray = is_marked(kiosk.home) and not kiosk.is_demo
    yield Check("no_stray_mark", not stray, f"{MARK} means nothing here" if stray else "")
    yield Check("clock_year", now.wall_ms >= SANE_FROM_MS, str(now.wall_ms))
    skew = skew_ms(device.read_anchor(db), now)
    detail = "no contact in this boot" if skew is None else f"{skew} ms"
    yield Check("clock_skew", skew is None or abs(skew) <= CLOCK_DOUBT_MS, detail)


def _trust(kiosk: Kiosk, reach: Callable[[device.Enrolment], str]) -> Iterator[Check]:
    db = kiosk.store.db
    enrolment = device.read_enrolment(db)
    yield Check(
        "enrolled", enrolment is not None, enrolment.site if enrolment else "run: enrol CODE"
    )
    if enrolment is None:
        return
    identity = device.read_identity(db)
    yield Check("log_key", identity is not None, identity.log if identity else "missing")
    is_confirmed = not device.read_sync(db).diverged_at
    detail = f"{len(device.read_identities(db))} logs" + ("" if is_confirmed else ": run confirm")
    yield Check("log_confirmed", is_confirmed, detail, is_note=True)
    is_revoked = device.read_sync(db).revoked_ms > 0
    yield Check("log_not_revoked", not is_revoked, "call the centre" if is_revoked else "")
    keys = view.counts(db)["badge_keys"]
    yield Check("badge_keys", keys > 0, str(keys))
    problem = reach(enrolment)
    yield _neighbours(kiosk)
    yield Check("server_reachable", not problem, problem or enrolment.url, is_note=True)


def _neighbours(kiosk: Kiosk) -> Check:
    """Say whether this kiosk deals with neighbours, and when it last met one."""
    from kiosk.neighbours.me import read_me
    from kiosk.neighbours.met import neighbours
    from kiosk.neighbours.setting import read_setting

    setting = read_setting(kiosk.store.db)
    if not setting.is_on:
        return Check("neighbours", True, "off", is_note=True)
    if read_me(kiosk) is None:
        return Check("neighbours", False, "on, but not ready: sync once", is_note=True)
    found = [one for one in neighbours(kiosk.store.db) if one.met_ms]
    newest_ms = max((one.met_ms for one in found), default=0)
    age_ms = kiosk.clock.read().wall_ms - newest_ms
    said = f"on at {setting.host}:{setting.port}, {len(found)} met"
    return Check("neighbours", bool(found) and age_ms < NEIGHBOUR_MS_OLD, said, is_note=True)
