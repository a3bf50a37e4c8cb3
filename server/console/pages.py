"""Pages of a part of the console, each with the right that it needs: what names none is closed to everyone."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import Blueprint

from server.access.roles import Right

View = TypeVar("View", bound=Callable[..., Any])

RIGHTS: dict[str, Right] = {}
"""The right that each page needs, by its endpoint. `guard` reads it; a test goes through it."""


class Pages(Blueprint):
    """A part of the console: `name` is its folder, `/console/` stands before every rule."""

    def __init__(self, name: str, module: str) -> None:
        """Serve templates from `templates/` beside the module."""
        super().__init__(name, module, url_prefix="/console", template_folder="templates")

    def page(
        self, rule: str, *, needs: Right, methods: Sequence[str] = ("GET",)
    ) -> Callable[[View], View]:
        """Serve a view at `/console` + rule, for whoever has this right somewhere."""

        def decorate(view: View) -> View:
            RIGHTS[f"{self.name}.{view.__name__}"] = needs
            self.add_url_rule(rule, view.__name__, view, methods=list(methods))
            return view

        return decorate
