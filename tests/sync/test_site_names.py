"""Names of a site's people: only the key of a kiosk's leads opens them, and only the kiosk's code makes that key count."""

import pytest

from schemas.limits import SEALED_BYTES_MAX
from schemas.vocabulary import Code
from sync import site_names
from sync.enrolment import EnrolmentCode
from sync.errors import Refused
from sync.site_names import Opener, Person

KEY, OTHER, SECRET = bytes(range(32)), bytes(32), bytes(range(32, 64))
CODE = EnrolmentCode(b"\x01\x02\x03\x04\x05", b"0123456789", b"f" * 10)
PERSON = Person("V0007", "欧阳𬭎", "红十字一队", "欧阳𬭎 ouyanghong oyh")


def test_a_key_announced_with_the_code_is_proved_by_what_the_server_keeps_of_it() -> None:
    said = site_names.read_announced(site_names.announce(CODE, KEY).text)
    assert said == site_names.announce(CODE, KEY)
    assert said is not None
    assert said.public == site_names.public_of(KEY)
    assert site_names.is_proved(said, CODE.secret_hash())


def test_a_key_announced_without_the_code_is_not_proved() -> None:
    """Whoever stole a kiosk has all that it wrote: the code's id, the proof for the leads' key, and no other."""
    said = site_names.announce(CODE, KEY)
    own = site_names.Announced(said.code, site_names.public_of(OTHER), said.proof)
    wrong = EnrolmentCode(CODE.id, b"9876543210", b"f" * 10)
    assert not site_names.is_proved(own, CODE.secret_hash())
    assert not site_names.is_proved(site_names.announce(wrong, KEY), CODE.secret_hash())


@pytest.mark.parametrize("text", ["", "x", "00 11 22", site_names.announce(CODE, KEY).text + "\n"])
def test_a_text_that_announces_nothing_is_none(text: str) -> None:
    assert site_names.read_announced(text) is None


def test_the_secret_of_a_site_opens_with_the_key_of_names_alone() -> None:
    sealed = site_names.seal_secret(site_names.public_of(KEY), SECRET)
    assert site_names.open_secret(KEY, sealed) == SECRET
    for key, what in ((OTHER, sealed), (KEY, sealed[:-1]), (KEY, b"")):
        with pytest.raises(Refused, match=Code.MALFORMED):
            site_names.open_secret(key, what)


def test_what_is_sealed_to_a_kiosk_but_is_no_secret_of_a_site_is_refused() -> None:
    sealed = site_names.seal_secret(site_names.public_of(KEY), b"short")
    with pytest.raises(Refused, match=Code.MALFORMED):
        site_names.open_secret(KEY, sealed)


def test_a_persons_names_open_under_the_secret_and_for_their_number_alone() -> None:
    sealed = site_names.seal_person(SECRET, PERSON)
    assert Opener(SECRET).open("V0007", sealed) == PERSON
    assert "欧阳".encode() not in sealed
    for opener, number, what in (
        (Opener(OTHER), "V0007", sealed),
        (Opener(SECRET), "V0008", sealed),
        (Opener(SECRET), "V0007", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (Opener(SECRET), "V0007", b""),
    ):
        with pytest.raises(Refused, match=Code.MALFORMED):
            opener.open(number, what)


def test_the_same_person_is_sealed_to_the_same_bytes_and_another_to_others() -> None:
    """Else every look at the feed would change every row; and a nonce must never stand before two texts."""
    one = site_names.seal_person(SECRET, PERSON)
    assert one == site_names.seal_person(SECRET, PERSON)
    others = [
        PERSON.__class__("V0008", *_rest(PERSON)),
        Person("V0007", "欧阳", *_rest(PERSON)[1:]),
    ]
    assert len({one[:12], *(site_names.seal_person(SECRET, other)[:12] for other in others)}) == 3


def test_names_beyond_the_bound_are_refused() -> None:
    with pytest.raises(Refused, match=Code.TOO_LARGE):
        site_names.seal_person(SECRET, Person("V1", "x" * SEALED_BYTES_MAX, "", ""))


def _rest(person: Person) -> tuple[str, str, str]:
    return person.name, person.team, person.words
