"""`findings`: what rules have to say, after deriving all that was accepted."""

import click

from server.books.derive.drain import drain
from server.books.review.findings import Found, read_findings
from server.cli.composition import services
from server.cli.output import Answer, answers
from server.reconcile.facts import Severity


@click.command()
@click.option("--rule", default="", help="只看这条规则 / only this rule, as A2")
@click.option(
    "--severity",
    type=click.Choice([s.value for s in Severity]),
    default=None,
    help="只看这一级 / only this weight",
)
@answers
def findings(rule: str, severity: str | None) -> Answer:
    """核查发现 / What the rules found: about whom, at which site, resting on which entries."""
    with services() as opened:
        drain(opened.database, opened.signer.keys.identity_public)
        with opened.database.read() as connection:
            found = read_findings(connection, rule=rule, severity=severity or "")
    return Answer(found, lambda: _lines(found))


def _lines(found: list[Found]) -> str:
    if not found:
        return "没有发现 / nothing found"
    return "\n".join(
        f"{f.rule:<4}{f.severity:<6}{f.about:<34}{f.site:<12}"
        + " ".join(f"{name}={value}" for name, value in f.figures.items())
        for f in found
    )
