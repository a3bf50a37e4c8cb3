"""What is on a certificate, and how its lines fall on pages. Lengths in mm on A4; pure: nothing is drawn here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.vocabulary import Code
from server.badges.fit import LINE, MM_PER_POINT, Box, Fitted, Measure, fit
from server.books.dates import iso_date
from server.certificates.lines import Line
from server.certificates.words import Language, label
from server.papers.lines import wrap
from sync.errors import Refused

LEFT, RIGHT, TOP, BOTTOM = 16.0, 194.0, 16.0, 284.0
COLUMNS = (
    ("day", 21.0),
    ("activity", 45.0),
    ("place", 38.0),
    ("content", 29.0),
    ("time", 24.0),
    ("minutes", 11.0),
    ("grade", 10.0),
)
"""The columns of the table, and how wide each is."""

HEAD = 9.0
FIRST_TABLE, NEXT_TABLE = 101.0, 28.0
"""Where the table begins, on the first page and on others."""
LAST_BLOCK = 92.0
"""What stands below the table: grades, sentences, who issued it, the seal's place and the code."""
_PAD, _GAP = 1.2, 1.6
_SIZE = 8.0


@dataclass(frozen=True, slots=True)
class Signers:
    """Who answers for a certificate. document: type and number, printed where the holder asks for it and kept nowhere."""

    responsible: str
    handler: str
    contact: str
    document: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A certificate as it is printed. times: how many records. code: the text of its code. public_url: where it is checked."""

    number: str
    issued_day: int
    name: str
    volunteer: str
    first_day: int
    last_day: int
    minutes: int
    times: int
    issuer: str
    signers: Signers
    lines: Sequence[Line]
    code: str
    public_url: str = ""
    is_demo: bool = False

    def texts(self) -> Iterator[str]:
        """Give every text that is not ours: what a font may lack."""
        yield from (self.number, self.name, self.volunteer, self.issuer, self.public_url)
        yield from (self.signers.responsible, self.signers.handler, self.signers.contact)
        yield self.signers.document
        for line in self.lines:
            yield from (line.activity, line.place, line.content)


@dataclass(frozen=True, slots=True)
class TableRow:
    """A line of the table as it fits: its cells, in the order of the columns, and how high it is."""

    cells: tuple[Fitted, ...]
    height: float


def lay_out(paper: Paper, language: Language, measure: Measure) -> list[list[TableRow]]:
    """Give the table's rows page by page; the last page has room for what stands below. Raise `Refused(does_not_fit)`."""
    rows = [_row(line, language, measure) for line in paper.lines]
    pages: list[list[TableRow]] = [[]]
    at = FIRST_TABLE + HEAD
    for row in rows:
        if at + row.height > BOTTOM:
            pages.append([])
            at = NEXT_TABLE + HEAD
        pages[-1].append(row)
        at += row.height
    if at + LAST_BLOCK > BOTTOM:
        pages.append([])
    return pages


def texts_of(line: Line, language: Language) -> tuple[str, ...]:
    """Give the cells of a line."""
    content = line.content or label("service", language)[0]
    return (
        iso_date(line.day),
        line.activity,
        line.place,
        content,
        f"{line.since} – {line.until}",
        str(line.minutes),
        line.grade,
    )


def _row(line: Line, language: Language, measure: Measure) -> TableRow:
    cells = [
        wrapped(text, width - 2 * _PAD, measure, _SIZE)
        for text, (_, width) in zip(texts_of(line, language), COLUMNS, strict=True)
    ]
    tallest = max(len(cell.lines) * cell.size for cell in cells) * LINE * MM_PER_POINT
    return TableRow(tuple(cells), tallest + 2 * _GAP)


def wrapped(text: str, width: float, measure: Measure, size: float) -> Fitted:
    """Break a text into as many lines of this size as it takes."""
    return Fitted(size, tuple(wrap(text, width / size, measure)))


def fitted(
    text: str, width: float, measure: Measure, sizes: Sequence[float], height: float
) -> Fitted:
    """Make a text fit a box, as large as it can be. Raise `Refused(does_not_fit)`."""
    found = fit(text, Box(width, height, sizes, whole=sizes[len(sizes) // 2]), measure)
    if found is None:
        shown = "".join(c if c.isprintable() else "�" for c in text[:40])
        raise Refused(Code.DOES_NOT_FIT, f"证明放不下 / does not fit the certificate: {shown}")
    return found
