"""Epochs: a server that knows less than it signed for was restored from an old copy. It notices, and begins a new life (I6).

Proofs are its own earlier words, shown by kiosks. What is not signed by its own key, speaks of another log, is satisfied, or is
of an epoch that has ended, starts nothing. All is looked at again while nobody else can begin one: so it happens once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import Connection, delete, select, update

from schemas.entry import Boot
from schemas.vocabulary import Code
from server import epochs
from server.central import Central, central_row
from server.database import Database
from server.intake import feed
from server.intake.ingest import read_ranges
from server.models.feed import SnapshotPart
from server.models.log import EnrolmentCode, Log, LogEntry, LogRange
from server.signing import Signer
from server.version import VERSION
from sync import statement
from sync.errors import Refused
from sync.ids import EntryHash
from sync.succession import succeed_entry

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Proof:
    """A statement that a kiosk shows as this server's word."""

    text: str
    signature: bytes


def notice(
    database: Database, central: Central, signer: Signer, log: str, proofs: Sequence[Proof]
) -> bool:
    """Begin a new epoch if one of these proofs, shown by this log, says more than the database knows; tell whether it did."""
    if not proofs:
        return False
    with database.read() as connection:
        if not _unknown(connection, signer, log, proofs):
            return False
    with database.write_facts() as connection:
        feed.hold(connection)
        epochs.hold(connection, alone=True)
        forgotten = _unknown(connection, signer, log, proofs)
        if not forgotten:
            return False
        start_epoch(connection, central, signer, reason="restored", forgotten=forgotten)
    return True


def start_epoch(
    connection: Connection,
    central: Central,
    signer: Signer,
    *,
    reason: str,
    forgotten: Sequence[str] = (),
) -> epochs.Life:
    """Begin a new epoch and a new central log that names its predecessor's head, in the caller's transaction.

    reason: a stable word. forgotten: names of epochs that the database may not know. Cursors and prepared snapshots of the old
    epoch end with it, and enrolment codes that seem unused: they may have been used since the copy was made.
    """
    feed.hold(connection)
    before = epochs.hold(connection, alone=True)
    feed.follow(connection, signer)
    seq, head = _head(connection, before)
    now = central.clock.wall_ms()
    unheard = sorted(set(forgotten) - set(epochs.known(connection)))
    for name in unheard:  # their logs come before the new one in central order
        public = epochs.derived_key(central.keys, name).public_key().public_bytes_raw()
        central_row(connection, public)
    life = epochs.next_life(
        connection, central.keys, before, reason=reason, forgotten=unheard, now_ms=now
    )
    key = epochs.central_key(central.keys, before)
    central.append(
        connection, lambda b, m, d: Boot(b, m, d, f"server {VERSION}", central.clock.kind)
    )
    central.append(
        connection,
        lambda b, m, d: succeed_entry(key, (seq, head), life.central, boot=b, mono_ms=m, lead_ms=d),
    )
    connection.execute(delete(SnapshotPart))
    unused = (EnrolmentCode.used_ms == 0) & (EnrolmentCode.expires_ms > now)
    connection.execute(update(EnrolmentCode).where(unused).values(expires_ms=now))
    _log.warning("epoch_started", epoch=life.name, after=before.name, reason=reason)
    return life


def _head(connection: Connection, life: epochs.Life) -> tuple[int, EntryHash]:
    """Give the last entry of an epoch's central log; while the epoch is held alone nobody writes there."""
    query = (
        select(LogRange.last, LogRange.head)
        .join(Log, Log.id == LogRange.log)
        .where(Log.name == life.central)
        .order_by(LogRange.last.desc())
        .limit(1)
    )
    row = connection.execute(query).one()
    return int(row.last), EntryHash(bytes(row.head))


def _unknown(
    connection: Connection, signer: Signer, log: str, proofs: Sequence[Proof]
) -> list[str]:
    """Give the epochs of those proofs that say more than the database knows."""
    life, known = epochs.current(connection), epochs.known(connection)
    found = []
    for proof in proofs:
        fields = _read(signer, proof, log)
        if fields is None:
            continue
        epoch = fields["epoch"]
        if epoch not in known or (epoch == life.name and not _holds(connection, fields)):
            found.append(epoch)
    return found


def _read(signer: Signer, proof: Proof, log: str) -> dict[str, str] | None:
    """Read a proof, if this server signed it, and for the log that shows it; deposits are the centre's own."""
    name = proof.text.partition("\n")[0].removeprefix("redvest/1 ")
    if name not in ("time", "receipt", "deposit"):
        return None
    try:
        statement.require_signed(signer.keys.identity_public, proof.text, proof.signature)
        fields = statement.read(proof.text, name)
        return fields if name == "deposit" or fields["log"] == log else None
    except Refused as refused:
        if refused.code == Code.BAD_SIGNATURE:
            _log.warning("proof_not_ours", statement=name)
        return None


def _holds(connection: Connection, fields: dict[str, str]) -> bool:
    """Tell whether the database knows what the statement `time`, `receipt` or `deposit` with these fields says."""
    row = connection.execute(
        select(Log.id, Log.contact_ms).where(Log.name == fields["log"])
    ).one_or_none()
    if row is None:
        return False
    if "hash" not in fields:
        return int(row.contact_ms) >= statement.integer(fields["server_ms"])
    first, last = statement.integer(fields["first"]), statement.integer(fields["last"])
    return holds_run(connection, row.id, first, last, statement.octets(fields["hash"], 32))


def holds_run(connection: Connection, log: int, first: int, last: int, head: bytes) -> bool:
    """Tell whether a log's entries from `first` to `last` are here, the last with this hash: on any branch."""
    there = select(LogEntry.seq).where(
        LogEntry.log == log, LogEntry.seq == last, LogEntry.hash == head
    )
    if connection.scalar(there.limit(1)) is None:
        return False
    reach = first - 1
    for held in read_ranges(connection, log):
        if held.first <= reach + 1:
            reach = max(reach, held.last)
    return reach >= last
