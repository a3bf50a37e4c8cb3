"""What concerns a kiosk: where it stands, the badge keys, revocations, and who is expected (numbers only, no names)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, func, select

from schemas.vocabulary import Code
from server.database import Database
from server.intake.place import Place, place_of
from server.keys import Keys
from server.models.badge import BadgeRevocation
from server.models.log import Log, LogRange
from server.people.roster import numbers
from server.people.sites import site_name
from server.signing import Signer
from sync import statement
from sync.errors import Refused
from sync.ids import badge_key_id, log_id

PROOF_MS_MAX = 600_000
"""How long the signed time of a hello proves who asks for a view."""


@dataclass(frozen=True, slots=True)
class View:
    """A view's exact text, and the signed statement over its digest."""

    content: str
    signed: dict[str, str]


def view_digest(connection: Connection, keys: Keys, place: Place) -> str:
    """Give the SHA-256 of the text of a view at this place, in hex. Every hello asks for it: the large part is hashed once."""
    digest = _shared(connection, keys).digest.copy()
    digest.update(_own(connection, place).encode())
    return digest.hexdigest()


def show(database: Database, signer: Signer, *, key: bytes, text: str, signature: bytes) -> View:
    """Give its view to a kiosk that proves a fresh hello; to a pending one, that of the log that it succeeds.

    Raise `Refused(bad_signature | malformed | unknown_log | stale_proof | not_enrolled)`.
    """
    statement.require_signed(key, text, signature)
    fields = statement.read(text, "view")
    name = log_id(key)
    if fields["log"] != name:
        raise Refused(Code.UNKNOWN_LOG, "the key belongs to another log")
    _check_proof(signer, fields)
    with database.read() as connection:
        place = place_of(connection, name)
        if place is None:
            raise Refused(Code.NOT_ENROLLED, "this log is not enrolled")
        content = _content(connection, signer.keys, place)
    digest = sha256(content.encode()).hexdigest()
    return View(content, signer.sign("view_content", log=name, digest=digest))


def _check_proof(signer: Signer, fields: dict[str, str]) -> None:
    """The proof is our own signature over the time we gave this log: nobody else has it, and it grows old."""
    server_ms = statement.integer(fields["server_ms"])
    proof = statement.octets(fields["proof"], 64)
    said = statement.write(
        "time",
        epoch=signer.epoch,
        log=fields["log"],
        nonce=fields["nonce"],
        server_ms=server_ms,
    )
    fresh = abs(signer.clock.wall_ms() - server_ms) <= PROOF_MS_MAX
    if not fresh or not statement.is_signed(signer.keys.identity_public, said, proof):
        raise Refused(Code.STALE_PROOF, "say hello first")


@dataclass(frozen=True, slots=True)
class _Shared:
    """The part of a view that is the same for every kiosk: its text, and the hash that has taken it in."""

    text: str
    digest: "hashlib._Hash"


_cache: dict[bytes, _Shared] = {}
"""At most one entry, by the head of the central log: every change of what it holds is an entry there."""


def _content(connection: Connection, keys: Keys, place: Place) -> str:
    """Give the text of a view: one JSON object, first what is shared, then what is this kiosk's own."""
    return _shared(connection, keys).text + _own(connection, place)


def _own(connection: Connection, place: Place) -> str:
    own = {
        "site": place.site,
        "site_name": site_name(connection, place.site),
        "post": place.post or None,
    }
    return _json(own)[1:]


def _shared(connection: Connection, keys: Keys) -> _Shared:
    """Give what is the same for every kiosk; read anew only when the centre changed something."""
    head = connection.scalar(
        select(LogRange.head).join(Log, Log.id == LogRange.log).where(Log.name == keys.central_log)
    )
    if head is None:
        return _read_shared(connection, keys)
    if head not in _cache:
        shared = _read_shared(connection, keys)
        _cache.clear()
        _cache[head] = shared
    return _cache[head]


def _read_shared(connection: Connection, keys: Keys) -> _Shared:
    revoked = connection.execute(
        select(BadgeRevocation.number, func.max(BadgeRevocation.serial))
        .group_by(BadgeRevocation.number)
        .order_by(BadgeRevocation.number)
    )
    public = keys.badge_public
    view = {
        "badge_keys": [{"id": badge_key_id(public).hex(), "key": public.hex()}],
        "revoked": [{"number": number, "serial": serial} for number, serial in revoked],
        "roster": sorted(numbers(connection)),
    }
    text = _json(view)[:-1] + ","
    return _Shared(text, sha256(text.encode()))


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
