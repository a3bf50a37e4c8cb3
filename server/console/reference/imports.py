"""Import a file in three steps: hand it over, look at what it would change, have it done. The work is a job's."""

from flask import Request, flash, redirect, render_template, request, url_for
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
from server.imports.uploads import Upload
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
    with here.reading() as connection:
        part = here.part(connection, Right.EDIT)
    waiting = uploads.waiting(here.services().config.home)
    return render_template(
        "reference/imports.html",
        waiting=[one for one in waiting if uploads.is_shown(one, here.account().username, part)],
        is_part=not part.is_all,
        nouns=nouns,
        day=iso_date(local_day(here.now_ms())),
    )


@pages.page("/imports", needs=Right.EDIT, methods=["POST"])
def hand_over() -> Response:
    """Take a file in; what it would change is looked at first."""
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
    upload = _mine(number)
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
    home = here.services().config.home
    here.or_404(what in ("run", "drop"))
    upload = _mine(number)
    if what == "run":
        uploads.ask(home, upload)
        return redirect(url_for("reference.one_import", number=number))
    uploads.drop(home, upload)
    flash(_("已丢弃。"))
    return redirect(url_for("reference.imports"))


def _mine(number: str) -> Upload:
    """Find an import that is for whoever asks; 404 for none, and for what a colleague handed over."""
    me, home = here.account(), here.services().config.home
    with here.reading() as connection:
        part = here.part(connection, Right.EDIT)
    return uploads.show(home, number, me.username, me.grants, part)
