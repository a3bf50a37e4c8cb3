"""Badges: the same bytes at every print, readable, and another serial after a revocation."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image
from sqlalchemy import Connection

from schemas.vocabulary import Code
from server.badges.draw import draw_badge
from server.badges.issue import lifetime
from server.badges.job import Replace
from server.badges.print_badges import print_badges
from server.badges.revoke import Revoked, revoke_badge
from server.badges.wanted import Printed
from server.books.dates import iso_time
from server.limits import REISSUE_AGAIN_MS
from server.people.reference import load_reference
from server.reconcile.facts import Revocation
from sync import badge
from sync.errors import Refused
from tests.qr import qr_codes
from tests.server.badges.builders import KEY, KEYS, NOW_MS, Pen, announce, job
from tests.server.imports.desk import Desk, open_desk

YEAR_MS = 366 * 86_400_000


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = open_desk(tmp_path)
    opened.give("volunteers", "number,name\nV1,欧阳𬭎\nV2,李四\n12345678901234567890,长\n")
    yield opened
    opened.database.close()


def show(
    desk: Desk, people: list[str] | None, now_ms: int = NOW_MS, key: Ed25519PrivateKey = KEY
) -> Printed:
    out = desk.folder / "out"
    return print_badges(job(desk, people, now_ms, key), out)


def read(desk: Desk, number: str) -> badge.Badge:
    (found,) = qr_codes(Image.open(desk.folder / "out" / f"{number}.png"))
    return badge.verify(found.text, KEYS)


def revoke(desk: Desk, number: str, now_ms: int = NOW_MS) -> Revoked:
    said: list[tuple[str, int, int, str]] = []

    def append(_connection: Connection, *what: object) -> bytes:
        said.append(what)  # type: ignore[arg-type] # as the port says
        return bytes([len(desk.changes)]) * 32

    done = revoke_badge(
        desk.database, number, "遗失", now_ms=now_ms, append=append, queue_people=desk.queue
    )
    assert said == ([] if done.already else [(number, done.serial, now_ms, "遗失")])
    return done


def test_a_folder_gets_exactly_one_picture_a_person(desk: Desk) -> None:
    printed = show(desk, ["V1", "V2", "V1"])
    assert printed.printed == 2
    assert sorted(f.name for f in (desk.folder / "out").iterdir()) == ["V1.png", "V2.png"]


def test_a_picture_is_read_and_verified(desk: Desk) -> None:
    show(desk, ["V1"])
    found = read(desk, "V1")
    assert (found.number, found.serial) == ("V1", 1)
    assert iso_time(found.issued_s * 1000) == "2022-04-01T00:00:00.000+08:00"
    assert iso_time(found.expires_s * 1000) == "2024-04-01T23:59:59.000+08:00"


def test_printing_again_years_of_days_later_gives_the_same_bytes(desk: Desk) -> None:
    show(desk, ["V1"])
    first = (desk.folder / "out" / "V1.png").read_bytes()
    (desk.folder / "out" / "V1.png").unlink()
    show(desk, ["V1"], NOW_MS + YEAR_MS)
    assert (desk.folder / "out" / "V1.png").read_bytes() == first
    assert len(desk.rows("SELECT * FROM badge")) == 1


@pytest.mark.parametrize("number", ["1", "V-1", "12345678901234567890", "W" * 20])
def test_the_code_stays_small_with_a_quiet_zone_and_the_number_beneath(
    desk: Desk, number: str
) -> None:
    text = badge.issue(KEY, number=number, serial=65_535, issued_s=0, expires_s=2**32 - 1)
    file = desk.folder / "x.png"
    file.write_bytes(draw_badge(text, number))
    picture = Image.open(file)
    (found,) = qr_codes(picture)
    assert found.text == text
    assert int(found.extra["Version"]) <= 8
    assert found.extra["ECLevel"] == "M"
    side = picture.width
    assert picture.crop((0, 0, side, 40)).getextrema() == (255, 255)
    assert picture.crop((0, 0, 40, side)).getextrema() == (255, 255)
    beneath = picture.crop((0, side, side, picture.height))
    assert beneath.getextrema()[0] == 0
    assert beneath.crop((0, 0, 10, beneath.height)).getextrema() == (255, 255)


def test_a_demos_badge_says_so_below_the_number_and_reads_the_same(desk: Desk) -> None:
    text = badge.issue(KEY, number="V1", serial=1, issued_s=0, expires_s=2**32 - 1)
    real, demo = (
        Image.open(BytesIO(draw_badge(text, "V1", is_demo=is_demo))) for is_demo in (False, True)
    )
    assert demo.crop((0, 0, *real.size)).tobytes() == real.tobytes()
    below = demo.crop((0, real.height, demo.width, demo.height))
    for half in (below.crop((0, 0, below.width // 2, below.height)), below):
        assert half.histogram()[0] > 1_000, "演示, DEMO"
    assert [code.text for code in qr_codes(demo)] == [text]


def test_a_picture_survives_being_printed_small(desk: Desk) -> None:
    show(desk, ["12345678901234567890"])
    picture = Image.open(desk.folder / "out" / "12345678901234567890.png")
    small = picture.resize((picture.width // 3, picture.height // 3))
    assert len(qr_codes(small)) == 1


def test_numbers_of_nobody_are_listed_and_harm_nothing(desk: Desk) -> None:
    printed = show(desk, ["V404", "V1", "../V1", "", "\udcff", "x" * 1_000])
    assert printed.printed == 1
    assert printed.unknown == ["V404", "../V1", "", "?", "x" * 20]
    assert [f.name for f in desk.folder.glob("**/*.png")] == ["V1.png"]


def test_everybody_can_be_printed(desk: Desk) -> None:
    assert show(desk, None).printed == 3


def test_after_a_revocation_the_next_print_has_the_next_serial(desk: Desk) -> None:
    show(desk, ["V1"])
    assert revoke(desk, "V1") == Revoked("V1", 1, already=False)
    assert desk.queued[-1] == "V1"
    show(desk, ["V1"])
    assert read(desk, "V1").serial == 2
    with desk.database.read() as connection:
        assert load_reference(connection, ["V1"]).revocations("V1") == (Revocation(1, NOW_MS),)


def test_revoking_again_changes_nothing(desk: Desk) -> None:
    show(desk, ["V1"])
    revoke(desk, "V1")
    assert revoke(desk, "V1", NOW_MS + 5).already
    assert len(desk.rows("SELECT * FROM badge_revocation")) == 1


@pytest.mark.parametrize("number", ["V2", "V404", "", "../x", "\udcff"])
def test_what_was_never_issued_cannot_be_revoked(desk: Desk, number: str) -> None:
    with pytest.raises(Refused):
        revoke(desk, number)


def test_an_expired_badge_and_one_of_another_key_are_issued_anew(desk: Desk) -> None:
    show(desk, ["V1"])
    later = NOW_MS + 3 * YEAR_MS
    show(desk, ["V1"], later)
    assert read(desk, "V1").serial == 2
    other = Ed25519PrivateKey.generate()
    announce(desk, other, 1)
    assert show(desk, ["V1"], later, other).badges[0].serial == 3


def test_a_badge_of_an_older_key_that_verifies_is_printed_again_as_it_was(desk: Desk) -> None:
    show(desk, ["V1"])
    before = (desk.folder / "out" / "V1.png").read_bytes()
    both = job(desk, ["V1", "V2"], NOW_MS, KEY, Ed25519PrivateKey.generate())
    print_badges(both, desk.folder / "out")
    assert (desk.folder / "out" / "V1.png").read_bytes() == before
    keys = dict(desk.rows("SELECT number, key FROM badge"))
    assert keys["V1"] != keys["V2"]


def test_without_the_private_key_that_signs_nothing_is_issued(desk: Desk) -> None:
    announce(desk, Ed25519PrivateKey.generate(), 1)
    with pytest.raises(Refused) as refused:
        show(desk, ["V1"])
    assert refused.value.code == Code.NOT_FOUND
    assert desk.rows("SELECT * FROM badge") == []


def reissue(desk: Desk, people: list[str], now_ms: int, pen: Pen) -> Printed:
    replace = Replace("遗失", pen.revocation, desk.queue)
    return print_badges(job(desk, people, now_ms, replace=replace), desk.folder / "out")


def test_a_reissue_revokes_what_there_is_and_prints_the_next(desk: Desk) -> None:
    show(desk, ["V1"])
    pen = Pen()
    printed = reissue(desk, ["V1", "V2", "V404"], NOW_MS + 1, pen)
    assert (printed.replaced, printed.unknown) == (1, ["V404"])
    assert [(b.number, b.serial) for b in printed.badges] == [("V1", 2), ("V2", 1)]
    assert pen.said == [("V1", 1, NOW_MS + 1, "遗失")]
    assert desk.queued[-1] == "V1"
    assert read(desk, "V1").serial == 2


def test_a_reissue_again_within_ten_minutes_prints_the_same_and_later_another(desk: Desk) -> None:
    show(desk, ["V1"])
    pen = Pen()
    reissue(desk, ["V1"], NOW_MS, pen)
    again = reissue(desk, ["V1"], NOW_MS + REISSUE_AGAIN_MS - 1, pen)
    assert (again.replaced, again.badges[0].serial) == (0, 2)
    later = reissue(desk, ["V1"], NOW_MS + REISSUE_AGAIN_MS, pen)
    assert (later.replaced, later.badges[0].serial) == (1, 3)
    assert [what[1] for what in pen.said] == [1, 2]


def test_a_reissue_again_to_somebody_who_had_none_keeps_the_one_just_printed(desk: Desk) -> None:
    pen = Pen()
    times = (NOW_MS, NOW_MS + 1, NOW_MS + REISSUE_AGAIN_MS - 1)
    first, *again = (reissue(desk, ["V1"], at_ms, pen) for at_ms in times)
    assert [one.replaced for one in (first, *again)] == [0, 0, 0]
    assert (pen.said, [one.badges[0].serial for one in again]) == ([], [1, 1])
    later = reissue(desk, ["V1"], NOW_MS + REISSUE_AGAIN_MS, pen)
    assert (later.replaced, later.badges[0].serial) == (1, 2)


def test_a_reissue_that_fails_revokes_nothing(desk: Desk) -> None:
    show(desk, ["V1"])
    announce(desk, Ed25519PrivateKey.generate(), 1)
    replace = Replace("遗失", Pen().revocation, desk.queue)
    with pytest.raises(Refused):
        print_badges(job(desk, ["V1"], replace=replace), desk.folder / "out")
    assert desk.rows("SELECT * FROM badge_revocation") == []


def test_a_badge_of_the_leap_day_ends_in_february() -> None:
    _, expires_s = lifetime(1_709_164_800_000, 2)  # 2024-02-29T08:00+08:00
    assert iso_time(expires_s * 1000) == "2026-02-28T23:59:59.000+08:00"
