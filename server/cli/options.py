"""Options that several commands take, read the same way everywhere."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from server.books.hours import FIRST_DAY, LAST_DAY
from server.cli.types import LocalDate
from server.imports import cells
from server.imports.reasons import SENTENCES, Reason

Command = TypeVar("Command", bound=Callable[..., Any])


def text_option(option: str, given: str) -> str:
    """Read a text of one line, as imports do. Raise `click.UsageError` naming the option."""
    found = cells.text(given)
    if isinstance(found, Reason):
        raise click.UsageError(f"{option}: {' / '.join(SENTENCES[found])}")
    return str(found)


def between_dates(command: Command) -> Command:
    """Add `--from` and `--to`, local dates that both count; all dates where they are not said."""
    first = click.option(
        "--from", "first", type=LocalDate(), default=FIRST_DAY, help="起 / first local date"
    )
    last = click.option(
        "--to", "last", type=LocalDate(), default=LAST_DAY, help="止 / last local date"
    )
    return first(last(command))
