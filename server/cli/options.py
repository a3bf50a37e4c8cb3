"""Options that several commands take, read the same way everywhere."""

import click

from server.imports import cells
from server.imports.reasons import SENTENCES, Reason


def text_option(option: str, given: str) -> str:
    """Read a text of one line, as imports do. Raise `click.UsageError` naming the option."""
    found = cells.text(given)
    if isinstance(found, Reason):
        raise click.UsageError(f"{option}: {' / '.join(SENTENCES[found])}")
    return str(found)
