"""`close`, `periods`, `adjustments`: the books of months."""

import click

from server.access.part import EVERYTHING
from server.books.derive.drain import drain
from server.books.periods.adjust import read_adjustments
from server.books.periods.close_period import ClosedNow, close_period
from server.books.periods.close_region import ClosedRegion, close_region
from server.books.periods.read_periods import read_periods
from server.books.periods.touched import with_touched
from server.cli.actor import actor_of, by_actor
from server.cli.composition import services
from server.cli.output import Answer, Exit, answers
from server.cli.types import MonthType, NumberType, WhyType


@click.command()
@click.argument("place", type=NumberType())
@click.argument("month", type=MonthType())
@click.option("--region", "is_region", is_flag=True, help="区划 / PLACE is a region: all its sites")
@click.option(
    "--reason", type=WhyType(), default="", help="数据未齐的原因 / why, if something is out"
)
@click.option("--dry-run", is_flag=True, help="只预览 / only say what would be")
@by_actor
@answers
def close(
    place: str, month: int, is_region: bool, reason: str, dry_run: bool, by: str, role: str
) -> Answer:
    """结账 / Close a MONTH (2026-11) of a site, the PLACE: its postings are frozen, what comes later is an adjustment."""
    with services() as opened:
        asked = (opened.database, opened.central, actor_of(by, role), place, month)
        if is_region:
            whole = close_region(*asked, why=reason, is_dry=dry_run)
            status = Exit.DONE if whole.closed or dry_run else Exit.PARTLY
            return Answer(whole, lambda: _region_words(whole, dry_run), status)
        done = close_period(*asked, why=reason, is_dry=dry_run)
    return Answer(done, lambda: _words(done, dry_run))


@click.command()
@click.option("--site", type=NumberType(), default=None, help="站点 / one site only")
@answers
def periods(site: str | None) -> Answer:
    """结算期 / The months of each site with their figures: closed, or open with what is booked in them so far."""
    with services() as opened:
        drain(opened.database, opened.signer.keys.identity_public)
        with opened.database.read() as connection:
            found = read_periods(connection, site=site or "")
    lines = [
        f"{p.site:<12}{p.month}  {'已结 closed' if p.closed else '未结 open  '}  认可 {p.credited} 待核 {p.held} 不计 {p.refused}"
        f"  调整 adjusted {p.adjusted_credited:+} {p.adjusted_held:+} {p.adjusted_refused:+}"
        for p in found
    ]
    return Answer(found, "\n".join(lines) or "没有结算期 / no period yet")


@click.command()
@click.option("--site", type=NumberType(), default=None, help="站点 / one site only")
@answers
def adjustments(site: str | None) -> Answer:
    """调整 / What closed months owe or are owed: which month, where it is booked, whose record, how many minutes."""
    with services() as opened:
        drain(opened.database, opened.signer.keys.identity_public)
        with opened.database.read() as connection:
            rows = read_adjustments(connection, site=site or "")
            found = [row._asdict() for row in with_touched(connection, rows, EVERYTHING)]
    lines = [
        f"{a['volunteer']:<12}{a['site']:<10}{a['period']} → {a['booked']}  {a['day']}  {a['verdict']} {a['minutes']:+}"
        f"{_touches(a)}"
        for a in found
    ]
    return Answer(found, "\n".join(lines) or "没有调整 / no adjustments")


def _touches(adjustment: dict[str, object]) -> str:
    """Name what an adjustment touches."""
    words = []
    for name, key in (("证明 certificates", "certificates"), ("星级 stars", "stars")):
        what = adjustment[key]
        if isinstance(what, tuple) and what:
            words.append(f"  {name} {' '.join(what)}")
    return "".join(words)


def _region_words(whole: ClosedRegion, is_dry: bool) -> str:
    state = "已结账 / closed" if whole.closed else "未全部结账 / not closed yet"
    lines = [f"{state}  {whole.region} {whole.month}"]
    lines += [f"  {_words(done, is_dry)}" for done in whole.sites]
    lines += [f"  {one.site} {one.code}: {one.detail}" for one in whole.left_out]
    return "\n".join(lines)


def _words(done: ClosedNow, is_dry: bool) -> str:
    state = "早已结账 / was closed before" if done.already else "已结账 / closed"
    if is_dry and not done.already:
        state = "预览 / would be"
    figures = f"认可 credited {done.credited}  待核 held {done.held}  不计 refused {done.refused}"
    out = f"  未齐 open: {' '.join(done.open_days)}" if done.open_days else ""
    return (
        f"{state}  {done.site} {done.month}  {done.people} 人 {done.records} 人次  {figures}{out}"
    )
