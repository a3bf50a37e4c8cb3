"""Entries of the central log by which people settle what facts mean: decisions, merges, closes, requests, certificates, lists.

The law of `schemas/entry.py` holds here too. Nothing in them is readable that names a person other than by number: what a
volunteer says is sealed, and `why` is for reasons, not for names.
"""

from typing import Annotated

from msgspec import Meta

from schemas.fields import (
    Count,
    Flag,
    Hash,
    HashOrNone,
    KeyId,
    LogName,
    Milliseconds,
    Number,
    NumberOrNone,
    Stamped,
    Text,
    Word,
)
from schemas.fleet_entry import FleetEntry
from schemas.limits import (
    COVER_RANGES_MAX,
    DECISION_INTERVALS_MAX,
    DECISION_OTHERS_MAX,
    ISSUER_CHARS_MAX,
    LISTED_ROWS_MAX,
    SEALED_BYTES_MAX,
    WHY_CHARS_MAX,
)
from schemas.vocabulary import END

Why = Annotated[str, Meta(max_length=WHY_CHARS_MAX, pattern=r"^[^\x00]*" + END)]
RuleOrNone = Annotated[str, Meta(pattern=r"^(?:[A-F][0-9]{1,2})?" + END)]
VerdictNumber = Annotated[int, Meta(ge=0, le=2)]
Interval = tuple[Count, Count, VerdictNumber]
"""[start, end) in minutes since 1970-01-01 UTC, and what they are: 0 credited, 1 held, 2 refused."""

Month = Annotated[int, Meta(ge=197_001, le=999_912)]
"""A calendar month, as 202611."""

Covered = tuple[LogName, Count, Count, Hash]
"""Entries of a log, from the first seq to the last, that end with this hash: one branch, as far as it was held."""


Stars = Annotated[int, Meta(ge=1, le=5)]
ListedRow = tuple[Number, Stars, Count]
"""Who, with how many stars, for how many minutes."""


class Decide(Stamped, tag="decide", array_like=True, frozen=True):
    """A person decides what minutes of a record are (RULES, 8).

    who: whom the record belongs to, as its opening entry names them. record: hash of that entry. site, post: where ("": nowhere).
    action: what the person did (`schemas.vocabulary.Action`); the intervals alone say what it does. evidence: what the
    decision saw, as one hash. settles: the rule whose finding it answers ("": none). by, role: who, and as what. second:
    the second pair of eyes. undoes: hash of the decision that this one takes back; it then has no intervals. mark: the same
    for all decisions that were made at once. others: the other records that were looked at (of a join, of a choice).
    """

    who: Number
    record: Hash
    site: NumberOrNone
    post: NumberOrNone
    action: Word
    intervals: Annotated[tuple[Interval, ...], Meta(max_length=DECISION_INTERVALS_MAX)]
    evidence: HashOrNone
    settles: RuleOrNone
    why: Why
    by: Number
    role: Word
    second: NumberOrNone = ""
    undoes: HashOrNone = b""
    mark: Annotated[bytes, Meta(max_length=16)] = b""
    others: Annotated[tuple[Hash, ...], Meta(max_length=DECISION_OTHERS_MAX)] = ()


class Merge(Stamped, tag="merge", array_like=True, frozen=True):
    """The number `who` is the same person as `into`, who keeps the number (D5)."""

    who: Number
    into: Number
    why: Why
    by: Number
    second: NumberOrNone = ""


class Unmerge(Stamped, tag="unmerge", array_like=True, frozen=True):
    """A `merge` or `accept` was wrong: the two are two again. entry: its hash."""

    entry: Hash
    why: Why
    by: Number
    second: NumberOrNone = ""


class Accept(Stamped, tag="accept", array_like=True, frozen=True):
    """The walk-in with the temporary number `who` is the volunteer `into`: what was held for want of a name is freed (D4)."""

    who: Number
    into: Number
    why: Why
    by: Number


class Cover(Stamped, tag="cover", array_like=True, frozen=True):
    """A part of the ranges that a close covers. The `close_period` they belong to follows, with nothing else between."""

    ranges: Annotated[tuple[Covered, ...], Meta(max_length=COVER_RANGES_MAX)]


class ClosePeriod(Stamped, tag="close_period", array_like=True, frozen=True):
    """The postings of a site's month are frozen (RULES, 9).

    seq, hash: head of the central log before the `cover` entries. cover: digest of the covered ranges, `ranges` of them.
    rows, digest: how many postings were frozen, and one hash over them. people, records, credited, held, refused: of the
    month itself. The three `adjusted_…`: minutes of adjustments to months closed before, booked in this one. complete: 1 if
    every day was; else `why` says why it was closed all the same.
    """

    site: Number
    month: Month
    seq: Count
    hash: Hash
    ranges: Count
    cover: Hash
    rows: Count
    digest: Hash
    people: Count
    records: Count
    credited: Count
    held: Count
    refused: Count
    adjusted_credited: Milliseconds
    adjusted_held: Milliseconds
    adjusted_refused: Milliseconds
    complete: Flag
    why: Why
    by: Number


class Correct(Stamped, tag="correct", array_like=True, frozen=True):
    """A volunteer says that something is wrong (E8).

    record: the one they mean, if they name one. from_ms, to_ms: when they say that they came and left (0: they do not say).
    asked_ms: when they asked, which may be before it was written down. details: their words, sealed to the centre.
    by: who wrote it down for them ("": they did).
    """

    who: Number
    site: NumberOrNone
    record: HashOrNone
    from_ms: Count
    to_ms: Count
    asked_ms: Count
    details: Annotated[bytes, Meta(max_length=SEALED_BYTES_MAX)]
    by: NumberOrNone


class Answer(Stamped, tag="answer", array_like=True, frozen=True):
    """A request for correction is answered. request: hash of its entry. outcome: `schemas.vocabulary.Outcome`.

    decision: hash of the decision that carries the answer out, empty where nothing changes.
    """

    request: Hash
    outcome: Word
    decision: HashOrNone
    why: Why
    by: Number


class Certify(Stamped, tag="certify", array_like=True, frozen=True):
    """The credited minutes of a person's closed months were certified on paper.

    number: of the certificate. who: whom, by number. first_day, last_day: local dates, days since 1970-01-01. minutes, rows,
    digest: what it says in all, of how many rows, and one hash over them (`sync.certificate.digest_of`). key: id of the badge
    key that signed its code. issuer: the body that recorded it. replaces: hash of the `certify` in whose place it is, if any.
    """

    number: Number
    who: Number
    first_day: Count
    last_day: Count
    minutes: Count
    rows: Count
    digest: Hash
    key: KeyId
    issuer: Annotated[
        str, Meta(min_length=1, max_length=ISSUER_CHARS_MAX, pattern=r"^[^\x00]*" + END)
    ]
    replaces: HashOrNone
    why: Why
    by: Number


class Withdraw(Stamped, tag="withdraw", array_like=True, frozen=True):
    """A certificate does not hold any more, because somebody says so. entry: hash of its `certify`."""

    entry: Hash
    why: Why
    by: Number


class Listed(Stamped, tag="listed", array_like=True, frozen=True):
    """A part of a list of people with stars: the `publish` with the same mark says what it is."""

    mark: Annotated[bytes, Meta(min_length=16, max_length=16)]
    rows: Annotated[tuple[ListedRow, ...], Meta(max_length=LISTED_ROWS_MAX)]


class Publish(Stamped, tag="publish", array_like=True, frozen=True):
    """A list of people with stars is put up for everybody to object to.

    day: the stars are those of that local date; from `stars` on. rows, digest: of the list, whose parts have this mark. from_day,
    until_day: local dates between which, both included, it is up.
    """

    mark: Annotated[bytes, Meta(min_length=16, max_length=16)]
    title: Text
    day: Count
    stars: Stars
    rows: Count
    digest: Hash
    from_day: Count
    until_day: Count
    by: Number


class Object(Stamped, tag="object", array_like=True, frozen=True):
    """Somebody objects to a person on a list that is up; an `answer` settles it.

    entry: hash of the `publish`. who: the person on it. asked_ms: when it was said. details: their words, sealed to the centre.
    by: who wrote it down.
    """

    entry: Hash
    who: Number
    asked_ms: Count
    details: Annotated[bytes, Meta(max_length=SEALED_BYTES_MAX)]
    by: Number


class Conclude(Stamped, tag="conclude", array_like=True, frozen=True):
    """A list was up long enough and every objection is answered. rows, digest: of who is left on it."""

    entry: Hash
    rows: Count
    digest: Hash
    by: Number


class Staff(Stamped, tag="staff", array_like=True, frozen=True):
    """An account of the staff was opened or changed.

    what: opened, changed, closed, reopened, reset, password, second_factor, token (made or revoked). account: its name.
    digest: SHA-256 over name, title, number, whether it is open, and its roles, or over the token, as msgpack. by: the
    account that did it ("" for the server's operator).
    """

    what: Word
    account: Text
    digest: Hash
    by: Text


class Seal(Stamped, tag="seal", array_like=True, frozen=True):
    """Rows of a table of the server, which nobody can then change unseen: who read personal data.

    number: of the seal, from 1. rows: how many. digest: SHA-256 over them in order, each as msgpack.
    """

    table: Word
    number: Count
    rows: Count
    digest: Hash


CentralEntry = (
    Decide
    | Merge
    | Unmerge
    | Accept
    | Cover
    | ClosePeriod
    | Correct
    | Answer
    | Certify
    | Withdraw
    | Listed
    | Publish
    | Object
    | Conclude
    | Staff
    | Seal
    | FleetEntry
)
