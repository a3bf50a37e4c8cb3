"""The envelopes in which two kiosks of one centre talk over a local network, in JSON: who they are, and what they hold.

What they carry is in the form of bundle files. Nothing of a person is in any field here.
"""

from typing import Any

from marshmallow import RAISE, fields, validate

from schemas.envelopes import Reply, Request, SignedText
from schemas.limits import (
    BUNDLE_POST_BYTES_MAX,
    NEIGHBOUR_KNOWN_MAX,
    NEIGHBOUR_PARTS_LISTED_MAX,
    NEIGHBOUR_PLACES_MAX,
    SAFE_INTEGER_MAX,
)
from schemas.vocabulary import END

BUNDLE, REPLY = "bundle", "reply"
"""Kinds of parts: on the way to the centre, on the way back."""


def _hex(length: int) -> fields.String:
    return fields.String(required=True, validate=validate.Regexp(f"^[0-9a-f]{{{2 * length}}}{END}"))


def _places(schema: SignedText) -> "fields.List[Any]":
    some = validate.Length(max=NEIGHBOUR_PLACES_MAX)
    return fields.List(fields.Nested(schema), required=True, validate=some)


class HelloRequest(Request):
    """The caller's nonce."""

    nonce = _hex(16)


class HelloReply(Reply):
    """Who answers: the log's key, the statement `neighbour` over the caller's nonce, where it belongs; and a nonce of its own."""

    key = _hex(32)
    statement = fields.String(required=True, validate=validate.Length(max=2_000))
    signature = _hex(64)
    place = fields.Nested(SignedText, required=True)
    nonce = _hex(16)


class OpenRequest(Request):
    """Who calls: the same, over the other's nonce. places: its own first, then of others whose bundles it holds."""

    key = _hex(32)
    statement = fields.String(required=True, validate=validate.Length(max=2_000))
    signature = _hex(64)
    places = _places(SignedText(unknown=RAISE))


class Part(Reply):
    """A bundle or a reply that is held. log: its author, or whom it is for. digest: of its file. server_ms: of a reply."""

    digest = _hex(32)
    kind = fields.String(required=True, validate=validate.OneOf((BUNDLE, REPLY)))
    log = fields.String(required=True, validate=validate.Regexp(f"^[a-z2-7]{{32}}{END}"))
    size = fields.Integer(
        required=True, strict=True, validate=validate.Range(min=1, max=BUNDLE_POST_BYTES_MAX)
    )
    server_ms = fields.Integer(
        required=True, strict=True, validate=validate.Range(min=0, max=SAFE_INTEGER_MAX)
    )


class OpenReply(Reply):
    """What the other holds, of whom it knows where they belong, and what nobody need bring it any more.

    reaches: it reached the centre the last time that it tried.
    """

    places = _places(SignedText())
    parts = fields.List(
        fields.Nested(Part), required=True, validate=validate.Length(max=NEIGHBOUR_PARTS_LISTED_MAX)
    )
    known = fields.List(_hex(32), required=True, validate=validate.Length(max=NEIGHBOUR_KNOWN_MAX))
    reaches = fields.Boolean(load_default=False)


class TakeRequest(Request):
    """Which part is asked for, by its digest."""

    digest = _hex(32)


class GiveReply(Reply):
    """Whether a part that was given is kept; false: it was not needed."""

    kept = fields.Boolean(required=True)
