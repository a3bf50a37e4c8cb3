"""The envelopes of the sync conversation in JSON, checked by marshmallow: plain data in, plain data out.

Bytes are lower-case hex. Unknown fields of a reply are ignored (a newer server may say more); of a request they are refused.
"""

from marshmallow import EXCLUDE, RAISE, Schema, fields, validate

from schemas.limits import (
    CHANNELS_MAX,
    HEALTH_WORDS_MAX,
    PROOFS_MAX,
    RANGES_MAX,
    SAFE_INTEGER_MAX,
    SEALED_BYTES_MAX,
)
from schemas.vocabulary import END, NUMBER_PATTERN


def _hex(length: int) -> fields.String:
    return fields.String(required=True, validate=validate.Regexp(f"^[0-9a-f]{{{length * 2}}}{END}"))


_storable = validate.Regexp(rf"^[^\x00\ud800-\udfff]*{END}")
"""No NUL and no half of a character: no database keeps them, and UTF-8 cannot say the latter."""


def _text(length: int) -> fields.String:
    return fields.String(required=True, validate=[validate.Length(max=length), _storable])


def _seq() -> fields.Integer:
    return fields.Integer(
        required=True, strict=True, validate=validate.Range(min=0, max=SAFE_INTEGER_MAX)
    )


class Request(Schema):
    """What a kiosk sends: nothing beyond the fields named."""

    class Meta:
        """Unknown fields are refused."""

        unknown = RAISE


class Reply(Schema):
    """What a server answers: fields added later do no harm."""

    class Meta:
        """Unknown fields are ignored."""

        unknown = EXCLUDE


class SignedText(Reply):
    """A statement and its signature."""

    statement = _text(2_000)
    signature = _hex(64)


class HelloRequest(Request):
    """A signed hello: the log's key, the statement `hello`, and the software's version.

    proofs: the server's earlier words. health: how the kiosk says it stands, as integers by word; words that are not known
    here are kept.
    """

    key = _hex(32)
    statement = _text(2_000)
    signature = _hex(64)
    version = _text(40)
    proofs = fields.List(
        fields.Nested(SignedText(unknown=RAISE)),
        load_default=list,
        validate=validate.Length(max=PROOFS_MAX),
    )
    health = fields.Dict(
        keys=fields.String(validate=validate.Regexp(rf"^[a-z_]{{1,32}}{END}")),
        values=fields.Integer(
            strict=True, validate=validate.Range(min=-SAFE_INTEGER_MAX, max=SAFE_INTEGER_MAX)
        ),
        load_default=dict,
        validate=validate.Length(max=HEALTH_WORDS_MAX),
    )


class HeldRange(Reply):
    """A range the server holds."""

    first = _seq()
    last = _seq()
    hash = _hex(32)


class ChannelHead(Reply):
    """A channel that this kiosk follows, and the number of its last change."""

    channel = _text(40)
    number = _seq()


class HelloReply(Reply):
    """Signed time, what the server holds of this log, where it belongs, and how far its channels have come.

    revoked: the log was; what it records is kept and held.
    """

    time = fields.Nested(SignedText, required=True)
    enrolled = fields.Boolean(required=True)
    site = fields.String(required=True, allow_none=True, validate=validate.Length(max=20))
    post = fields.String(required=True, allow_none=True, validate=validate.Length(max=20))
    ranges = fields.List(
        fields.Nested(HeldRange), required=True, validate=validate.Length(max=RANGES_MAX)
    )
    place = fields.Nested(SignedText, required=True, allow_none=True)
    channels = fields.List(
        fields.Nested(ChannelHead), required=True, validate=validate.Length(max=CHANNELS_MAX)
    )
    revoked = fields.Boolean(load_default=False)


class PushReply(Reply):
    """A signed receipt for the range that now holds the batch."""

    receipt = fields.Nested(SignedText, required=True)


class KeysReply(Reply):
    """The server's identity key and the statement `keys`, signed by it."""

    key = _hex(32)
    statement = _text(20_000)
    signature = _hex(64)


class EnrolRequest(Request):
    """A signed wish to enrol: the statement `enrol`, and the code's secret sealed to the centre."""

    key = _hex(32)
    statement = _text(2_000)
    signature = _hex(64)
    secret = fields.String(
        required=True, validate=validate.Regexp(rf"^([0-9a-f]{{2}}){{1,{SEALED_BYTES_MAX}}}{END}")
    )


class EnrolReply(Reply):
    """Where the log now belongs."""

    site = fields.String(required=True, validate=validate.Regexp(NUMBER_PATTERN))
    site_name = _text(400)
    post = fields.String(required=True, allow_none=True, validate=validate.Length(max=20))


class PullRequest(Request):
    """A signed wish for the next page of a channel: the statement `pull`, which carries a fresh proof of a hello."""

    key = _hex(32)
    statement = _text(2_000)
    signature = _hex(64)


class DepositReply(Reply):
    """What a deposit brought: entries not known before, and whether all before them is known, too."""

    fresh = _seq()
    whole = fields.Boolean(required=True)


class Problem(Reply):
    """The one error shape (RFC 9457), with the stable code. safe: what happened to what was sent, in words."""

    type = fields.String(load_default="about:blank")
    title = fields.String(load_default="")
    status = fields.Integer(required=True)
    code = fields.String(required=True, validate=validate.Length(max=64))
    detail = fields.String(load_default="")
    kept = fields.Boolean(load_default=False)
