"""Read a backup: first the whole file is looked through, and only what is whole, unaltered and understood is given out."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

import msgspec

from schemas.vocabulary import Code
from server.backup.form import FORMAT, KEYS, MANIFEST, SEAL_BYTES, TABLES, Kept, Manifest, seal
from server.limits import BACKUP_FRAME_BYTES_MAX, BACKUP_MANIFEST_BYTES_MAX, KEY_FILE_BYTES_MAX
from sync.errors import Refused

_unpack = msgspec.msgpack.Decoder(list[list[Any]]).decode
_DAMAGE = (
    BadZipFile,
    msgspec.MsgspecError,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    struct.error,
    RuntimeError,
)
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Backup:
    """An open backup whose seal holds."""

    manifest: Manifest
    kept: Kept
    archive: ZipFile

    def rows(self, table: str) -> Iterator[list[Row]]:
        """Give the rows of a table, some at a time. Raise `Refused(backup_damaged)` where they are not what was written."""
        part = self.manifest.tables[table]
        whole, count = sha256(), 0
        with _damage(f"table {table}"), self.archive.open(TABLES + table) as source:
            while length := source.read(4):
                size = struct.unpack(">I", length)[0]
                if size > BACKUP_FRAME_BYTES_MAX:
                    raise ValueError("a frame over its bound")
                body = source.read(size)
                whole.update(length + body)
                rows = [tuple(row) for row in _unpack(body)]
                if any(len(row) != len(part.columns) for row in rows):
                    raise ValueError("a row of another width")
                count += len(rows)
                yield rows
            if (count, whole.hexdigest()) != (part.rows, part.sha256):
                raise ValueError("not the rows that were written")

    def keys(self) -> dict[str, bytes]:
        """Give the key files by name."""
        with _damage("keys"):
            return {name: self._key(name, sha) for name, sha in self.manifest.keys.items()}

    def _key(self, name: str, digest: str) -> bytes:
        with self.archive.open(KEYS + name) as source:
            raw = source.read(KEY_FILE_BYTES_MAX)
        if sha256(raw).hexdigest() != digest:
            raise ValueError("not the key that was written")
        return raw


@contextmanager
def open_backup(file: Path) -> Iterator[Backup]:
    """Open a backup. Raise `Refused`: `not_found`, `backup_damaged`, or `backup_newer` for a form not known here."""
    try:
        opened = file.open("rb")
    except FileNotFoundError as error:
        raise Refused(Code.NOT_FOUND, "没有这个文件 / no such file") from error
    with opened:
        size = _check_seal(opened)
        with _damage("archive"):
            archive = ZipFile(opened)
            manifest = _read_manifest(archive)
        with archive:
            yield Backup(manifest, Kept.of(str(file), manifest, size), archive)


def _check_seal(opened: IO[bytes]) -> int:
    size = opened.seek(0, 2)
    if size < SEAL_BYTES:
        raise _damaged("not a backup")
    sealed = seal(opened, size - SEAL_BYTES)
    opened.seek(size - SEAL_BYTES)
    if opened.read(SEAL_BYTES) != sealed:
        raise _damaged("cut off or altered, or not a backup")
    opened.seek(0)
    return size


def _read_manifest(archive: ZipFile) -> Manifest:
    with archive.open(MANIFEST) as source:
        raw = source.read(BACKUP_MANIFEST_BYTES_MAX + 1)
    if len(raw) > BACKUP_MANIFEST_BYTES_MAX:
        raise ValueError("a manifest over its bound")
    if msgspec.json.decode(raw, type=dict[str, Any]).get("format") != FORMAT:
        words = "由更新的软件制作，请先升级 / made by newer software: upgrade first"
        raise Refused(Code.BACKUP_NEWER, words)
    manifest = msgspec.json.decode(raw, type=Manifest)
    names = {MANIFEST, *(TABLES + t for t in manifest.tables), *(KEYS + k for k in manifest.keys)}
    listed = archive.namelist()
    if sorted(names) != sorted(listed):
        raise ValueError("not the parts that the manifest names")
    return manifest


@contextmanager
def _damage(what: str) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:
        raise _damaged(f"{what}: {error}") from error


def _damaged(what: str) -> Refused:
    words = "备份文件不完整或被改动 / the backup is not whole, or was altered"
    return Refused(Code.BACKUP_DAMAGED, f"{words} ({what})"[:200])
