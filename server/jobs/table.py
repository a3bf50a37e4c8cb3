"""Every job there is: what it is called, how often it runs, what it does. Each is a plain function that may run twice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from server.access.audit import seal_readings
from server.books.dates import DAY_MS, SHANGHAI_MS
from server.books.derive.drain import drain
from server.imports import uploads
from server.jobs.clean_up import clean_up
from server.jobs.follow import follow
from server.jobs.new_day import new_day
from server.jobs.reports import reports
from server.jobs.silent_kiosks import silent_kiosks
from server.jobs.verify_sample import verify_sample
from server.services import Services

_MINUTE_MS = 60_000
_LOOK_MS = 15_000
"""What somebody waits for at a page is looked for whenever jobs are."""
_HOUR_MS = 60 * _MINUTE_MS


@dataclass(frozen=True, slots=True)
class Job:
    """What is run once in every stretch of `period_ms`, counted from `offset_ms`. run: gives what it did, in figures."""

    name: str
    period_ms: int
    offset_ms: int
    run: Callable[[Services], str]

    def slot(self, now_ms: int) -> int:
        """Give the number of the stretch that a moment lies in: the same on every server, whenever that was started."""
        return (now_ms - self.offset_ms) // self.period_ms


def _derive(services: Services) -> str:
    now = services.signer.clock.wall_ms()
    done = drain(services.database, services.signer.keys.identity_public, settled_at=now)
    return f"logs={done.logs} people={done.people}"


def _uploads(services: Services) -> str:
    """Import what was handed over. What does it is half of all that a scheduler would load, and mostly nothing waits."""
    if not uploads.waiting(services.config.home):
        return "done=0 dropped=0"
    from server.jobs.uploads import work_off

    return work_off(services)


def _nightly(hour: int) -> int:
    """Give the offset of a local hour of the day."""
    return hour * _HOUR_MS - SHANGHAI_MS


_ALL = (
    Job("derive", _MINUTE_MS, 0, _derive),
    Job("follow", _MINUTE_MS, 0, follow),
    Job("silent_kiosks", 10 * _MINUTE_MS, 0, silent_kiosks),
    Job("seal_readings", _HOUR_MS, 0, seal_readings),
    Job("reports", 10 * _MINUTE_MS, 0, reports),
    Job("uploads", _LOOK_MS, 0, _uploads),
    Job("verify_sample", DAY_MS, _nightly(3), verify_sample),
    Job("new_day", DAY_MS, _nightly(0), new_day),
    Job("clean_up", DAY_MS, _nightly(4), clean_up),
)
JOBS: Mapping[str, Job] = {job.name: job for job in _ALL}
"""By name. `derive` is also done all the time (`scheduler`); here it is looked after."""
