"""The commands of the centre. Each parses, calls one use case, and formats; how they answer is in `output.py`."""

import importlib
import os
import sys

import click

from server.cli.output import Exit, as_text

COMMANDS = {
    "setup": "setup",
    "run": "run",
    "scheduler": "run",
    "account": "account_token",
    "import": "import_",
    "badge": "badge",
    "badge-key": "badge_key",
    "revoke": "revoke",
    "enrolment-code": "enrolment_code",
    "sheet": "sheet",
    "confirm": "confirm",
    "accept": "accept",
    "hours": "hours",
    "completeness": "completeness",
    "explain": "explain",
    "findings": "findings",
    "site-month": "site_month",
    "decide": "decide",
    "decide-all": "decide",
    "undo-decision": "decide",
    "merge": "merge",
    "unmerge": "merge",
    "accept-walk-in": "merge",
    "correct": "correct",
    "answer": "correct",
    "corrections": "correct",
    "close": "close",
    "periods": "close",
    "adjustments": "close",
    "report": "report",
    "certificate": "certificate",
    "stars": "stars",
    "export": "export",
    "bulletin": "bulletin",
    "rebuild": "rebuild",
    "verify": "verify",
    "runs": "runs",
    "jobs": "jobs",
    "backup": "backup",
    "restore": "restore",
    "doctor": "doctor",
    "fetch-fonts": "fetch_fonts",
}
"""Every command, and the file of this folder that holds it."""


class Commands(click.Group):
    """Loads a command's file only when it is called, so that each starts quickly."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 # click's signature
        """Give the commands in the order in which one meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 # click's signature
        """Load a command. Its function is named like it, with underscores."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"{__name__}.{COMMANDS[cmd_name]}")
        name = {"import": "import_", "explain": "explain_"}.get(
            cmd_name, cmd_name.replace("-", "_")
        )
        command: click.Command = getattr(module, name)
        return command


@click.command(cls=Commands)
def program() -> None:
    """红马甲中心服务器 / The central server of Red Vest.

    初次使用 / first steps:

    \b
      python -m server setup
      python -m server import sites sites.csv
      python -m server import volunteers volunteers.csv
      python -m server badge V0001 --out badges
      python -m server enrolment-code S01
      python -m server run
      python -m server hours
    """


def main() -> None:
    """Run a command. What it makes is for its own user alone; wrong usage, too, is answered in JSON where that was asked for."""
    os.umask(0o077)
    try:
        status = program.main(prog_name="python -m server", standalone_mode=False)
    except click.UsageError as error:
        if "--json" in sys.argv:
            words = {"code": "wrong_usage", "message": error.format_message()}
            click.echo(as_text({"error": words}))
        error.show()
        status = Exit.USAGE
    except click.Abort:
        status = Exit.INTERRUPTED
    sys.exit(status if isinstance(status, int) else Exit.DONE)
