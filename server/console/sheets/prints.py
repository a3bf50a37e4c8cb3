"""Sheets for the field: one form each, answered by a PDF (or, where there are several files, a ZIP of them)."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from flask import Response, render_template, request

from schemas.vocabulary import Code
from server.access.part import Part
from server.access.roles import Right
from server.books.dates import iso_date, local_day, read_date
from server.console.here import account, note, now_ms, part, reading, services
from server.console.pages import Pages
from server.fleet.codes import note_codes
from server.fonts.files import find_fonts
from server.papers.press import PAPER_MARK, Type
from server.services import Services
from server.sheets.duties import Wanted
from server.sheets.enrolment import EnrolmentWish, print_enrolment
from server.sheets.insured import print_insured
from server.sheets.post_signs import print_signs
from server.sheets.sign_in import print_sign_in
from sync.errors import Refused

pages = Pages("sheets", __name__)


@pages.page("/sheets", needs=Right.FLEET)
def choose() -> str:
    """Show what can be printed."""
    return render_template("sheets/choose.html", today=iso_date(local_day(now_ms())))


@pages.page("/sheets/sign-in", needs=Right.UNMASK, methods=["POST"])
def sign_in() -> Response:
    """Print the sign-in sheets of a day: names in full, which is noted."""
    there, wanted, within = _asked(Right.UNMASK)
    keys = there.signer.keys.badges

    def draw(file: Path) -> None:
        made = print_sign_in(
            there.database, keys, _type(there), wanted, file,
            foot=_foot(there), now_ms=now_ms(), progress=_quiet, part=within,
        )  # fmt: skip
        note("sheet", f"sign-in {_about(wanted)}", made.people)

    return _pdf("sign-in", draw)


@pages.page("/sheets/insured", needs=Right.UNMASK, methods=["POST"])
def insured() -> Response:
    """Print who is insured on a day: names in full, which is noted."""
    there, wanted, within = _asked(Right.UNMASK)

    def draw(file: Path) -> None:
        made = print_insured(
            there.database, _type(there), wanted, file,
            foot=_foot(there), now_ms=now_ms(), progress=_quiet, part=within,
        )  # fmt: skip
        note("sheet", f"insured {_about(wanted)}", made.people)

    return _pdf("insured", draw)


@pages.page("/sheets/posts", needs=Right.FLEET, methods=["POST"])
def posts() -> Response:
    """Print signs for posts, with lines for the duty card."""
    there, wanted, within = _asked(Right.FLEET)

    def draw(file: Path) -> None:
        print_signs(
            there.database, _type(there), wanted, {}, file,
            foot=_foot(there), now_ms=now_ms(), progress=_quiet, part=within,
        )  # fmt: skip

    return _pdf("posts", draw)


@pages.page("/sheets/enrolment", needs=Right.FLEET, methods=["POST"])
def enrolment() -> Response:
    """Make enrolment codes, and print them."""
    there, wanted, within = _asked(Right.FLEET)
    sites = (wanted.site,) if wanted.site else ()
    per_page = 1 if request.form.get("per_page") == "1" else 4
    server = request.form.get("server", "")[:200]
    server = server if server.isprintable() else ""
    by = account().username
    wish = EnrolmentWish(sites, wanted.region, per_page, server, _foot(there), within, by)

    def draw(file: Path) -> None:
        made = print_enrolment(there.database, there.signer, _type(there), wish, file, _quiet)
        note_codes(there.database, there.central, made.sites, by=by)

    return _pdf("enrolment", draw)


def _asked(right: Right) -> tuple[Services, Wanted, Part]:
    """Give the services, the place and day of the form, and where whoever asks has this right."""
    form = request.form
    site, region = form.get("site", "")[:20], form.get("region", "")[:20]
    if not site and not region:
        raise Refused(Code.BAD_FIELD, "站点或区划 / site or region")
    try:
        day = read_date(form["day"]) if form.get("day") else local_day(now_ms())
    except ValueError as error:
        raise Refused(Code.BAD_FIELD, "day: 2026-11-02") from error
    with reading() as connection:
        within = part(connection, right)
    return services(), Wanted(day, site=site, region="" if site else region), within


def _about(wanted: Wanted) -> str:
    return f"{wanted.site or wanted.region} {iso_date(wanted.day)}"


def _pdf(name: str, draw: Callable[[Path], None]) -> Response:
    """Answer with what is drawn; nothing of it stays here."""
    with TemporaryDirectory() as folder:
        draw(Path(folder) / f"{name}.pdf")
        files = {file.name: file.read_bytes() for file in sorted(Path(folder).iterdir())}
    (first, content), *more = files.items()
    kind = "application/pdf"
    if more:
        first, content, kind = f"{name}.zip", _zipped(files), "application/zip"
    answer = Response(content, mimetype=kind)
    answer.headers.set("Content-Disposition", "attachment", filename=first)
    return answer


def _zipped(files: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def _type(there: Services) -> Type:
    return Type(find_fonts(there.config.fonts))


def _foot(there: Services) -> str:
    return f"{PAPER_MARK} · " if there.central.clock.is_demo else ""


def _quiet(_doing: str, _count: int) -> None:
    """Tell nobody: the browser waits for the whole."""
