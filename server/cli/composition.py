"""Where commands get their services from: the composition root of the command line."""

from collections.abc import Iterator
from contextlib import contextmanager

from server import logs
from server.cli.output import Exit, Problem, Stopped, say
from server.config import read_config
from server.keys import KeysMissing
from server.schema import NotSetUp
from server.services import Services, open_services
from sync.demo import BANNER


@contextmanager
def services() -> Iterator[Services]:
    """Open the home that the environment names, and close it afterwards. Stop with words if it was not set up."""
    try:
        config = read_config()
        logs.configure(config.log_level)  # else they would go to standard output, where the data is
        opened = open_services(config)
    except (KeysMissing, NotSetUp) as error:
        words = f"尚未初始化，请先运行 setup / not set up: run `python -m server setup` ({error})"
        raise Stopped(Problem("not_set_up", words, Exit.REFUSED)) from error
    if opened.central.clock.is_demo:
        say(BANNER)
    try:
        yield opened
    finally:
        opened.database.close()
