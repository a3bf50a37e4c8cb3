"""Two numbers said to be one person, or two after all: what it would do in numbers, why, and the word itself."""

from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from schemas.vocabulary import Code
from server.access.part import Part
from server.access.roles import Right
from server.books.decisions import merge as merging
from server.books.decisions.mergers import Linked, find_merger
from server.books.decisions.who_is_who_effect import Effect, effect_of_merging, effect_of_parting
from server.books.within import people_within
from server.console import form, here
from server.console.reference.doors import pages
from server.console.words import say as _
from server.people.duplicates import PHONE
from server.people.mask import masked
from sync.errors import Refused


@pages.page("/duplicates/merge", needs=Right.DECIDE)
def merge_effect() -> str | Response:
    """Show what merging two numbers would do. It is noted that their hours were read."""
    who, into = (request.args.get(name, "").strip()[:20] for name in ("who", "into"))
    if not who or not into:
        return redirect(url_for("reference.duplicate_people"))
    if who == into:
        raise Refused(Code.SAME_PERSON, _("请选两个不同的编号。"))
    with here.reading() as connection:
        _require_people(connection, who, into)
        effect = effect_of_merging(connection, who, into)
        clear = here.part(connection, Right.UNMASK)
    here.note("reference.merge", into, len(effect.now))
    return render_template(
        "reference/merge.html",
        who=who,
        into=into,
        by=request.args.get("by", PHONE)[:10],
        effect=effect,
        shown=_shown(clear),
        is_one=_is_one(effect),
    )


@pages.page("/duplicates/merge", needs=Right.DECIDE, methods=["POST"])
def merge_people() -> Response:
    """Say that two numbers are one person, who keeps the second."""
    who, into = (request.form.get(name, "").strip()[:20] for name in ("who", "into"))
    with here.reading() as connection:
        _require_people(connection, who, into)
    why = form.why()
    services, actor = here.services(), here.account().actor()
    done = merging.merge(services.database, services.central, actor, who, into, why)
    if done.already:
        flash(_("早已合并：%(who)s 并入 %(into)s。", who=who, into=into))
    else:
        flash(_("已合并：%(who)s 并入 %(into)s。", who=who, into=into))
    return redirect(url_for("reference.merger", entry=done.entry))


@pages.page("/mergers/<entry>", needs=Right.DECIDE)
def merger(entry: str) -> str:
    """Show a merger, who said so and why, and what taking it back would do."""
    with here.reading() as connection:
        one = _find(connection, entry)
        effect = effect_of_parting(connection, one)
        clear = here.part(connection, Right.UNMASK)
    here.note("reference.merger", one.into, len(effect.now))
    return render_template(
        "reference/merger.html", one=one, effect=effect, shown=_shown(clear), is_one=_is_one(effect)
    )


@pages.page("/mergers/<entry>/undo", needs=Right.DECIDE, methods=["POST"])
def unmerge(entry: str) -> Response:
    """Say that two numbers are two people after all. The same again changes nothing."""
    with here.reading() as connection:
        one = _find(connection, entry)
    why = form.why()
    services, actor = here.services(), here.account().actor()
    done = merging.unmerge(services.database, services.central, actor, one.entry, why)
    if done.already:
        flash(_("早已撤销：%(who)s 与 %(into)s 是两个人。", who=done.number, into=done.into))
    else:
        flash(_("已撤销：%(who)s 与 %(into)s 是两个人。", who=done.number, into=done.into))
    return redirect(url_for("reference.merger", entry=one.entry))


def _find(connection: Connection, entry: str) -> Linked:
    """Find a merger within the part by its whole hash; 404 for none."""
    is_hash = len(entry) == 64 and not set(entry) - set("0123456789abcdef")
    found = find_merger(connection, here.part(connection, Right.DECIDE), entry) if is_hash else None
    return here.or_404(found)


def _is_one(effect: Effect) -> bool:
    """Tell whether the two are one person now."""
    return len(effect.now) == 1


def _shown(clear: Part) -> Callable[[str], str]:
    """Give how a name is shown: in full to whoever may read everybody's, for the two may be of different teams."""
    return (lambda name: name) if clear.is_all else masked


def _require_people(connection: Connection, *numbers: str) -> None:
    within = people_within(connection, here.part(connection, Right.DECIDE), set(numbers))
    here.or_404(within == set(numbers))
