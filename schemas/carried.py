"""The envelopes of the doors for what others carry, in JSON."""

from marshmallow import fields, validate

from schemas.envelopes import Reply, Request, SignedText


class SlipRequest(Request):
    """A slip, as its code holds it."""

    slip = fields.String(required=True)


class SlipReply(Reply):
    """A signed receipt for the one entry. fresh: 1 if it was not known before, else 0."""

    receipt = fields.Nested(SignedText, required=True)
    fresh = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=1))
