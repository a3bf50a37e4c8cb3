"""The official export: what of closed months waits, was sent, accepted or refused; sending, and taking receipts back."""

from dataclasses import dataclass
from typing import Any

from flask import Response, request
from marshmallow import ValidationError, fields, validate, validates_schema

from schemas.limits import SAFE_INTEGER_MAX
from schemas.vocabulary import Code
from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page, after, page
from server.api.fields import Line, Month, PageAsked, Strict, Truth, number
from server.api.files import BYTES, CSV, XLSX, hand_out
from server.api.shapes import NAMES, page_shape
from server.books.dates import iso_time, local_day
from server.books.periods.months import iso_month, read_month
from server.exports.files import find_file, folder_of
from server.exports.official_rows import Body
from server.exports.read_exports import (
    Chunk,
    ExportState,
    Place,
    RefusedRow,
    closed_months,
    closed_sites,
    read_chunk,
    read_chunks,
    read_exports,
)
from server.exports.send_official import Form, Order, Sent, Totals, send_official
from server.exports.take_receipts import BadRow, Taken, take_content
from server.http.bodies import read_body
from server.limits import EXPORT_RECEIPT_FILE_BYTES_MAX, IMPORT_CELL_CHARS_MAX
from server.papers.handed import Handed
from server.workdays.calendar import require_calendar
from sync.errors import Refused

calls = Calls(
    "exports", __name__, "What of closed months the official site has, and what it refused."
)
NAMES.update(
    {
        ExportState: "ExportOfMonth",
        RefusedRow: "ExportRefused",
        Sent: "ExportFileSent",
        Taken: "ExportReceiptsTaken",
        BadRow: "ExportReceiptBad",
    }
)
_KINDS = {f".{Form.CSV}": CSV, f".{Form.XLSX}": XLSX}


@dataclass(frozen=True, slots=True)
class ExportMonth:
    """A month. sites: how many within your part are closed in it, whose rows are to be sent."""

    month: str
    sites: int


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file that was sent, with its control totals. made: when."""

    number: int
    site: str
    month: str
    made: str
    people: int
    records: int
    minutes: int


@dataclass(frozen=True, slots=True)
class ExportsSent:
    """The files that were written now, each row in one of them; nothing is sent twice. rows: of all of them."""

    files: list[Sent]
    rows: int


class ExportsAsked(PageAsked):
    """Which month."""

    month = Month(required=True)


class SendWanted(Strict):
    """What to send. site: this one alone ("": all that are closed). again: refused rows, too. organiser: "": each one's team."""

    responsible = Line(IMPORT_CELL_CHARS_MAX, required=True)
    organiser = Line(IMPORT_CELL_CHARS_MAX, load_default=str)
    site = number(load_default=str)
    again = Truth(load_default=False)
    form = fields.String(
        load_default=Form.CSV.value, validate=validate.OneOf([form.value for form in Form])
    )


def _total() -> fields.Integer:
    bounds = validate.Range(min=-SAFE_INTEGER_MAX, max=SAFE_INTEGER_MAX)
    told = {"description": "What the official site says it accepted; all three, or none."}
    return fields.Integer(load_default=None, validate=bounds, metadata=told)


class ControlAsked(Strict):
    """The control totals that the official site names."""

    people = _total()
    records = _total()
    minutes = _total()

    @validates_schema
    def require_all(self, data: dict[str, Any], **_rest: object) -> None:
        """Refuse one without the others: they are compared together."""
        if len({data[name] is None for name in ("people", "records", "minutes")}) > 1:
            raise ValidationError({"people": ["people, records and minutes, or none of them"]})


@calls.reads(
    "/exports",
    needs=Right.OFFICIAL,
    asks=ExportsAsked,
    gives=page_shape(ExportState),
    problems=(400,),
)
def browse(asked: dict[str, Any]) -> Page[ExportState]:
    """How the rows of each closed site of a month stand, and until when they are due. A site without confirmed hours has none."""
    behind, limit = after(asked), asked["limit"]
    calendar = require_calendar(here.services().config.home)
    today = local_day(here.now_ms())
    with here.reading() as connection:
        part = here.part(connection, Right.OFFICIAL)
        place = behind[0] if behind else ""
        sites = closed_sites(connection, asked["month"], part, after=place, limit=limit + 1)
        some = page(sites, limit, lambda site: (site,))
        within = Place(asked["month"], tuple(some.items))
        found = read_exports(connection, calendar, today, part, within)
    return Page(found, some.next)


@calls.reads("/exports/months", needs=Right.OFFICIAL, asks=PageAsked, gives=page_shape(ExportMonth))
def months(asked: dict[str, Any]) -> Page[ExportMonth]:
    """Months that any site within your part is closed in, the newest first: `/exports` says of each what is due."""
    behind, limit = after(asked), asked["limit"]
    with here.reading() as connection:
        part = here.part(connection, Right.OFFICIAL)
        before = behind[0] if behind else 0
        found = closed_months(connection, part, before=before, limit=limit + 1)
    some = page(found, limit, lambda one: (one[0],))
    return Page([ExportMonth(iso_month(month), sites) for month, sites in some.items], some.next)


@calls.acts(
    "/exports/<month:month>/send", needs=Right.OFFICIAL, takes=SendWanted, gives=ExportsSent
)
def send(wanted: dict[str, Any], month: str) -> ExportsSent:
    """Write what was not sent yet into files of a bounded number of rows, whose totals agree with what was closed."""
    there = here.services()
    with here.reading() as connection:
        part = here.part(connection, Right.OFFICIAL)
    if wanted["site"] and not part.has_site(wanted["site"]):
        raise Refused(Code.NOT_FOUND, "没有这个站点 / no such site")
    order = Order(
        folder_of(there.config.home),
        Body(wanted["organiser"], wanted["responsible"]),
        wanted["site"],
        read_month(month),
        again=wanted["again"],
        form=Form(wanted["form"]),
        part=part,
    )
    calendar = require_calendar(there.config.home)
    files = send_official(there.database, calendar, order, here.now_ms())
    return ExportsSent(files, sum(one.rows for one in files))


@calls.reads(
    "/exports/files", needs=Right.OFFICIAL, asks=ExportsAsked, gives=page_shape(ExportFile)
)
def files(asked: dict[str, Any]) -> Page[ExportFile]:
    """The files of a month, the newest first."""
    behind, limit = after(asked), asked["limit"]
    with here.reading() as connection:
        part = here.part(connection, Right.OFFICIAL)
        before = behind[0] if behind else 0
        found = read_chunks(connection, asked["month"], part, before=before, limit=limit + 1)
    some = page(found, limit, lambda one: (one.number,))
    return Page([_file(one) for one in some.items], some.next)


@calls.reads("/exports/files/<place:file>", needs=Right.OFFICIAL, gives=(CSV, XLSX))
def hand_file(_asked: dict[str, Any], file: int) -> Response:
    """A file that was written here: it names people in full, which is noted."""
    with here.reading() as connection:
        chunk = read_chunk(connection, file, here.part(connection, Right.OFFICIAL))
    if chunk is None:
        raise Refused(Code.NOT_FOUND, "没有这个文件 / no such file")
    found = find_file(here.services().config.home, file)
    here.note("official", f"{chunk.site} {iso_month(chunk.month)} #{file}", chunk.people)
    return hand_out(Handed(found.name, _KINDS[found.suffix], found.read_bytes()))


@calls.puts(
    "/exports/receipts",
    needs=Right.OFFICIAL,
    asks=ControlAsked,
    gives=Taken,
    content=BYTES,
    problems=(400, 409),
)
def take(asked: dict[str, Any]) -> Taken:
    """Take in a CSV or XLSX file of row, receipt, reason. The same again changes nothing; totals that differ stop all of it."""
    if request.mimetype != BYTES:
        raise Refused(Code.UNSUPPORTED_MEDIA, f"{BYTES} expected")
    with here.reading() as connection:
        part = here.part(connection, Right.OFFICIAL)
    content = read_body(EXPORT_RECEIPT_FILE_BYTES_MAX)
    return take_content(here.services().database, content, _control(asked), part)


def _control(asked: dict[str, Any]) -> Totals | None:
    if asked["people"] is None:
        return None
    return Totals(asked["people"], asked["records"], asked["minutes"])


def _file(one: Chunk) -> ExportFile:
    return ExportFile(
        one.number, one.site, iso_month(one.month), iso_time(one.made_ms), one.people, one.records,
        one.minutes,
    )  # fmt: skip
