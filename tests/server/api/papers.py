"""What was put on paper of a district: a closed month, a certificate, a bulletin, a list of stars, an official file."""

from dataclasses import dataclass
from pathlib import Path

from schemas.vocabulary import Outcome
from server.access.part import Part
from server.books.dates import local_day
from server.books.decisions.actor import Actor, Role
from server.books.hours import Span
from server.books.periods.close_period import close_period
from server.bulletins.issue import Wish as BulletinWish
from server.bulletins.issue import issue as issue_bulletin
from server.certificates.issue import Desk as IssueDesk
from server.certificates.issue import Wish
from server.config import FONTS
from server.exports.files import folder_of
from server.exports.official_rows import Body
from server.exports.send_official import Order, send_official
from server.fonts.files import find_fonts
from server.papers.press import Type
from server.reports.query import By
from server.reports.saved import Saved, save_report
from server.reports.stretch import Every
from server.services import Services
from server.stars.levels import Wish as StarWish
from server.stars.object import object_to
from server.stars.publish import publish
from server.workdays.calendar import read_calendar
from tests.server.books.world import derive
from tests.server.builders import DAY_MS, START_MS, ServerClock
from tests.server.conftest import import_text

HAND = Actor("V14", frozenset({Role.CITY}))
NOVEMBER = 202_611
WEEK = Span(local_day(START_MS), local_day(START_MS) + 6)
STARS = "region,site,from,key,value\n{region},,2026-01-01,star_1_hours,1\n"
PAPER = {"responsible": "王主任", "handler": "李", "contact": "0376"}


@dataclass(frozen=True, slots=True)
class Papers:
    """Where each is found: number, name or hash."""

    certificate: str
    bulletin: int
    entry: str
    objection: str
    file: int
    report: str
    first: str = "2026-11-02"
    paper: str = "zh.pdf"
    figure: str = "all.people"

    def addresses(self) -> dict[str, str]:
        """Give what stands for each in an address."""
        return {name: str(getattr(self, name)) for name in self.__slots__}


def put_on_paper(
    services: Services, clock: ServerClock, folder: Path, *, site: str, region: str, who: str
) -> Papers:
    """Close November at a site of a region, and put all of it on paper, with somebody who served there."""
    import_text(services, folder, "policies", STARS.format(region=region))
    clock.now_ms = max(clock.now_ms, START_MS + 200 * DAY_MS)
    database, central = services.database, services.central
    close_period(database, central, HAND, site, NOVEMBER, why="a kiosk is out")
    derive(services)
    desk = IssueDesk(database, central, services.signer.keys.badges, HAND)
    issued = desk.issue(who, Wish("指导中心"), check=lambda _: None)
    type_ = Type(find_fonts(FONTS))
    wish = BulletinWish(region, WEEK, body="指导中心")
    bulletin = issue_bulletin(database, type_, wish, clock.now_ms, lambda *_: None)
    mine = Part(regions=frozenset({region}), teams=frozenset(teams(region)))
    stars = StarWish(local_day(clock.now_ms), mine)
    listed = publish(database, central, HAND, f"星级 {region}", stars)
    objected = object_to(database, central, listed.entry, who, "没有来", by="V14")
    order = Order(folder_of(services.config.home), Body("", "王主任"), site, NOVEMBER)
    (sent,) = send_official(database, read_calendar(services.config.home), order, clock.now_ms)
    save_report(database, Saved(f"of-{region}", By.TEAM, Every.DAY, owner="nobody.else"), 0)
    return Papers(
        issued.entry.number,
        bulletin.number,
        listed.entry,
        objected.objection,
        sent.chunk,
        f"of-{region}",
    )


def teams(region: str) -> tuple[str, ...]:
    """Give the teams of a district of the town."""
    return {"R1": ("T1", "T2"), "R2": ("T9",)}[region]


BODIES = {
    "saved_reports.save": {"name": "of-R2", "by": "team", "every": "day"},
    "saved_reports.remove": {},
    "certificates.issue": {"volunteer": "V92", "issuer": "指导中心", **PAPER},
    "certificates.paper": PAPER,
    "bulletins.freeze": {"region": "R2", "from": "2026-11-02", "to": "2026-11-08"},
    "star_lists.put_up": {"title": "星级", "team": "T9"},
    "star_lists.object_one": {"volunteer": "V92", "said": "没有来"},
    "star_lists.answer": {"outcome": Outcome.DECLINED.value, "why": "seen on duty"},
    "star_lists.conclude_one": {},
    "exports.send": {"responsible": "王主任", "site": "S9"},
    "sheets.posts": {"site": "S9"},
    "sheets.enrolment": {"sites": ["S1", "S9"]},
    "sheets.badges": {"team": "T9"},
}
"""A body for each call that acts here, that would do something in the other district."""

_ON_DUTY = {"site": "S9", "day": "2026-11-02"}
QUERIES = {
    "reports.browse": {"by": "volunteer"},
    "reports.total": {"by": "site"},
    "reports.file": {"by": "volunteer", "form": "csv"},
    "exports.browse": {"month": "2026-11"},
    "exports.files": {"month": "2026-11"},
    "bulletins.show_first": {"region": "R2", "from": "2026-11-02", "to": "2026-11-08"},
    "sheets.sign_in": _ON_DUTY,
    "sheets.insured": _ON_DUTY,
}
"""What calls here have to be asked with to be about everything, or the other district."""

NAMELESS = frozenset(
    {
        "reports.total",
        "report_series.days",
        "report_series.hours",
        "report_series.far_above",
        "exports.months",
    }
)
"""Calls whose answer names no place and nobody."""
OWN = frozenset({"saved_reports.browse", "saved_reports.one", "saved_reports.made"})
"""Calls about what an account has of its own, whatever its part."""
