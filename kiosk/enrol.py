"""Enrol this kiosk: check that the server is the one the code names, tell it the code sealed, remember both.

The log's key is made on first use and kept whatever happens, so a repeated try is the same log with the same code.
"""

from dataclasses import dataclass

from kiosk import device
from kiosk.app import Kiosk
from kiosk.doors import Doors
from kiosk.errors import Stopped
from schemas.vocabulary import Code
from sync import demo, enrolment, seal, statement
from sync.enrolment import EnrolmentCode
from sync.errors import Refused
from sync.ids import server_fingerprint


@dataclass(frozen=True, slots=True)
class ServerKeys:
    """Keys of the server, proved against a code's fingerprint."""

    identity: bytes
    seal: bytes
    epoch: str


def is_done(kiosk: Kiosk, code: EnrolmentCode, url: str) -> bool:
    """Tell whether this very enrolment is done. Raise `Stopped(already_enrolled)` if another one is.

    A copied or restored kiosk whose new log nobody has confirmed may be enrolled anew.
    """
    db = kiosk.store.db
    found = device.read_enrolment(db)
    if found is None or device.read_sync(db).diverged_at:
        return False
    if found.code != device.code_hash(code):
        raise Stopped(Code.ALREADY_ENROLLED, found.site)
    return found.url == url


def enrol(kiosk: Kiosk, doors: Doors, code: EnrolmentCode, *, url: str, post: str) -> None:
    """Enrol with this code. Raise `Stopped`: what the server said, or `not_our_server`; `Refused(demo_only)`."""
    identity = device.require_identity(kiosk.store)
    keys = _server_keys(doors, code)
    demo.require_same(keys.epoch, as_demo=kiosk.is_demo)
    db = kiosk.store.db
    before = device.read_enrolment(db) or device.read(db, device.LEFT, device.Enrolment)
    if before is not None and before.server_key != keys.identity:
        raise Stopped(Code.NOT_OUR_SERVER, "a kiosk stays with its server")
    text = statement.write(
        "enrol", log=identity.log, code=code.id, post=post, nonce=kiosk.chance(16)
    )
    info = enrolment.seal_info(is_demo=kiosk.is_demo)
    reply = doors.enrol(text, seal.seal(keys.seal, code.secret, info))
    found = device.Enrolment(
        url,
        keys.identity,
        keys.seal,
        device.code_hash(code),
        reply["site"],
        reply["site_name"],
        reply["post"] or "",
    )
    with kiosk.store.write() as db:
        device.write(db, "enrolment", found)


def _server_keys(doors: Doors, code: EnrolmentCode) -> ServerKeys:
    """Ask for the server's keys and prove them: its identity by the code's fingerprint, the rest by its signature."""
    reply = doors.keys()
    identity = bytes.fromhex(reply["key"])
    if server_fingerprint(identity) != code.fingerprint:
        raise Stopped(Code.NOT_OUR_SERVER, "fingerprint")
    try:
        statement.require_signed(identity, reply["statement"], bytes.fromhex(reply["signature"]))
        fields = statement.read(reply["statement"], "keys")
        sealing = bytes.fromhex(fields["seal"])
    except (Refused, ValueError) as error:
        raise Stopped(Code.NOT_OUR_SERVER, "keys") from error
    if len(sealing) != 32:
        raise Stopped(Code.NOT_OUR_SERVER, "keys")
    return ServerKeys(identity, sealing, fields["epoch"])
