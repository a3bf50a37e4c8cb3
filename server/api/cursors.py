"""Pages of a list by keyset: a cursor says behind which item the next page begins. It is signed and good for its own question.

A cursor opens nothing: the part of whoever calls is in the query all the same.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Generic, TypeVar

import msgspec
from flask import request

from schemas.vocabulary import Code
from server.api.here import services
from server.keys import derive_secret, read_console_key
from sync.errors import Refused

Item = TypeVar("Item")
Key = tuple[str | int | bytes, ...]
"""What items are in order of, and no two share."""

_MAC_BYTES = 16


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A part of a list. next: where the rest begins (None: there is none)."""

    items: Sequence[Item]
    next: str | None


def page(found: Sequence[Item], limit: int, key: Callable[[Item], Key]) -> Page[Item]:
    """Make a page of what a use case found, which was asked for one item more than a page has."""
    items = found[:limit]
    return Page(items, _write(key(items[-1])) if len(found) > limit else None)


def onward(place: str) -> str | None:
    """Give the cursor of a page whose use case says itself where the next begins ("" for none)."""
    return _write((place,)) if place else None


def after(asked: dict[str, Any]) -> Any:
    """Give the key behind which a page begins, as `page` was given it (None: from the first).

    Raise `Refused(bad_field)` for a cursor that is not ours, or of another question.
    """
    text = asked["cursor"]
    if not text:
        return None
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (ValueError, UnicodeEncodeError) as error:
        raise _foreign() from error
    mac, body = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(body)):
        raise _foreign()
    return msgspec.msgpack.decode(body, type=tuple)


def _write(key: Key) -> str:
    body = msgspec.msgpack.encode(key)
    return urlsafe_b64encode(_mac(body) + body).decode().rstrip("=")


def _mac(body: bytes) -> bytes:
    """Sign where a list goes on, and which list it is: its address with everything that narrows it."""
    narrowed = sorted((k, v) for k, v in request.args.items() if k not in ("cursor", "limit"))
    which = msgspec.msgpack.encode((request.path, narrowed))
    key = derive_secret(read_console_key(services().config.keys), "cursors")
    return hmac.digest(key, which + body, sha256)[:_MAC_BYTES]


def _foreign() -> Refused:
    return Refused(Code.BAD_FIELD, "cursor: not one of this list")
