"""What comes in and goes out of the doors: bodies within their bound, JSON strictly read, answers that nobody stores."""

import json
from typing import Any

from flask import Response, request
from marshmallow import Schema, ValidationError

from schemas.limits import ENVELOPE_BYTES_MAX
from schemas.vocabulary import Code
from sync.errors import Refused


def read_body(bytes_max: int, *, keeps: bool = False) -> bytes:
    """Read the whole body; keeps: for whoever reads it after that, too.

    Raise `Refused(too_large | malformed)`: of one that is too long or broke off nothing is kept.
    """
    request.max_content_length = bytes_max + 1  # one more, because a stream is cut there silently
    raw = request.get_data(cache=keeps)
    if len(raw) > bytes_max:
        raise Refused(Code.TOO_LARGE, f"over {bytes_max} bytes")
    if len(raw) < (request.content_length or 0):
        raise Refused(Code.MALFORMED, "the body broke off")
    return raw


def read_json(bytes_max: int) -> Any:
    """Read a body as JSON in which no key stands twice. Raise `Refused(malformed | too_large)`."""
    try:
        return json.loads(read_body(bytes_max), object_pairs_hook=_no_repeats)
    except (ValueError, RecursionError) as error:
        raise Refused(Code.MALFORMED, "not JSON") from error


def read_envelope(schema: Schema) -> dict[str, Any]:
    """Read a JSON body within its bound. Raise `Refused(malformed | too_large)`."""
    plain = read_json(ENVELOPE_BYTES_MAX)
    try:
        loaded: dict[str, Any] = schema.load(plain)
    except ValidationError as error:
        names = ", ".join(sorted(str(name) for name in error.messages_dict))
        raise Refused(Code.MALFORMED, f"fields: {names}"[:200]) from error
    return loaded


def as_json(body: dict[str, object]) -> Response:
    """Give an answer in JSON."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return uncached(Response(text, mimetype="application/json"))


def uncached(answer: Response) -> Response:
    """Mark an answer as one that nobody stores."""
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _no_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ValueError("a key twice")
    return fields
