"""Entries of the central log about looking after kiosks: what staff told them, and what they did that no other entry says.

The law of `schemas/entry.py` holds here too.
"""

from typing import Annotated

from msgspec import Meta

from schemas.fields import Count, Hash, Number, Stamped, Text, Word
from schemas.limits import MESSAGE_CHARS_MAX, WHY_CHARS_MAX
from schemas.vocabulary import END


class Tell(Stamped, tag="tell", array_like=True, frozen=True):
    """The centre tells the leads at a site something, on the screens of its kiosks, until `until_ms`. by: an account."""

    site: Number
    text: Annotated[
        str, Meta(min_length=1, max_length=MESSAGE_CHARS_MAX, pattern=r"^[^\x00]*" + END)
    ]
    until_ms: Count
    by: Text


class Untell(Stamped, tag="untell", array_like=True, frozen=True):
    """A message is taken back. entry: hash of its `tell`."""

    entry: Hash
    by: Text


class Tend(Stamped, tag="tend", array_like=True, frozen=True):
    """Staff looked after kiosks.

    what: `codes_made`, `code_ended`, `retried` (a batch that was set aside was taken in) or `kept` (it was looked at, and
    stays). about: a site, a code's id, or a digest, in hex. rows: how many. why: a note. by: an account ("" for the operator).
    """

    what: Word
    about: Text
    rows: Count
    why: Annotated[str, Meta(max_length=WHY_CHARS_MAX, pattern=r"^[^\x00]*" + END)]
    by: Text


FleetEntry = Tell | Untell | Tend
