"""The OpenAPI 3.1 document, made from the calls themselves and served at `/api/v1/openapi.json`."""

from threading import Lock
from typing import Any

from flask import Flask, Response, jsonify
from flask_smorest import Api, Blueprint
from marshmallow import fields
from werkzeug.routing import IntegerConverter

from schemas.envelopes import Problem
from server.api.calls import PREFIX
from server.api.converters import CONVERTERS

_WORDS = """Everything that staff can do on the pages of the console, for programs. `docs/api.md` has a worked example.

Send `Authorization: Bearer rv_…`: a token that you make on your account page, with some of your own rights.
You see and change what lies within the part of the region and team tree that your roles are over; anything
else is answered 404. Every POST carries an `Idempotency-Key`. Times are local (Asia/Shanghai) with their
offset, minutes are integers. Every error is a problem (RFC 9457) with a stable `code`."""


class ProblemTold(Problem):
    """The one shape of errors (RFC 9457). code: decides; words may change. errors: what is wrong with which field."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    detail = fields.String(required=True)
    kept = fields.Boolean(required=True)
    errors = fields.Dict()


class _Document(Api):  # type: ignore[misc] # the library has no types
    """The document of the API. Errors are answered by `problems.py`."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def __init__(self, app: Flask) -> None:
        """Describe nothing yet."""
        self._waiting: list[Blueprint] = []
        self._turn = Lock()
        self._told: dict[str, Any] = {}
        super().__init__(app)

    def register_blueprint(self, blp: Blueprint) -> None:
        """Serve a resource. It is described when somebody asks: most processes are never asked, and it takes longest of all."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp)
        self._waiting.append(blp)

    def tell(self) -> dict[str, Any]:
        """Give the document, made once."""
        with self._turn:
            if not self._told:
                for blp in self._waiting:
                    self._describe(blp)
                self._told = self.spec.to_dict()
            return self._told

    def _describe(self, blp: Blueprint) -> None:
        blp.register_views_in_doc(self, self._app, self.spec, name=blp.name, parameters=None)
        self.spec.tag({"name": blp.name, "description": blp.description})

    def _openapi_json(self) -> Response:
        """Serve it."""
        return jsonify(self.tell())

    def _register_error_handlers(self) -> None:
        """Leave errors alone."""

    def _register_pagination_header(self) -> None:
        """Name none: pages are told in the body."""

    def _register_etag_headers(self) -> None:
        """Name none: calls describe their own."""

    def _register_responses(self) -> None:
        """Name the one problem that every error is."""
        content = {"application/problem+json": {"schema": ProblemTold}}
        self.spec.components.response("PROBLEM", {"description": "A problem.", "content": content})


def make(app: Flask) -> Api:
    """Make the document of an application."""
    app.config.update(
        API_TITLE="Red Vest · 红马甲",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        API_SPEC_OPTIONS={
            "info": {"description": _WORDS},
            "security": [{"token": []}],
            "servers": [{"url": "/"}],
        },
    )
    app.url_map.converters.update(CONVERTERS)
    api = _Document(app)
    token = {"type": "http", "scheme": "bearer", "bearerFormat": "rv_…"}
    api.spec.components.security_scheme("token", token)
    for converter in CONVERTERS.values():
        if not issubclass(converter, IntegerConverter):  # which the library describes
            api.register_converter(converter, _pattern)
    return api


def _pattern(converter: Any) -> dict[str, str]:
    return {"type": "string", "pattern": f"^{converter.regex}$"}
