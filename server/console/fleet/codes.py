"""Enrolment codes: sheets with a QR code for many sites at once, and what became of each code."""

from pathlib import Path
from re import fullmatch
from tempfile import TemporaryDirectory

from flask import Response as FileResponse
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from schemas.vocabulary import Code
from server.access.roles import Right
from server.books.dates import local_day
from server.console import here
from server.console.fleet.doors import pages
from server.console.now.asked import read_region, read_words
from server.console.now.board import read_regions
from server.console.words import say as _
from server.fleet.codes import CodeStanding, Place, end_code, has_code, list_codes, note_codes
from server.fleet.kiosks import IN_USE, read_kiosks
from server.fonts.files import find_fonts
from server.limits import CODES_SHOWN, SITES_AT_ONCE_MAX
from server.now.ground import Wanted, read_sites
from server.papers.press import PAPER_MARK, Type
from server.sheets.enrolment import EnrolmentWish, print_enrolment
from sync.errors import Refused

_PER_PAGE = {"1": 1, "4": 4}
_BEFORE = r"(\d{1,16})\.([0-9a-f]{2,32})"


@pages.page("/fleet/codes", needs=Right.FLEET)
def codes() -> str:
    """List codes, the newest first."""
    now = here.now_ms()
    with here.reading() as connection:
        part = here.part(connection, Right.FLEET)
        found = list_codes(connection, part, now, before=_before(), limit=CODES_SHOWN + 1)
    shown = found[:CODES_SHOWN]
    last = shown[-1] if len(found) > len(shown) else None
    after = url_for("fleet.codes", before=f"{last.created_ms}.{last.id}") if last else ""
    return render_template(
        "fleet/codes.html", codes=shown, after=after, Standing=CodeStanding, is_first=not _before()
    )


@pages.page("/fleet/codes/new", needs=Right.FLEET)
def choose() -> str:
    """Choose the sites that get a code."""
    now, region, words = here.now_ms(), read_region(), read_words()
    is_bare = "bare" in request.args
    with here.reading() as connection:
        part = here.part(connection, Right.FLEET)
        sites = read_sites(connection, part, local_day(now), Wanted(region, words))
        manned = {k.site for k in read_kiosks(connection, part, now) if k.state in IN_USE}
        regions = read_regions(connection, part)
    fitting = [site for site in sites if not is_bare or site.code not in manned]
    return render_template(
        "fleet/choose.html",
        sites=fitting[:SITES_AT_ONCE_MAX],
        count=len(fitting),
        manned=manned,
        regions=regions,
        region=region,
        words=words,
        is_bare=is_bare,
        most=SITES_AT_ONCE_MAX,
    )


@pages.page("/fleet/codes/print", needs=Right.FLEET, methods=["POST"])
def print_codes() -> FileResponse:
    """Make a code for each chosen site, and give the sheets. Printing again makes new codes."""
    sites = tuple(dict.fromkeys(request.form.getlist("site")))
    if not 1 <= len(sites) <= SITES_AT_ONCE_MAX:
        raise Refused(Code.BAD_FIELD, _("请选择 1 到 %(most)s 个站点。", most=SITES_AT_ONCE_MAX))
    there, by = here.services(), here.account().username
    with here.reading() as connection:
        part = here.part(connection, Right.FLEET)
    here.or_404(all(part.has_site(site) for site in sites))
    wish = EnrolmentWish(
        sites=sites,
        per_page=_PER_PAGE.get(request.form.get("per_page", ""), 4),
        server=there.config.public_url,
        foot=f"{PAPER_MARK} · " if there.signer.clock.is_demo else "",
        by=by,
        part=part,
    )
    type_ = Type(find_fonts(there.config.fonts))
    with TemporaryDirectory() as folder:
        file = Path(folder) / "codes.pdf"
        made = print_enrolment(
            there.database, there.signer, type_, wish, file, lambda _what, _count: None
        )
        sheets = file.read_bytes()
    note_codes(there.database, there.central, made.sites, by=by)
    name = f"enrolment-codes-{made.until}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return FileResponse(sheets, mimetype="application/pdf", headers=headers)


@pages.page("/fleet/codes/<code>/end", needs=Right.FLEET, methods=["POST"])
def end(code: str) -> Response:
    """End a code that was not used."""
    here.or_404(fullmatch(r"([0-9a-f]{2}){1,16}", code))
    there = here.services()
    with here.reading() as connection:
        part = here.part(connection, Right.FLEET)
        here.or_404(has_code(connection, part, code))
    done = end_code(there.database, there.central, part, code, by=here.account().username)
    flash(_("此码作废了。") if done else _("没有改动：这个码已用过或已作废。"))
    return redirect(url_for("fleet.codes"))


def _before() -> Place | None:
    found = fullmatch(_BEFORE, request.args.get("before", ""))
    if found is None or len(found[2]) % 2:
        return None
    return int(found[1]), bytes.fromhex(found[2])
