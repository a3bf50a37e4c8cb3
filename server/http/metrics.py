"""Figures for whoever watches the server, read from the database when they are asked for. No personal data, and no log's name."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Connection, func, select

from server.books.derive.drain import backlog
from server.fleet.aside import count_waiting
from server.jobs.alarms import KIOSK_SILENT, count_alarms
from server.jobs.once import Ran, last_runs
from server.models.derived import FindingRow
from server.models.log import Enrolment, Log
from server.reconcile.facts import Severity
from server.services import Services


def metrics_text(services: Services) -> bytes:
    """Give the figures in Prometheus' text form. Raise what the database raises."""
    registry = CollectorRegistry(auto_describe=False)
    with services.database.read() as connection:
        found = list(_figures(connection, services.signer.clock.wall_ms()))
    registry.register(_Found(found))
    text: bytes = generate_latest(registry)
    return text


class _Found(Collector):
    """What was read already."""

    def __init__(self, found: list[GaugeMetricFamily]) -> None:
        self._found = found

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give it."""
        yield from self._found


def _figures(connection: Connection, now_ms: int) -> Iterator[GaugeMetricFamily]:
    logs, people = backlog(connection)
    yield _gauge("redvest_backlog_logs", "Logs with entries that are not derived yet", logs)
    yield _gauge("redvest_backlog_people", "People queued to be derived again", people)
    enrolled = select(func.count(func.distinct(Enrolment.log)))
    yield _gauge("redvest_kiosks_enrolled", "Enrolled logs", connection.scalar(enrolled) or 0)
    strangers = select(func.count()).where(
        Log.kind == "kiosk", Log.name.not_in(select(Enrolment.log))
    )
    yield _gauge("redvest_logs_held", "Logs nobody enrolled", connection.scalar(strangers) or 0)
    yield _gauge("redvest_set_aside", "Batches set aside", count_waiting(connection))
    alarms = count_alarms(connection)
    yield _gauge("redvest_kiosks_silent", "Kiosks silent for too long", alarms[KIOSK_SILENT])
    yield _labelled("redvest_alarms", "Alarms of jobs", "kind", alarms)
    yield _labelled("redvest_findings", "Findings", "severity", _findings(connection))
    yield from _of_jobs(last_runs(connection), now_ms)


def _findings(connection: Connection) -> dict[str, int]:
    rows = connection.execute(
        select(FindingRow.severity, func.count()).group_by(FindingRow.severity)
    )
    return {
        **{str(severity): 0 for severity in Severity},
        **{row[0]: row[1] for row in rows},
    }


def _of_jobs(runs: list[Ran], now_ms: int) -> Iterator[GaugeMetricFamily]:
    ages = {run.name: (now_ms - run.done_ms) / 1000 for run in runs if run.done_ms}
    words = "Seconds since a job was last done without failing"
    yield _labelled("redvest_job_age_seconds", words, "job", ages)
    failed = {run.name: int(run.problem != "") for run in runs}
    yield _labelled("redvest_job_failed", "1 if a job failed last time", "job", failed)


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)


def _labelled(
    name: str, words: str, label: str, values: dict[str, int] | dict[str, float]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family
