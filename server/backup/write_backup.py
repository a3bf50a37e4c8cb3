"""Back a server up beside all that runs: one snapshot of the database, streamed into one file, there whole or not at all."""

import json
import os
import struct
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

import msgspec
from sqlalchemy import Connection, Table, select

from server import bulk, epochs
from server.backup.form import (
    FORMAT,
    KEYS,
    MANIFEST,
    SEAL_BYTES,
    TABLES,
    Head,
    Kept,
    Manifest,
    Part,
    digests,
    seal,
)
from server.backup.swap import sync_folder
from server.models import everything
from server.models.log import Log, LogRange
from server.schema import newest
from server.services import Services
from server.version import VERSION

Progress = Callable[[str, int], None]

_pack = msgspec.msgpack.Encoder().encode
_LEVEL = 1
"""Entries hardly compress; the least effort gets nearly all that there is."""


def write_backup(services: Services, file: Path, progress: Progress) -> Kept:
    """Write everything but what is derived. progress: told the table and how many rows of all are through.

    The file can be read by its owner alone; it holds the server's private keys. Raise `OSError`, and leave no half file.
    """
    new = file.with_name(f".{file.name}.part")
    try:
        descriptor = os.open(new, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w+b") as out:
            os.fchmod(out.fileno(), 0o600)
            manifest = _write(services, out, progress)
            size = _seal(out)
        new.replace(file)
    except BaseException:
        with suppress(OSError):
            new.unlink()
        raise
    sync_folder(file.parent)
    return Kept.of(str(file), manifest, size)


def fact_tables() -> list[Table]:
    """Give every table but the derived ones and those that follow from others, by name."""
    facts = next(iter(everything()))
    tables = [facts.tables[name] for name in sorted(facts.tables)]
    return [table for table in tables if not table.info.get("follows")]


def _write(services: Services, out: IO[bytes], progress: Progress) -> Manifest:
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        archive.comment = b"0" * SEAL_BYTES
        done = 0
        tables: dict[str, Part] = {}
        with services.database.read() as connection:
            epoch, central = _standing(connection)
            for table in fact_tables():
                tables[table.name] = _write_table(archive, connection, table)
                done += tables[table.name].rows
                progress(table.name, done)
        # Read last: a key is made before the database knows of it.
        keys = {key.name: key.read_bytes() for key in services.config.keys.glob("*.key")}
        for name, raw in sorted(keys.items()):
            _add(archive, KEYS + name, raw)
        manifest = Manifest(
            format=FORMAT,
            made_ms=services.central.clock.wall_ms(),
            software=VERSION,
            schema=newest(),
            engine=services.database.facts.dialect.name,
            fingerprint=services.signer.keys.fingerprint.hex(),
            epoch=epoch,
            central=central,
            tables=tables,
            keys=digests(keys),
        )
        text = json.dumps(msgspec.to_builtins(manifest), indent=1, ensure_ascii=False)
        _add(archive, MANIFEST, text.encode())
    return manifest


def _standing(connection: Connection) -> tuple[str, Head]:
    """Give the epoch, and where its central log stands."""
    life = epochs.current(connection)
    row = connection.execute(
        select(LogRange.last, LogRange.head)
        .join(Log, LogRange.log == Log.id)
        .where(Log.name == life.central)
        .order_by(LogRange.last.desc())
        .limit(1)
    ).one()
    return life.name, Head(life.central, row.last, bytes(row.head).hex())


def _write_table(archive: ZipFile, connection: Connection, table: Table) -> Part:
    whole, count = sha256(), 0
    with archive.open(TABLES + table.name, "w", force_zip64=True) as out:
        for rows in bulk.stream(connection, table):
            body = _pack(rows)
            for piece in (struct.pack(">I", len(body)), body):
                whole.update(piece)
                out.write(piece)
            count += len(rows)
    return Part([column.name for column in table.columns], count, whole.hexdigest())


def _add(archive: ZipFile, name: str, raw: bytes) -> None:
    with archive.open(name, "w") as out:
        out.write(raw)


def _seal(out: IO[bytes]) -> int:
    """Put the hash of all before it at the end, and make the file durable. Give its size."""
    size = out.seek(0, os.SEEK_END)
    sealed = seal(out, size - SEAL_BYTES)
    out.seek(size - SEAL_BYTES)
    out.write(sealed)
    out.flush()
    os.fsync(out.fileno())
    return size
