"""What a bulletin says, in figures: frozen as JSON, from which its papers are written, and whose SHA-256 they print.

This form does not change: another one gets another `form`, and this one is still read.
"""

from hashlib import sha256

import msgspec

FORM = 1


class Out(msgspec.Struct, frozen=True):
    """A kiosk that was not in. why: `gap`, `behind`, `never` or `pending`; since: from when ("": ever). dates: how many wait."""

    site: str
    name: str
    log: str
    why: str
    since: str
    dates: int


class Section(msgspec.Struct, frozen=True):
    """A district, or the whole (`all`). figures: by `server.bulletins.figures.Figure`; minutes, people, records, sites."""

    key: str
    name: str
    figures: dict[str, int]


class Content(msgspec.Struct, frozen=True):
    """A bulletin. first, last: local dates, both included; made: the date on it. sections: the whole first.

    as_of: the smallest frontier concerned (None: unknown). months, closed: months of sites with a record, and how many are
    closed. out: the first of the `out_count` kiosks that are not in. rows, rows_digest: of what the figures rest on.
    """

    form: int
    number: int
    replaces: int
    region: str
    name: str
    title: str
    body: str
    first: str
    last: str
    made: str
    complete: bool
    as_of: str | None
    months: int
    closed: int
    sections: list[Section]
    out: list[Out]
    out_count: int
    rows: int
    rows_digest: str
    is_demo: bool = False

    @property
    def is_final(self) -> bool:
        """Tell whether nothing of it can change but by adjustments: all is in, and every month is closed."""
        return self.complete and self.closed == self.months


def write_content(content: Content) -> bytes:
    """Give the bytes that are frozen."""
    return msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n"


def read_content(frozen: bytes) -> Content:
    """Read them back."""
    return msgspec.json.decode(frozen, type=Content)


def digest(frozen: bytes) -> bytes:
    """Give the hash that the papers print."""
    return sha256(frozen).digest()
