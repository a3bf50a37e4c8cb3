"""One thing of the reference data: what is in force, every version, and the form that makes a new one."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from schemas.vocabulary import Code
from server.access.roles import Right
from server.books.dates import iso_date, local_day, read_date
from server.books.decisions.mergers import Linked, read_mergers
from server.books.derive.queue import queue_people
from server.console import here
from server.console.reference import nouns
from server.console.reference.doors import pages
from server.console.reference.veil import is_clear, veil_names
from server.console.words import CHINESE, chosen
from server.console.words import say as _
from server.imports.change import Author, Pens
from server.imports.check_rows import Fault
from server.imports.columns import Kind
from server.imports.reasons import SENTENCES
from server.imports.written import written
from server.limits import IMPORT_CELL_CHARS_MAX
from server.people.browse import Thing, find, key_of
from server.people.called import called
from server.people.edit import Saved, Wish, edit
from server.people.mask import masked
from sync.errors import Refused


@pages.page("/reference/<kind>/at/<path:key>", needs=Right.SEE)
def show(kind: str, key: str) -> str:
    """Show a thing with all its versions. Of a person phone and birth are for whoever may see them."""
    found = nouns.kind_of(kind)
    with here.reading() as connection:
        part = here.part(connection, Right.SEE)
        thing = here.or_404(find(connection, part, kind, key, _today()))
        clear = here.part(connection, Right.UNMASK)
        in_full = kind != "volunteers" or is_clear(
            clear, thing.in_force or thing.versions[0].values
        )
        names = veil_names(clear, called(connection, found, [v.values for v in thing.versions]))
        mergers = _mergers(connection, key) if kind == "volunteers" else []
    if kind == "volunteers" and in_full:
        here.note("reference.volunteer", key, 1)
    return render_template(
        "reference/thing.html",
        kind=found,
        key=key,
        thing=thing,
        names=names,
        part=part,
        mergers=mergers,
        in_full=in_full,
        masked=masked,
        nouns=nouns,
        today=_today(),
    )


def _mergers(connection: Connection, number: str) -> list[Linked]:
    """Read which numbers were said to be this person, for whoever may say so."""
    if not here.account().may(Right.DECIDE):
        return []
    return read_mergers(connection, here.part(connection, Right.DECIDE), number)


@pages.page("/reference/<kind>/new", needs=Right.EDIT, methods=["GET", "POST"])
def new(kind: str) -> str | Response:
    """Enter something new."""
    found = nouns.kind_of(kind)
    if request.method == "POST":
        return _save(found, "")
    start = {name: request.args.get(name, "")[:40] for name in (c.name for c in found.columns)}
    return _form(found, start, token="", key="", faults=())


@pages.page("/reference/<kind>/change/<path:key>", needs=Right.EDIT, methods=["GET", "POST"])
def change(kind: str, key: str) -> str | Response:
    """Change something: a new version, from a date on."""
    found = nouns.kind_of(kind)
    if request.method == "POST":
        return _save(found, key)
    with here.reading() as connection:
        thing = find(connection, here.part(connection, Right.EDIT), kind, key, _today())
    thing = here.or_404(thing)
    if kind == "volunteers":
        here.note("reference.volunteer", key, 1)
    return _form(found, _cells(found, thing), token=thing.token, key=key, faults=())


def _save(kind: Kind, key: str) -> str | Response:
    cells = {column.name: request.form.get(column.name, "") for column in kind.columns}
    cells = {name: text[: IMPORT_CELL_CHARS_MAX + 1] for name, text in cells.items()}
    token = request.form.get("token", "")[:20]
    wish = Wish(kind, cells, token, day_asked(), Author(here.account().username, here.now_ms()))
    with here.reading() as connection:
        part = here.part(connection, Right.EDIT)
    services = here.services()
    pens = Pens(services.central.record_change, queue_people)
    saved = edit(services.database, part, wish, pens)
    if saved.faults:
        return _form(kind, cells, token=token, key=key, faults=saved.faults)
    _tell(saved)
    row = {column.field: value for column, value in zip(kind.columns, saved.row, strict=True)}
    return redirect(url_for("reference.show", kind=kind.name, key=key_of(kind, row)))


def _tell(saved: Saved) -> None:
    flash(_("已保存。") if saved.changed else _("没有改动：和现在的一样。"))
    if saved.unknown:
        flash(_("提示：其中有编码还没有录入，请核对。"))


def _form(
    kind: Kind, cells: Mapping[str, str], *, token: str, key: str, faults: tuple[Fault, ...] | Any
) -> str:
    language = 0 if chosen() == CHINESE else 1
    wrong = {fault.column: SENTENCES[fault.reason][language] for fault in faults}
    return render_template(
        "reference/form.html",
        kind=kind,
        cells=cells,
        token_seen=token,
        key=key,
        wrong=wrong,
        nouns=nouns,
        day=request.form.get("day") or iso_date(_today()),
    )


def _cells(kind: Kind, thing: Thing) -> dict[str, str]:
    row = thing.in_force or thing.versions[0].values
    return {column.name: written(column, row[column.field]) for column in kind.columns}


def day_asked() -> int:
    """Read from when something holds. Raise `Refused(bad_field)`."""
    try:
        day = read_date(request.form.get("day", ""))
    except ValueError as error:
        raise Refused(Code.BAD_FIELD, _("生效日期")) from error
    if not 0 <= day < 2 * _today():
        raise Refused(Code.BAD_FIELD, _("生效日期"))
    return day


def _today() -> int:
    return local_day(here.now_ms())
