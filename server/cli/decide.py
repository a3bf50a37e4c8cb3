"""`decide`, `undo-decision`: a person settles what minutes of a record are."""

import click

from schemas.vocabulary import Action
from server.books.decisions.decide import Decided, Reasons
from server.books.decisions.decide import decide as decide_on
from server.books.decisions.decide_many import ACTIONS, Sweep, decide_many
from server.books.decisions.draft import Wish
from server.books.decisions.undo_decision import undo_decision as undo
from server.books.derive.drain import drain
from server.books.derive.person_now import Minutes
from server.books.hours import Span
from server.cli.actor import actor_of, by_actor
from server.cli.composition import services
from server.cli.options import between_dates
from server.cli.output import Answer, Exit, answers
from server.cli.types import NumberType, TimeType, WhyType

_ACTIONS = [action.value for action in Action if action is not Action.UNDO]


@click.command()
@click.argument("number", type=NumberType())
@click.argument("record")
@click.argument("action", type=click.Choice(_ACTIONS))
@click.option(
    "--credit", type=(TimeType(), TimeType()), multiple=True, help="认可时段 / credit FROM TO"
)
@click.option("--since", type=TimeType(), help="认定开始 / attest when it began")
@click.option("--until", type=TimeType(), help="认定结束 / attest when it ended")
@click.option(
    "--other", "others", multiple=True, help="其他记录 / another record, to join or refuse"
)
@click.option("--settles", default="", help="针对的规则 / the rule it answers, as B4")
@click.option("--why", type=WhyType(), required=True, help="原因 / why, without names")
@click.option("--second", type=NumberType(), default=None, help="复核人 / who else looked")
@click.option("--seen", default="", help="查看时的标记 / token of what was looked at")
@click.option("--dry-run", is_flag=True, help="只预览 / only say what would be")
@by_actor
@answers
def decide(  # the options of one command
    number: str,
    record: str,
    action: str,
    credit: tuple[tuple[int, int], ...],
    since: int | None,
    until: int | None,
    others: tuple[str, ...],
    settles: str,
    why: str,
    second: str | None,
    seen: str,
    dry_run: bool,
    by: str,
    role: str,
) -> Answer:
    """认定一条服务记录 / Decide on a record of a volunteer: RECORD is its id, or how that begins."""
    spans: tuple[tuple[int | None, int | None], ...] = credit
    if since is not None or until is not None:
        spans = (*credit, (since, until))
    wish = Wish(
        number, record.lower(), Action(action), spans, tuple(map(str.lower, others)), settles
    )
    with services() as opened:
        drain(opened.database, opened.signer.keys.identity_public)
        done = decide_on(
            opened.database,
            opened.central,
            actor_of(by, role),
            wish,
            Reasons(why, second or "", seen),
            is_dry=dry_run,
        )
    return Answer(done, lambda: _words(done, dry_run))


@click.command("decide-all")
@click.argument("rule")
@click.argument("action", type=click.Choice(sorted(action.value for action in ACTIONS)))
@click.option("--site", type=NumberType(), default=None, help="站点 / one site only")
@between_dates
@click.option("--why", type=WhyType(), required=True, help="原因 / why, without names")
@click.option("--second", type=NumberType(), default=None, help="复核人 / who else looked")
@click.option("--dry-run", is_flag=True, help="只预览 / only say what would be")
@by_actor
@answers
def decide_all(
    rule: str,
    action: str,
    site: str | None,
    first: int,
    last: int,
    why: str,
    second: str | None,
    dry_run: bool,
    by: str,
    role: str,
) -> Answer:
    """批量认定 / Approve or refuse all records that RULE holds; look with --dry-run first."""
    sweep = Sweep(rule, Action(action), site or "", Span(first, last))
    with services() as opened:
        drain(opened.database, opened.signer.keys.identity_public)
        done = decide_many(
            opened.database,
            opened.central,
            actor_of(by, role),
            sweep,
            Reasons(why, second or ""),
            is_dry=dry_run,
        )
    word = _state(already=not done.records and bool(done.already), is_dry=dry_run)
    lines = [
        f"{word}  {done.people} 人 {done.records} 条  {change(done.before, done.after)}  {done.mark}"
    ]
    lines += [f"  {one.volunteer} {one.record[:12]}: {one.code}" for one in done.left_out]
    return Answer(done, "\n".join(lines), Exit.PARTLY if done.left_out else Exit.DONE)


@click.command("undo-decision")
@click.argument("decision")
@click.option("--why", type=WhyType(), required=True, help="原因 / why, without names")
@click.option("--dry-run", is_flag=True, help="只预览 / only say what would be")
@by_actor
@answers
def undo_decision(decision: str, why: str, dry_run: bool, by: str, role: str) -> Answer:
    """撤销决定 / Take back a decision by its hash, or all made at once by their common mark."""
    with services() as opened:
        drain(opened.database, opened.signer.keys.identity_public)
        done = undo(
            opened.database,
            opened.central,
            actor_of(by, role),
            decision.lower(),
            why,
            is_dry=dry_run,
        )
    word = _state(already=done.already, is_dry=dry_run)
    return Answer(done, f"{word}  {len(done.decisions)}  {change(done.before, done.after)}")


def change(before: Minutes, after: Minutes) -> str:
    """Say how minutes change."""
    words = {"credited": "认可", "held": "待核", "refused": "不计"}
    return "  ".join(f"{words[v]} {v} {before[v]} → {after[v]}" for v in words)


def _words(done: Decided, is_dry: bool) -> str:
    word = _state(already=done.already, is_dry=is_dry)
    return f"{word}  {done.volunteer} {done.record[:12]}  {change(done.before, done.after)}"


def _state(*, already: bool, is_dry: bool) -> str:
    if already:
        return "早已如此 / was so before"
    return "预览 / would be" if is_dry else "已认定 / decided"
