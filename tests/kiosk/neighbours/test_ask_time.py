"""The centre's time through a neighbour: a real anchor, believed only if it is signed over our own nonce."""

import json
from typing import Any

import pytest

from kiosk.device import read_anchor, require_identity
from kiosk.doors import hello_body
from kiosk.limits import RELAY_AGAIN_MS, SYNC_IDLE_MS
from kiosk.log import bodies, read_head
from kiosk.neighbours.ask_time import take_time
from kiosk.neighbours.listener import Listener
from kiosk.neighbours.porch import Said, ask_centre
from schemas.entry import Anchor, Frontier
from sync import canonical, statement
from tests.kiosk.carriers import BundleServer, held_by
from tests.kiosk.fakes import FakeClock
from tests.kiosk.neighbours.conftest import Neighbour
from tests.kiosk.neighbours.test_porch import ask, talk
from tests.kiosk.neighbours.test_visit import Bend, Bent, changed


def entries(one: Neighbour) -> list[Any]:
    """All entries of a kiosk."""
    identity = require_identity(one.kiosk.store)
    head = read_head(one.kiosk.store.db, identity).seq
    return list(map(canonical.understand, bodies(one.kiosk.store.db, identity, 1, head)))


@pytest.fixture
def there(b: Neighbour, clock: FakeClock) -> Neighbour:
    """A neighbour that reaches the centre, after a night."""
    clock.reboot()
    b.delivers()
    b.porch.me = b.me
    return b


def test_a_boot_without_a_network_gets_its_anchor_from_a_neighbour(
    a: Neighbour, there: Neighbour, server: BundleServer, clock: FakeClock
) -> None:
    a.scans("V1")
    a.calls(there)
    anchors = [entry for entry in entries(a) if isinstance(entry, Anchor)]
    assert anchors[-1].boot == clock.read().boot
    last = read_anchor(a.kiosk.store.db)
    assert last is not None
    assert last.server_ms - last.mid_ms == clock.wall_ms - clock.mono_ms
    assert isinstance(entries(a)[-1], Frontier)
    there.delivers()
    assert any(
        e.boot == clock.read().boot for e in held_by(server, a.kiosk) if isinstance(e, Anchor)
    )


def test_it_is_asked_for_each_quarter_of_an_hour_at_most(
    a: Neighbour, there: Neighbour, clock: FakeClock
) -> None:
    assert take_time(a.kiosk, a.me, [there.address])
    assert not take_time(a.kiosk, a.me, [there.address])
    clock.advance(SYNC_IDLE_MS)
    assert take_time(a.kiosk, a.me, ["127.0.0.1:1", there.address])


def test_who_does_not_reach_the_centre_is_not_asked(
    a: Neighbour, b: Neighbour, clock: FakeClock
) -> None:
    clock.reboot()
    b.server.fault = lambda _path, _honest: (_ for _ in ()).throw(OSError("no network"))
    with pytest.raises(Exception, match="unreachable"):
        b.delivers()
    b.porch.me = b.me
    b.porch.ask_centre = lambda *_: pytest.fail("asked")
    assert not take_time(a.kiosk, a.me, [b.address])


def bent(a: Neighbour, there: Neighbour, bend: Bend) -> bool:
    """Ask a neighbour whose answers are bent; tell whether anything was written."""
    porch = Bent(there.porch.now_ms, there.kiosk.chance, there.me)
    porch.bend = bend
    listener = Listener("127.0.0.1", 0, porch, there.kiosk.home)
    listener.start()
    before = len(entries(a))
    try:
        return take_time(a.kiosk, a.me, [f"127.0.0.1:{listener.port}"])
    finally:
        listener.stop()
        if len(entries(a)) == before:
            assert read_anchor(a.kiosk.store.db).boot != a.kiosk.clock.read().boot  # type: ignore[union-attr] # enrolled


def test_a_time_that_our_centre_did_not_sign_for_this_question_is_not_believed(
    a: Neighbour, there: Neighbour
) -> None:
    replayed: list[bytes] = []

    def replay(door: str, said: Said) -> Said:
        if door != "relay" or not isinstance(said.body, bytes):
            return said
        replayed.append(said.body)
        return Said(replayed[0])

    told = ask_centre(there.server.url, _hello(there))
    forged = {"statement": told["time"]["statement"], "signature": "00" * 64}
    wrong = [{"first": 1, "last": 1, "hash": "ab" * 32}]
    assert not bent(a, there, changed("relay", time=forged))
    assert not bent(a, there, changed("relay", time=told["time"])), "another log's"
    assert not bent(a, there, changed("relay", ranges=wrong)), "this log has diverged"
    assert not bent(a, there, lambda door, said: Said(b"{}") if door == "relay" else said)
    replayed.append(json.dumps(ask_centre(there.server.url, _hello(a))).encode())
    assert not bent(a, there, replay), "the answer to another nonce"
    assert bent(a, there, lambda _door, said: said)


def _hello(one: Neighbour) -> dict[str, Any]:
    """A hello of a kiosk."""
    identity = require_identity(one.kiosk.store)
    head = read_head(one.kiosk.store.db, identity)
    text = statement.write("hello", log=identity.log, seq=head.seq, hash=head.hash, nonce=bytes(16))
    return hello_body(identity.key, text, [], {})


def test_only_the_callers_own_hello_is_handed_on_and_not_often(
    a: Neighbour, there: Neighbour, clock: FakeClock
) -> None:
    token = talk(there, a.me)
    assert ask(there, "relay", _hello(a)).code == "stale_proof"
    assert ask(there, "relay", _hello(there), token=token).code == "unknown_log"
    assert ask(there, "relay", {"nonce": "00"}, token=token).code == "malformed"
    assert ask(there, "relay", _hello(a), token=token).status == 200
    assert ask(there, "relay", _hello(a), token=token).code == "try_later"
    clock.advance(RELAY_AGAIN_MS)
    assert ask(there, "relay", _hello(a), token=token).status == 200
    there.server.fault = lambda _path, _honest: (_ for _ in ()).throw(OSError("gone"))
    clock.advance(RELAY_AGAIN_MS)
    assert ask(there, "relay", _hello(a), token=token).code == "try_later"
