"""The options by which reports are narrowed, the same for those made now and those made by themselves."""

from collections.abc import Callable, Mapping
from typing import Any

import click

from server.books.explain.words import GRADES
from server.cli.options import text_option
from server.cli.types import NumberType
from server.reports.query import By, Only
from server.reports.write import Form

BY = click.Choice([by.value for by in By])
FORM = click.Choice([form.value for form in Form])

_CODES = (
    ("volunteer", "志愿者 / of these people only"),
    ("team", "队伍 / of these teams only"),
    ("region", "区划（含下级）/ of these regions and those below"),
    ("site", "站点 / of these sites only"),
    ("post", "岗位 / of these posts only"),
)


def narrowed(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add an option for each kind of `Only`; each can be given several times."""
    for name, words in reversed(_CODES):
        option = click.option(f"--{name}", f"{name}s", type=NumberType(), multiple=True, help=words)
        function = option(function)
    category = "类别 / of these categories only"
    function = click.option("--category", "categories", multiple=True, help=category)(function)
    grades = click.Choice(list(GRADES))
    words = "凭据等级 / of records with this evidence only"
    return click.option("--grade", "grades", type=grades, multiple=True, help=words)(function)


def only_of(given: Mapping[str, tuple[str, ...]]) -> Only:
    """Make what the options say. Raise `click.UsageError` for a category that is no text of one line."""
    categories = tuple(text_option("--category", each) for each in given["categories"])
    return Only(**{**given, "categories": categories})
