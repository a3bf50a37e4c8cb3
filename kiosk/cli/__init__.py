"""The command line of the kiosk: the edge where errors become exit statuses."""

import sys
import traceback
from collections.abc import Sequence

import click

from kiosk.cli.commands import COMMANDS
from kiosk.cli.output import Problem, end, problem, problem_of
from schemas.vocabulary import Code


@click.group(help="红马甲签到终端 / Red Vest kiosk")
def kiosk() -> None:
    """Hold the commands."""


for _command in COMMANDS:
    kiosk.add_command(_command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and end with its status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = kiosk.main(given, prog_name="python -m kiosk", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(2)
    except Exception as error:  # noqa: BLE001 - the process edge: whatever it is gets a code and a status
        end(problem_of(error) or _our_fault(error), as_json="--json" in given)
    sys.exit(status if isinstance(status, int) else 0)


def _our_fault(error: Exception) -> Problem:
    """Show where it went wrong, without the values at hand: they can be what was scanned."""
    for frame in traceback.extract_tb(error.__traceback__):
        click.echo(f"  {frame.filename}:{frame.lineno} {frame.name}", err=True)
    return problem(Code.INTERNAL, type(error).__name__)
