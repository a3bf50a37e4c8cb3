"""The envelopes of the doors for what others carry, in JSON."""

from marshmallow import fields, validate

from schemas.envelopes import Reply, Request, SignedText
from schemas.limits import SLIP_BYTES_MAX


class SlipRequest(Request):
    """A slip, as its code holds it."""

    slip = fields.String(required=True, validate=validate.Length(max=SLIP_BYTES_MAX * 4 // 3 + 4))


class SlipReply(Reply):
    """A signed receipt for the one entry. fresh: 1 if it was not known before, else 0."""

    receipt = fields.Nested(SignedText, required=True)
    fresh = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=1))
