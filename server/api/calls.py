"""Calls of a resource: each names its right, what it takes, and what it gives; guard and document follow from that."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from flask import request
from flask_smorest import Blueprint
from marshmallow import Schema
from werkzeug.routing import BaseConverter, IntegerConverter, Map

from server.access.roles import Right
from server.api import repeats
from server.api.arguments import StrictParser
from server.api.fields import Nothing
from server.api.guard import RIGHTS
from server.api.shapes import shape
from server.http.errors import FieldsRefused
from server.imports.kinds import KINDS

PREFIX = "/api/v1"
View = TypeVar("View", bound=Callable[..., Any])
Gives = type | type[Schema]

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
    ) -> Callable[[View], View]:
        """Serve a GET. asks: what may stand in the address. has_version: the answer has an `ETag` to base changes on."""

        def decorate(view: View) -> View:
            call = self.response(200, _shape(gives), headers=_ETAG if has_version else None)(view)
            call = self.arguments(asks, location="query")(call)
            statuses = (*_ALWAYS, *((404,) if "<" in rule else ()))
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
            call = self.response(status, _shape(gives))(view)
            call = self.arguments(takes, location="json")(call)
            call = repeats.once(_without_query(call))
            statuses = (*_ALWAYS, 404, *_OF_POSTS, *(_OF_CHANGES if is_based else ()))
            parameters = [_KEY, *([_IF_MATCH] if is_based else [])]
            self._serve(
                rule, "POST", view, call, needs=needs, statuses=statuses, parameters=parameters
            )
            return view

        return decorate

    def puts(
        self, rule: str, *, needs: Right, gives: Gives, asks: type[Schema], content: str
    ) -> Callable[[View], View]:
        """Serve a PUT of a file, which the view itself reads. content: its media type."""

        def decorate(view: View) -> View:
            call = self.response(200, _shape(gives))(view)
            call = self.arguments(asks, location="query")(call)
            body = {"required": True, "content": {content: {"schema": _FILE}}}
            call = self.doc(requestBody=body)(call)
            statuses = (*_ALWAYS, 404, 413, 415)
            self._serve(rule, "PUT", view, call, needs=needs, statuses=statuses)
            return view

        return decorate

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


def _shape(gives: Gives) -> type[Schema]:
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


class NumberConverter(BaseConverter):
    """A volunteer's number, or another code, in an address."""

    regex = "[0-9A-Za-z-]{1,20}"


class HashConverter(BaseConverter):
    """A hash, or a record's id, in hex."""

    regex = "[0-9a-f]{64}"


class LogConverter(BaseConverter):
    """A log's id."""

    regex = "[a-z2-7]{32}"


class MarkConverter(BaseConverter):
    """A decision's hash, or the common mark of several, in hex."""

    regex = "(?:[0-9a-f]{32}){1,2}"


class PlaceConverter(IntegerConverter):
    """The number of a row, as both databases can hold it."""

    def __init__(self, map_: Map) -> None:
        """Take 1 to 2**31 - 1."""
        super().__init__(map_, min=1, max=2**31 - 1)


class UploadConverter(BaseConverter):
    """The id of an import."""

    regex = "[0-9a-f]{16}"


class KeyConverter(BaseConverter):
    """What a message is known by on kiosks."""

    regex = "[0-9a-f]{16}"


class SweepConverter(BaseConverter):
    """The mark of a sweep, in hex."""

    regex = "[0-9a-f]{32}"


class CodeConverter(BaseConverter):
    """The id of an enrolment code, in hex."""

    regex = "(?:[0-9a-f]{2}){1,16}"


class MonthConverter(BaseConverter):
    """A month."""

    regex = "(?:19[7-9][0-9]|2[0-9]{3})-(?:0[1-9]|1[0-2])"


class KindConverter(BaseConverter):
    """A kind of reference data."""

    regex = f"(?:{'|'.join(KINDS)})"


CONVERTERS: dict[str, type[BaseConverter]] = {
    "number": NumberConverter,
    "hash": HashConverter,
    "log": LogConverter,
    "mark": MarkConverter,
    "month": MonthConverter,
    "upload": UploadConverter,
    "place": PlaceConverter,
    "kind": KindConverter,
    "key": KeyConverter,
    "sweep": SweepConverter,
    "code": CodeConverter,
}

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
