"""An API over a server with two districts, and programs that call it with tokens of any role."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from server.access.grant import Grant, Over
from server.access.roles import Right, StaffRole
from server.api import create_api
from server.services import Services
from tests.server.api.program import Program
from tests.server.api.town import open_town
from tests.server.books.desk import Desk
from tests.server.builders import ServerClock
from tests.server.staff import hire

Programs = Callable[..., Program]


@pytest.fixture
def town(services: Services, clock: ServerClock, tmp_path: Path) -> Desk:
    """A desk in R1 and a kiosk in R2, with a stay or two at each."""
    return open_town(services, clock, tmp_path)


@pytest.fixture
def api(services: Services) -> Flask:
    """The API of `services`."""
    return create_api(services)


@pytest.fixture
def program(api: Flask, services: Services) -> Programs:
    """Give a program that calls for somebody new in this role: everywhere, or over a part of the tree; with all their rights."""
    hired = 0

    def start(
        role: StaffRole, over: Over = Over.ALL, code: str = "", *, rights: set[Right] | None = None
    ) -> Program:
        nonlocal hired
        hired += 1
        name = f"{role}.{hired}"
        hire(services, name, Grant(role, over, code))
        return Program.of(api, services, name, rights)

    return start
