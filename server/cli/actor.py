"""The options by which commands learn who acts: until staff have accounts, their number and role are said."""

from collections.abc import Callable
from typing import Any

import click

from server.books.decisions.actor import Actor, Role
from server.cli.types import NumberType


def by_actor(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--by` and `--role`."""
    roles = click.Choice([role.value for role in Role])
    as_role = click.option("--role", type=roles, default=Role.LEAD.value, help="身份 / as what")
    who = click.option("--by", type=NumberType(), required=True, help="谁 / who decides, by number")
    return who(as_role(function))


def actor_of(by: str, role: str) -> Actor:
    """Make the actor of these options."""
    return Actor(by, frozenset({Role(role)}))
