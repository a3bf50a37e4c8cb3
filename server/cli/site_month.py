"""`site-month`: a month of a site as a whole: notes about several people, who was absent, how shifts were covered."""

import click

from server.books.derive.drain import drain
from server.books.periods.site_month import Coverage, SiteMonth, read_site_month
from server.cli.composition import services
from server.cli.output import Answer, answers
from server.cli.types import MonthType, NumberType


@click.command("site-month")
@click.argument("site", type=NumberType())
@click.argument("month", type=MonthType())
@answers
def site_month(site: str, month: int) -> Answer:
    """站点月览 / A MONTH (2026-11) of a SITE: notes about several people, who was absent, gaps and overlaps of shifts."""
    with services() as opened:
        drain(opened.database, opened.signer.keys.identity_public)
        with opened.database.read() as connection:
            found = read_site_month(connection, site, month)
    data = {
        "site": found.site,
        "month": found.month,
        "notes": [{"rule": note.rule, "figures": dict(note.figures)} for note in found.notes],
        "shifts": found.shifts,
    }
    return Answer(data, lambda: _words(found))


def _words(found: SiteMonth) -> str:
    lines = [
        f"{note.rule:<4}" + " ".join(f"{name}={value}" for name, value in note.figures)
        for note in found.notes
    ]
    return "\n".join([*lines, *map(_shift, found.shifts)]) or "没有可说的 / nothing to say"


def _shift(one: Coverage) -> str:
    absent = f"  未到 absent {' '.join(one.absent)}" if one.absent else ""
    parts = f"  缺岗 gaps {len(one.gaps)}  超员 overlaps {len(one.overlaps)}"
    return (
        f"{one.shift:<12}{one.post:<12}{one.start[:16]}–{one.end[11:16]}"
        f"  需 needed {one.needed if one.needed is not None else '—'}{parts}{absent}"
    )
