"""The process that works on runs: there when something is to be done, gone with the scheduler, not begun over and over."""

import sys
from collections.abc import Iterator

import pytest

from server.jobs import runs_worker
from server.jobs.runs_worker import LOOK_EVERY_S, PAUSE_S, RunsWorker
from server.runs.ask import Owner, ask
from server.runs.asked import Report
from server.services import Services


class Seconds:
    """A clock that goes on by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    """The worker's clock."""
    return Seconds()


@pytest.fixture
def worker(services: Services, seconds: Seconds) -> Iterator[RunsWorker]:
    """A worker that ends with the test."""
    made = RunsWorker(services.database, seconds)
    yield made
    made.end()


def does(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    monkeypatch.setattr(runs_worker, "COMMAND", (sys.executable, "-c", what))


def process(worker: RunsWorker) -> int | None:
    return None if worker._process is None else worker._process.pid  # what it began


def test_nothing_to_do_begins_nothing(worker: RunsWorker) -> None:
    worker.look()
    assert process(worker) is None


def test_one_process_at_a_time_and_it_ends_with_the_scheduler(
    worker: RunsWorker, services: Services, seconds: Seconds, monkeypatch: pytest.MonkeyPatch
) -> None:
    does(monkeypatch, "import time; time.sleep(600)")
    ask(services.database, Owner(), Report("site", "csv"), "", 1)
    worker.look()
    first = process(worker)
    assert first is not None
    seconds.now += LOOK_EVERY_S
    worker.look()
    assert process(worker) == first
    worker.end()
    assert process(worker) is None


@pytest.mark.parametrize(("status", "pause_s"), [(0, LOOK_EVERY_S), (4, PAUSE_S)])
def test_after_one_that_could_not_work_it_waits_a_while(
    worker: RunsWorker,
    services: Services,
    seconds: Seconds,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    pause_s: float,
) -> None:
    does(monkeypatch, f"import sys; sys.exit({status})")
    ask(services.database, Owner(), Report("site", "csv"), "", 1)
    worker.look()
    first = process(worker)
    assert worker._process is not None  # as above
    worker._process.wait(60)  # as above
    seconds.now += LOOK_EVERY_S
    worker.look()
    assert (process(worker) is None) == bool(status)
    seconds.now += pause_s
    worker.look()
    assert process(worker) not in (None, first)
