"""The rest between two looks at what is to be derived: it ends as soon as facts are written."""

import threading

from server.books.derive.queue import queue_people
from server.jobs.scheduler import rest
from server.services import Services


def test_what_is_written_leaves_a_trace_and_what_is_read_none(services: Services) -> None:
    database = services.database
    before = database.trace()
    with database.read() as connection:
        connection.exec_driver_sql("SELECT 1 FROM log").all()
    assert database.trace() == before
    with database.write_facts() as connection:
        queue_people(connection, ["V1"])
    assert database.trace() != before


def test_the_rest_ends_when_it_has_to_stop() -> None:
    stop = threading.Event()
    stop.set()

    class Untouched:
        def trace(self) -> tuple[int, int]:
            return 0, 0

    rest(stop, Untouched(), 3_600)


def test_the_rest_ends_when_facts_are_written() -> None:
    class Written:
        def __init__(self) -> None:
            self.looked = 0

        def trace(self) -> tuple[int, int]:
            self.looked += 1
            return 0, self.looked

    rest(threading.Event(), Written(), 3_600)
