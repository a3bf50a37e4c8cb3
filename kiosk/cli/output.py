"""What every command shares: `--json`, where things are printed, and how an error becomes an exit status (one place).

Data goes to standard output, alone; messages go to standard error. Nothing here may print what was scanned.
"""

import dataclasses
import json
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from dataclasses import dataclass
from enum import IntEnum
from functools import wraps
from typing import NoReturn, ParamSpec

import click

from kiosk.cli.words import message_of
from kiosk.errors import Trouble
from kiosk.faults import fault_of
from schemas.vocabulary import Code

P = ParamSpec("P")


class Exit(IntEnum):
    """Exit statuses. Scripts rely on them: they never change."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    PARTLY = 3
    LATER = 4
    REFUSED = 5
    TAMPERED = 6
    INTERRUPTED = 130


STATUS_OF_CODE: Mapping[str, Exit] = {
    Code.UNREACHABLE: Exit.LATER,
    Code.NOT_AN_ANSWER: Exit.LATER,
    Code.TRY_LATER: Exit.LATER,
    Code.INTERNAL: Exit.FAILED,
    Trouble.STORE_BUSY: Exit.LATER,
    Trouble.SYNC_RUNNING: Exit.LATER,
    Trouble.BAD_CONFIGURATION: Exit.USAGE,
    Trouble.WRONG_USAGE: Exit.USAGE,
    Trouble.INTERRUPTED: Exit.INTERRUPTED,
    Trouble.DISK_FULL: Exit.FAILED,
    Trouble.IO_ERROR: Exit.FAILED,
    Trouble.READ_ONLY: Exit.FAILED,
    Trouble.PORT_TAKEN: Exit.FAILED,
    Trouble.STICK_FULL: Exit.FAILED,
    Trouble.STICK_FAILED: Exit.FAILED,
    Trouble.STORE_DAMAGED: Exit.FAILED,
    Trouble.STORE_KEY_MISSING: Exit.FAILED,
    Trouble.STORE_NEWER: Exit.FAILED,
    Trouble.PICTURE_UNREADABLE: Exit.FAILED,
    Trouble.NO_QR_CODE: Exit.FAILED,
}
"""Codes that are not simply `refused`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command has to say: `data` for `--json`, `text` for people."""

    data: object
    text: str
    status: Exit = Exit.DONE


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as a user meets it. message: what happened, what is safe, what to do."""

    code: str
    message: str
    status: Exit


def answers(function: Callable[P, Answer]) -> Callable[..., None]:
    """Make a click callback of a function that gives an `Answer`: adds `--json`, prints, ends with the right status.

    Standard output is for the answer alone: whatever else is printed meanwhile goes to standard error.
    """

    @click.option("--json", "as_json", is_flag=True, help="只输出 JSON / data alone, as JSON")
    @wraps(function)
    def command(as_json: bool, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            with redirect_stdout(sys.stderr):
                answer = function(*args, **kwargs)
        except (Exception, KeyboardInterrupt) as error:
            problem = problem_of(error)
            if problem is None:
                raise
            end(problem, as_json=as_json)
        write(as_text(answer.data) if as_json else answer.text)
        sys.exit(answer.status)

    return command


def problem_of(error: BaseException) -> Problem | None:
    """Say how an error ends a command; None if it is our own fault and must be seen whole."""
    if isinstance(error, click.UsageError):
        return problem(Trouble.WRONG_USAGE, error.format_message())
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return problem(Trouble.INTERRUPTED)
    fault = fault_of(error)
    return None if fault is None else problem(fault.code, fault.detail, later=fault.later)


def problem(code: str, detail: str = "", *, later: bool = False) -> Problem:
    """Make the problem of a code."""
    status = Exit.LATER if later else STATUS_OF_CODE.get(code, Exit.REFUSED)
    return Problem(str(code), message_of(code, detail), status)


def end(found: Problem, *, as_json: bool) -> NoReturn:
    """Print a problem and end with its status."""
    if as_json:
        write(as_text({"error": {"code": found.code, "message": found.message}}))
    say(found.message)
    sys.exit(found.status)


def write(text: str) -> None:
    """Give the answer, at once."""
    click.echo(text.encode("utf-8", "replace"))
    sys.stdout.flush()


def say(message: str) -> None:
    """Tell the user something that is not the answer."""
    click.echo(message.encode("utf-8", "replace"), err=True)


def as_text(data: object) -> str:
    """Give JSON text. Dataclasses become objects, bytes lower-case hex."""
    return json.dumps(data, ensure_ascii=False, default=_plain_value)


def _plain_value(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"no JSON form: {type(value).__name__}")
