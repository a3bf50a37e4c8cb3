"""What the public page of certificates is asked."""

from marshmallow import fields, validate

from schemas.envelopes import Request
from schemas.limits import CODE_TEXT_MAX


class CheckRequest(Request):
    """The text of a certificate's code, or its number as somebody typed it."""

    asked = fields.String(required=True, validate=validate.Length(max=CODE_TEXT_MAX))
