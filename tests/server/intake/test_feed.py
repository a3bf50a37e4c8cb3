"""The change feed: no row is ever skipped, whatever overlaps (I8); what enters and leaves is a row; old cursors: a snapshot."""

import gzip
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection, delete, insert, select

from server.intake import feed, snapshot
from server.intake.pull import parcels, read_cursor
from server.intake.touch import EVERYTHING, touch
from server.models.badge import BadgeRevocation
from server.models.feed import FeedRow, FeedTouch, SnapshotPart
from server.models.volunteer import Volunteer
from server.services import Services
from sync import parcel, view_rows
from tests.server.builders import Author, enrol_at, make_author, post, problem_code, pull_wish
from tests.server.conftest import import_text

ALL, SITE = "all", "site:S1"


class Reader:
    """A kiosk that follows channels: what it has, by kind and key, and how far it has come."""

    def __init__(self, services: Services, author: Author) -> None:
        self.services, self.author = services, author
        self.rows: dict[tuple[str, str], list[Any]] = {}
        self.at: dict[str, tuple[str, int]] = {}
        self.pages: list[parcel.Page] = []

    @property
    def cursor(self) -> str:
        """As a kiosk says it."""
        return ";".join(f"{name} {epoch} {number}" for name, (epoch, number) in self.at.items())

    def read(self) -> None:
        """Take all parcels in."""
        services = self.services
        for wire in parcels(services.database, services.signer, self.author.log, self.cursor):
            word = parcel.unpack(wire, server_key=services.signer.keys.identity_public)
            if isinstance(word, parcel.Page):
                self._take(word)

    def keys(self, kind: str) -> set[str]:
        """The keys of a kind."""
        return {key for found, key in self.rows if found == kind}

    def _take(self, page: parcel.Page) -> None:
        self.pages.append(page)
        if page.is_snapshot and page.part == 1:
            for kind in view_rows.kinds_of(page.channel):
                self.rows = {at: row for at, row in self.rows.items() if at[0] != kind}
        for kind, come, gone in page.groups:
            self.rows |= {(kind, row[0]): row[1:] for row in come}  # type: ignore[misc] # keys are text
            for key in gone:
                del self.rows[kind, key]
        self.at[page.channel] = (page.epoch, page.number)


@pytest.fixture
def reader(services: Services) -> Reader:
    """A kiosk at S1 that has its view."""
    author = make_author("reader")
    enrol_at(services, author, "S1", "P1")
    made = Reader(services, author)
    made.read()
    return made


def revoke(connection: Connection, number: str) -> None:
    """What revoking writes, but for the central log, where writers would wait for each other."""
    row = {"number": number, "entry_hash": number.encode(), "serial": 1, "from_ms": 1}
    connection.execute(insert(BadgeRevocation).values(row))
    touch(connection, view_rows.REVOKED, number)


def by_feed(services: Services) -> Callable[[], set[str]]:
    """Read as kiosks do."""
    author = make_author("overlap")
    enrol_at(services, author, "S1")
    reader = Reader(services, author)

    def read() -> set[str]:
        reader.read()
        return reader.keys(view_rows.REVOKED)

    return read


def by_highest_id(services: Services) -> Callable[[], set[str]]:
    """Read on from the highest id seen: what this test is there to catch."""
    seen: set[str] = set()
    last = [0]

    def read() -> set[str]:
        with services.database.read() as connection:
            query = select(FeedTouch.id, FeedTouch.key).where(FeedTouch.kind == view_rows.REVOKED)
            rows = connection.execute(query.where(FeedTouch.id > last[0])).all()
        seen.update(key for _, key in rows)
        last[0] = max([last[0], *(number for number, _ in rows)])
        return seen

    return read


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("make", "missed"), [(by_feed, set()), (by_highest_id, {"V1"})], ids=["feed", "max(id)"]
)
def test_no_row_is_missed_because_writers_overlapped(
    services: Services, make: Callable[[Services], Callable[[], set[str]]], missed: set[str]
) -> None:
    """Counter-check in one: a reader that goes on from the highest id misses what was committed late."""
    read = make(services)
    read()
    with ExitStack() as late:
        slow = late.enter_context(services.database.facts.begin())
        revoke(slow, "V1")
        with services.database.facts.begin() as quick:
            revoke(quick, "V2")
        assert read() == {"V2"}
    assert {"V1", "V2"} - read() == missed


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_two_workers_that_follow_at_once_give_each_number_once(services: Services) -> None:
    with services.database.facts.begin() as connection:
        revoke(connection, "V1")

    def follow(_: int) -> int:
        with services.database.write_facts() as connection:
            revoke(connection, f"X{_}")
        with services.database.write_facts() as connection:
            return feed.follow(connection, services.signer)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(follow, range(24)))
    with services.database.read() as connection:
        numbers = connection.scalars(select(FeedRow.number).order_by(FeedRow.number)).all()
        assert list(numbers) == list(range(1, feed.head(connection) + 1))


@pytest.mark.both_databases
def test_a_kiosk_has_what_concerns_its_site_and_nothing_else(reader: Reader) -> None:
    assert len(reader.keys(view_rows.KNOWN)) == 14
    assert reader.rows[view_rows.SITE, "S1"] == ["东门卡口"]
    assert reader.keys(view_rows.SITE) == {"S1"}
    assert reader.keys(view_rows.POST) == {"P1"}
    assert len(reader.keys(view_rows.BADGE_KEY)) == 1
    assert reader.keys(view_rows.DEPOSIT)
    assert {page.is_snapshot for page in reader.pages} == {True}


@pytest.mark.both_databases
def test_what_enters_and_what_leaves_are_rows(
    services: Services, reader: Reader, tmp_path: Path
) -> None:
    reader.pages.clear()
    import_text(services, tmp_path, "posts", "code,site,name\nP1,S2,登记\nP2,S1,测温\n", day=30_000)
    import_text(services, tmp_path, "volunteers", "number,name\nV99,王\n")
    with services.database.write_facts() as connection:
        gone = Volunteer.number == "V3"
        connection.execute(delete(Volunteer).where(gone))
        touch(connection, view_rows.KNOWN)
        revoke(connection, "V5")
    reader.read()
    assert reader.keys(view_rows.POST) == {"P2"}
    assert {"V99", "V3"} & reader.keys(view_rows.KNOWN) == {"V99"}
    assert reader.rows[view_rows.REVOKED, "V5"] == [1]
    assert {page.is_snapshot for page in reader.pages} == {False}
    assert all(len(come) + len(gone) < 4 for page in reader.pages for _, come, gone in page.groups)


def test_an_unchanged_view_costs_nothing(services: Services, reader: Reader) -> None:
    reader.pages.clear()
    reader.read()
    assert reader.pages == []
    with services.database.write_facts() as connection:
        touch(connection, EVERYTHING)
    reader.read()
    assert reader.pages == []


@pytest.mark.parametrize(
    "cursor", ["all other 5", "all EPOCH 999999999", "nonsense;;", "all EPOCH -1"]
)
def test_a_cursor_that_means_nothing_here_gets_a_snapshot(
    services: Services, reader: Reader, cursor: str
) -> None:
    said = cursor.replace("EPOCH", services.signer.epoch)
    wires = parcels(services.database, services.signer, reader.author.log, said)
    words = [parcel.unpack(w, server_key=services.signer.keys.identity_public) for w in wires]
    pages = [word for word in words if isinstance(word, parcel.Page)]
    assert [page.channel for page in pages if page.is_snapshot] == [ALL, SITE, "central"]


def test_a_cursor_older_than_what_the_feed_remembers_gets_a_snapshot(
    services: Services, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "FEED_GONE_MAX", 3)
    reader.pages.clear()
    with services.database.write_facts() as connection:
        connection.execute(delete(Volunteer).where(Volunteer.number.in_(["V1", "V2", "V3", "V4"])))
        touch(connection, view_rows.KNOWN)
    reader.read()
    assert [page.channel for page in reader.pages if page.is_snapshot] == [ALL]
    assert not {"V1", "V2", "V3", "V4"} & reader.keys(view_rows.KNOWN)


def test_a_snapshot_is_prepared_once_and_shared(services: Services, reader: Reader) -> None:
    other = make_author("other")
    enrol_at(services, other, "S1")
    first = Reader(services, other)
    first.read()
    with services.database.read() as connection:
        before = connection.execute(select(SnapshotPart)).all()
    again = Reader(services, other)
    again.read()
    with services.database.read() as connection:
        assert connection.execute(select(SnapshotPart)).all() == before
    assert again.rows == first.rows


def test_a_snapshot_of_many_rows_comes_in_parts(
    services: Services, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "PARCEL_ROWS_MAX", 5)
    with services.database.write_facts() as connection:
        connection.execute(delete(SnapshotPart))
    again = Reader(services, reader.author)
    again.read()
    assert [page.parts for page in again.pages if page.channel == ALL] == [3, 3, 3]
    assert again.rows == reader.rows


def test_only_a_fresh_hello_of_this_place_is_given_a_page(
    services: Services, reader: Reader, client: FlaskClient
) -> None:
    author = reader.author
    for channel in ("site:S2", "everything", "", "site:", "ALL"):
        wish = pull_wish(client, author, channel=channel)
        assert problem_code(post(client, "pull", wish)) == "not_found"
    stranger = make_author("stranger")
    assert problem_code(post(client, "pull", pull_wish(client, stranger))) == "not_enrolled"
    assert read_cursor("all e 1;x;" + "y e 2;" * 99).keys() == {"all", "y"}


def test_no_name_of_a_person_travels_in_clear(services: Services, reader: Reader) -> None:
    for wire in parcels(services.database, services.signer, reader.author.log, ""):
        assert "志愿者".encode() not in gzip.decompress(wire)
