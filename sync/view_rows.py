"""The rows of a view, by kind: which fields they have. A kind, once released, keeps its fields; new ones are added behind.

Rows of a kind belong to one sort of channel, so that a snapshot of a channel replaces all rows of its kinds and no others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from re import fullmatch

from schemas.limits import (
    PARCEL_INFLATED_BYTES_MAX,
    SAFE_INTEGER_MAX,
    SEALED_BYTES_MAX,
    SERIAL_MAX,
)
from schemas.vocabulary import NUMBER_PATTERN, Code
from sync.errors import Refused
from sync.parcel import ALL, CENTRAL, Field, Group

BADGE_KEY, REVOKED, KNOWN, SITE, POST, MESSAGE, DEPOSIT = (
    *("badge_key", "revoked", "known"),
    *("site", "post", "message", "deposit"),
)
NAME_KEY, PERSON, NEED, FIT = "name_key", "person", "need", "fit"


class Moment(int):
    """The type of a field that is a time in Unix milliseconds."""


class Sealed(bytes):
    """The type of a field that holds something sealed, or a mark of it: 1 to 1,024 bytes."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a row of a kind looks like: its sort of channel, the pattern of its key, the types of the fields behind."""

    channel: str
    key: str
    fields: tuple[type, ...] = ()


FORMS: Mapping[str, Form] = {
    BADGE_KEY: Form(ALL, r"[0-9a-f]{8}", (bytes,)),
    REVOKED: Form(ALL, NUMBER_PATTERN, (int,)),
    KNOWN: Form(ALL, NUMBER_PATTERN),
    SITE: Form("site", NUMBER_PATTERN, (str,)),
    POST: Form("site", NUMBER_PATTERN, (str,)),
    MESSAGE: Form("site", r"[0-9a-f]{16}", (str, Moment)),
    NAME_KEY: Form("site", r"[0-9a-f]{64}", (Sealed, Sealed)),
    PERSON: Form("site", NUMBER_PATTERN, (Sealed,)),
    NEED: Form("site", NUMBER_PATTERN, (str,)),
    FIT: Form("site", NUMBER_PATTERN, (str,)),
    DEPOSIT: Form(CENTRAL, r"[a-z2-7]{32}/[0-9]{16}/[0-9a-f]{16}", (str, bytes, bytes)),
}
"""badge_key: id in hex, key. revoked: number, highest serial that does not count. known: number. site, post: code, name.
message: start of its entry's hash in hex, text, until when. name_key: a kiosk's key of names (public half, hex), a mark of the
secret, the site's secret sealed to it. person: number, names sealed under that secret. need: post, what it needs. fit: number,
what the person has of it.
deposit: log/first/hash, statement `deposit`, its signature, the sealed batch."""


def kinds_of(channel: str) -> list[str]:
    """Give the kinds of rows that a channel has."""
    sort = channel.partition(":")[0]
    return [kind for kind, form in FORMS.items() if form.channel == sort]


def checked(channel: str, group: Group) -> Group | None:
    """Check the rows of a page; None for a kind that this software does not know. Raise `Refused(bad_field)`."""
    kind, come, gone = group
    form = FORMS.get(kind)
    if form is None:
        return None
    if form.channel != channel.partition(":")[0]:
        raise Refused(Code.BAD_FIELD, f"{kind} in the channel {channel}")
    size = 1 + len(form.fields)
    rows = [_row(kind, form, row, size) for row in come]
    if not all(fullmatch(form.key, key) for key in gone):
        raise Refused(Code.BAD_FIELD, kind)
    return kind, rows, gone


def _row(kind: str, form: Form, row: Sequence[Field], size: int) -> list[Field]:
    """Check one row; fields behind those known here are left out."""
    known = list(row[:size])
    is_sound = (
        len(known) == size
        and isinstance(known[0], str)
        and fullmatch(form.key, known[0]) is not None
        and all(map(_fits, known[1:], form.fields))
    )
    if not is_sound or (kind == BADGE_KEY and len(known[1]) != 32):  # type: ignore[arg-type] # bytes by now
        raise Refused(Code.BAD_FIELD, kind)
    return known


def _fits(value: Field, kind: type) -> bool:
    if kind is Sealed:
        return isinstance(value, bytes) and 0 < len(value) <= SEALED_BYTES_MAX
    if kind is Moment:
        return isinstance(value, int) and 0 <= value <= SAFE_INTEGER_MAX
    if kind is int:
        return isinstance(value, int) and 0 <= value <= SERIAL_MAX
    if kind is str:
        return isinstance(value, str) and len(value) <= 2_000 and "\0" not in value
    return isinstance(value, bytes) and len(value) <= PARCEL_INFLATED_BYTES_MAX
