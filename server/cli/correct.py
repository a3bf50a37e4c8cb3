"""`correct`, `answer`, `corrections`: what volunteers say is wrong."""

import click

from schemas.limits import NUMBER_CHARS_MAX
from schemas.vocabulary import Outcome
from server.books.decisions import correct as correcting
from server.books.decisions.corrections import Listed, read_corrections
from server.books.derive.drain import drain
from server.cli.actor import actor_of, by_actor
from server.cli.composition import services
from server.cli.output import Answer, Exit, Problem, Stopped, answers
from server.cli.types import NumberType, TimeType, WhyType
from server.reconcile.policy import MINUTE_MS
from server.workdays.calendar import BadTable, read_calendar

_HEX = 64


class HashType(click.ParamType[bytes]):
    """A whole hash, in hex."""

    name = "hash"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> bytes:
        """Read 64 digits."""
        if isinstance(value, bytes):
            return value
        text = str(value).lower()
        if len(text) != _HEX or set(text) - set("0123456789abcdef"):
            self.fail(f"不是编号 / not a hash: {text[:NUMBER_CHARS_MAX]!r}", param, ctx)
        return bytes.fromhex(text)


@click.command()
@click.argument("number", type=NumberType())
@click.option("--site", type=NumberType(), default=None, help="站点 / where")
@click.option("--record", type=HashType(), default=b"", help="哪条记录 / which record")
@click.option("--since", type=TimeType(), default=None, help="到岗时间 / when they say they came")
@click.option("--until", type=TimeType(), default=None, help="离岗时间 / when they say they left")
@click.option(
    "--asked", type=TimeType(), default=None, help="提出时间 / when they asked, if not now"
)
@click.option("--said", type=WhyType(), required=True, help="原话 / what they say happened")
@click.option("--by", type=NumberType(), default=None, help="代录人 / who writes it down for them")
@answers
def correct(
    number: str,
    site: str | None,
    record: bytes,
    since: int | None,
    until: int | None,
    asked: int | None,
    said: str,
    by: str | None,
) -> Answer:
    """登记申诉 / Write down that a volunteer says something is wrong."""
    with services() as opened:
        now_ms = opened.signer.clock.wall_ms()
        words = correcting.Said(
            number,
            site or "",
            record,
            (since or 0) * MINUTE_MS,
            (until or 0) * MINUTE_MS,
            now_ms if asked is None else asked * MINUTE_MS,
            said,
        )
        done = correcting.correct(opened.database, opened.central, words, by=by or "")
    state = "早已登记 / was written down before" if done.already else "已登记 / written down"
    return Answer(done, f"{state}  {done.volunteer}  {done.request}")


@click.command()
@click.argument("request")
@click.argument("outcome", type=click.Choice([outcome.value for outcome in Outcome]))
@click.option(
    "--decision", type=HashType(), default=b"", help="决定 / the decision that carries it out"
)
@click.option("--why", type=WhyType(), required=True, help="原因 / why, without names")
@by_actor
@answers
def answer(request: str, outcome: str, decision: bytes, why: str, by: str, role: str) -> Answer:
    """答复申诉 / Answer a request for correction: REQUEST is its hash, or how that begins."""
    with services() as opened:
        done = correcting.answer_correction(
            opened.database,
            opened.central,
            actor_of(by, role),
            request.lower(),
            Outcome(outcome),
            why,
            decision,
        )
    state = "早已答复 / was answered before" if done.already else "已答复 / answered"
    return Answer(done, f"{state}  {done.volunteer}  {done.outcome}")


@click.command()
@click.option(
    "--open", "only_open", is_flag=True, help="只看未答复的 / only those not answered yet"
)
@answers
def corrections(only_open: bool) -> Answer:
    """申诉 / Requests for correction, the oldest first, with the date by which each must be answered and who may have seen it."""
    with services() as opened:
        drain(opened.database, opened.signer.keys.identity_public)
        try:
            calendar = read_calendar(opened.config.home)
        except BadTable as error:
            words = f"节假日表有误 / the table of workdays cannot be read: {error}"
            raise Stopped(Problem("bad_workdays", words, Exit.REFUSED)) from error
        with opened.database.read() as connection:
            found = read_corrections(connection, opened.signer.keys, calendar, only_open=only_open)
    return Answer(found, lambda: "\n".join(map(_line, found)) or "没有申诉 / no requests")


def _line(one: Listed) -> str:
    due = (
        f"限 due {one.due}"
        if one.due
        else f"缺 {one.year_missing} 年节假日表 / no table of workdays"
    )
    state = one.outcome or due
    seen = f"  在场 near: {' '.join(one.witnesses)}" if one.witnesses else ""
    return f"{one.request[:12]}  {one.volunteer:<12}{one.site:<10}{one.asked[:10]}  {state}{seen}"
