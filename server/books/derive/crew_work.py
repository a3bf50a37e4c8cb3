"""One of the processes that help to derive (`server.books.derive.crew`): answers jobs until its input ends. Writes no table.

It reads reference data and what was decided, never what is derived: that is being written, and what it sees of it is old.
"""

import gc
import signal
import sys
from pathlib import Path
from typing import IO

from sqlalchemy import Connection

from server.books.derive import crew_words as words
from server.books.derive.ahead import make_ahead, put_aside
from server.books.derive.buckets import Buckets, read_bucket
from server.books.derive.log_facts import facts_of, mark_late, span_ms
from server.books.derive.news import by_person
from server.books.derive.people import Ground, parting_rows, rows_of
from server.books.derive.person_facts import gather_anew
from server.books.derive.person_rows import Rows, finding_rows
from server.books.derive.timeline import entries_of, read_raw, time_entries
from server.database import Database, open_database
from server.people.roster import in_parts
from server.reconcile.facts import ScanFact


class Work:
    """What one process knows, and what it does with a job."""

    def __init__(self, begin: words.Begin) -> None:
        """Open what it works with."""
        self._database = _open(begin)
        self._folder = Path(begin.folder)
        self._writer = begin.writer
        self._buckets = Buckets(self._folder, begin.buckets, begin.writer)
        self._windows = 0

    def answer(self, job: words.Job) -> words.Answer:
        """Do a job."""
        match job:
            case words.Window():
                return self._understand(job)
            case words.Flush():
                self._buckets.flush()
            case words.People(bucket, but):
                return self._derive(bucket, frozenset(but))
        return words.Done()

    def _understand(self, job: words.Window) -> words.Understood:
        with self._database.read() as connection:
            rows = read_raw(connection, job.kiosk.number, job.first, job.last)
            if len(rows) != job.held:  # entries are never taken away: as many are the same
                return words.Understood([], True, 0)
            entries = entries_of(rows)
            instants = time_entries(rows, entries, job.marks)
            found = facts_of(job.kiosk, rows, entries, instants)
            aside = ""
            if not found.is_said:
                aside = self._put_aside(connection, job, mark_late(found.scans, job.marks))
        return words.Understood(found.marks, found.is_said, span_ms(instants), aside, found.abouts)

    def _put_aside(self, connection: Connection, job: words.Window, scans: list[ScanFact]) -> str:
        """Put the scans of a window aside; give the file that holds what they mean, if there are no buckets."""
        if self._buckets.count:
            self._buckets.add(scans)
            return ""
        self._windows += 1
        made = make_ahead(Ground(connection), scans, job.known)
        return put_aside(self._folder, f"window-{self._writer}-{self._windows}", made)

    def _derive(self, bucket: int, but: frozenset[str]) -> words.Derived:
        people = by_person(read_bucket(self._folder, bucket))
        left = [scan for who in but & people.keys() for scan in people.pop(who)]
        rows, names = Rows(), sorted(people)
        with self._database.read() as connection:
            ground = Ground(connection)
            for chunk in in_parts(names):
                gathered = gather_anew(connection, chunk)
                rows.take(rows_of(ground, gathered, people).rows)
        findings = finding_rows(rows.findings)
        loose = sorted(rows.loose)
        return words.Derived(names, rows.records, loose, parting_rows(rows), findings, left)


def main(asked: IO[bytes], said: IO[bytes]) -> None:
    """Answer until the input ends, or we may rest. What is made here makes no cycles, and walking it for them costs a fifth."""
    gc.disable()
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # meant for whoever asks: then there is no more input
    work: Work | None = None
    while frame := words.receive(asked):
        job = words.read_job(frame)
        if isinstance(job, words.Begin):
            work = Work(job)
            words.send(said, words.Done())
        elif isinstance(job, words.Rest):
            words.send(said, words.Done())
            return
        elif work is not None:
            words.send(said, work.answer(job))


def _open(begin: words.Begin) -> Database:
    return open_database(Path(begin.home), begin.url)


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
