"""Calls of a resource: each names its right, what it takes, and what it gives; guard and document follow from that."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from flask import request
from flask_smorest import Blueprint
from marshmallow import Schema

from server.access.roles import Right
from server.api import repeats
from server.api.arguments import StrictParser
from server.api.fields import Nothing
from server.api.guard import RIGHTS
from server.api.shapes import shape
from server.http.errors import FieldsRefused

PREFIX = "/api/v1"
View = TypeVar("View", bound=Callable[..., Any])
Kinds = tuple[str, ...]
"""Media types of a file."""
Gives = type | type[Schema] | Kinds
"""What a call answers: a dataclass, a schema, or a file of one of these kinds."""

_ALWAYS = (401, 403, 422, 429, 503)
_OF_POSTS = (400, 409, 413, 415)
_OF_CHANGES = (412, 428)


class Calls(Blueprint):  # type: ignore[misc] # the library has no types
    """A resource: `name` is its file, `/api/v1` stands before every rule. words: what it is, for the document."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, name: str, module: str, words: str) -> None:
        """Have no calls yet."""
        super().__init__(name, module, url_prefix=PREFIX, description=words)
        self._prepare_doc_cbks.append(_describe)

    def reads(
        self,
        rule: str,
        *,
        needs: Right,
        gives: Gives,
        asks: type[Schema] = Nothing,
        has_version: bool = False,
        problems: tuple[int, ...] = (),
    ) -> Callable[[View], View]:
        """Serve a GET. asks: what may stand in the address. has_version: the answer has an `ETag` to base changes on.

        problems: statuses that other calls cannot have.
        """

        def decorate(view: View) -> View:
            call = self._answering(view, 200, gives, headers=_ETAG if has_version else None)
            call = self.arguments(asks, location="query")(call)
            statuses = (*_ALWAYS, *((404,) if "<" in rule else ()), *problems)
            self._serve(rule, "GET", view, call, needs=needs, statuses=statuses)
            return view

        return decorate

    def acts(
        self,
        rule: str,
        *,
        needs: Right,
        gives: Gives,
        takes: type[Schema],
        is_based: bool = False,
        status: int = 200,
    ) -> Callable[[View], View]:
        """Serve a POST, which is done once for each `Idempotency-Key`. is_based: it needs an `If-Match`."""

        def decorate(view: View) -> View:
            call = self._answering(view, status, gives)
            call = self.arguments(takes, location="json")(call)
            call = repeats.once(_without_query(call))
            statuses = (*_ALWAYS, 404, *_OF_POSTS, *(_OF_CHANGES if is_based else ()))
            parameters = [_KEY, *([_IF_MATCH] if is_based else [])]
            self._serve(
                rule, "POST", view, call, needs=needs, statuses=statuses, parameters=parameters
            )
            return view

        return decorate

    def draws(
        self, rule: str, *, needs: Right, gives: Kinds, takes: type[Schema]
    ) -> Callable[[View], View]:
        """Serve a POST that is answered by a paper, and does nothing that would be done twice: it needs no key.

        Of the answer, which may name people in full, nothing is kept.
        """

        def decorate(view: View) -> View:
            call = self._answering(view, 200, gives)
            call = self.arguments(takes, location="json")(call)
            statuses = (*_ALWAYS, 404, *_OF_POSTS, 412)
            self._serve(rule, "POST", view, _without_query(call), needs=needs, statuses=statuses)
            return view

        return decorate

    def puts(
        self,
        rule: str,
        *,
        needs: Right,
        gives: Gives,
        asks: type[Schema],
        content: str,
        problems: tuple[int, ...] = (),
    ) -> Callable[[View], View]:
        """Serve a PUT of a file, which the view itself reads. content: its media type."""

        def decorate(view: View) -> View:
            call = self._answering(view, 200, gives)
            call = self.arguments(asks, location="query")(call)
            body = {"required": True, "content": {content: {"schema": _FILE}}}
            call = self.doc(requestBody=body)(call)
            statuses = (*_ALWAYS, 404, 413, 415, *problems)
            self._serve(rule, "PUT", view, call, needs=needs, statuses=statuses)
            return view

        return decorate

    def _answering(
        self, view: Callable[..., Any], status: int, gives: Gives, *, headers: Any = None
    ) -> Callable[..., Any]:
        """Have what a view gives answered, and described."""
        if not isinstance(gives, tuple):
            return self.response(status, _shape(gives), headers=headers)(view)  # type: ignore[no-any-return] # no types
        call = view
        for kind in gives:
            told = {} if kind == "application/json" else _FILE
            call = self.response(
                status, told, content_type=kind, description="A file.", headers=_NAMED
            )(call)
        return call

    def _serve(
        self,
        rule: str,
        method: str,
        view: Callable[..., Any],
        call: Callable[..., Any],
        *,
        needs: Right,
        statuses: tuple[int, ...],
        parameters: list[dict[str, object]] | None = None,
    ) -> None:
        RIGHTS[f"{self.name}.{view.__name__}"] = needs
        told = {
            "id": f"{self.name}_{view.__name__}",
            "right": needs,
            "statuses": statuses,
            "parameters": parameters or [],
        }
        call.provide_automatic_options = False  # type: ignore[attr-defined] # what Flask asks of a view
        call._apidoc = {**call._apidoc, "call": told}  # type: ignore[attr-defined] # what the library reads
        self.add_url_rule(rule, view.__name__, call, methods=[method])


def _shape(gives: type | type[Schema]) -> type[Schema]:
    return gives if issubclass(gives, Schema) else shape(gives)


def _without_query(call: View) -> View:
    """Refuse what stands in the address of a POST: everything is in its body."""

    @wraps(call)
    def checked(*args: Any, **kwargs: Any) -> Any:
        if request.args:
            raise FieldsRefused({"query": ["nothing expected"]})
        return call(*args, **kwargs)

    return checked  # type: ignore[return-value] # as it came


def _describe(doc: dict[str, Any], info: Mapping[str, Any], **_rest: Any) -> dict[str, Any]:
    """Put right, problems and headers of a call into the document."""
    told = info["call"]
    responses = doc.setdefault("responses", {})
    for status in told["statuses"]:
        responses[status] = "PROBLEM"
    doc["parameters"] = [*doc.get("parameters", []), *told["parameters"]]
    doc["x-right"] = str(told["right"])
    doc["operationId"] = told["id"]
    return doc


_KEY: dict[str, object] = {
    "in": "header",
    "name": repeats.HEADER,
    "required": True,
    "description": "Any text that no other request of yours has; the same request with it again is done once.",
    "schema": {"type": "string", "pattern": f"^{repeats.KEY}$"},
}
_IF_MATCH: dict[str, object] = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "description": "The `ETag` of what you looked at; `*` for what nobody has decided on yet.",
    "schema": {"type": "string", "pattern": '^("[0-9a-f-]{1,80}"|\\*)$'},
}
_FILE = {"type": "string", "contentEncoding": "binary"}
_ETAG = {
    "ETag": {"description": "The version of it, for `If-Match`.", "schema": {"type": "string"}}
}
_NAMED = {
    "Content-Disposition": {
        "description": "What the file is called.",
        "schema": {"type": "string"},
    }
}
