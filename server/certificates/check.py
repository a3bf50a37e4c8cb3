"""Check a certificate: what its code proves, and what the centre's log says of it. What is shown of a person is masked.

The code alone (`prove`) needs no network and no database, only the keys; how a certificate stands, the log alone can say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from schemas.limits import CODE_TEXT_MAX
from schemas.vocabulary import Code
from server.badges.signing_keys import all_keys
from server.certificates.code import said_of
from server.certificates.number import as_typed
from server.certificates.standing import Standing, State, find_certificate
from server.people.roster import names
from sync import certificate
from sync.certificate import PREFIX, Certificate, text_of
from sync.errors import Refused


class Finding(StrEnum):
    """What is said of a certificate: how it stands, or why that cannot be said."""

    GOOD = "good"
    CHANGED = "changed"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    UNSETTLED = "unsettled"
    ALTERED = "altered"
    """The code or what it says is not what was issued."""
    UNKNOWN = "unknown"
    """No such certificate here."""
    SIGNED = "signed"
    """The code is as a known key signed it; whether it still holds was not asked."""


class KeyAge(StrEnum):
    """What became of the key that signed a code."""

    NONE = ""
    CURRENT = "current"
    FORMER = "former"
    """Another signs now, or it is retired: what it signed holds."""
    WITHDRAWN = "withdrawn"
    """It may be in strangers' hands: the code alone proves nothing, the log does."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Checked:
    """What is said of a certificate. said: masked facts, None where none may be shown. text: it was a code, not a number."""

    finding: Finding
    key: KeyAge = KeyAge.NONE
    said: Certificate | None = None

    @property
    def holds(self) -> bool:
        """Tell whether it can be relied on, as far as was asked."""
        return self.finding in (Finding.GOOD, Finding.SIGNED)


def prove(text: str, keys: Mapping[bytes, bytes]) -> tuple[Certificate, bytes] | Checked:
    """Read a code with these keys alone; give what it says and its key, or what is wrong with it."""
    try:
        return certificate.verify(text_of(text[:CODE_TEXT_MAX]), keys)
    except Refused as refused:
        if refused.code is Code.UNKNOWN_KEY:
            return Checked(Finding.ALTERED, KeyAge.UNKNOWN)
        return Checked(Finding.ALTERED)


def check(connection: Connection, asked: str, now_ms: int) -> Checked:
    """Check a code, or a number that was typed."""
    if not text_of(asked[:CODE_TEXT_MAX]).startswith(PREFIX):
        return _by_number(connection, as_typed(asked[:CODE_TEXT_MAX]), now_ms)
    ages = key_ages(connection, now_ms)
    proved = prove(asked, {key.id: key.public for key in all_keys(connection)})
    if isinstance(proved, Checked):
        return proved
    said, key = proved
    found = find_certificate(connection, said.number)
    if found is None:
        return Checked(Finding.UNKNOWN, ages[key])
    if not _is_same(found, said):
        return Checked(Finding.ALTERED, ages[key])
    return Checked(_finding(found.state), ages[key], said if found.holds else None)


def _by_number(connection: Connection, number: str, now_ms: int) -> Checked:
    found = find_certificate(connection, number)
    if found is None:
        return Checked(Finding.UNKNOWN)
    age = key_ages(connection, now_ms).get(found.entry.key, KeyAge.UNKNOWN)
    if not found.holds:
        return Checked(_finding(found.state), age)
    name = names(connection, [found.entry.who]).get(found.entry.who, "")
    return Checked(Finding.GOOD, age, said_of(found.entry, found.entry.wall_ms, name))


def key_ages(connection: Connection, now_ms: int) -> dict[bytes, KeyAge]:
    """Give what became of each key that ever signed."""
    keys = all_keys(connection)
    signing = [key.id for key in keys if key.verifies and key.from_ms <= now_ms][-1:]
    ages = {key.id: KeyAge.FORMER for key in keys}
    ages |= {key.id: KeyAge.WITHDRAWN for key in keys if key.withdrawn_ms is not None}
    return ages | dict.fromkeys(signing, KeyAge.CURRENT)


def _is_same(found: Standing, said: Certificate) -> bool:
    """Tell whether a code says what was issued. The masked name is the code's own: a person may have another name by now."""
    return said_of(found.entry, found.entry.wall_ms, said.name) == said


def _finding(state: State) -> Finding:
    return Finding(str(state))
