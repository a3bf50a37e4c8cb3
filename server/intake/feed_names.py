"""Names of each site's people, sealed for the leads at its kiosks, as rows of the change feed (`docs/protocol.md`, 9.7).

A site has a secret that follows from the centre's key and from who may read it: where a kiosk comes, goes or is revoked, it is
another one. A site without such a kiosk has no rows at all.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection, select

from server.intake.feed_truth import Fresh, Truth, compare, pack
from server.intake.lead_keys import keys_of
from server.limits import PERSON_NAME_CHARS_MAX, PERSON_WORDS_CHARS_MAX
from server.models.feed import FeedRow
from server.models.now import TeamNow, VolunteerNow
from server.people.readings import readings
from server.people.roster import in_parts
from server.people.site_people import people_of
from server.signing import Signer
from sync import site_names, view_rows
from sync.errors import Refused
from sync.parcel import site_channel
from sync.site_names import Person, fold

_MARK_BYTES = 16


def name_keys(connection: Connection, signer: Signer, site: str) -> Iterable[Fresh]:
    """Compare the secret of a site, sealed to each key of its kiosks. What is sealed to the same is left as it is."""
    publics, channel = keys_of(connection, site), site_channel(site)
    there = _sealed_before(connection, channel)
    secret = _secret(signer, site, publics)
    mark = sha256(b"redvest-names-mark-1" + secret).digest()[:_MARK_BYTES]
    truth: Truth = {}
    for public in publics:
        value = there.get(public.hex(), b"")
        if not value or msgspec.msgpack.decode(value)[0] != mark:
            sealed = _sealed(public, secret)
            value = pack([mark, sealed]) if sealed else b""
        if value:
            truth[channel, public.hex()] = value
    return compare(connection, view_rows.NAME_KEY, truth, set(), channel=channel)


def people(connection: Connection, signer: Signer, site: str) -> Iterable[Fresh]:
    """Compare the sealed names of a site's people: of none where nobody may read them."""
    publics, channel = keys_of(connection, site), site_channel(site)
    secret = _secret(signer, site, publics)
    numbers = people_of(connection, site, signer.clock.wall_ms()) if publics else []
    truth: Truth = {
        (channel, person.number): pack([site_names.seal_person(secret, person)])
        for person in _named(connection, numbers)
    }
    return compare(connection, view_rows.PERSON, truth, set(), channel=channel)


def _secret(signer: Signer, site: str, publics: Sequence[bytes]) -> bytes:
    """Give the secret of a site for exactly these readers: the same whenever it is asked for, so that nothing is kept."""
    readers = sha256(b"".join(publics)).digest()
    info = b"redvest-site-names-1" + site.encode() + b"\0" + readers
    key = signer.keys.seal.private_bytes_raw()
    return HKDF(hashes.SHA256(), site_names.SECRET_BYTES, None, info).derive(key)


def _sealed(public: bytes, secret: bytes) -> bytes:
    """Seal to a kiosk's key; b"" for one that keeps nothing secret."""
    try:
        return site_names.seal_secret(public, secret)
    except Refused:
        return b""


def _sealed_before(connection: Connection, channel: str) -> dict[str, bytes]:
    there = select(FeedRow.key, FeedRow.value).where(
        FeedRow.channel == channel, FeedRow.kind == view_rows.NAME_KEY, FeedRow.gone == 0
    )
    return {key: bytes(value) for key, value in connection.execute(there)}


def _named(connection: Connection, numbers: Sequence[str]) -> Iterator[Person]:
    """Read names and teams, and say how the names are found: as they are written, in pinyin, by initials."""
    for some in in_parts(numbers):
        asked = select(VolunteerNow.number, VolunteerNow.name, TeamNow.name.label("team"))
        joined = asked.outerjoin(TeamNow, TeamNow.code == VolunteerNow.team)
        wanted = joined.where(VolunteerNow.number.in_(some)).order_by(VolunteerNow.number)
        for number, name, team in connection.execute(wanted):
            shown = name[:PERSON_NAME_CHARS_MAX]
            yield Person(number, shown, (team or "")[:PERSON_NAME_CHARS_MAX], _words(shown))


def _words(name: str) -> str:
    """Give the words of a name; of many readings, as many as fit."""
    found = dict.fromkeys([fold(name)])
    for way in readings(name):
        found |= dict.fromkeys([way.pinyin, way.initials])
    text = " ".join(word for word in found if word)
    return (
        text
        if len(text) <= PERSON_WORDS_CHARS_MAX
        else text[:PERSON_WORDS_CHARS_MAX].rpartition(" ")[0]
    )
