"""Views of the queue of findings: filters that an account keeps under a name, the same here and in the console."""

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, validate

from server.access.roles import Right
from server.accounts.views import (
    FILTER_CHARS_MAX,
    FILTERS,
    NAME_CHARS_MAX,
    filters_of,
    forget_view,
    keep_view,
    read_views,
)
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page
from server.api.fields import Strict, words
from server.api.shapes import page_shape

calls = Calls("views", __name__, "Filters of `/findings` that you keep under a name.")


@dataclass(frozen=True, slots=True)
class ViewTold:
    """A view. filters: by name, as `/findings` and the address of the console's queue have them."""

    name: str
    filters: dict[str, str]


@dataclass(frozen=True, slots=True)
class ViewForgotten:
    """A name under which nothing is kept any more. already: nothing was."""

    name: str
    already: bool


class ViewWanted(Strict):
    """A view. An older one of that name is replaced."""

    name = words(NAME_CHARS_MAX, 1, required=True)
    filters = fields.Dict(
        keys=fields.String(validate=validate.OneOf(FILTERS)),
        values=words(FILTER_CHARS_MAX, 1),
        required=True,
    )


class ForgetWanted(Strict):
    """Which view."""

    name = words(NAME_CHARS_MAX, 1, required=True)


@calls.reads("/views", needs=Right.SEE, gives=page_shape(ViewTold))
def browse(_asked: dict[str, Any]) -> Page[ViewTold]:
    """Your own views, in order of names."""
    with here.reading() as connection:
        found = read_views(connection, here.caller().account.id)
    return Page([ViewTold(name, filters_of(kept)) for name, kept in found], None)


@calls.acts("/views", needs=Right.SEE, takes=ViewWanted, gives=ViewTold)
def keep(wanted: dict[str, Any]) -> ViewTold:
    """Keep filters under a name."""
    name, me = wanted["name"].strip(), here.caller().account.id
    with here.services().database.write_facts() as connection:
        keep_view(connection, me, name, wanted["filters"])
    return ViewTold(name, wanted["filters"])


@calls.acts("/views/forget", needs=Right.SEE, takes=ForgetWanted, gives=ViewForgotten)
def forget(wanted: dict[str, Any]) -> ViewForgotten:
    """Forget a view of your own."""
    name, me = wanted["name"].strip(), here.caller().account.id
    with here.services().database.write_facts() as connection:
        done = forget_view(connection, me, name)
    return ViewForgotten(name, not done)
