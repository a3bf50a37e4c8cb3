"""Whatever staff do on a page, or by command, a program does by a call; or it is said here why not.

Built from the tables of pages and commands: whoever adds one says which call does the same.
"""

from flask import Flask

from server.access.roles import RIGHTS as RIGHTS_OF_ROLES
from server.api.guard import RIGHTS
from server.cli import COMMANDS
from server.console import create_console
from server.console.pages import RIGHTS as PAGES
from server.services import Services

FORM = "a form, a menu or a way to another page"
WAY_IN = "makes a way in: behind the second factor alone (ADR 19)"
MACHINE = "about the machine and its keys: for whoever sits at it"

BY_PAGE = {
    "accounts.act": f"accounts.close; reset and reopen: {WAY_IN}",
    "accounts.browse": "accounts.browse",
    "accounts.end_session": "account.end_session account.lasting",
    "accounts.leave": FORM,
    "accounts.make_token": WAY_IN,
    "accounts.new": WAY_IN,
    "accounts.one": f"accounts.one; changing: {WAY_IN}",
    "accounts.own": "account.own account.held account.lasting",
    "accounts.revoke_token": "account.revoke_token",
    "audit.browse": "readings.browse",
    "bulletins.browse": "bulletins.browse",
    "bulletins.issue_now": "bulletins.freeze bulletins.show_first",
    "bulletins.one": "bulletins.one",
    "bulletins.paper": "bulletins.hand_paper",
    "bulletins.rows": "bulletins.rows bulletins.one_figure",
    "certificates.begin_team": "runs.certificates",
    "certificates.browse": "certificates.browse",
    "certificates.new": "certificates.issue certificates.paper",
    "certificates.one": "certificates.one",
    "certificates.team": FORM,
    "certificates.withdraw": "certificates.withdraw_one",
    "corrections.answer": "corrections.answer corrections.decisions",
    "corrections.browse": "corrections.browse",
    "corrections.new": "corrections.ask",
    "corrections.one": "corrections.one",
    "fleet.browse": "kiosks.browse",
    "fleet.browse_aside": "set_aside.browse",
    "fleet.choose": FORM,
    "fleet.codes": "codes.browse",
    "fleet.confirm": "kiosks.confirm_log",
    "fleet.end": "codes.end",
    "fleet.let_be": "set_aside.keep",
    "fleet.messages": "messages.browse messages.send",
    "fleet.one": "logs.one",
    "fleet.one_aside": "set_aside.one",
    "fleet.print_codes": "kiosks.make sheets.enrolment",
    "fleet.retry_aside": "set_aside.try_again",
    "fleet.revoke": "kiosks.revoke_log logs.entries",
    "fleet.untell": "messages.end",
    "home.find": "reference.find_people",
    "home.landing": "todo.landing",
    "home.months": "todo.months",
    "now.board": "now.totals now.browse",
    "now.coverage": "coverage.browse",
    "now.site": "now.one",
    "official.browse": "exports.browse exports.files",
    "official.file": "exports.hand_file",
    "official.receipts": "exports.take",
    "official.send": "exports.send",
    "periods.browse": "periods.browse",
    "periods.close": "periods.close",
    "periods.one": "periods.one regions.adjustments periods.completeness",
    "reference.accept_walk_in": "people.accept",
    "reference.act_on_import": "imports.run imports.drop",
    "reference.badges": FORM,
    "reference.browse_kind": "reference.browse_kind reference.find_people",
    "reference.change": "reference.save",
    "reference.duplicate_people": "who_is_who.alike",
    "reference.hand_over": "imports.hand_over",
    "reference.imports": "imports.browse",
    "reference.merge_effect": "who_is_who.merge_effect",
    "reference.merge_people": "people.merge_into",
    "reference.merger": "who_is_who.unmerge_effect who_is_who.mergers",
    "reference.unmerge": "who_is_who.unmerge",
    "reference.new": "reference.save",
    "reference.one_import": "imports.one imports.changes",
    "reference.print_badges_of": "sheets.badges badges.reissue runs.badges",
    "reference.show": "reference.one",
    "reference.start": FORM,
    "reference.walk_in": "who_is_who.walk_in",
    "reference.walk_ins": "people.walk_ins",
    "reports.browse": "reports.browse reports.total hours.browse",
    "reports.file": "reports.file",
    "reports.made": "saved_reports.made",
    "reports.names": "reports.file",
    "reports.plot": "report_series.days report_series.hours report_series.sites",
    "reports.plots": "report_series.days report_series.hours report_series.far_above",
    "reports.remove": "saved_reports.remove",
    "reports.run": "runs.report",
    "reports.save": "saved_reports.save",
    "reports.saved": "saved_reports.browse saved_reports.one",
    "review.begin": "sweeps.begin",
    "review.browse": "findings.browse",
    "review.confirm": "proposals.confirm",
    "review.decide_one": "records.settle proposals.make",
    "review.forget_view": "views.forget",
    "review.many": "sweeps.browse",
    "review.next_one": "findings.browse",
    "review.one": "records.one records.of_person",
    "review.one_many": "sweeps.one",
    "review.proposals": "proposals.browse",
    "review.save_view": "views.keep views.browse",
    "review.step_many": "sweeps.go_on",
    "review.turn_many": "sweeps.decide sweeps.undo",
    "review.undo_one": "decisions.undo",
    "review.withdraw": "proposals.withdraw",
    "runs.act": "runs.stop",
    "runs.browse": "runs.browse",
    "runs.fetch": "runs.fetch",
    "runs.one": "runs.one",
    "sheets.choose": FORM,
    "sheets.enrolment": "sheets.enrolment",
    "sheets.insured": "sheets.insured",
    "sheets.posts": "sheets.posts",
    "sheets.sign_in": "sheets.sign_in",
    "stars.answer": "star_lists.answer",
    "stars.browse": "star_lists.browse",
    "stars.conclude": "star_lists.conclude_one",
    "stars.new": "star_lists.show_first",
    "stars.object_": "star_lists.object_one",
    "stars.one": "star_lists.one star_lists.people",
    "stars.person": "star_lists.person",
    "stars.publish": "star_lists.put_up",
}
"""The calls that do what each page does, or why none does."""

BY_COMMAND = {
    **dict.fromkeys(("setup", "run", "scheduler", "badge-key", "fetch-fonts"), MACHINE),
    **dict.fromkeys(("rebuild", "verify", "jobs", "backup", "restore", "doctor"), MACHINE),
    "account": f"accounts.browse accounts.close account.held account.revoke_token; the rest: {WAY_IN}",
    "import": "imports.hand_over imports.run",
    "badge": "badges.picture badges.reissue sheets.badges",
    "revoke": "kiosks.revoke_log people.revoke_badges",
    "enrolment-code": "kiosks.make",
    "sheet": "sheets.sign_in sheets.insured sheets.posts sheets.enrolment",
    "confirm": "kiosks.confirm_log kiosks.browse",
    "accept": "any courier's door takes a bundle: /sync/v1/bundle, which needs no account",
    "hours": "hours.browse",
    "completeness": "periods.completeness",
    "explain": "records.one records.of_person",
    "findings": "findings.browse",
    "site-month": "periods.shifts",
    "decide": "records.settle",
    "decide-all": "decisions.sweep",
    "undo-decision": "decisions.undo",
    "merge": "people.merge_into",
    "unmerge": "who_is_who.unmerge who_is_who.mergers",
    "accept-walk-in": "people.accept",
    "correct": "corrections.ask",
    "answer": "corrections.answer",
    "corrections": "corrections.browse",
    "close": "periods.close regions.close",
    "periods": "periods.browse periods.one",
    "adjustments": "regions.adjustments",
    "report": "reports.browse reports.file",
    "certificate": "certificates.issue certificates.one certificates.withdraw_one",
    "stars": "stars.levels star_lists.put_up star_lists.conclude_one",
    "export": "exports.send exports.take",
    "bulletin": "bulletins.freeze bulletins.hand_paper",
    "runs": "runs.browse runs.one runs.stop",
}
"""The calls that do what each command does, or why none does."""


def _calls(told: str) -> set[str]:
    """Give the calls that an entry names; what stands behind `;` says why there are no more."""
    return {word for word in told.split(";")[0].split() if "." in word and "/" not in word}


def test_every_page_and_command_has_its_call_or_says_why_not(
    api: Flask, services: Services
) -> None:
    create_console(services)
    assert set(BY_PAGE) == set(PAGES)
    assert set(BY_COMMAND) == set(COMMANDS)
    for name, told in {**BY_PAGE, **BY_COMMAND}.items():
        named = _calls(told)
        assert named <= set(RIGHTS), (name, named - set(RIGHTS))
        assert named or told in (FORM, WAY_IN, MACHINE) or "/sync/v1/" in told, name
    assert api.url_map


def test_a_call_opens_for_nobody_whom_the_page_is_closed_to(api: Flask, services: Services) -> None:
    """Looking may ask for less than the page does, where it shows less; whatever acts asks for what the page asks."""
    create_console(services)
    acts = {rule.endpoint for rule in api.url_map.iter_rules() if "POST" in (rule.methods or ())}
    wider = {}
    for page, told in BY_PAGE.items():
        for call in _calls(told) & acts:
            closed = [
                role
                for role, rights in RIGHTS_OF_ROLES.items()
                if RIGHTS[call] in rights and PAGES[page] not in rights
            ]
            if closed:
                wider[page, call] = closed
    assert wider == {}
