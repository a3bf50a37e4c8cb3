"""One of the processes that help a rebuild (`server.books.crew`): answers jobs from its input until that ends. Writes no table.

It reads reference data and what was decided, never what is derived: that is being written, and what it sees of it is old.
"""

import gc
import sys
from pathlib import Path
from typing import IO

from server.books import crew_words as words
from server.books.buckets import Buckets, read_bucket
from server.books.derive_people import Ground, by_person, parting_rows, rows_of
from server.books.log_facts import facts_of, mark_late, span_ms
from server.books.person_facts import gather_anew
from server.books.person_rows import Rows, finding_rows
from server.books.stored import KioskLog
from server.books.timeline import entries_of, time_entries
from server.database import Database, open_database
from server.people.roster import in_parts
from sync.clock import AnchorMark


class Work:
    """What one process knows, and what it does with a job."""

    def __init__(self, begin: words.Begin) -> None:
        """Open what it works with."""
        self._database = _open(begin)
        self._folder = Path(begin.folder)
        self._buckets = Buckets(self._folder, begin.buckets, begin.writer)
        self._log: tuple[KioskLog, list[AnchorMark]] | None = None

    def answer(self, job: words.Job) -> words.Answer:
        """Do a job."""
        match job:
            case words.BeginLog(kiosk, marks):
                self._log = kiosk, marks
            case words.Window(rows):
                return self._understand(rows)
            case words.Flush():
                self._buckets.flush()
            case words.People(bucket, but):
                return self._derive(bucket, frozenset(but))
        return words.Done()

    def _understand(self, rows: list[words.Raw]) -> words.Understood:
        if self._log is None:
            raise ValueError("a window of no log")
        kiosk, marks = self._log
        entries = entries_of(rows)
        instants = time_entries(rows, entries, marks)
        found = facts_of(kiosk, rows, entries, instants)
        if not found.is_said:
            self._buckets.add(mark_late(found.scans, marks))
        return words.Understood(found.marks, found.is_said, span_ms(instants))

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
    """Answer until the input ends. What is made here makes no cycles, and walking it for them costs a fifth."""
    gc.disable()
    work: Work | None = None
    while frame := words.receive(asked):
        job = words.read_job(frame)
        if isinstance(job, words.Begin):
            work = Work(job)
            words.send(said, words.Done())
        elif work is not None:
            words.send(said, work.answer(job))


def _open(begin: words.Begin) -> Database:
    return open_database(Path(begin.home), begin.url)


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
