"""Slips: one entry that proves itself, short enough for a QR code."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec
import pytest
import qrcode
from hypothesis import given
from hypothesis import strategies as st

from schemas.limits import ENTRY_BYTES_MAX, SLIP_BYTES_MAX
from schemas.vocabulary import Code
from sync import batch, canonical
from sync.errors import Refused
from sync.slip import read_slip, slip_link, write_slip
from tests.sync.builders import make_bodies, make_chain, make_key, make_scan, public_of

KEY = make_key()
BODIES = make_bodies(5)
CHAIN = make_chain(KEY, BODIES)
SLIP = write_slip(KEY, seq=4, previous=CHAIN[3], body=BODIES[3])
FIELDS = msgspec.msgpack.decode(urlsafe_b64decode(SLIP + "==="))


def text_of(raw: bytes) -> str:
    """As a slip is written."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def changed(at: int, value: object) -> str:
    """A slip with one field replaced."""
    return text_of(msgspec.msgpack.encode([*FIELDS[:at], value, *FIELDS[at + 1 :]]))


def refusal(text: str) -> Code:
    """The code with which a slip is refused."""
    with pytest.raises(Refused) as caught:
        read_slip(text)
    return caught.value.code


def test_a_slip_is_a_batch_of_one() -> None:
    found = read_slip(SLIP)
    same = batch.pack(KEY, first=4, previous=CHAIN[3], bodies=[BODIES[3]])
    assert found == batch.unpack(same)
    assert batch.repack(found) == same
    assert (found.first, found.last, found.head) == (4, 4, CHAIN[4])


def test_the_link_holds_it_where_no_browser_sends_it() -> None:
    assert slip_link("https://x.example/rv", SLIP) == f"https://x.example/rv/s#{SLIP}"
    assert set(SLIP) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")


def test_a_usual_scan_fits_a_qr_code_of_version_14() -> None:
    scan = canonical.encode(make_scan(who="A" * 20))
    slip = write_slip(KEY, seq=1_000_000, previous=CHAIN[0], body=scan)
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(slip_link("https://redvest.example.gov.cn", slip))
    code.make(fit=True)
    assert code.version <= 14, code.version


def test_the_largest_entry_has_a_slip() -> None:
    body = bytes(ENTRY_BYTES_MAX)
    slip = write_slip(KEY, seq=2**53 - 1_001, previous=CHAIN[1], body=body)
    assert read_slip(slip).bodies == [body]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Code.MALFORMED),
        (SLIP[:-1], Code.MALFORMED),
        (SLIP + "=", Code.BAD_BASE64),
        (SLIP + "\n", Code.BAD_BASE64),
        (SLIP.replace(SLIP[9], "+"), Code.BAD_BASE64),
        ("文" * 40, Code.BAD_BASE64),
        ("A" * (SLIP_BYTES_MAX * 4 // 3 + 2), Code.TOO_LARGE),
        (text_of(b"\x90"), Code.MALFORMED),
        (text_of(urlsafe_b64decode(SLIP + "===") + b"\x00"), Code.MALFORMED),
        (text_of(b"\xdc\x00\x07" + urlsafe_b64decode(SLIP + "===")[1:]), Code.NOT_CANONICAL),
        (changed(0, "batch"), Code.MALFORMED),
        (changed(1, 2), Code.MALFORMED),
        (changed(2, bytes(31)), Code.MALFORMED),
        (changed(2, public_of(make_key("other"))), Code.BAD_SIGNATURE),
        (changed(3, 0), Code.BAD_SEQUENCE),
        (changed(3, 1), Code.BAD_SEQUENCE),
        (changed(3, 5), Code.BAD_SIGNATURE),
        (changed(4, CHAIN[2]), Code.BAD_SIGNATURE),
        (changed(5, BODIES[0]), Code.BAD_SIGNATURE),
        (changed(5, bytes(ENTRY_BYTES_MAX + 1)), Code.ENTRY_TOO_LARGE),
        (changed(6, bytes(64)), Code.BAD_SIGNATURE),
    ],
)
def test_what_is_no_slip_is_refused_with_a_code(text: str, code: Code) -> None:
    assert refusal(text) is code


@given(st.integers(0, len(SLIP) - 1), st.integers(0, 127).map(chr))
def test_with_any_character_altered_it_is_refused(at: int, other: str) -> None:
    if SLIP[at] != other:
        refusal(SLIP[:at] + other + SLIP[at + 1 :])


@given(st.integers(0, len(SLIP) - 1))
def test_cut_off_anywhere_it_is_refused(length: int) -> None:
    refusal(SLIP[:length])
