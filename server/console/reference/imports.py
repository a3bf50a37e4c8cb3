"""Import a file in three steps: hand it over, look at what it would change, have it done. The work is a job's."""

from flask import Request, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from schemas.vocabulary import Code
from server.access.roles import Right
from server.books.dates import iso_date, local_day
from server.console import here
from server.console.reference import nouns
from server.console.reference.doors import pages
from server.console.reference.thing import day_asked
from server.console.words import say as _
from server.imports import uploads
from server.limits import FORM_FIELDS_BYTES_MAX, UPLOAD_BYTES_MAX
from sync.errors import Refused


@pages.url_value_preprocessor
def allow_files(endpoint: str | None, _values: object) -> None:
    """Let a large file in, from somebody who has signed in: it goes to disk, never to memory."""
    if endpoint == "reference.hand_over" and current_user.is_authenticated:
        asked: Request = request
        asked.max_content_length = UPLOAD_BYTES_MAX + FORM_FIELDS_BYTES_MAX


@pages.page("/imports", needs=Right.EDIT)
def imports() -> str:
    """Show what waits, and the form for another file."""
    _require_everywhere()
    return render_template(
        "reference/imports.html",
        waiting=uploads.waiting(here.services().config.home),
        nouns=nouns,
        day=iso_date(local_day(here.now_ms())),
    )


@pages.page("/imports", needs=Right.EDIT, methods=["POST"])
def hand_over() -> Response:
    """Take a file in; what it would change is looked at first."""
    _require_everywhere()
    kind = nouns.kind_of(request.form.get("kind", ""))
    given = request.files.get("file")
    if given is None or not given.filename:
        raise Refused(Code.BAD_FIELD, _("请选择文件"))
    upload = uploads.new(
        kind.name, given.filename, here.account().username, day_asked(), here.now_ms()
    )
    uploads.take(here.services().config.home, given.stream, upload)
    return redirect(url_for("reference.one_import", number=upload.id))


@pages.page("/imports/<number>", needs=Right.EDIT)
def one_import(number: str) -> str:
    """Show how an import stands: what it would change, or what it did."""
    _require_everywhere()
    upload = uploads.read(here.services().config.home, number)
    if upload.kind == "volunteers" and upload.changes:
        here.note("reference.import", number, len(upload.changes))
    return render_template(
        "reference/one_import.html",
        one=upload,
        kind=nouns.kind_of(upload.kind),
        nouns=nouns,
        waits=upload.state in uploads.WORKED_ON,
    )


@pages.page("/imports/<number>/<what>", needs=Right.EDIT, methods=["POST"])
def act_on_import(number: str, what: str) -> Response:
    """Have it imported, or drop it."""
    _require_everywhere()
    home = here.services().config.home
    here.or_404(what in ("run", "drop"))
    if what == "run":
        uploads.ask(home, number)
        return redirect(url_for("reference.one_import", number=number))
    uploads.drop(home, number)
    flash(_("已丢弃。"))
    return redirect(url_for("reference.imports"))


def _require_everywhere() -> None:
    """Close this to whoever looks after a part only: rows of a file are anybody's."""
    with here.reading() as connection:
        if not here.part(connection, Right.EDIT).is_all:
            abort(403)
