"""What a certificate lists, a line for each record and local date: as Order 67 asks of a service record (art. 7)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Connection, select

from server.books.dates import iso_time
from server.books.derive.person_now import Now
from server.models.activity import Activity
from server.models.post import Post
from server.people.sites import site_name
from server.reconcile.facts import Record
from server.reconcile.minutes import CREDITED, by_day
from server.reconcile.policy import MINUTE_MS
from sync.certificate import Row


class Line(NamedTuple):
    """A line. activity: which ran there that day, else the site. content: the post ("": none). since, until: local times."""

    day: int
    activity: str
    place: str
    content: str
    since: str
    until: str
    minutes: int
    grade: str


def agrees(now: Now, rows: Iterable[Row]) -> bool:
    """Tell whether rows that were read from what is derived are what the person's facts mean now."""
    meant: dict[tuple[int, bytes], int] = {}
    for posting in now.meaning.postings:
        if posting.verdict == CREDITED:
            key = (posting.day, posting.record)
            meant[key] = meant.get(key, 0) + posting.minutes
    return all(meant.get((row.day, row.record)) == row.minutes for row in rows)


def read_lines(connection: Connection, now: Now, rows: Sequence[Row]) -> list[Line]:
    """Give the lines of these rows, by date and time."""
    names = _Names(connection)
    records = {record.id: record for record in now.meaning.records}
    spans = _spans(now)
    lines = []
    for row in rows:
        record = records[row.record]
        since, until = spans[row.day, row.record]
        lines.append(
            Line(
                row.day,
                names.activity(row.site, row.day),
                names.site(row.site),
                names.post(record),
                _clock(since),
                _clock(until),
                row.minutes,
                record.grade,
            )
        )
    return sorted(lines, key=lambda line: (line.day, line.since, line.place))


def _spans(now: Now) -> dict[tuple[int, bytes], tuple[int, int]]:
    """Give the first credited minute of each record and date, and that behind the last."""
    found: dict[tuple[int, bytes], tuple[int, int]] = {}
    for piece in now.meaning.pieces:
        at = piece.start
        for day, minutes in by_day(piece.start, piece.end):
            if piece.verdict == CREDITED:
                since, until = found.get((day, piece.record), (at, at))
                found[day, piece.record] = min(since, at), max(until, at + minutes)
            at += minutes
    return found


def _clock(minute: int) -> str:
    """Write a minute as a local time, as in 08:30."""
    return iso_time(minute * MINUTE_MS)[11:16]


@dataclass(slots=True)
class _Names:
    """Names of sites, posts and activities, each read once."""

    connection: Connection
    _sites: dict[str, str] = field(default_factory=dict)
    _posts: dict[str, str] = field(default_factory=dict)
    _ran: dict[str, list[tuple[int, int | None, str]]] = field(default_factory=dict)

    def site(self, code: str) -> str:
        """Give a site's newest name, else its code."""
        if code not in self._sites:
            self._sites[code] = site_name(self.connection, code) or code
        return self._sites[code]

    def post(self, record: Record) -> str:
        """Give the newest name of the post that was served, "" where none is known."""
        if record.post not in self._posts:
            newest = select(Post.name).where(Post.code == record.post)
            ordered = newest.order_by(Post.valid_from.desc(), Post.entered.desc()).limit(1)
            self._posts[record.post] = self.connection.scalar(ordered) or record.post
        return self._posts[record.post]

    def activity(self, site: str, day: int) -> str:
        """Give the activity that ran at a site on a day, else the site."""
        if site not in self._ran:
            query = select(Activity).where(Activity.site == site)
            ordered = query.order_by(Activity.code, Activity.valid_from, Activity.entered)
            rows = self.connection.execute(ordered)
            self._ran[site] = [(row.first_day or 0, row.last_day, row.name) for row in rows]
        ran = [
            name
            for first, last, name in self._ran[site]
            if first <= day and (last is None or day <= last)
        ]
        return ran[-1] if ran else self.site(site)
