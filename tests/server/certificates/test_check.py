"""Checking: one digit altered, withdrawn, changed, of an old or stolen key: each is said, with the log and without."""

from pathlib import Path

import pytest

from schemas.vocabulary import Code
from server.badges.rotate import KeyChange
from server.badges.signing_keys import recorder
from server.certificates.check import Checked, Finding, KeyAge, check, prove
from server.certificates.code import code_text, said_of
from server.certificates.issue import Issued
from server.certificates.withdraw import withdraw
from server.keys import read_badge_keys
from sync import certificate
from sync.errors import Refused
from tests.server.books.desk import CITY, Desk
from tests.server.certificates.desk import issue


def code_of(desk: Desk, made: Issued, url: str = "") -> str:
    """The text of a certificate's code."""
    keys = read_badge_keys(desk.services.config.keys)
    return code_text(keys[made.entry.key], said_of(made.entry, made.issued_ms, made.name), url)


def checked(desk: Desk, asked: str) -> Checked:
    with desk.services.database.read() as connection:
        return check(connection, asked, desk.clock.now_ms)


def keys_of(desk: Desk) -> KeyChange:
    services = desk.services
    return KeyChange(
        services.database, services.config.keys, desk.clock.now_ms, recorder(services.central)
    )


@pytest.mark.both_databases
def test_a_good_one_is_good_by_code_by_link_and_by_number_and_shows_masked_facts(
    closed: Desk,
) -> None:
    made = issue(closed, "V1")
    code = code_of(closed, made)
    link = code_of(closed, made, "https://hours.example")
    number = made.entry.number.lower()
    for asked in (code, f"{code}\r\n", link, number, f" {number} "):
        found = checked(closed, asked)
        assert (found.finding, found.key) == (Finding.GOOD, KeyAge.CURRENT), asked
        assert found.said is not None
        assert (found.said.name, found.said.volunteer, found.said.minutes) == ("志*1", "**", 420)
    assert "志愿者" not in repr(found)


def test_one_altered_digit_is_said_with_the_log_and_without(closed: Desk) -> None:
    made = issue(closed, "V1")
    code = code_of(closed, made)
    public = {made.entry.key: closed.services.signer.keys.badge_public}
    assert not isinstance(prove(code, public), Checked)
    for place in range(len("RVC1:"), len(code), 7):
        altered = code[:place] + ("0" if code[place] != "0" else "1") + code[place + 1 :]
        proved = prove(altered, public)
        assert isinstance(proved, Checked)
        assert proved.finding is Finding.ALTERED
        assert checked(closed, altered).finding is Finding.ALTERED


def test_a_code_that_says_other_than_was_issued_is_altered_though_our_key_signed_it(
    closed: Desk,
) -> None:
    """As a thief of the key would do it."""
    from dataclasses import replace

    made = issue(closed, "V1")
    key = read_badge_keys(closed.services.config.keys)[made.entry.key]
    said = said_of(made.entry, made.issued_ms, made.name)
    for forged in (replace(said, minutes=9_999), replace(said, last_day=said.last_day + 1),
                   replace(said, issuer="别处"), replace(said, volunteer="V9")):  # fmt: skip
        assert checked(closed, certificate.issue(key, forged)).finding is Finding.ALTERED
    invented = certificate.issue(key, replace(said, number="2026-00000-00000"))
    assert checked(closed, invented).finding is Finding.UNKNOWN


def test_a_withdrawn_a_replaced_and_a_changed_one_say_so_and_show_nothing(closed: Desk) -> None:
    services = closed.services
    one, other = issue(closed, "V1"), issue(closed, "V2")
    withdraw(services.database, services.central, CITY, other.entry.number, "误发")
    closed.late("V1", 14, 15)
    assert checked(closed, code_of(closed, one)) == Checked(Finding.CHANGED, KeyAge.CURRENT)
    issue(closed, "V1")
    for asked in (code_of(closed, one), one.entry.number):
        assert checked(closed, asked) == Checked(Finding.REPLACED, KeyAge.CURRENT)
    assert checked(closed, code_of(closed, other)) == Checked(Finding.WITHDRAWN, KeyAge.CURRENT)


def test_one_of_a_former_key_holds_and_says_so(closed: Desk) -> None:
    made = issue(closed, "V1")
    code = code_of(closed, made)
    keys_of(closed).rotate(closed.clock.now_ms)
    found = checked(closed, code)
    assert (found.finding, found.key, found.holds) == (Finding.GOOD, KeyAge.FORMER, True)
    assert checked(closed, made.entry.number).key is KeyAge.FORMER
    assert isinstance(prove(code, {}), Checked)
    assert prove(code, {}) == Checked(Finding.ALTERED, KeyAge.UNKNOWN)


def test_of_a_stolen_key_only_what_the_log_knows_holds(closed: Desk) -> None:
    made = issue(closed, "V1")
    code = code_of(closed, made)
    keys_of(closed).withdraw(made.entry.key.hex(), "stolen")
    assert checked(closed, code).key is KeyAge.WITHDRAWN
    assert checked(closed, code).finding is Finding.GOOD
    services = closed.services
    with pytest.raises(Refused) as caught:
        issue(closed, "V1")  # the new key is on disk, and this desk has not read it
    assert caught.value.code is Code.NOT_FOUND
    services.signer.keys.badges.update(read_badge_keys(services.config.keys))  # type: ignore[attr-defined] # a dict
    again = issue(closed, "V1")
    assert not again.already
    assert again.entry.key != made.entry.key
    assert checked(closed, code).finding is Finding.REPLACED


@pytest.mark.parametrize(
    "asked", ["", "2026-00000-00000", "'; DROP TABLE certificate", "V1", "#", "文" * 5_000, "\x00"]
)
def test_what_nobody_issued_is_unknown(closed: Desk, asked: str) -> None:
    assert checked(closed, asked) == Checked(Finding.UNKNOWN)


@pytest.mark.parametrize("text", ["RVC1:", "RVC1:0", "RVC1:" + "0" * 4_000, "RVC1:文"])
def test_what_only_begins_like_a_code_is_altered(closed: Desk, text: str) -> None:
    assert checked(closed, text) == Checked(Finding.ALTERED)


def test_a_badge_is_no_certificate(closed: Desk, tmp_path: Path) -> None:
    from sync import badge

    key = read_badge_keys(closed.services.config.keys)
    text = badge.issue(next(iter(key.values())), number="V1", serial=1, issued_s=0, expires_s=1)
    assert checked(closed, text) == Checked(Finding.UNKNOWN)
    assert checked(closed, "RVC1:" + text[4:]) == Checked(Finding.ALTERED)
