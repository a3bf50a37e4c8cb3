"""One's own runs, and one of them as it goes on; stopping and dropping."""

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from server.access.roles import Right
from server.console.here import account, now_ms, or_404, reading, services
from server.console.pages import Pages
from server.console.words import say as _
from server.limits import RUN_KEPT_MS, RUN_LEFT_LISTED_MAX
from server.runs import ask
from server.runs.asked import Asked, rule_of
from server.runs.folder import file_of
from server.runs.run import count_ahead, read_left, read_run, read_runs

pages = Pages("runs", __name__)


@pages.page("/runs", needs=Right.SEE)
def browse() -> str:
    """Show one's runs, the newest first."""
    with reading() as connection:
        found = read_runs(connection, account().username)
    return render_template("runs/browse.html", runs=found)


@pages.page("/runs/<number>", needs=Right.SEE)
def one(number: str) -> str:
    """Show how a run stands. The page looks again by itself as long as it is live, and has a way to look without scripts."""
    with reading() as connection:
        run = read_run(connection, account().username, number)
        ahead = count_ahead(connection, run) if run.is_live else 0
        left = read_left(connection, run, RUN_LEFT_LISTED_MAX) if run.left else []
    asked = run.wants()
    return render_template(
        "runs/one.html",
        run=run,
        asked=asked,
        ahead=ahead,
        left=left,
        is_personal=rule_of(asked).is_personal,
        has_file=file_of(services().config.home, run) is not None,
        until_ms=run.ended_ms + RUN_KEPT_MS,
        told=run.result.split(),
    )


@pages.page("/runs/<number>/<what>", needs=Right.SEE, methods=["POST"])
def act(number: str, what: str) -> Response:
    """Stop a run, or drop one that is over."""
    or_404(what in ("stop", "drop"))
    there, me = services(), account().username
    if what == "stop":
        ask.stop(there.database, there.config.home, me, number, now_ms())
        return redirect(url_for("runs.one", number=number))
    ask.drop(there.database, there.config.home, me, number)
    flash(_("已删除。"))
    return redirect(url_for("runs.browse"))


def begin(asked: Asked, about: str) -> Response:
    """Ask for a run, and lead to its page."""
    me = account()
    owner = ask.Owner(me.username, me.grants)
    number = ask.ask(services().database, owner, asked, about, now_ms())
    return redirect(url_for("runs.one", number=number))
