"""What a run made, for whoever asked for it, and as long as they have the right. Names are read for a purpose, which is kept."""

from flask import send_file
from werkzeug.wrappers import Response

from schemas.vocabulary import Code
from server.access.roles import Right
from server.console import form
from server.console.here import account, note, or_404, reading, services
from server.console.runs.browse import pages
from server.console.words import say as _
from server.limits import RUN_PURPOSE_CHARS_MAX
from server.runs.ask import Owner
from server.runs.asked import rule_of
from server.runs.folder import file_of
from server.runs.owners import part_for
from server.runs.run import read_run
from sync.errors import Refused


@pages.page("/runs/<number>/file", needs=Right.SEE, methods=["POST"])
def fetch(number: str) -> Response:
    """Give the file."""
    me, purpose = account(), form.text("purpose", RUN_PURPOSE_CHARS_MAX)
    with reading() as connection:
        run = read_run(connection, me.username, number)
        part_for(connection, Owner(me.username, me.grants), run)
    file = file_of(services().config.home, run)
    or_404(file)
    if rule_of(run.wants()).is_personal:
        if not purpose or not purpose.isprintable():
            raise Refused(Code.BAD_FIELD, _("请写明用途。"))
        note(f"run {run.kind}", run.about, run.people, purpose)
    answer = send_file(str(file), as_attachment=True, download_name=run.file)
    answer.headers["Cache-Control"] = "no-store"
    return answer
