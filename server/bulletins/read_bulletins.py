"""Look at bulletins that were issued: which there are, what is in one, its papers, the rows that are kept with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, select

from schemas.vocabulary import Code
from server.access.part import Part
from server.books.dates import iso_date, iso_time
from server.bulletins import content as contents
from server.bulletins.content import Content
from server.bulletins.figures import Summing
from server.bulletins.issue import ROWS
from server.bulletins.rows import Row, digest_of, unpack_rows
from server.models.bulletin import Bulletin, BulletinFile
from server.whole_file import write_whole
from sync.errors import Refused


@dataclass(frozen=True, slots=True)
class Listed:
    """A bulletin in the list. replaces: the number of the one before (0: none)."""

    number: int
    region: str
    first: str
    last: str
    made: str
    by: str
    replaces: int
    hash: str


def list_bulletins(
    connection: Connection, part: Part, *, before: int = 0, limit: int | None = None
) -> list[Listed]:
    """Give the bulletins of regions within, the newest first. before: a number to go on behind (0: from the newest)."""
    row = Bulletin
    asked = select(
        row.number, row.region, row.first_day, row.last_day, row.made_ms, row.made_by,
        row.replaces, row.digest,
    ).where(part.regions_within(row.region))  # fmt: skip
    return [
        Listed(
            number, region, iso_date(first), iso_date(last), iso_time(made_ms), by, replaces,
            bytes(digest).hex(),
        )
        for number, region, first, last, made_ms, by, replaces, digest in connection.execute(
            (asked.where(row.number < before) if before else asked)
            .order_by(row.number.desc())
            .limit(limit)
        )
    ]  # fmt: skip


def read_frozen(connection: Connection, number: int, part: Part) -> Content:
    """Give what was frozen of a bulletin. Raise `Refused(not_found)`, also for one of a region outside the part."""
    asked = select(Bulletin.content).where(Bulletin.number == number)
    frozen = connection.scalar(asked.where(part.regions_within(Bulletin.region)))
    if frozen is None:
        raise Refused(Code.NOT_FOUND, f"没有第 {number} 期 / there is no bulletin {number}")
    return contents.read_content(bytes(frozen))


def read_hash(connection: Connection, number: int, part: Part) -> str:
    """Give the hash over what was frozen of a bulletin, in hex. Raise `Refused(not_found)` as `read_frozen`."""
    read_frozen(connection, number, part)
    asked = select(Bulletin.digest).where(Bulletin.number == number)
    return bytes(connection.execute(asked).scalar_one()).hex()


def read_paper(connection: Connection, number: int, name: str, part: Part) -> bytes:
    """Give one paper, or `json`: its figures. Raise `Refused(not_found)`."""
    content = read_frozen(connection, number, part)
    if name == "json":
        return contents.write_content(content)
    asked = select(BulletinFile.body).where(
        BulletinFile.number == number,
        BulletinFile.name == name,
        ~BulletinFile.name.like(f"{ROWS}%"),
    )
    body = connection.scalar(asked)
    if body is None:
        raise Refused(Code.NOT_FOUND, f"没有这个文件 / no such paper: {name[:20]}")
    return bytes(body)


def save_papers(connection: Connection, number: int, folder: Path, part: Part) -> list[Path]:
    """Write the papers of a bulletin, and its figures as JSON, into a folder: the same bytes each time. Raise `OSError`."""
    content = read_frozen(connection, number, part)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    asked = select(BulletinFile.name, BulletinFile.body).where(
        BulletinFile.number == number, BulletinFile.name.not_like(f"{ROWS}%")
    )
    files = {name: bytes(body) for name, body in connection.execute(asked)}
    files["json"] = contents.write_content(content)
    written = []
    for name, body in sorted(files.items()):
        file = folder / f"bulletin-{number:04}.{name}"
        write_whole(file, [body])
        written.append(file)
    return written


def kept_rows(connection: Connection, number: int) -> Iterator[Row]:
    """Give the rows that were kept with a bulletin, in their order."""
    for body in _kept(connection, number):
        yield from unpack_rows(body)


def check_bulletins(connection: Connection) -> Iterator[str]:
    """Say what is not as it was frozen: figures, rows, papers."""
    query = select(Bulletin.number, Bulletin.digest, Bulletin.content).order_by(Bulletin.number)
    for number, digest, frozen in connection.execute(query).all():
        content = contents.read_content(bytes(frozen))
        if contents.digest(bytes(frozen)) != bytes(digest) or content.number != number:
            yield f"bulletin {number}: its figures are not those that were frozen"
        if digest_of(_kept(connection, number)) != content.rows_digest:
            yield f"bulletin {number}: its rows are not those that were frozen"
        elif _summed(connection, content) != {s.key: s.figures for s in content.sections}:
            yield f"bulletin {number}: its figures do not follow from its rows"
        files = select(BulletinFile.name, BulletinFile.digest, BulletinFile.body)
        for name, kept, body in connection.execute(files.where(BulletinFile.number == number)):
            if sha256(bytes(body)).digest() != bytes(kept):
                yield f"bulletin {number}: {name} is not as it was written"


def _summed(connection: Connection, content: Content) -> dict[str, dict[str, int]]:
    summing = Summing(section.key for section in content.sections[1:])
    for _ in summing.passing(kept_rows(connection, content.number)):
        pass
    return summing.figures()


def _kept(connection: Connection, number: int) -> Iterator[bytes]:
    row = BulletinFile
    named = row.number == number, row.name.like(f"{ROWS}%")
    for name in connection.scalars(select(row.name).where(*named).order_by(row.name)).all():
        body = connection.scalar(select(row.body).where(row.number == number, row.name == name))
        yield bytes(body or b"")
