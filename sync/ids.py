"""How names are derived: of a log from its key, of a boot from the operating system's id, of a server from its key.

These derivations never change; a new one gets a new tag.
"""

import base64
import hashlib
from typing import NewType

LogId = NewType("LogId", str)
PublicKey = NewType("PublicKey", bytes)
EntryHash = NewType("EntryHash", bytes)

_LOG_TAG = b"redvest-log-1"
_GENESIS_TAG = b"redvest-genesis-1"
_SERVER_TAG = b"redvest-server-1"
_KEY_TAG = b"redvest-badge-key-1"
_BOOT_TAG = b"redvest-boot-1"


def log_id(public_key: bytes) -> LogId:
    """Name a log by its Ed25519 key (32 bytes): 160 bits of SHA-256 in lower-case base32, 32 characters."""
    digest = hashlib.sha256(_LOG_TAG + public_key).digest()[:20]
    return LogId(base64.b32encode(digest).decode().lower())


def genesis(public_key: bytes) -> EntryHash:
    """Give the hash that stands before a log's first entry."""
    return EntryHash(hashlib.sha256(_GENESIS_TAG + public_key).digest())


def server_fingerprint(public_key: bytes) -> bytes:
    """Give the 10 bytes by which an enrolment code pins the server's identity key."""
    return hashlib.sha256(_SERVER_TAG + public_key).digest()[:10]


def badge_key_id(public_key: bytes) -> bytes:
    """Give the 4-byte key id of a badge signing key."""
    return hashlib.sha256(_KEY_TAG + public_key).digest()[:4]


def boot_id(operating_system_id: str) -> bytes:
    """Give the 8 bytes that stand for a boot: the same for all processes, and not the machine's own identifier."""
    return hashlib.sha256(_BOOT_TAG + operating_system_id.strip().encode()).digest()[:8]
