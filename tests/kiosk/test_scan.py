"""What becomes of a code that is presented: it is always recorded, and says what it was found to be."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk import device
from kiosk.app import Kiosk
from kiosk.errors import Stopped
from kiosk.log import bodies, entry_at
from kiosk.scan import Recorded, scan
from kiosk.store import STORE_FILE
from kiosk.verify import verify
from schemas.entry import Boot, Scan
from schemas.limits import CODE_BYTES_MAX, CODE_TEXT_MAX
from schemas.vocabulary import Direction
from sync import badge, seal
from tests.kiosk.conftest import Run, contact
from tests.kiosk.fakes import NOON_MS, FakeClock, FakeServer

HOSTILE = Path(__file__).parents[3] / "shared" / "data" / "hostile" / "blns.txt"


def present(kiosk: Kiosk, text: str) -> Scan:
    """Scan a text and read back what is on disk."""
    recorded = scan(kiosk, text, direction=None)
    entry = entry_at(kiosk.store.db, device.require_identity(kiosk.store), recorded.head.seq)
    assert isinstance(entry, Scan)
    assert entry == recorded.scan
    return entry


def opened(server: FakeServer, entry: Scan) -> bytes:
    """Read as the centre what was sealed to it."""
    return seal.unseal(server.seal.private_bytes_raw(), entry.code, seal.CODE_INFO)


def test_a_badge_names_a_person_never_heard_of(enrolled: Kiosk, server: FakeServer) -> None:
    entry = present(enrolled, server.print_badge("V0001", serial=7, expires_s=2_000_000_000))
    assert (entry.state, entry.who, entry.how, entry.serial) == ("good", "V0001", "card", 7)
    assert (entry.expires_s, entry.code, entry.mark) == (2_000_000_000, b"", b"")


def test_what_a_hand_scanner_adds_is_not_part_of_the_badge(
    enrolled: Kiosk, server: FakeServer
) -> None:
    assert present(enrolled, server.print_badge("V1") + "\r\n").state == "good"


def test_an_expired_badge_still_names_the_person(enrolled: Kiosk, server: FakeServer) -> None:
    last_second = NOON_MS // 1000
    assert present(enrolled, server.print_badge("V1", expires_s=last_second)).state == "good"
    entry = present(enrolled, server.print_badge("V2", expires_s=last_second - 1))
    assert (entry.state, entry.who) == ("expired", "V2")


def test_a_revoked_badge_and_all_before_it_say_so(enrolled: Kiosk, server: FakeServer) -> None:
    server.revoked = {"V1": 2}
    contact(enrolled, server)
    found = [present(enrolled, server.print_badge("V1", serial=s)).state for s in (1, 2, 3)]
    assert found == ["revoked", "revoked", "good"]
    assert present(enrolled, server.print_badge("V1", serial=2)).who == "V1"


def test_a_badge_of_another_issuer_is_kept_as_it_was_read(
    enrolled: Kiosk, clock: FakeClock
) -> None:
    text = FakeServer(clock).print_badge("V1")
    entry = present(enrolled, text)
    assert (entry.state, entry.who, entry.code) == ("unknown_key", "", text[4:].encode())


def test_an_altered_badge_is_not_an_identity(enrolled: Kiosk, server: FakeServer) -> None:
    text = server.print_badge("V1")
    bad = text[:-2] + ("00" if text[-2:] != "00" else "11")
    entry = present(enrolled, bad)
    assert entry.state in ("bad_signature", "malformed")
    assert (entry.who, entry.code) == ("", bad[4:].encode())


@pytest.mark.parametrize(
    "text", ["RV1:", "RV1:???", "RV1:\x00", "RV1:汉字", "RV1:" + "A" * 4_000, "RV1:\udc80"]
)
def test_a_broken_badge_is_malformed_and_cut(enrolled: Kiosk, text: str) -> None:
    entry = present(enrolled, text)
    assert (entry.state, entry.who) == ("malformed", "")
    assert entry.code == text[4:].encode("utf-8", "surrogatepass")[:CODE_BYTES_MAX]


@pytest.mark.parametrize(
    "text",
    ["", "\x00", "\udc80\ud800", "320102199003078888", "汉" * 1_000, "rv1:A", "x" * 1_000_000],
)
def test_anything_else_is_sealed_to_the_centre(
    enrolled: Kiosk, server: FakeServer, text: str
) -> None:
    entry = present(enrolled, text)
    assert (entry.state, entry.who, entry.how) == ("not_a_badge", "", "unknown")
    assert opened(server, entry) == text.encode("utf-8", "surrogatepass")[:CODE_BYTES_MAX]
    assert len(entry.mark) == 16


def test_a_text_beyond_any_qr_code_is_kept_cut(enrolled: Kiosk, server: FakeServer) -> None:
    entry = present(enrolled, "RV1:" + "A" * CODE_TEXT_MAX)
    assert (entry.state, len(opened(server, entry))) == ("not_a_badge", CODE_BYTES_MAX)


def test_repeats_of_an_unreadable_code_show_by_their_mark(enrolled: Kiosk) -> None:
    first, again, other = (present(enrolled, "x" * 600 + end) for end in ("a", "a", "b"))
    assert first.mark == again.mark != other.mark
    assert first.code != again.code


def test_what_was_read_is_nowhere_on_the_kiosk(enrolled: Kiosk) -> None:
    present(enrolled, "张三丰 320102199003078888 13912345678")
    head = enrolled.store.db.execute("SELECT max(seq) FROM entries").fetchone()[0]
    stored = b"".join(bodies(enrolled.store.db, device.require_identity(enrolled.store), 1, head))
    for file in enrolled.home.iterdir():
        stored += file.read_bytes()
    for secret in ("张三丰", "320102199003078888", "13912345678"):
        assert secret.encode() not in stored
    assert not (enrolled.home / STORE_FILE).read_bytes().startswith(b"SQLite format 3")


def test_names_of_a_view_are_not_kept(enrolled: Kiosk, server: FakeServer) -> None:
    honest = server.rows
    named = {("name", "V1"): ["王小明"]}
    server.rows = lambda channel: honest(channel) | (named if channel == "all" else {})  # type: ignore[method-assign] # a newer server may say more
    contact(enrolled, server)
    tables = enrolled.store.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    dump = repr(
        [enrolled.store.db.execute(f"SELECT * FROM {name}").fetchall() for (name,) in tables]  # noqa: S608 - its own names
    )
    assert "S1" in dump
    assert "王小明" not in dump


def test_every_hostile_string_is_recorded(enrolled: Kiosk) -> None:
    if not HOSTILE.exists():
        pytest.skip("the outside material (shared/data/hostile) is not here")
    lines = HOSTILE.read_text(encoding="utf-8").splitlines()
    for line in lines:
        assert present(enrolled, line).state in ("not_a_badge", "malformed")
    assert not verify(enrolled, lambda _done, _total: None).faults


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(st.characters(), max_size=700), st.booleans())
def test_no_text_is_turned_away(enrolled: Kiosk, text: str, is_prefixed: bool) -> None:
    entry = present(enrolled, badge.PREFIX + text if is_prefixed else text)
    assert (entry.who, entry.state) != ("", "good")


def test_a_typed_number_says_that_it_was_typed(enrolled: Kiosk) -> None:
    entry = scan(enrolled, "V1", direction=Direction.IN, is_typed=True).scan
    assert (entry.how, entry.state, entry.who, entry.key, entry.serial) == (
        "typed",
        "typed",
        "V1",
        b"",
        0,
    )


@pytest.mark.parametrize("text", ["", "汉", "a b", "1" * 21, "V1\x00"])
def test_what_cannot_be_a_number_is_wrong_usage(run: Run, server: FakeServer, text: str) -> None:
    run("enrol", server.code(), "--server", server.url)
    head = run("status").data["head"]
    assert run("scan", text, "--typed").status == 2
    assert run("status").data["head"] == head


def test_a_code_may_begin_with_a_dash(run: Run, server: FakeServer) -> None:
    run("enrol", server.code(), "--server", server.url)
    for text in ("-1", "-", "-x", "---x"):
        ran = run("scan", text)
        assert (ran.status, ran.data["state"]) == (0, "not_a_badge")


def test_the_answer_names_the_entry(enrolled: Kiosk) -> None:
    recorded: Recorded = scan(enrolled, "x", direction=None)
    row = enrolled.store.db.execute(
        "SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    assert (recorded.head.seq, recorded.head.hash) == row
    assert recorded.log == device.require_identity(enrolled.store).log


def test_the_first_entry_of_each_boot_says_which_software_writes(
    enrolled: Kiosk, clock: FakeClock
) -> None:
    scan(enrolled, "x", direction=None)
    clock.reboot()
    recorded = scan(enrolled, "y", direction=None)
    db, own = enrolled.store.db, device.require_identity(enrolled.store)
    kinds = [type(entry_at(db, own, seq)) for seq in range(1, recorded.head.seq + 1)]
    assert kinds.count(Boot) == 2
    assert kinds[-2:] == [Boot, Scan]


def test_time_never_runs_back_within_a_boot(enrolled: Kiosk, clock: FakeClock) -> None:
    first = scan(enrolled, "x", direction=None).scan
    clock.mono_ms -= 1_000
    second = scan(enrolled, "y", direction=None).scan
    assert second.mono_ms == first.mono_ms
    assert second.wall_ms == first.wall_ms


def test_a_kiosk_without_enrolment_records_nothing(kiosk: Kiosk) -> None:
    with pytest.raises(Stopped, match="not_enrolled"):
        scan(kiosk, "x", direction=None)
