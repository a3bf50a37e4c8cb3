"""For every page with arguments, objects that are there: so that the walk through all pages can open it.

An area adds its own here; the walk fails for a page that has none.
"""

import io
from collections.abc import Callable, Mapping

from sqlalchemy import select

from server.access.grant import Grant, Over
from server.access.part import EVERYTHING
from server.access.roles import StaffRole
from server.books.dates import local_day, read_date
from server.books.decisions.actor import Actor, Role
from server.books.decisions.merge import merge
from server.books.hours import Span
from server.bulletins.issue import Wish, issue
from server.fonts.files import find_fonts
from server.imports import uploads
from server.jobs.uploads import work_off
from server.models.certificate import CertificateRow
from server.models.correction import Correction
from server.models.derived import FindingRow
from server.models.proposal import Proposal
from server.models.staff import StaffAccount
from server.models.star_list import StarObjection
from server.models.sweep import SweepRow
from server.papers.press import Type
from server.reports.query import By
from server.reports.saved import Saved, save_report
from server.reports.stretch import Every
from server.runs.ask import Owner, ask
from server.runs.asked import Report
from server.services import Services
from server.stars.levels import Wish as StarsOf
from server.stars.notices import all_lists
from server.stars.object import object_to
from server.stars.publish import publish
from tests.e2e.console.fleet_samples import FLEET_SAMPLES
from tests.server.staff import hire

Arguments = Mapping[str, str | int]


def _account(services: Services) -> Arguments:
    with services.database.read() as connection:
        return {"number": connection.scalar(select(StaffAccount.id)) or 0}


def _month(_services: Services) -> Arguments:
    return {"site": "S1", "month": "2026-11"}


def _open_month(_services: Services) -> Arguments:
    return {"site": "S1", "month": "2026-12"}


def _request(services: Services) -> Arguments:
    with services.database.read() as connection:
        return {"hash_": bytes(connection.scalar(select(Correction.hash)) or b"").hex()}


def _certificate(services: Services) -> Arguments:
    with services.database.read() as connection:
        return {"number": connection.scalar(select(CertificateRow.number)) or ""}


def _finding(services: Services) -> Arguments:
    with services.database.read() as connection:
        query = select(FindingRow.about, FindingRow.record).where(FindingRow.rule == "B4")
        number, record = connection.execute(query).first() or ("", b"")
    return {"number": number, "entry": bytes(record).hex()}


def _proposal(services: Services) -> Arguments:
    with services.database.read() as connection:
        return {"number": connection.scalar(select(Proposal.id)) or 0}


def _sweep(services: Services) -> Arguments:
    with services.database.read() as connection:
        return {"mark": bytes(connection.scalar(select(SweepRow.mark)) or b"").hex()}


def _of_account(what: str) -> Callable[[Services], Arguments]:
    return lambda services: {**_account(services), "what": what}


def _bulletin(services: Services) -> Arguments:
    wish = Wish(
        "R1", Span(read_date("2026-11-02"), read_date("2026-11-08")), body="志愿服务指导中心"
    )
    now_ms = services.signer.clock.wall_ms()
    type_ = Type(find_fonts(services.config.fonts))
    return {"number": issue(services.database, type_, wish, now_ms, lambda *_: None).number}


def _figure(services: Services) -> Arguments:
    return {**_bulletin(services), "figure": "all.records"}


def _upload(services: Services) -> Arguments:
    """Hand a file over, and have it looked at."""
    if not uploads.waiting(services.config.home):
        hire(services, "walk", Grant(StaffRole.CITY, Over.ALL))
        one = uploads.new(
            "volunteers", "名单.csv", "walk", 20_000, services.central.clock.wall_ms()
        )
        text = "number,name\nV1,王一\nV99,<b>新来</b>\nV 9,x\n"
        uploads.take(services.config.home, io.BytesIO(text.encode()), one)
        work_off(services)
    return {"number": uploads.waiting(services.config.home)[0].id}


def _saved(services: Services) -> Arguments:
    """A saved report of the operator's: nobody's who has an account."""
    save_report(services.database, Saved("county", By.SITE, Every.DAY), 0)
    return {"name": "county"}


def _run(services: Services) -> Arguments:
    """A run of the operator's: nobody's who has an account."""
    now_ms = services.signer.clock.wall_ms()
    return {"number": ask(services.database, Owner(), Report("site", "csv"), "site", now_ms)}


def _merger(services: Services) -> Arguments:
    """Two numbers that were said to be one person; nothing is derived of it."""
    actor = Actor("V14", frozenset({Role.CITY}))
    said = merge(services.database, services.central, actor, "V8", "V9", "同一人")
    return {"entry": said.entry}


def _list(services: Services) -> Arguments:
    """A list of stars that is up, of one person, with an objection."""
    with services.database.read() as connection:
        there = all_lists(connection)
    if there:
        return {"entry": there[0].hash.hex()}
    tables = services.database, services.central
    today = local_day(services.signer.clock.wall_ms())
    level = StarsOf(today, EVERYTHING)
    entry = publish(*tables, Actor("V14", frozenset({Role.CITY})), "年度星级", level).entry
    object_to(*tables, entry, "V1", "那天没有来", by="V14")
    return {"entry": entry}


def _listed(services: Services) -> Arguments:
    return {**_list(services), "number": "V1"}


def _objection(services: Services) -> Arguments:
    _list(services)
    with services.database.read() as connection:
        return {"objection": bytes(connection.scalar(select(StarObjection.hash)) or b"").hex()}


SAMPLES: dict[str, Callable[[Services], Arguments]] = {
    **FLEET_SAMPLES,
    "accounts.act": _of_account("close"),
    "accounts.one": _account,
    "certificates.one": _certificate,
    "certificates.withdraw": _certificate,
    "corrections.answer": _request,
    "bulletins.one": _bulletin,
    "bulletins.paper": lambda services: {**_bulletin(services), "name": "zh.pdf"},
    "bulletins.rows": _figure,
    "corrections.one": _request,
    "official.file": lambda _: {"number": 1},
    "now.site": lambda _services: {"code": "S1"},
    "periods.close": _open_month,
    "periods.one": _month,
    "reference.browse_kind": lambda _: {"kind": "volunteers"},
    "reference.change": lambda _: {"kind": "sites", "key": "S1"},
    "reference.act_on_import": lambda services: {**_upload(services), "what": "drop"},
    "reference.one_import": _upload,
    "reference.new": lambda _: {"kind": "shifts"},
    "review.confirm": _proposal,
    "review.decide_one": _finding,
    "review.one": _finding,
    "review.one_many": _sweep,
    "review.step_many": _sweep,
    "review.turn_many": lambda services: {**_sweep(services), "act": "decide"},
    "review.undo_one": _finding,
    "review.withdraw": _proposal,
    "reference.accept_walk_in": lambda _services: {"number": "TAAAAAA-7K2M"},
    "reference.merge_effect": lambda _: {"who": "V6", "into": "V7"},
    "reference.merger": _merger,
    "reference.unmerge": _merger,
    "reference.walk_in": lambda _services: {"number": "TAAAAAA-7K2M"},
    "reference.show": lambda _: {"kind": "volunteers", "key": "V1"},
    "runs.act": lambda services: {**_run(services), "what": "stop"},
    "runs.fetch": _run,
    "runs.one": _run,
    "stars.answer": _objection,
    "stars.conclude": _list,
    "stars.new": lambda _: {"title": "季度", "least": 1},
    "stars.object_": _list,
    "stars.one": _list,
    "stars.person": _listed,
    "reports.made": lambda services: {**_saved(services), "first": 20_759},
    "reports.plot": lambda _: {"name": "day"},
    "reports.remove": _saved,
    "reports.browse": lambda _: {"by": "volunteer"},
    "reports.plots": lambda _: {"from": "2026-11-01"},
}
"""By endpoint: the arguments of an object that whoever sees everything may open."""

OWN = frozenset(
    {
        "accounts.end_session",
        "accounts.revoke_token",
        "reference.browse_kind",
        "reference.new",
        "reports.plot",
    }
)
"""Routes whose object is always one's own, whatever is named: nobody can name another's session; a list is of one's part."""

NOBODYS = frozenset({"reports.made", "runs.act", "runs.fetch", "runs.one"})
"""Routes whose object here belongs to no account, so that not even whoever sees everything opens it."""
