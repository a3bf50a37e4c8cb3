"""Stopping: SIGTERM ends the centre within ten seconds, whoever is still connected, and leaves no process behind."""

import signal
import socket
import time

import pytest

from tests.e2e.processes import Centre, is_alive, wait_until

HALF_A_PUSH = (
    b"POST /sync/v1/push HTTP/1.1\r\nHost: x\r\nContent-Type: application/vnd.redvest.batch\r\n"
    b"Content-Length: 1000\r\n\r\nhalf"
)


def hang(centre: Centre, said: bytes) -> socket.socket:
    """Connect, say so much, and then nothing."""
    link = socket.create_connection(("127.0.0.1", centre.port), timeout=10)
    link.sendall(said)
    return link


@pytest.mark.parametrize(("number", "ends_with"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_a_signal_ends_it_within_ten_seconds_whoever_hangs_on(
    centre: Centre, number: signal.Signals, ends_with: int
) -> None:
    centre.start()
    wait_until(lambda: len(centre.children()) >= 2)
    hanging = [hang(centre, said) for said in (b"", b"GET /heal", HALF_A_PUSH, HALF_A_PUSH)]
    served = hang(centre, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    assert served.recv(12) == b"HTTP/1.1 200"
    start = time.monotonic()
    status = centre.stop(number)
    assert time.monotonic() - start < 10
    assert status == ends_with
    for link in (*hanging, served):
        link.close()
    centre.start("--no-scheduler")
    assert centre.stop() == 0


def test_hanging_clients_keep_nobody_else_out(centre: Centre) -> None:
    centre.start("--no-scheduler")
    hanging = [hang(centre, HALF_A_PUSH) for _ in range(12)]
    assert centre.is_ready()
    for link in hanging:
        link.close()
    assert centre.is_ready()
    found = centre.command("doctor").data["checks"]
    (aside,) = [check["detail"] for check in found if check["name"] == "set_aside"]
    assert aside.startswith("0 ")


def test_the_scheduler_ends_with_a_server_that_was_killed(centre: Centre) -> None:
    centre.start()
    wait_until(lambda: len(centre.children()) >= 2)
    children = centre.children()
    centre.kill()
    assert not any(map(is_alive, children))
