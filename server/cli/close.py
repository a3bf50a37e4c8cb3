"""`close`, `periods`, `adjustments`: the books of months."""

import click

from server.books.adjust import read_adjustments
from server.books.close_period import ClosedNow, close_period
from server.books.derive import drain
from server.books.read_periods import read_periods
from server.cli.actor import MonthType, NumberType, WhyType, actor_of, by_actor
from server.cli.composition import services
from server.cli.output import Answer, answers


@click.command()
@click.argument("site", type=NumberType())
@click.argument("month", type=MonthType())
@click.option(
    "--reason", type=WhyType(), default="", help="数据未齐的原因 / why, if something is out"
)
@click.option("--dry-run", is_flag=True, help="只预览 / only say what would be")
@by_actor
@answers
def close(site: str, month: int, reason: str, dry_run: bool, by: str, role: str) -> Answer:
    """结账 / Close a MONTH (2026-11) of a SITE: its postings are frozen, what comes later is an adjustment."""
    with services() as opened:
        done = close_period(
            opened.database,
            opened.central,
            actor_of(by, role),
            site,
            month,
            why=reason,
            is_dry=dry_run,
        )
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
            found = [row._asdict() for row in read_adjustments(connection, site=site or "")]
    lines = [
        f"{a['volunteer']:<12}{a['site']:<10}{a['period']} → {a['booked']}  {a['day']}  {a['verdict']} {a['minutes']:+}"
        for a in found
    ]
    return Answer(found, "\n".join(lines) or "没有调整 / no adjustments")


def _words(done: ClosedNow, is_dry: bool) -> str:
    state = "早已结账 / was closed before" if done.already else "已结账 / closed"
    if is_dry and not done.already:
        state = "预览 / would be"
    figures = f"认可 credited {done.credited}  待核 held {done.held}  不计 refused {done.refused}"
    out = f"  未齐 open: {' '.join(done.open_days)}" if done.open_days else ""
    return (
        f"{state}  {done.site} {done.month}  {done.people} 人 {done.records} 人次  {figures}{out}"
    )
