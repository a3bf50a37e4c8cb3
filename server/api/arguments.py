"""How what comes in is read: JSON within its bound, no key twice, nothing that the schema does not name."""

from collections.abc import Mapping
from typing import Any, NoReturn

from flask import Request, request
from marshmallow import RAISE, Schema, ValidationError
from webargs.flaskparser import FlaskParser

from schemas.limits import NUMBER_CHARS_MAX
from schemas.vocabulary import Code
from server.http.bodies import read_json
from server.http.errors import FieldsRefused
from server.limits import API_BODY_BYTES_MAX, API_FIELDS_TOLD_MAX
from sync.errors import Refused

_TOLD_DEEP = 4


class StrictParser(FlaskParser):
    """Refuses with the codes of the API."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": RAISE}  # noqa: RUF012 # as webargs has it

    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ARG002 # as webargs calls it
        """Read the body."""
        if request.mimetype != "application/json":
            raise Refused(Code.UNSUPPORTED_MEDIA, "application/json expected")
        return read_json(API_BODY_BYTES_MAX)

    def load_querystring(self, req: Request, schema: Schema) -> Any:
        """Read the address; a parameter twice is refused, as nobody could say which counts."""
        twice = sorted(name for name, all_of in req.args.lists() if len(all_of) > 1)
        if twice:
            raise FieldsRefused({"query": told({name: ["twice"] for name in twice})})
        return super().load_querystring(req, schema)

    def handle_error(
        self,
        error: ValidationError,
        req: Request,  # noqa: ARG002 # as webargs calls it
        schema: Schema,  # noqa: ARG002
        *,
        error_status_code: int | None,  # noqa: ARG002
        error_headers: Mapping[str, str] | None,  # noqa: ARG002
    ) -> NoReturn:
        """Refuse fields that are not as they have to be."""
        found = told(error.messages)
        raise FieldsRefused(found if isinstance(found, dict) else {"request": found}) from error


def told(messages: object, depth: int = 0) -> object:
    """Give what is wrong with which field, within bounds: names of unknown fields are foreign."""
    if isinstance(messages, Mapping):
        some = list(messages.items())[:API_FIELDS_TOLD_MAX]
        deep = depth < _TOLD_DEEP
        return {str(k)[:NUMBER_CHARS_MAX]: told(v, depth + 1) if deep else "…" for k, v in some}
    if isinstance(messages, list):
        return [str(each) for each in messages[:API_FIELDS_TOLD_MAX]]
    return str(messages)
