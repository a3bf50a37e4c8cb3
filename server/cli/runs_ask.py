"""`runs certificates`, `badges`, `report`, `official`, `bulletin`: ask for long work at the command line, as its operator."""

from pathlib import Path
from typing import Any

import click

from schemas.vocabulary import Code
from server.access.part import EVERYTHING
from server.badges.issue import YEARS
from server.books.hours import FIRST_DAY, LAST_DAY, Span
from server.books.periods.months import iso_month
from server.certificates.words import Language
from server.cli.actor import by_actor
from server.cli.composition import services
from server.cli.options import text_option
from server.cli.output import Answer, answers
from server.cli.report_options import BY, FORM, narrowed, only_of
from server.cli.runs_wait import wait_for
from server.cli.types import LocalDate, MonthType, NumberType, WhyType
from server.exports.send_official import Form as OfficialForm
from server.limits import BADGE_YEARS_MAX, CERTIFICATES_MAX
from server.reports.query import By, Query
from server.runs.ask import Owner, ask
from server.runs.asked import Asked, Badges, Bulletin, Certificates, Official, Report
from sync.errors import Refused

OUT = click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=None,
    help="等到完成并写到此文件 / wait until it is over, and write its file here",
)
FROM = click.option(
    "--from", "first", type=LocalDate(), default=FIRST_DAY, show_default=False, help="起 / first date"
)  # fmt: skip
TO = click.option(
    "--to", "last", type=LocalDate(), default=LAST_DAY, show_default=False, help="止 / last date"
)


@click.command()
@click.argument("numbers", nargs=-1, type=NumberType(), metavar="NUMBER...")
@click.option("--team", type=NumberType(), default=None, help="一个队伍 / a team's members")
@FROM
@TO
@click.option("--issuer", required=True, help="记录单位 / the body that recorded the service")
@click.option("--responsible", required=True, help="负责人 / person in charge")
@click.option("--handler", required=True, help="经办人 / who handles it")
@click.option("--contact", required=True, help="联系方式 / how to reach them")
@click.option("--language", type=click.Choice([one.value for one in Language]), default="both")
@click.option("--bundled", is_flag=True, help="合并成便于打印的 PDF / many to a PDF, to be printed")
@click.option("--again", is_flag=True, help="另发一份，旧的作废 / new ones in place of the old")
@click.option("--why", type=WhyType(), default="", help="补发原因 / why, with --again")
@OUT
@by_actor
@answers
def certificates(
    numbers: tuple[str, ...], team: str | None, out: Path | None, **given: Any
) -> Answer:
    """一个队伍的证明 / Certificates of a team, or of these people."""
    if bool(numbers) == bool(team):
        raise click.UsageError("给出编号，或 --team / name numbers, or --team")
    if given["again"] != bool(given["why"]):
        raise click.UsageError("--again 要 --why / --again takes --why")
    if len(numbers) > CERTIFICATES_MAX:
        raise Refused(Code.TOO_LARGE, f"一次最多 {CERTIFICATES_MAX} 人 / people at once")
    for name in ("issuer", "responsible", "handler", "contact"):
        given[name] = text_option(f"--{name}", given[name])
    once = tuple(dict.fromkeys(numbers))
    asked = Certificates(team=team or "", numbers=once, **given)
    return _ask(asked, team or " ".join(once), out)


@click.command()
@click.argument("numbers", nargs=-1, type=NumberType(), metavar="NUMBER...")
@click.option("--team", type=NumberType(), default=None, help="一个队伍 / a team's members")
@click.option("--region", type=NumberType(), default=None, help="区划（含下级）/ and those below")
@click.option("--years", type=click.IntRange(1, BADGE_YEARS_MAX), default=YEARS)
@OUT
@answers
def badges(
    numbers: tuple[str, ...], team: str | None, region: str | None, years: int, out: Path | None
) -> Answer:
    """证件大张 / Badge sheets of a team, of a region, or of these people."""
    if sum(map(bool, (numbers, team, region))) != 1:
        words = "给出编号，或 --team，或 --region / name numbers, or --team, or --region"
        raise click.UsageError(words)
    about = team or region or " ".join(numbers)
    return _ask(Badges(team or "", region or "", tuple(dict.fromkeys(numbers)), years), about, out)


@click.command()
@click.option("--by", type=BY, required=True, help="统计对象 / a row for each")
@FROM
@TO
@click.option("--format", "form", type=FORM, default="xlsx", help="格式 / form of the file")
@click.option("--purpose", type=WhyType(), default="", help="显示全名的用途 / why names are shown")
@narrowed
@OUT
@answers
def report(
    by: str, first: int, last: int, form: str, purpose: str, out: Path | None, **only: Any
) -> Answer:
    """大报表 / A report of more than a terminal is waited at for."""
    query = Query(By(by), Span(first, last), EVERYTHING, only_of(only), purpose=purpose.strip())
    named = query.only.named()
    asked = Report(by, form, first, last, only=named, purpose=query.purpose)
    return _ask(asked, by, out)


@click.command()
@click.option("--month", type=MonthType(), required=True, help="月份 / as 2026-11")
@click.option("--site", type=NumberType(), default=None, help="站点 / one site only")
@click.option("--organiser", default="", help="组织单位 / organising body; else each one's team")
@click.option("--responsible", required=True, help="负责人 / person in charge")
@click.option("--again", is_flag=True, help="重发被退回的 / refused rows, too")
@click.option("--form", type=click.Choice([form.value for form in OfficialForm]), default="csv")
@answers
def official(month: int, site: str | None, organiser: str, responsible: str, again: bool, form: str) -> Answer:  # fmt: skip
    """上报文件 / Files for the official site, into the home's folder `official`."""
    texts = text_option("--responsible", responsible), text_option("--organiser", organiser)
    return _ask(
        Official(month, *texts, site or "", again, form), f"{iso_month(month)} {site or ''}", None
    )


@click.command()
@click.argument("region", type=NumberType())
@click.option("--from", "first", type=LocalDate(), required=True, help="起 / first local date")
@click.option("--to", "last", type=LocalDate(), required=True, help="止 / last local date")
@click.option("--title", default="", help="刊头 / banner")
@click.option("--body", default="", help="编发单位 / issuing body")
@click.option("--anew", is_flag=True, help="已发过也另发一期 / though one was issued")
@answers
def bulletin(region: str, first: int, last: int, title: str, body: str, anew: bool) -> Answer:
    """简报 / A bulletin of REGION."""
    texts = text_option("--title", title), text_option("--body", body)
    return _ask(Bulletin(region, first, last, *texts, anew), region, None)


def _ask(asked: Asked, about: str, out: Path | None) -> Answer:
    with services() as opened:
        id_ = ask(opened.database, Owner(), asked, about, opened.signer.clock.wall_ms())
        if out is not None:
            return wait_for(opened, id_, out)
    words = f"{id_}  已提交 / asked for: `python -m server runs wait {id_}`"
    return Answer({"id": id_}, words)


ASKS = (certificates, badges, report, official, bulletin)
