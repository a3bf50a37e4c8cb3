"""`stars`: star levels from confirmed hours, and lists of people that are put up for objection."""

import click

from schemas.vocabulary import Code, Outcome
from server.access.part import EVERYTHING
from server.books.dates import local_day
from server.books.derive.drain import drain
from server.cli.actor import actor_of, by_actor
from server.cli.composition import services
from server.cli.options import text_option
from server.cli.output import Answer, answers
from server.cli.types import LocalDate, NumberType, WhyType
from server.limits import STAR_LIST_DAYS_MAX, STAR_LIST_MAX
from server.services import Services
from server.stars.figures import STARS_MAX
from server.stars.levels import Level, Wish, read_evidence, read_levels
from server.stars.notices import Stage
from server.stars.object import answer_objection, object_to
from server.stars.publish import conclude
from server.stars.publish import publish as publish_list
from server.stars.read_stars import ListTold, WholeList, read_list, read_lists
from sync.errors import Refused

_LEAST = click.IntRange(1, STARS_MAX)


@click.group()
def stars() -> None:
    """星级 / Star levels from confirmed hours, and lists that are put up for objection (公示)."""


@stars.command("list")
@click.option("--day", type=LocalDate(), default=None, help="截至日期 / as of this local date")
@click.option("--least", type=_LEAST, default=1, help="最低星级 / at least so many stars")
@click.option("--team", type=NumberType(), default=None, help="一个队伍 / one team only")
@click.option("--number", type=NumberType(), default=None, help="一名志愿者 / one person only")
@answers
def list_(day: int | None, least: int, team: str | None, number: str | None) -> Answer:
    """星级名单 / Who has how many stars on a day, from confirmed hours."""
    with services() as opened:
        _derive(opened)
        with opened.database.read() as connection:
            wish = Wish(
                _day(opened, day), EVERYTHING, least, team or "", [number] if number else ()
            )
            found: list[Level] = []
            for level in read_levels(connection, wish):
                found.append(level)
                if len(found) > STAR_LIST_MAX:
                    words = f"超过 {STAR_LIST_MAX} 人，请缩小范围 / too many: --least, or --team"
                    raise Refused(Code.TOO_LARGE, words)
    found.sort(key=lambda level: (-level.stars, -level.minutes, level.volunteer))
    lines = [f"{one.volunteer:<12}{'★' * one.stars:<6}{one.minutes:>8} 分钟 min" for one in found]
    return Answer(found, "\n".join(lines) or "没有 / nobody")


@stars.command()
@click.argument("number", type=NumberType())
@click.option("--day", type=LocalDate(), default=None, help="截至日期 / as of this local date")
@answers
def evidence(number: str, day: int | None) -> Answer:
    """依据 / The postings that a person's stars rest on: `explain RECORD` goes on from each."""
    with services() as opened:
        _derive(opened)
        with opened.database.read() as connection:
            found = read_evidence(connection, number, _day(opened, day))
    lines = [f"{one.day}  {one.site:<10}{one.minutes:>6}  {one.record}" for one in found]
    return Answer(found, "\n".join(lines) or "没有 / nothing")


@stars.command()
@click.argument("title")
@click.option("--day", type=LocalDate(), default=None, help="截至日期 / stars of this local date")
@click.option("--least", type=_LEAST, default=1, help="最低星级 / at least so many stars")
@click.option("--team", type=NumberType(), default=None, help="一个队伍 / one team only")
@click.option(
    "--days",
    type=click.IntRange(1, STAR_LIST_DAYS_MAX),
    default=None,
    help="公示天数 / dates it is up",
)
@by_actor
@answers
def publish(
    title: str,
    day: int | None,
    least: int,
    team: str | None,
    days: int | None,
    by: str,
    role: str,
) -> Answer:
    """公示 / Put a list up under a TITLE, for at least seven dates, so that anybody can object."""
    with services() as opened:
        _derive(opened)
        wish = Wish(_day(opened, day), EVERYTHING, least, team or "")
        named = text_option("TITLE", title)
        asked = (opened.database, opened.central, actor_of(by, role), named, wish)
        done = publish_list(*asked, days=days or 0)
    state = "早已公示 / was up before" if done.already else "已公示 / put up"
    words = f"{state}  {done.people} 人  {done.from_day} – {done.until_day}  {done.entry}"
    return Answer(done, words)


@stars.command()
@answers
def lists() -> Answer:
    """公示清单 / Every list and how it stands, the newest first."""
    with services() as opened, opened.database.read() as connection:
        found = read_lists(connection, _today(opened))
    return Answer(found, "\n".join(map(_line, found)) or "没有 / none")


@stars.command()
@click.argument("entry")
@answers
def show(entry: str) -> Answer:
    """名单 / Who is on a list (ENTRY: its hash, or how that begins), and what was objected."""
    with services() as opened:
        _derive(opened)
        with opened.database.read() as connection:
            keys, today = opened.signer.keys, _today(opened)
            found = read_list(connection, keys, entry.lower(), today, EVERYTHING)
    return Answer(found, lambda: _whole(found))


@stars.command("object")
@click.argument("entry")
@click.argument("number", type=NumberType())
@click.option("--said", type=WhyType(), required=True, help="原话 / what is objected")
@click.option("--by", type=NumberType(), required=True, help="登记人 / who writes it down")
@answers
def object_(entry: str, number: str, said: str, by: str) -> Answer:
    """登记异议 / Write down an objection to NUMBER on a list."""
    with services() as opened:
        done = object_to(opened.database, opened.central, entry.lower(), number, said, by=by)
    state = "早已登记 / was written down before" if done.already else "已登记 / written down"
    return Answer(done, f"{state}  {done.volunteer}  {done.objection}")


@stars.command("answer")
@click.argument("objection")
@click.argument("outcome", type=click.Choice([outcome.value for outcome in Outcome]))
@click.option("--why", type=WhyType(), required=True, help="原因 / why, without names")
@by_actor
@answers
def answer_(objection: str, outcome: str, why: str, by: str, role: str) -> Answer:
    """答复异议 / Answer an OBJECTION: agreed takes the person off the list."""
    with services() as opened:
        asked = (opened.database, opened.central, actor_of(by, role), objection.lower())
        done = answer_objection(*asked, Outcome(outcome), why)
    state = "早已答复 / was answered before" if done.already else "已答复 / answered"
    return Answer(done, f"{state}  {done.volunteer}  {done.outcome}")


@stars.command()
@click.argument("entry")
@by_actor
@answers
def close(entry: str, by: str, role: str) -> Answer:
    """确定名单 / Conclude a list that was up long enough, once every objection is answered."""
    with services() as opened:
        _derive(opened)
        done = conclude(opened.database, opened.central, actor_of(by, role), entry.lower())
    state = "早已确定 / was concluded before" if done.already else "已确定 / concluded"
    return Answer(done, f"{state}  {done.people} 人  {done.digest}")


def _derive(opened: Services) -> None:
    drain(opened.database, opened.signer.keys.identity_public)


def _today(opened: Services) -> int:
    return local_day(opened.signer.clock.wall_ms())


def _day(opened: Services, day: int | None) -> int:
    return _today(opened) if day is None else day


_STAGES = {
    Stage.UP: "公示中 up",
    Stage.WAITS: "待确定 waits",
    Stage.CONCLUDED: "已确定 concluded",
}


def _line(one: ListTold) -> str:
    return (
        f"{one.entry[:12]}  {one.title}  {'★' * one.stars}+  {one.people} 人  "
        f"{one.from_day} – {one.until_day}  {_STAGES[Stage(one.stage)]}  异议 open {one.open}"
    )


def _whole(found: WholeList) -> str:
    lines = [_line(found.list)]
    lines += [
        f"  {one.volunteer:<12}{one.name}  {'★' * one.stars}  {one.minutes} 分钟  {one.state}"
        for one in found.rows
    ]
    lines += [
        f"  异议 {one.objection[:12]}  {one.volunteer}  {one.said}  {one.outcome or '未答复 open'}"
        for one in found.objections
    ]
    return "\n".join(lines)
