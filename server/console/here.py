"""What a page works with: the services, who asks, and which part of the tree they may see."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from flask import Flask, abort, current_app, g, request
from flask_login import current_user
from sqlalchemy import Connection

from server.access.audit import Read, note_reading
from server.access.part import Part
from server.access.roles import Right
from server.access.tree import part_of
from server.accounts.account import Account
from server.limits import ROW_NUMBER_MAX
from server.services import Services

Found = TypeVar("Found")


def services() -> Services:
    """Give the services of this server."""
    found: Services = current_app.extensions["redvest"]
    return found


def account() -> Account:
    """Give who asks."""
    found: Account = current_user._get_current_object()
    return found


def part(connection: Connection, right: Right) -> Part:
    """Give the part of the tree in which whoever asks has a right."""
    return part_of(connection, account().grants, right)


@contextmanager
def reading() -> Iterator[Connection]:
    """Open one consistent view of everything."""
    with services().database.read() as connection:
        yield connection


def note(what: str, about: str, people: int, purpose: str = "") -> None:
    """Write down that whoever asks reads personal data. Call it before the answer leaves."""
    read = Read(account().username, what, about, people, purpose)
    with services().database.write_facts() as connection:
        note_reading(connection, now_ms(), read)


def now_ms() -> int:
    """Give the server's time."""
    return services().signer.clock.wall_ms()


def row_asked(name: str) -> int:
    """Give the number of a row that the address names, behind which a page begins; 0 for none, or for what is none."""
    found = request.args.get(name, 0, int)
    return found if 0 <= found <= ROW_NUMBER_MAX else 0


def or_404(found: Found | None) -> Found:
    """Give what was found; answer 404 for what is not there, or lies outside the part of whoever asks: nobody can tell which."""
    if not found:
        abort(404)
    return found


def register(app: Flask) -> None:
    """Let templates see who asks."""

    @app.context_processor
    def known() -> dict[str, object]:
        is_in = current_user.is_authenticated
        return {
            "me": account() if is_in else None,
            "Right": Right,
            "nonce": g.get("nonce", ""),
            "is_demo": services().signer.clock.is_demo,
        }
