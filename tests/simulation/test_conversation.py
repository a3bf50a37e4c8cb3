"""Whatever the network, the clones and the server's memory do: what a kiosk confirmed is at the centre, once (I1, I2, I5, I6)."""

import os
from itertools import pairwise
from random import Random

import pytest

from schemas.entry import Succeed
from sync import canonical, heads
from sync.canonical import Strange
from sync.succession import SUCCEED_SEQ, is_proved
from tests.simulation.world import Kiosk, Network, Server

SEEDS = int(os.environ.get("REDVEST_SIM_SEEDS", "25"))
STEPS = 60


def live(seed: int) -> tuple[Server, Network, list[Kiosk]]:
    """Let kiosks scan and sync for a while amid faults."""
    chance = Random(seed)
    server = Server(seed)
    network = Network(chance, server)
    kiosks = [Kiosk(f"k{n}", seed) for n in range(chance.randint(2, 4))]
    for _ in range(STEPS):
        kiosk = chance.choice(kiosks)
        match chance.randrange(20):
            case 0:
                upto = chance.randint(0, len(kiosk.logs[-1].bodies))
                kiosks.append(kiosk.copy(f"c{len(kiosks)}", upto))
            case 1:
                server.save()
            case 2:
                server.forget()
            case 8:
                server.decide()
            case 3:
                network.release()
            case 4 | 5 | 6 | 7:
                kiosk.sync(network)
            case _:
                kiosk.scan()
    return server, network, kiosks


def settle(network: Network, kiosks: list[Kiosk]) -> None:
    """Let everything arrive: each kiosk syncs until its logs are done with."""
    network.calm = True
    network.release()
    for _ in range(3):
        for kiosk in kiosks:
            kiosk.sync(network)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_all_that_was_confirmed_is_at_the_centre_once(seed: int) -> None:
    server, network, kiosks = live(seed)
    settle(network, kiosks)
    hint = f"seed {seed}: tests/simulation/test_conversation.py -k '[{seed}]'"
    for kiosk in kiosks:
        missing = [known for known in kiosk.confirmed if not server.holds(known)]
        assert not missing, hint
        assert len(kiosk.confirmed) == len(set(kiosk.confirmed)), hint
    for log, entries in server.entries.items():
        ranges = server.ranges[log]
        assert sum(r.last - r.first + 1 for r in ranges) == len(entries), hint
        assert heads.gaps(ranges) == [], hint
        for seq, body in entries.values():
            assert not isinstance(canonical.understand(body), Strange), (hint, seq)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_server_that_was_put_back_begins_an_epoch_and_gets_back_what_kiosks_have_seen(
    seed: int,
) -> None:
    server, network, kiosks = live(seed)
    settle(network, kiosks)
    said, before = server.decide(), server.known
    server.now_ms += 1
    settle(network, kiosks)
    seen = set(server.central)
    assert said in seen
    server.forget()
    settle(network, kiosks)
    assert server.epoch not in before, f"seed {seed}: it was not noticed"
    assert seen <= server.central, f"seed {seed}: {len(seen - server.central)} central entries lost"
    begun = server.begun
    settle(network, kiosks)
    assert server.begun == begun, f"seed {seed}: an epoch without need"


@pytest.mark.parametrize("seed", range(SEEDS))
def test_each_kiosk_has_the_servers_word_for_every_entry_and_kept_them_all(seed: int) -> None:
    server, network, kiosks = live(seed)
    before = {id(log): list(log.bodies) for kiosk in kiosks for log in kiosk.logs}
    settle(network, kiosks)
    for kiosk in kiosks:
        for log in kiosk.logs:
            kept = before.get(id(log), [])
            assert log.bodies[: len(kept)] == kept, f"seed {seed}: {kiosk.name} lost entries"
            every = set(range(1, len(log.bodies) + 1))
            assert log.proved(server.epoch) == every, f"seed {seed}: {kiosk.name}"


@pytest.mark.parametrize("seed", range(SEEDS))
def test_after_a_divergence_is_noticed_nobody_goes_on_with_that_log(seed: int) -> None:
    _, network, kiosks = live(seed)
    settle(network, kiosks)
    open_logs = [kiosk.logs[-1].name for kiosk in kiosks]
    lengths = [[len(log.bodies) for log in kiosk.logs[:-1]] for kiosk in kiosks]
    assert len(open_logs) == len(set(open_logs)), f"seed {seed}: two kiosks write one log"
    for kiosk in kiosks:
        kiosk.scan()
    settle(network, kiosks)
    assert lengths == [
        [len(log.bodies) for log in kiosk.logs[: len(n)]]
        for kiosk, n in zip(kiosks, lengths, strict=True)
    ], f"seed {seed}"


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_new_log_names_where_the_one_before_it_ended(seed: int) -> None:
    _, network, kiosks = live(seed)
    settle(network, kiosks)
    for kiosk in kiosks:
        for old, new in pairwise(kiosk.logs):
            entry = canonical.understand(new.bodies[SUCCEED_SEQ - 1])
            assert isinstance(entry, Succeed), f"seed {seed}"
            assert is_proved(entry, new.name, old.public), f"seed {seed}"
            assert (entry.seq, entry.hash) == (len(old.bodies), old.hash_at(len(old.bodies)))


def test_the_simulator_meets_every_fault() -> None:
    """A simulator that never forks, gaps or forgets would prove nothing."""
    forked = forgot = restarted = 0
    for seed in range(25):
        server, network, kiosks = live(seed)
        settle(network, kiosks)
        forked += any(heads.is_forked(ranges) for ranges in server.ranges.values())
        forgot += server.begun > 1
        restarted += any(len(kiosk.logs) > 1 for kiosk in kiosks)
    assert min(forked, forgot, restarted) >= 5


def test_a_seed_gives_the_same_world_twice() -> None:
    one, other = (live(4) for _ in range(2))
    assert one[0].entries == other[0].entries
    assert [k.confirmed for k in one[2]] == [k.confirmed for k in other[2]]
