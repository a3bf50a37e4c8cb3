"""Small parts: settings, clock, backoff, cutting batches, where addresses may lead."""

import os
from pathlib import Path

import pytest

from kiosk import device
from kiosk.app import Kiosk
from kiosk.backoff import BASE_MS, WAIT_MS_MAX, wait_ms
from kiosk.clock import SystemClock
from kiosk.config import read_config
from kiosk.errors import Stopped
from kiosk.log import appending, read_head
from kiosk.outbox import pack
from kiosk.receipts import merged
from kiosk.transport import check_url
from schemas.entry import Scan
from schemas.limits import BATCH_WIRE_BYTES_MAX
from sync import batch


def test_settings_of_the_server_are_known_and_unknown_ones_named() -> None:
    assert read_config({"REDVEST_HOME": "x", "OTHER": "y"}).home == Path("kiosk-home").absolute()
    with pytest.raises(Stopped, match=r"REDVEST_A: unknown setting; REDVEST_B.*LOG_LEVEL"):
        read_config({"REDVEST_A": "", "REDVEST_B": "", "REDVEST_LOG_LEVEL": "loud"})


def test_the_clocks_of_this_machine_go_forward_within_one_boot() -> None:
    one, other = SystemClock().read(), SystemClock().read()
    assert one.boot == other.boot
    assert len(one.boot) == 8
    assert one.mono_ms <= other.mono_ms


def test_without_a_boot_id_the_time_of_boot_stands_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.clock._BOOT_FILE", Path("/nowhere"))
    assert len(SystemClock().read().boot) == 8


def test_waiting_doubles_up_to_its_bound_and_is_spread() -> None:
    latest = [wait_ms(failures, chance=b"\xff" * 8) for failures in range(40)]
    assert latest[:2] == [BASE_MS - 1, 2 * BASE_MS - 1]
    assert latest[-1] == WAIT_MS_MAX - 1
    assert wait_ms(9, chance=bytes(8)) == 0
    assert wait_ms(0, chance=bytes(8), at_least_ms=7) == 7


def test_a_batch_that_does_not_compress_is_cut_smaller(kiosk: Kiosk) -> None:
    identity = device.require_identity(kiosk.store)
    for _ in range(3):
        with appending(kiosk.store, kiosk.clock) as log:
            now = log.now
            for _ in range(400):
                code = os.urandom(1_024)
                log.add(
                    Scan(
                        now.boot,
                        now.mono_ms,
                        now.lead_ms,
                        "in",
                        0,
                        "unknown",
                        "not_a_badge",
                        "",
                        "",
                        b"",
                        0,
                        0,
                        code,
                    )
                )
    db = kiosk.store.db
    head, first = read_head(db, identity).seq, 1
    while first <= head:
        packed = pack(db, identity, first, head)
        assert len(packed.wire) <= BATCH_WIRE_BYTES_MAX
        assert batch.unpack(packed.wire).last == packed.last
        first = packed.last + 1


def test_runs_that_touch_are_one() -> None:
    assert merged([(5, 6), (1, 2), (3, 4), (9, 9)]) == [(1, 6), (9, 9)]


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "[::1]:8000", "localhost"])
def test_plain_http_to_this_machine_is_fine(host: str) -> None:
    assert check_url(f"http://{host}/") == f"http://{host}"


@pytest.mark.parametrize(
    "url", ["http://localhost.example.org", "http://127.0.0.2", "http://10.0.0.1", "http://例子.cn"]
)
def test_plain_http_to_anything_else_is_refused(url: str) -> None:
    with pytest.raises(Stopped, match="insecure_url"):
        check_url(url)
