"""The exact bytes of an entry: what is understood, what is kept as strange, and that nothing raises (I3)."""

import random
import struct
from collections.abc import Callable
from typing import Any

import msgpack
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.central_entry import (
    Accept,
    Answer,
    ClosePeriod,
    Correct,
    Cover,
    Decide,
    Merge,
    Unmerge,
)
from schemas.entry import (
    Anchor,
    Attest,
    BadgeKey,
    Boot,
    Enrol,
    Entry,
    Frontier,
    Handout,
    Handover,
    Note,
    RevokeBadge,
    RevokeLog,
    Set,
    Succeed,
    Void,
    WalkIn,
)
from schemas.limits import (
    COVER_RANGES_MAX,
    DECISION_INTERVALS_MAX,
    DECISION_OTHERS_MAX,
    ENTRY_BYTES_MAX,
    ENTRY_DEPTH_MAX,
    SAFE_INTEGER_MAX,
    WHY_CHARS_MAX,
)
from schemas.vocabulary import Code
from sync import canonical
from sync.canonical import Strange
from sync.errors import Refused
from tests.sync.builders import BOOT, make_scan

SCAN = make_scan()
SCAN_BYTES = canonical.encode(SCAN)
SCAN_FIELDS: list[Any] = msgpack.unpackb(SCAN_BYTES)

ONE_OF_EACH: list[Entry] = [
    SCAN,
    Boot(BOOT, 1, 2, "red-vest 1.0", "boottime"),
    Anchor(BOOT, 1, -2, "epoch", bytes(16), 3, 4, 5, bytes(64)),
    Frontier(BOOT, 1, 2, 3),
    Enrol(BOOT, 1, 2, "a" * 32, "S1", "", 0, 0),
    Set(BOOT, 1, 2, "volunteers", 3, bytes(32), "管理员"),
    RevokeBadge(BOOT, 1, 2, "N1", 3, 4, "lost"),
    BadgeKey(BOOT, 1, 2, bytes(32), "signing", 3, ""),
    RevokeLog(BOOT, 1, 2, "a" * 32, 3, bytes(32), 4, "stolen", "admin"),
    Succeed(BOOT, 1, 2, "a" * 32, 3, bytes(32), bytes(64)),
    Void(BOOT, 1, 2, 3, bytes(32), "", ""),
    Attest(BOOT, 1, 2, "out", "N1", 3, "", "lead", b"", "N2", "forgot"),
    WalkIn(BOOT, 1, 2, "T-1", "", bytes(70), "v_one", ""),
    Handout(BOOT, 1, 2, "N1", "口罩", -1, ""),
    Handover(BOOT, 1, 2, "N1", "N2", 3, ""),
    Note(BOOT, 1, 2, "remark", "", b"", "𬭎", ""),
    Decide(
        BOOT, 1, 2, "N1", bytes(32), "S1", "", "approve", ((3, 4, 0),), b"", "B4", "", "N2", "lead"
    ),
    Merge(BOOT, 1, 2, "N1", "N2", "", "N3"),
    Unmerge(BOOT, 1, 2, bytes(32), "", "N3"),
    Accept(BOOT, 1, 2, "T-1", "N1", "", "N3"),
    Cover(BOOT, 1, 2, (("a" * 32, 1, 2, bytes(32)),)),
    ClosePeriod(
        *(
            BOOT,
            1,
            2,
            "S1",
            202_611,
            3,
            bytes(32),
            1,
            bytes(32),
            2,
            bytes(32),
            1,
            1,
            2,
            0,
            0,
            0,
            0,
            0,
        ),
        *(1, "", "N3"),
    ),
    Correct(BOOT, 1, 2, "N1", "", b"", 0, 0, 1, b"", ""),
    Answer(BOOT, 1, 2, bytes(32), "agreed", b"", "", "N3"),
]


@pytest.mark.parametrize(
    "intervals",
    [
        [[1, 2]],
        [[1, 2, 3]],
        [[1, 2, 0, 0]],
        [[-1, 2, 0]],
        [1, 2, 0],
        [[1, 2, 0]] * 25,
        [[1, b"", 0]],
    ],
)
def test_an_interval_out_of_its_bounds_makes_a_decision_strange(intervals: list[Any]) -> None:
    decide = next(entry for entry in ONE_OF_EACH if isinstance(entry, Decide))
    fields = msgpack.unpackb(canonical.encode(decide))
    fields[9] = intervals
    assert canonical.understand(msgpack.packb(fields)) == Strange(Code.BAD_FIELD, "decide")


def test_the_largest_decision_and_the_largest_cover_fit_an_entry() -> None:
    full = bytes([255] * 32)
    parts = tuple((2**31, 2**31, 2) for _ in range(DECISION_INTERVALS_MAX))
    number, why = "N" * 20, "𬭎" * WHY_CHARS_MAX
    canonical.encode(
        Decide(
            *(
                BOOT,
                2**40,
                -(2**50),
                number,
                full,
                number,
                number,
                "approve",
                parts,
                full,
                "B17",
                why,
                number,
                "reviewer",
            ),
            *(number, full, full[:16], (full,) * DECISION_OTHERS_MAX),
        )
    )
    held = ("a" * 32, SAFE_INTEGER_MAX, SAFE_INTEGER_MAX, full)
    canonical.encode(Cover(BOOT, 2**40, -(2**50), (held,) * COVER_RANGES_MAX))


integers = st.integers(-SAFE_INTEGER_MAX, SAFE_INTEGER_MAX)
leaves = integers | st.binary(max_size=40) | st.text(st.characters(codec="utf-8"), max_size=40)
arrays_2 = st.lists(leaves, max_size=4)
arrays_3 = st.lists(leaves | arrays_2, max_size=4)
fields = st.lists(leaves | arrays_2 | arrays_3, max_size=8)
kinds = st.sampled_from(["scan", "boot", "anchor", "later_kind", "", "类"]) | st.text(
    st.characters(codec="utf-8"), max_size=40
)


def pack(value: object) -> bytes:
    """The canonical bytes by another library than ours."""
    packed: bytes = msgpack.packb(value, use_bin_type=True)
    return packed


def changed(at: int, value: object) -> bytes:
    """A scan with one field replaced."""
    out = list(SCAN_FIELDS)
    out[at] = value
    return pack(out)


def code_of(body: bytes) -> Code | None:
    """Why these bytes are strange, or None."""
    found = canonical.understand(body)
    return found.code if isinstance(found, Strange) else None


@pytest.mark.parametrize("entry", ONE_OF_EACH, ids=lambda e: type(e).__name__)
def test_an_entry_of_each_kind_comes_back_from_its_bytes(entry: Entry) -> None:
    body = canonical.encode(entry)
    assert canonical.understand(body) == entry
    assert body == pack(msgpack.unpackb(body)), "another library writes the same bytes"


@given(kinds, fields)
def test_any_canonical_entry_survives(kind: str, rest: list[Any]) -> None:
    found = canonical.understand(pack([kind, *rest]))
    if isinstance(found, Strange):
        assert found.code in (Code.UNKNOWN_KIND, Code.BAD_FIELD)


@given(fields)
def test_an_entry_of_a_later_kind_is_strange_and_names_its_kind(rest: list[Any]) -> None:
    assert canonical.understand(pack(["later_kind", *rest])) == Strange(
        Code.UNKNOWN_KIND, "later_kind"
    )


@given(st.lists(leaves | arrays_2, min_size=1, max_size=4))
def test_fields_behind_those_we_know_survive_and_the_entry_is_understood(more: list[Any]) -> None:
    assert canonical.understand(pack([*SCAN_FIELDS, *more])) == SCAN


def test_an_entry_without_its_optional_last_fields_is_understood() -> None:
    assert canonical.understand(pack(SCAN_FIELDS[:-2])) == SCAN


def test_a_known_kind_with_too_few_fields_is_strange_alone() -> None:
    assert code_of(pack(SCAN_FIELDS[:10])) == Code.BAD_FIELD


@settings(max_examples=300)
@given(st.binary(max_size=80))
def test_arbitrary_bytes_never_raise(body: bytes) -> None:
    canonical.understand(body)


def test_altered_bytes_of_an_entry_never_raise() -> None:
    chance = random.Random(7)
    for _ in range(5_000):
        body = bytearray(SCAN_BYTES)
        for _ in range(chance.randint(1, 4)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        canonical.understand(bytes(body))


def with_kind(raw: bytes) -> bytes:
    """An entry of an unknown kind with one field, whose bytes are given."""
    return b"\x92\xa5later" + raw


NOT_PLAIN: list[tuple[str, bytes]] = [
    ("nil", b"\xc0"),
    ("false", b"\xc2"),
    ("true", b"\xc3"),
    ("float32", b"\xca" + struct.pack(">f", 1.5)),
    ("float64", b"\xcb" + struct.pack(">d", 1.0)),
    ("nan", b"\xcb" + struct.pack(">d", float("nan"))),
    ("empty map", b"\x80"),
    ("map", b"\x81\x01\x02"),
    ("map with a map as key", b"\x81\x81\x01\x02\x03"),
    ("map with the same key twice", b"\x82\x01\x02\x01\x03"),
    ("ext", b"\xd4\x05\x00"),
    ("time stamp", b"\xd6\xff\x00\x00\x00\x01"),
    ("time stamp out of range", b"\xd7\xff" + b"\xff" * 8),
    ("never used", b"\xc1"),
    ("2**64 - 1", b"\xcf" + b"\xff" * 8),
    ("2**53", b"\xcf" + struct.pack(">Q", 2**53)),
    ("-(2**53)", b"\xd3" + struct.pack(">q", -(2**53))),
    ("array of the largest length", b"\xdd\xff\xff\xff\xff"),
    ("map of the largest length", b"\xdf\xff\xff\xff\xff"),
    ("bytes of the largest length", b"\xc6\xff\xff\xff\xff"),
    ("invalid utf-8", b"\xa2\xc3\x28"),
    ("overlong utf-8", b"\xa2\xc0\xaf"),
    ("encoded surrogate", b"\xa3\xed\xa0\x80"),
    ("beyond U+10FFFF", b"\xa4\xf4\x90\x80\x80"),
]


@pytest.mark.parametrize(("name", "raw"), NOT_PLAIN, ids=[name for name, _ in NOT_PLAIN])
def test_what_is_no_integer_bytes_text_or_array_is_malformed(name: str, raw: bytes) -> None:
    assert code_of(with_kind(raw)) == Code.MALFORMED
    assert code_of(b"\xdc\x00\x10" + SCAN_BYTES[1:] + raw) == Code.MALFORMED, "as a trailing field"


LONG_FORMS: list[tuple[str, bytes]] = [
    ("1 in two bytes", b"\xcc\x01"),
    ("1 in three bytes", b"\xcd\x00\x01"),
    ("1 in five bytes", b"\xce\x00\x00\x00\x01"),
    ("1 in nine bytes", b"\xcf" + bytes(7) + b"\x01"),
    ("1 as signed", b"\xd0\x01"),
    ("128 as signed", b"\xd1\x00\x80"),
    ("-1 in two bytes", b"\xd0\xff"),
    ("text with a long length", b"\xd9\x01a"),
    ("text with a longer length", b"\xda\x00\x01a"),
    ("bytes with a long length", b"\xc5\x00\x01a"),
    ("bytes with a longer length", b"\xc6\x00\x00\x00\x01a"),
    ("array with a long length", b"\xdc\x00\x01\x01"),
    ("array with a longer length", b"\xdd\x00\x00\x00\x01\x01"),
]


@pytest.mark.parametrize(("name", "raw"), LONG_FORMS, ids=[name for name, _ in LONG_FORMS])
def test_anything_but_the_shortest_form_is_not_canonical(name: str, raw: bytes) -> None:
    assert code_of(with_kind(raw)) == Code.NOT_CANONICAL


def test_a_known_kind_in_a_longer_form_is_not_canonical() -> None:
    assert code_of(b"\xdd\x00\x00\x00\x10" + SCAN_BYTES[3:]) == Code.NOT_CANONICAL
    assert code_of(SCAN_BYTES[:3] + b"\xd9\x04" + SCAN_BYTES[4:]) == Code.NOT_CANONICAL


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x90",
        b"\x91\x01",
        b"\x91\xc4\x04scan",
        b"\xa4scan",
        b"\x01",
        b"\x80",
        b"\x91\x91\xa1a",
    ],
)
def test_what_does_not_begin_with_its_kind_is_malformed(body: bytes) -> None:
    assert code_of(body) == Code.MALFORMED


def test_bytes_behind_an_entry_are_malformed() -> None:
    assert code_of(SCAN_BYTES + b"\x01") == Code.MALFORMED
    assert code_of(SCAN_BYTES[:-1]) == Code.MALFORMED


def nested(depth: int) -> bytes:
    """An entry of an unknown kind, `depth` arrays deep with its own."""
    return with_kind(b"\x91" * (depth - 2) + b"\x90")


def test_arrays_nest_to_the_bound_and_not_beyond() -> None:
    assert code_of(nested(ENTRY_DEPTH_MAX)) == Code.UNKNOWN_KIND
    assert code_of(nested(ENTRY_DEPTH_MAX + 1)) == Code.MALFORMED
    for depth in (100, 1_000, 1_500, ENTRY_BYTES_MAX - 10, 500_000):
        assert code_of(nested(depth)) == Code.MALFORMED


def test_integers_reach_exactly_as_far_as_every_language_reads_them() -> None:
    assert code_of(pack(["later", SAFE_INTEGER_MAX, -SAFE_INTEGER_MAX])) == Code.UNKNOWN_KIND
    assert code_of(changed(2, SAFE_INTEGER_MAX)) is None
    assert code_of(changed(2, SAFE_INTEGER_MAX + 1)) == Code.MALFORMED


BAD_FIELDS: list[tuple[int, object]] = [
    (1, b"\x01" * 7),
    (1, b"\x01" * 9),
    (1, "\x01" * 8),
    (2, -1),
    (4, "inn"),
    (4, "in\n"),
    (4, ""),
    (4, b"in"),
    (5, 2),
    (6, "Card"),
    (6, "card\n"),
    (6, "a" * 33),
    (7, "good\nP\n"),
    (7, "go\x00d"),
    (8, "P 1"),
    (8, "P" * 21),
    (8, "P-1\n"),
    (9, "CS000001\n"),
    (9, "志愿者"),
    (9, "１２３"),
    (9, "a" * 21),
    (9, b"CS000001"),
    (9, 7),
    (9, []),
    (10, b"\x01" * 5),
    (11, 65_536),
    (12, -1),
    (13, bytes(1_025)),
    (14, bytes(17)),
]


@pytest.mark.parametrize(("at", "value"), BAD_FIELDS, ids=str)
def test_a_field_out_of_its_bounds_makes_the_entry_strange(at: int, value: object) -> None:
    assert canonical.understand(changed(at, value)) == Strange(Code.BAD_FIELD, "scan")


@pytest.mark.parametrize(
    ("at", "value"),
    [
        *(
            (9, ""),
            (9, "a" * 20),
            (9, "A-9-z"),
            (8, ""),
            (8, "0"),
            (6, ""),
            (6, "a" * 32),
            (6, "later_way"),
        ),
        *((10, b""), (11, 0), (11, 65_535), (13, bytes(1_024)), (14, bytes(16)), (3, -5)),
    ],
    ids=str,
)
def test_a_field_at_its_bound_is_understood(at: int, value: object) -> None:
    assert code_of(changed(at, value)) is None


@pytest.mark.parametrize("end", ["\n", "\x00", "\n\n"])
def test_no_pattern_lets_a_line_break_or_nul_stand_behind_a_text(end: str) -> None:
    others = [
        ["enrol", BOOT, 1, 2, "a" * 32 + end, "S1", "", 0, 0],
        ["enrol", BOOT, 1, 2, "a" * 32, "S1" + end, "", 0, 0],
        ["enrol", BOOT, 1, 2, "a" * 32, "S1", "P1" + end, 0, 0],
        ["set", BOOT, 1, 2, "teams" + end, 3, bytes(32), "x"],
        ["revoke_badge", BOOT, 1, 2, "N1" + end, 3, 4, "lost"],
        ["revoke_log", BOOT, 1, 2, "a" * 32 + end, 3, bytes(32), 4, "lost", ""],
        ["boot", BOOT, 1, 2, "v", "boottime" + end],
        ["boot", BOOT, 1, 2, "v\x00" + end, "boottime"],
    ]
    for value in others:
        assert code_of(pack(value)) == Code.BAD_FIELD, value


def test_the_wall_clock_is_the_monotonic_clock_and_its_lead() -> None:
    assert Frontier(BOOT, 5, -7, 0).wall_ms == -2


def test_a_scan_with_texts_out_of_bounds_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="who"):
        make_scan(who="张三")


BAD_ENTRIES: list[Callable[[], Entry]] = [
    lambda: Boot(BOOT, 1, 2, "v\x00", "boottime"),
    lambda: Boot(BOOT, 1, 2, "v", "BOOTTIME"),
    lambda: Boot(BOOT, 1, 2, "\ud800", "boottime"),
    lambda: Boot(BOOT, 2**64, 2, "v", "boottime"),
    lambda: Frontier(BOOT, -1, 2, 3),
    lambda: Frontier(BOOT[:7], 1, 2, 3),
    lambda: make_scan(code=bytes(1_025)),
    lambda: Boot(BOOT, 1, 2, object(), "x"),  # type: ignore[arg-type] # that is the point
]


@pytest.mark.parametrize("make", BAD_ENTRIES)
def test_nobody_writes_an_entry_that_could_not_be_understood(make: Callable[[], Entry]) -> None:
    with pytest.raises(Refused) as caught:
        canonical.encode(make())
    assert caught.value.code == Code.BAD_FIELD


def test_every_kind_at_its_largest_fits_the_bound_of_an_entry() -> None:
    largest = Set(BOOT, 1, 2, "volunteers", 3, bytes(32), "管" * 400)
    assert len(canonical.encode(largest)) < ENTRY_BYTES_MAX
    reason = RevokeBadge(BOOT, 1, 2, "N1", 1, 3, "\U00020000" * 400)
    assert len(canonical.encode(reason)) < ENTRY_BYTES_MAX


def test_an_unknown_kind_is_named_without_control_characters() -> None:
    found = canonical.understand(pack(["evil\n\x1b[31m" + "x" * 100]))
    assert isinstance(found, Strange)
    assert found.detail.isprintable()
    assert len(found.detail) < 100


def test_understanding_agrees_with_a_plain_decoder_on_every_kind() -> None:
    for entry in ONE_OF_EACH:
        body = canonical.encode(entry)
        plain = msgspec.msgpack.decode(body)
        assert plain[0] == entry.__struct_config__.tag
        assert plain[1:] == as_lists(msgspec.structs.astuple(entry))


def as_lists(value: object) -> object:
    """Tuples as a plain decoder gives them."""
    return [as_lists(item) for item in value] if isinstance(value, tuple) else value
