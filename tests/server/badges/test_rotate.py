"""Badge keys: kiosks know a new one before it signs, an old one until its last badge expired; a stolen one stops at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.vocabulary import Code
from server import bulk
from server.badges import signing_keys
from server.badges.issue import issue_badges
from server.badges.rotate import KeyChange
from server.badges.signing_keys import all_keys, signing_key, verifying_keys
from server.keys import make_badge_key, read_badge_keys
from server.limits import BADGE_KEYS_MAX
from server.models.badge import Badge
from sync import badge
from sync.errors import Refused
from tests.server.badges.builders import NOW_MS, Pen
from tests.server.imports.desk import Desk, open_desk

DAY_MS = 86_400_000
YEAR_MS = 366 * DAY_MS


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path)
    opened.give("volunteers", "number,name\nV1,欧阳𬭎\nV2,李四\n")
    (tmp_path / "keys").mkdir()
    yield opened
    opened.database.close()


class Centre:
    """A centre with one key that has always signed."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.folder = desk.folder / "keys"
        self.pen = Pen()
        with desk.database.write_facts() as connection:
            signing_keys.begin(connection, self.pen.key, make_badge_key(self.folder))

    def change(self, now_ms: int = NOW_MS) -> KeyChange:
        self.pen.at_ms = now_ms
        return KeyChange(self.desk.database, self.folder, now_ms, self.pen.key)

    def issue(self, number: str, now_ms: int) -> badge.Badge:
        """Issue a badge and read it with the keys that kiosks are told."""
        with self.desk.database.write_facts() as connection:
            keys = read_badge_keys(self.folder)
            (issued,) = issue_badges(connection, keys, [number], now_ms=now_ms)
            return badge.verify(issued.text, verifying_keys(connection))

    def kiosk_keys(self) -> dict[bytes, bytes]:
        with self.desk.database.read() as connection:
            return verifying_keys(connection)

    def signing(self, now_ms: int) -> str:
        with self.desk.database.read() as connection:
            return signing_key(connection, now_ms).id.hex()


@pytest.fixture
def centre(desk: Desk) -> Centre:
    return Centre(desk)


def test_a_new_key_is_told_at_once_and_signs_later(centre: Centre) -> None:
    old = centre.signing(NOW_MS)
    takes_over = NOW_MS + 14 * DAY_MS
    done = centre.change().rotate(takes_over)
    assert (done.already, done.from_ms) == (False, takes_over)
    assert {key.hex() for key in centre.kiosk_keys()} == {old, done.key}
    assert centre.signing(takes_over - 1) == old
    assert centre.signing(takes_over) == done.key
    assert centre.issue("V1", takes_over - 1).key.hex() == old
    assert centre.issue("V2", takes_over).key.hex() == done.key
    assert centre.issue("V1", takes_over).key.hex() == old  # it stands, and is printed as it was


def test_a_key_that_is_announced_stays_the_next_one(centre: Centre) -> None:
    first = centre.change().rotate(NOW_MS + 14 * DAY_MS)
    again = centre.change(NOW_MS + 1).rotate(NOW_MS + 15 * DAY_MS)
    assert (again.key, again.from_ms, again.already) == (first.key, first.from_ms, True)
    at_once = centre.change(NOW_MS + 2).rotate(NOW_MS + 2)
    assert (at_once.key, at_once.from_ms, at_once.already) == (first.key, NOW_MS + 2, False)
    assert centre.signing(NOW_MS + 2) == first.key
    assert len(list(centre.folder.glob("*.key"))) == 2


def test_an_old_key_retires_when_its_last_badge_has_expired(centre: Centre) -> None:
    old = centre.signing(NOW_MS)
    centre.issue("V1", NOW_MS)
    second = centre.change().rotate(NOW_MS)
    later = NOW_MS + YEAR_MS
    assert centre.change(later).rotate(later).retired == []
    assert old in {key.hex() for key in centre.kiosk_keys()}
    end = NOW_MS + 3 * YEAR_MS
    assert set(centre.change(end).rotate(end).retired) >= {old, second.key} - {centre.signing(end)}
    assert old not in {key.hex() for key in centre.kiosk_keys()}
    assert centre.issue("V1", end).serial == 2


def test_badges_of_a_withdrawn_key_stop_verifying_and_are_issued_anew(centre: Centre) -> None:
    old = centre.signing(NOW_MS)
    centre.issue("V1", NOW_MS)
    centre.issue("V2", NOW_MS)
    done = centre.change().withdraw(old, "被盗")
    assert (done.badges, done.people, done.already) == (2, ["V1", "V2"], False)
    assert done.signing != old
    assert {key.hex() for key in centre.kiosk_keys()} == {done.signing}
    fresh = centre.issue("V1", NOW_MS + 1)
    assert (fresh.serial, fresh.key.hex()) == (2, done.signing)
    again = centre.change(NOW_MS + 5).withdraw(old, "被盗")
    assert (again.already, again.from_ms) == (True, NOW_MS)
    assert len(list(centre.folder.glob("*.key"))) == 2


def test_withdrawing_brings_the_next_key_forward(centre: Centre) -> None:
    coming = centre.change().rotate(NOW_MS + 14 * DAY_MS)
    done = centre.change(NOW_MS + 1).withdraw(centre.signing(NOW_MS), "被盗")
    assert done.signing == coming.key


def test_a_withdrawn_next_key_never_signs(centre: Centre) -> None:
    old = centre.signing(NOW_MS)
    coming = centre.change().rotate(NOW_MS + DAY_MS)
    assert centre.change().withdraw(coming.key, "误发").signing == old
    assert centre.signing(NOW_MS + 2 * DAY_MS) == old


@pytest.mark.parametrize("key", ["", "00000000", "../badge", "\udcff"])
def test_a_key_that_was_never_ours_cannot_be_withdrawn(centre: Centre, key: str) -> None:
    with pytest.raises(Refused) as refused:
        centre.change().withdraw(key, "x")
    assert refused.value.code == Code.NOT_FOUND


def test_kiosks_are_not_burdened_with_ever_more_keys(centre: Centre) -> None:
    for n in range(BADGE_KEYS_MAX):
        with centre.desk.database.write_facts() as connection:  # so that none can retire
            newest = all_keys(connection)[-1].id
            bulk.insert(connection, Badge, [(f"X{n}", 1, newest, 0, 2**32 - 1, 0)])
        if n + 1 < BADGE_KEYS_MAX:
            centre.change(NOW_MS + n).rotate(NOW_MS + n)
    with pytest.raises(Refused) as refused:
        centre.change(NOW_MS + 99).rotate(NOW_MS + 99)
    assert refused.value.code == Code.BAD_FIELD


def test_every_key_is_a_file_for_its_owner_alone(centre: Centre) -> None:
    done = centre.change().rotate(NOW_MS)
    assert (centre.folder / f"badge-{done.key}.key").stat().st_mode & 0o077 == 0


def test_what_is_said_of_keys_is_said_to_the_central_log(centre: Centre) -> None:
    done = centre.change().rotate(NOW_MS + 7)
    centre.change().withdraw(done.key, "误发")
    assert [(state, from_ms, reason) for _, state, from_ms, reason in centre.pen.said] == [
        ("signing", 0, ""), ("signing", NOW_MS + 7, ""), ("withdrawn", NOW_MS, "误发"),
    ]  # fmt: skip
