"""Real processes that work on runs: one at a time, killed in the middle, gone on with by the next."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from server.runs.run import State
from tests.server.runs.desk import RunDesk, of_all

ROOT = Path(__file__).parents[3]
_WORK = """
import sys, time
from server.config import read_config
from server.runs import certificates
from server.runs.work import WorkedElsewhere, work_off
from server.services import open_services
from tests.server.builders import ServerClock
from tests.server.runs.desk import QuickPress

class StuckPress(QuickPress):
    left = int(sys.argv[2])
    def output(self):
        StuckPress.left -= 1
        if StuckPress.left < 0:
            time.sleep(600)
        return super().output()

certificates.Press = StuckPress
services = open_services(read_config(), ServerClock(int(sys.argv[1])).clock())
try:
    work_off(services)
except WorkedElsewhere:
    sys.exit(4)
"""


@pytest.mark.both_databases
def test_a_run_goes_on_where_its_process_was_killed(runs: RunDesk) -> None:
    run = runs.ask(of_all(5, again=True, why="new seal"))
    first = begin(runs, upto=2)
    wait_until(runs, run.id, done=2)
    assert begin(runs).wait(60) == 4, "another works on it"
    first.kill()
    first.wait()
    killed = runs.read(run.id)
    assert (killed.state, killed.done) == (State.WORKING, 2)
    assert begin(runs).wait(60) == 0
    done = runs.read(run.id)
    assert (done.state, done.people, done.left) == (State.DONE, 5, 0)
    owners = [row[0] for row in runs.desk.rows("SELECT who FROM certificate")]
    assert owners == [f"V{n}" for n in range(1, 6)], "one each"


def begin(runs: RunDesk, upto: int = 99) -> "subprocess.Popen[bytes]":
    """Begin a process that draws so many certificates, and then gets stuck between issuing and drawing."""
    config = runs.services.config
    environment = {**os.environ, "REDVEST_HOME": str(config.home), "PYTHONPATH": str(ROOT)}
    if config.database_url:
        environment["REDVEST_DATABASE_URL"] = config.database_url
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL}
    command = [sys.executable, "-c", _WORK, str(runs.desk.clock.now_ms), str(upto)]
    return subprocess.Popen(command, env=environment, **quiet)


def wait_until(runs: RunDesk, id_: str, *, done: int) -> None:
    until = time.monotonic() + 60
    while runs.read(id_).done < done:
        assert time.monotonic() < until, runs.read(id_)
        time.sleep(0.02)
