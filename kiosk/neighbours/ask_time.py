"""Have the centre's signed time through a neighbour that reaches it: an anchor in each boot, without a network of one's own.

The neighbour hands a hello on and its answer back. Both are signed, the answer over our nonce: it can hold them up, which makes
the anchor less certain, and forge nothing.
"""

from collections.abc import Iterable

import structlog

from kiosk import device, health
from kiosk.app import Kiosk
from kiosk.carried_receipts import hear_epoch
from kiosk.contact import record, welcome_of
from kiosk.doors import hello_body
from kiosk.errors import Stopped
from kiosk.limits import SYNC_IDLE_MS
from kiosk.log import hash_at, read_head
from kiosk.neighbours.me import Me
from kiosk.neighbours.visit import calling, relay
from kiosk.proofs import proofs
from sync import contact, demo, statement, steps
from sync.errors import Refused

_NONCE_BYTES = 16
_log = structlog.get_logger("kiosk.neighbours")


def take_time(kiosk: Kiosk, me: Me, addresses: Iterable[str]) -> bool:
    """Write an anchor and a frontier down, if this boot has none of the last quarter of an hour and a neighbour helps.

    Tell whether it was done. Never raises for a neighbour.
    """
    if not _is_wanted(kiosk):
        return False
    for address in addresses:
        try:
            if _ask(kiosk, me, address):
                return True
        except (Stopped, Refused) as error:
            _log.info("no_time_there", address=address, code=str(error.code))
    return False


def _is_wanted(kiosk: Kiosk) -> bool:
    last, now = device.read_anchor(kiosk.store.db), kiosk.clock.read()
    return last is None or last.boot != now.boot or now.mono_ms - last.mid_ms >= SYNC_IDLE_MS


def _ask(kiosk: Kiosk, me: Me, address: str) -> bool:
    """Ask one neighbour. Raise `Stopped`, `Refused`: then nothing was written."""
    db, identity = kiosk.store.db, device.require_identity(kiosk.store)
    nonce, head = kiosk.chance(_NONCE_BYTES), read_head(db, identity)
    text = statement.write("hello", log=identity.log, seq=head.seq, hash=head.hash, nonce=nonce)
    body = hello_body(identity.key, text, proofs(db, identity), health.told(kiosk))
    with calling(me, address, nonce=kiosk.chance(_NONCE_BYTES)) as call:
        before = kiosk.clock.read()
        reply = relay(call, body)
        after = kiosk.clock.read()
    if reply is None or before.boot != after.boot:
        return False
    welcome = welcome_of(reply, before, after)
    facts = contact.prove_time(steps.Identity(identity.log, me.server_key), welcome, nonce)
    demo.require_same(facts.epoch, as_demo=kiosk.is_demo)
    if any(hash_at(db, identity, part.last) != part.head for part in welcome.held):
        return False  # this log has diverged: nothing more is written into it, and its next contact closes it
    hear_epoch(kiosk, facts.epoch, facts.server_ms)
    record(kiosk, identity.log, facts, welcome.statement)
    _log.info("time_taken", address=address)
    return True
