"""What every command shares: `--json`, where things are printed, and how an error becomes an exit status (one place).

Data goes to standard output, alone; messages go to standard error. Nothing here may print a parameter of an SQL statement.
"""

import dataclasses
import errno
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from functools import wraps
from typing import NoReturn, ParamSpec

import click
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from schemas.vocabulary import Code
from server.config import BadConfiguration
from server.database_errors import Failing, failing, first_words
from server.imports.reasons import FileRefused
from sync.errors import Refused

P = ParamSpec("P")
Progress = Callable[[str, int], None]
"""Tells what is being done and how many are through."""

_LINE_EVERY, _BAR_EVERY = 50_000, 1_000


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
    Code.TRY_LATER: Exit.LATER,
    Code.UNREACHABLE: Exit.LATER,
    Code.INTERNAL: Exit.FAILED,
}
"""Codes that are not simply `refused`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command has to say: `data` for `--json` (plain values or dataclasses), `text` for people (made when needed)."""

    data: object
    text: str | Callable[[], str]
    status: Exit = Exit.DONE


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as a user meets it. message: what, why and the next step; no personal data."""

    code: str
    message: str
    status: Exit


class Stopped(Exception):
    """A command cannot go on, and says so as a problem."""

    def __init__(self, problem: Problem) -> None:
        """Keep the problem."""
        super().__init__(problem.message)
        self.problem = problem


def answers(function: Callable[P, Answer]) -> Callable[..., None]:
    """Make a click callback of a function that gives an `Answer`: adds `--json`, prints, ends with the right status."""

    @click.option("--json", "as_json", is_flag=True, help="只输出 JSON / data alone, as JSON")
    @wraps(function)
    def command(as_json: bool, *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            answer = function(*args, **kwargs)
        except (Exception, KeyboardInterrupt) as error:
            problem = problem_of(error)
            if problem is None:
                raise
            _end(problem, as_json=as_json)
        click.echo(as_text(answer.data) if as_json else _plain(answer))
        click.get_current_context().exit(answer.status)

    return command


def problem_of(error: BaseException) -> Problem | None:
    """Say how an error ends a command; None if it is our own fault and must be seen whole."""
    match error:
        case Stopped():
            return error.problem
        case Refused():
            status = STATUS_OF_CODE.get(error.code, Exit.REFUSED)
            return Problem(error.code, error.detail or error.code, status)
        case FileRefused():
            return Problem(error.reason, error.message, Exit.REFUSED)
        case BadConfiguration():
            return Problem("bad_configuration", str(error), Exit.USAGE)
        case click.UsageError():
            return Problem("wrong_usage", error.format_message(), Exit.USAGE)
        case KeyboardInterrupt() | click.Abort():
            return Problem("interrupted", "已中断 / interrupted", Exit.INTERRUPTED)
        case DBAPIError():  # its own text would repeat the statement's parameters
            return _database_problem(error)
        case PoolTimeout():
            return Problem(Failing.BUSY, _WORDS[Failing.BUSY], Exit.LATER)
        case OSError(errno=errno.ENOSPC | errno.EDQUOT):
            return Problem(Failing.FULL, _WORDS[Failing.FULL], Exit.FAILED)
        case OSError():
            why = error.strerror or type(error).__name__
            return Problem("io_error", f"{_IO_ERROR} ({why})", Exit.FAILED)
    return None


def as_text(data: object) -> str:
    """Give JSON text. Dataclasses become objects, bytes lower-case hex."""
    return json.dumps(data, ensure_ascii=False, default=_plain_value)


def say(message: str) -> None:
    """Tell the user something that is not the answer."""
    click.echo(message, err=True)


@contextmanager
def progress(words: Mapping[str, str]) -> Iterator[Progress]:
    """Show counts on standard error: moving on a terminal, else a plain line now and then. words: by what is being done."""
    if not sys.stderr.isatty():
        yield lambda doing, count: None if count % _LINE_EVERY else say(f"{words[doing]} {count}")
        return
    from rich.console import Console
    from rich.status import Status

    with Status("…", console=Console(stderr=True)) as status:
        yield (
            lambda doing, count: (
                None if count % _BAR_EVERY else status.update(f"{words[doing]} {count:,}")
            )
        )


def _plain(answer: Answer) -> str:
    return answer.text if isinstance(answer.text, str) else answer.text()


def _end(problem: Problem, *, as_json: bool) -> NoReturn:
    if as_json:
        click.echo(as_text({"error": {"code": problem.code, "message": problem.message}}))
    say(problem.message)
    click.get_current_context().exit(problem.status)


_IO_ERROR = "读写失败，请检查磁盘和权限后再试 / reading or writing failed: check disk and permissions, then try again"
_WORDS = {
    Failing.BUSY: "数据库正忙，请稍后再试 / the database is busy, try again later",
    Failing.UNREACHABLE: "连不上数据库，请稍后再试 / the database does not answer, try again later",
    Failing.FULL: "磁盘已满，这次没有完成；以前的数据都在。请腾出空间后再试 / "
    "the disk is full, this was not done; what was there is safe: free some space, try again",
    Failing.OTHER: "数据库出错，这次没有完成；请检查磁盘和权限，再运行 doctor / "
    "the database failed, this was not done: check disk and permissions, then run `doctor`",
    Failing.NOT_MADE: "数据库尚未建立，请先运行 setup / no database yet: run `python -m server setup`",
}
_STATUS = {
    Failing.BUSY: Exit.LATER,
    Failing.UNREACHABLE: Exit.LATER,
    Failing.NOT_MADE: Exit.REFUSED,
}


def _database_problem(error: DBAPIError) -> Problem:
    why = failing(error)
    text = _WORDS[why]
    if why in (Failing.UNREACHABLE, Failing.OTHER):
        text = f"{text} ({first_words(error)})"
    return Problem(why, text, _STATUS.get(why, Exit.FAILED))


def _plain_value(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"no JSON form: {type(value).__name__}")
