"""`certificate`: confirmed hours on paper: issue, withdraw, list, check."""

import sys
from getpass import getpass
from pathlib import Path

import click

from schemas.limits import CODE_TEXT_MAX, ISSUER_CHARS_MAX
from schemas.vocabulary import Code
from server.access.part import EVERYTHING
from server.badges.wanted import Wanted, parts, sort_out
from server.books.dates import local_day
from server.books.derive.drain import drain
from server.books.hours import Span
from server.certificates.check import Finding
from server.certificates.issue import Desk, Wish
from server.certificates.paper import Signers
from server.certificates.print_certificates import LeftOut, Order, Run, print_certificates
from server.certificates.read_certificates import Listed, read_certificates
from server.certificates.withdraw import withdraw as withdraw_certificate
from server.certificates.words import Language
from server.cli.actor import actor_of, by_actor
from server.cli.certificate_check import FINDINGS, check_
from server.cli.composition import services
from server.cli.options import between_dates, text_option
from server.cli.output import Answer, Exit, answers, say
from server.cli.types import NumberType, WhyType
from server.fonts.files import find_fonts
from server.limits import CERTIFICATES_MAX
from server.services import Services
from sync.errors import Refused

_TOLD_EVERY = 20
"""People after whom it is said how far it is: each takes half a second."""


@click.group()
def certificate() -> None:
    """志愿服务记录证明 / Certificates of confirmed hours: issue, withdraw, list, check."""


certificate.add_command(check_)


@certificate.command()
@click.argument("numbers", nargs=-1, metavar="NUMBER...")
@click.option("--team", default="", help="一个队伍 / a team's members, by its code")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    help="文件夹（每人一个 NUMBER.pdf），或一个 PDF 文件 / folder for NUMBER.pdf, or one PDF for all",
)
@between_dates
@click.option("--issuer", required=True, help="记录单位 / the body that recorded the service")
@click.option("--responsible", required=True, help="负责人 / person in charge")
@click.option("--handler", required=True, help="经办人 / who handles it")
@click.option("--contact", required=True, help="联系方式 / how to reach them")
@click.option("--language", type=click.Choice([one.value for one in Language]), default="both")
@click.option(
    "--document",
    default="",
    help="证件类型；号码从标准输入读取，不保存 / kind of document; its number comes by standard input",
)
@click.option("--again", is_flag=True, help="另发一份，旧的作废 / a new one in place of the old")
@click.option("--why", type=WhyType(), default="", help="补发原因 / why, with --again")
@by_actor
@answers
def issue(
    numbers: tuple[str, ...],
    team: str,
    out: Path,
    first: int,
    last: int,
    issuer: str,
    responsible: str,
    handler: str,
    contact: str,
    language: str,
    document: str,
    again: bool,
    why: str,
    by: str,
    role: str,
) -> Answer:
    """出具证明 / Certify what closed months hold of these people, or of a team, as PDF."""
    _check_usage(numbers, team, document, first, last)
    if again != bool(why):
        raise click.UsageError("--again 要 --why / --again takes --why")
    signers = Signers(
        text_option("--responsible", responsible),
        text_option("--handler", handler),
        text_option("--contact", contact),
        _document(document),
    )
    wish = Wish(_issuer(issuer), Span(first, last), again, why)
    with services() as opened:
        drain(opened.database, opened.signer.keys.identity_public)
        people, nobody = _people(opened, numbers, team)
        desk = Desk(opened.database, opened.central, opened.signer.keys.badges, actor_of(by, role))
        fonts = find_fonts(opened.config.fonts)
        tongue, url = Language(language), opened.config.public_url
        order = Order(wish, signers, out, fonts, tongue, url, _tell)
        run = print_certificates(desk, order, people)
    run.left_out += [
        LeftOut(n, str(Code.NOT_FOUND), "没有此编号 / nobody's number") for n in nobody
    ]
    return Answer(run, lambda: _issued(run), _status(run))


@certificate.command()
@click.argument("number")
@click.option("--why", type=WhyType(), required=True, help="原因 / why, without names")
@by_actor
@answers
def withdraw(number: str, why: str, by: str, role: str) -> Answer:
    """作废证明 / Withdraw the certificate with this NUMBER (such as 2026-7K3M9-QX2T4)."""
    with services() as opened:
        done = withdraw_certificate(
            opened.database, opened.central, actor_of(by, role), number[:CODE_TEXT_MAX], why
        )
    state = "早已作废 / was withdrawn before" if done.already else "已作废 / withdrawn"
    return Answer(done, f"{state}  {done.number}  {done.volunteer}")


@certificate.command("list")
@click.option("--number", type=NumberType(), default=None, help="一名志愿者 / one volunteer only")
@answers
def list_(number: str | None) -> Answer:
    """证明清单 / Certificates, the newest first, and how each stands."""
    with services() as opened:
        drain(opened.database, opened.signer.keys.identity_public)
        with opened.database.read() as connection:
            found = read_certificates(connection, EVERYTHING, number=number or "")
    return Answer(found, lambda: "\n".join(map(_line, found)) or "没有证明 / no certificate")


def _tell(_doing: str, count: int) -> None:
    """Say on standard error how many people are through."""
    if count % _TOLD_EVERY == 0:
        say(f"已处理 / done: {count}")


def _check_usage(numbers: tuple[str, ...], team: str, document: str, first: int, last: int) -> None:
    if bool(numbers) == bool(team):
        raise click.UsageError("给出编号，或 --team / name numbers, or --team")
    if document and len(numbers) != 1:
        raise click.UsageError("证件号码只用于一人 / --document is for one person")
    if first > last:
        raise click.UsageError("起止日期颠倒 / --from is behind --to")


def _issuer(given: str) -> str:
    issuer = text_option("--issuer", given)
    if not 1 <= len(issuer) <= ISSUER_CHARS_MAX:
        raise click.UsageError(f"--issuer: 1–{ISSUER_CHARS_MAX} 字 / characters")
    return issuer


def _document(kind: str) -> str:
    """Read the number of an identity document: never from an argument, which others on the machine could see."""
    if not kind:
        return ""
    asked = f"{kind} 号码 / number: "
    given = getpass(asked) if sys.stdin.isatty() else sys.stdin.readline(CODE_TEXT_MAX)
    number = text_option("--document", given.strip())
    if not number:
        raise click.UsageError("没有证件号码 / no number of the document on standard input")
    return f"{text_option('--document', kind)} {number}"


def _people(opened: Services, numbers: tuple[str, ...], team: str) -> tuple[list[str], list[str]]:
    """Give whom to certify, and the numbers that are nobody's. Raise `Refused(too_large)`."""
    today = local_day(opened.signer.clock.wall_ms())
    people: list[str] = []
    nobody: list[str] = []
    for part in parts(opened.database, Wanted(numbers, team, today)):
        with opened.database.read() as connection:
            here, strangers = sort_out(connection, part)
        people, nobody = people + here, nobody + strangers
        if len(people) > CERTIFICATES_MAX:
            raise Refused(Code.TOO_LARGE, f"一次最多 {CERTIFICATES_MAX} 人 / people at once")
    return people, nobody


def _status(run: Run) -> Exit:
    if not run.left_out:
        return Exit.DONE
    return Exit.PARTLY if run.certificates else Exit.FAILED


def _issued(run: Run) -> str:
    lines = [
        f"{one.volunteer:<12}{one.number}  {one.minutes} 分钟 min  "
        f"{'原证明 as before' if one.already else '新证明 new'}  {one.file}"
        for one in run.certificates
    ]
    lines += [f"{one.volunteer:<12}{one.code}  {one.message}" for one in run.left_out]
    return "\n".join(lines)


def _line(one: Listed) -> str:
    return (
        f"{one.number}  {one.volunteer:<12}{one.first} – {one.last}  {one.minutes:>6} 分钟  "
        f"{one.issued[:10]}  {FINDINGS[Finding(one.state)]}"
    )
