"""A console over a server of its own, and browsers in which any role is signed in."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.access.grant import Grant, Over
from server.access.roles import StaffRole
from server.console import create_console
from server.services import Services
from tests.server.staff import hire, signed_in

Browser = Callable[..., FlaskClient]


@pytest.fixture
def console(services: Services) -> Flask:
    """The console of `services`."""
    return create_console(services)


@pytest.fixture
def browser(console: Flask, services: Services) -> Browser:
    """Sign a role in: everywhere, or over a part of the tree. Each call hires somebody new."""
    hired = 0

    def sign_in(role: StaffRole, over: Over = Over.ALL, code: str = "") -> FlaskClient:
        nonlocal hired
        hired += 1
        name = f"{role}.{hired}"
        hire(services, name, Grant(role, over, code))
        return signed_in(console, name)

    return sign_in
