"""Keys of names that kiosks announce in their logs: kept when the entry comes in, if the kiosk's enrolment code proves them.

Whoever has a kiosk has its log's key, but not its enrolment code: a thief cannot announce a key of their own.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select

from schemas.entry import Note
from server import bulk
from server.intake.place import PREDECESSORS_MAX, place_of, predecessor_of
from server.intake.touch import touch_names
from server.models.lead_key import LeadKey
from server.models.log import Enrolment, EnrolmentCode
from sync import site_names
from sync.canonical import understand
from sync.site_names import Announced

_MARK = site_names.TOPIC.encode()


def keep_announced(connection: Connection, log: str, first: int, bodies: Sequence[bytes]) -> None:
    """Keep what these entries of a log, from seq `first` on, announce; in the caller's transaction, which stored them.

    Of several the last in the log counts, whatever came first.
    """
    for seq, said in _announced(first, bodies):
        asked = select(EnrolmentCode.secret_hash).where(EnrolmentCode.id == said.code)
        secret_hash = connection.scalar(asked)
        if secret_hash is None or not site_names.is_proved(said, bytes(secret_hash)):
            continue
        held = connection.execute(select(LeadKey).where(LeadKey.log == log)).one_or_none()
        if held is None or (held.seq, bytes(held.public)) < (seq, said.public):
            bulk.upsert(connection, LeadKey, [(log, seq, said.public, said.code)])
            touch_names_of(connection, log)


def touch_names_of(connection: Connection, log: str, site: str = "") -> None:
    """Say that it may have changed who reads names at the sites where a log is or was enrolled, and at this one."""
    sites = set(connection.scalars(select(Enrolment.site).where(Enrolment.log == log)))
    for name in sorted(sites | ({site} if site else set())):
        touch_names(connection, name)


def keys_of(connection: Connection, site: str) -> list[bytes]:
    """Give the keys that count at a site now, in order: of logs that are enrolled there, and were not revoked."""
    asked = (
        select(LeadKey.log, LeadKey.public, EnrolmentCode.used_by)
        .join(EnrolmentCode, EnrolmentCode.id == LeadKey.code)
        .join(Enrolment, Enrolment.log == LeadKey.log)
        .where(Enrolment.site == site)
        .distinct()
    )
    found = set()
    for log, public, used_by in connection.execute(asked).all():
        place = place_of(connection, log)
        is_here = place is not None and place.site == site
        if is_here and _is_of(connection, log, used_by):
            found.add(bytes(public))
    return sorted(found)


def _announced(first: int, bodies: Sequence[bytes]) -> Iterator[tuple[int, Announced]]:
    """Look only into entries with the topic's letters in them: this is on the way of every batch, and hardly one has any."""
    if _MARK not in b"".join(bodies):
        return
    for seq, body in enumerate(bodies, first):
        entry = understand(bytes(body)) if _MARK in body else None
        if isinstance(entry, Note) and entry.topic == site_names.TOPIC:
            said = site_names.read_announced(entry.text)
            if said is not None:
                yield seq, said


def _is_of(connection: Connection, log: str, used_by: str) -> bool:
    """Tell whether a code was used by this log, or by one that it succeeds."""
    for _ in range(PREDECESSORS_MAX):
        if log == used_by or not log:
            break
        log = predecessor_of(connection, log)
    return bool(log) and log == used_by
