"""Badges: verified with no network, and whatever is not exactly a badge is refused with a stable code."""

import json
import random
from pathlib import Path
from typing import Any

import base45
import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from schemas.limits import BADGE_BYTES_MAX, SERIAL_MAX
from schemas.vocabulary import Code
from sync import badge, cose
from sync.badge import PREFIX, Badge
from sync.errors import Refused
from sync.ids import badge_key_id
from tests.sync.builders import VECTORS, make_key, public_of, vectors

KEY = make_key("badges")
PUBLIC = public_of(KEY)
KID = badge_key_id(PUBLIC)
KEYS = {KID: PUBLIC}
TEXT = badge.issue(
    KEY, number="CS000001", serial=3, issued_s=1_700_000_000, expires_s=1_800_000_000
)
MESSAGE: bytes = base45.b45decode(TEXT[len(PREFIX) :])
PROTECTED = cbor2.dumps({1: -8, 4: KID}, canonical=True)
CLAIMS = {2: "CS000001", 4: 1_800_000_000, 6: 1_700_000_000, 7: b"\x00\x03"}


def text_of(message: bytes) -> str:
    """The text that carries these bytes."""
    return PREFIX + base45.b45encode(message).decode()


def signed(
    payload: bytes,
    *,
    protected: bytes = PROTECTED,
    key: Ed25519PrivateKey = KEY,
    parts: Any = None,
    unprotected: Any = None,
) -> str:
    """A message signed by the real key over whatever it says (RFC 9052, 4.4)."""
    to_sign = cbor2.dumps(["Signature1", protected, b"", payload])
    body = [protected, unprotected or {}, payload, key.sign(to_sign)]
    return text_of(cbor2.dumps(cbor2.CBORTag(18, parts or body), canonical=True))


def refusal(text: str, keys: dict[bytes, bytes] | None = None) -> Code:
    """The code with which a text is refused."""
    with pytest.raises(Refused) as caught:
        badge.verify(text, KEYS if keys is None else keys)
    return caught.value.code


def test_an_issued_badge_is_verified() -> None:
    assert badge.verify(TEXT, KEYS) == Badge("CS000001", 3, 1_700_000_000, 1_800_000_000, KID)


def test_a_badge_built_by_hand_from_the_standards_is_the_same() -> None:
    assert signed(cbor2.dumps(CLAIMS, canonical=True)) == TEXT


def test_the_same_badge_issued_twice_is_the_same_text() -> None:
    again = badge.issue(
        KEY, number="CS000001", serial=3, issued_s=1_700_000_000, expires_s=1_800_000_000
    )
    assert again == TEXT


@given(
    st.from_regex("[0-9A-Za-z-]{1,20}", fullmatch=True),
    st.integers(1, SERIAL_MAX),
    st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)),
)
def test_every_badge_comes_back_and_fits(number: str, serial: int, times: tuple[int, int]) -> None:
    issued, expires = sorted(times)
    text = badge.issue(KEY, number=number, serial=serial, issued_s=issued, expires_s=expires)
    assert badge.verify(text, KEYS) == Badge(number, serial, issued, expires, KID)
    assert len(text) <= len(PREFIX) + BADGE_BYTES_MAX * 3 // 2


def test_a_badge_with_the_longest_number_takes_at_most_120_bytes() -> None:
    text = badge.issue(
        KEY, number="A" * 20, serial=SERIAL_MAX, issued_s=2**32 - 1, expires_s=2**32 - 1
    )
    assert len(base45.b45decode(text[len(PREFIX) :])) <= BADGE_BYTES_MAX == 120
    assert len(text) <= 221, "QR version 8 at level M holds 221 alphanumeric characters"
    assert set(text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


@pytest.mark.parametrize(
    "changes",
    [
        {"number": ""},
        {"number": "A" * 21},
        {"number": "A\n"},
        {"number": "志愿"},
        {"serial": 0},
        {"serial": SERIAL_MAX + 1},
        {"issued_s": -1},
        {"issued_s": 2_000_000_000},
        {"expires_s": 2**32},
    ],
    ids=str,
)
def test_a_badge_out_of_bounds_is_not_issued(changes: dict[str, Any]) -> None:
    fields: dict[str, Any] = {
        "number": "N1",
        "serial": 1,
        "issued_s": 1_700_000_000,
        "expires_s": 1_800_000_000,
    }
    with pytest.raises(Refused) as caught:
        badge.issue(KEY, **(fields | changes))
    assert caught.value.code == Code.BAD_FIELD


def test_a_badge_with_one_altered_byte_is_refused() -> None:
    codes = set()
    for at in range(len(MESSAGE)):
        for bit in range(8):
            altered = bytearray(MESSAGE)
            altered[at] ^= 1 << bit
            codes.add(refusal(text_of(bytes(altered))))
    assert codes == {Code.MALFORMED, Code.UNKNOWN_KEY, Code.BAD_SIGNATURE}


def test_a_badge_with_one_altered_character_is_refused() -> None:
    for at in range(len(TEXT)):
        for other in "0AZ :$a\n\x00Ａ":
            if TEXT[at] != other:
                refusal(TEXT[:at] + other + TEXT[at + 1 :])


def test_a_badge_cut_short_or_lengthened_is_refused() -> None:
    for length in range(len(TEXT)):
        refusal(TEXT[:length])
    for more in ("0", "00", "000", " ", "\n", TEXT, "\x00"):
        refusal(TEXT + more)
    assert refusal(text_of(MESSAGE + b"\x00")) == Code.MALFORMED


def test_an_unknown_key_is_told_from_a_bad_signature() -> None:
    assert refusal(TEXT, {}) == Code.UNKNOWN_KEY
    other = public_of(make_key("another issuer"))
    assert refusal(TEXT, {badge_key_id(other): other}) == Code.UNKNOWN_KEY
    assert refusal(TEXT, {KID: other}) == Code.BAD_SIGNATURE
    payload = cbor2.dumps(CLAIMS, canonical=True)
    assert refusal(signed(payload, key=make_key("a forger"))) == Code.BAD_SIGNATURE


@pytest.mark.parametrize(
    "header",
    [
        {1: -7, 4: KID},
        {1: -35, 4: KID},
        {1: 5, 4: KID},
        {1: 0, 4: KID},
        {1: -8.0, 4: KID},
        {1: "EdDSA", 4: KID},
        {True: -8, 4: KID},
        {1.0: -8, 4: KID},
        {1: -8},
        {4: KID},
        {},
        {1: -8, 4: KID, 3: 0},
        {1: -8, 4: KID, 2: [1]},
        {1: -8, 4: KID[:3]},
        {1: -8, 4: KID + b"\x00"},
        {1: -8, 4: KID.hex()},
        {1: -8, 4: 7},
    ],
    ids=str,
)
def test_any_other_protected_header_is_malformed_even_if_signed(header: dict[Any, Any]) -> None:
    payload = cbor2.dumps(CLAIMS, canonical=True)
    assert refusal(signed(payload, protected=cbor2.dumps(header, canonical=True))) == Code.MALFORMED


@pytest.mark.parametrize(
    "claims",
    [
        {**CLAIMS, 1: "issuer"},
        {**CLAIMS, 5: 0},
        {key: CLAIMS[key] for key in (2, 4, 6)},
        {},
        {**CLAIMS, 2: ""},
        {**CLAIMS, 2: "A" * 21},
        {**CLAIMS, 2: "张三"},
        {**CLAIMS, 2: "N1\n"},
        {**CLAIMS, 2: b"CS000001"},
        {**CLAIMS, 2: 7},
        {**CLAIMS, 4: 1.5},
        {**CLAIMS, 4: True},
        {**CLAIMS, 4: -1},
        {**CLAIMS, 4: 2**32},
        {**CLAIMS, 4: 1},
        {**CLAIMS, 6: None},
        {**CLAIMS, 7: b"\x00"},
        {**CLAIMS, 7: b"\x00\x00"},
        {**CLAIMS, 7: b"\x00\x00\x03"},
        {**CLAIMS, 7: 3},
        {2.0: "CS000001", 4: 1_800_000_000, 6: 1_700_000_000, 7: b"\x00\x03"},
        [2, 4, 6, 7],
        "claims",
        7,
    ],
    ids=str,
)
def test_any_other_claims_are_malformed_even_if_signed(claims: Any) -> None:
    text = signed(cbor2.dumps(claims, canonical=True))
    over = len(text) > len(PREFIX) + BADGE_BYTES_MAX * 3 // 2
    assert refusal(text) == (Code.TOO_LARGE if over else Code.MALFORMED)


NOT_DETERMINISTIC: list[tuple[str, bytes]] = [
    (
        "the same key twice",
        bytes.fromhex("a5") + cbor2.dumps(CLAIMS, canonical=True)[1:] + b"\x07\x42\x00\x03",
    ),
    ("keys in another order", cbor2.dumps(dict(reversed(CLAIMS.items())))),
    (
        "a long integer",
        cbor2.dumps(CLAIMS, canonical=True).replace(b"\x02\x68", b"\x18\x02\x68", 1),
    ),
    ("a long length", cbor2.dumps(CLAIMS, canonical=True).replace(b"\x68CS", b"\x78\x08CS", 1)),
    ("an indefinite map", b"\xbf" + cbor2.dumps(CLAIMS, canonical=True)[1:] + b"\xff"),
    (
        "an indefinite text",
        cbor2.dumps(CLAIMS, canonical=True).replace(b"\x68CS000001", b"\x7f\x68CS000001\xff"),
    ),
    ("bytes behind", cbor2.dumps(CLAIMS, canonical=True) + b"\x00"),
]


@pytest.mark.parametrize(
    ("name", "payload"), NOT_DETERMINISTIC, ids=[n for n, _ in NOT_DETERMINISTIC]
)
def test_claims_in_any_but_the_deterministic_form_are_malformed(name: str, payload: bytes) -> None:
    assert payload != cbor2.dumps(CLAIMS, canonical=True)
    assert refusal(signed(payload)) == Code.MALFORMED


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\xd2\x84", b"\xd8\x12\x84"),
        (b"\xd2\x84", b"\x84"),
        (b"\xd2\x84", b"\xd1\x84"),
        (b"\xd2\x84", b"\xd8\x62\x84"),
        (b"\xd2\x84", b"\xd2\xd2\x84"),
        (b"\xd2\x84", b"\xd2\x98\x04"),
        (b"\xd2\x84", b"\xd2\x9f"),
        (PROTECTED + b"\xa0", PROTECTED + b"\xf6"),
        (PROTECTED + b"\xa0", PROTECTED + b"\x80"),
        (PROTECTED + b"\xa0", PROTECTED + b"\xa1\x04\x44" + KID),
        (PROTECTED + b"\xa0", PROTECTED + b"\xbf\xff"),
        (b"\x58\x40", b"\x59\x00\x40"),
    ],
    ids=str,
)
def test_any_other_outer_form_is_malformed(before: bytes, after: bytes) -> None:
    assert before in MESSAGE
    altered = MESSAGE.replace(before, after, 1)
    assert refusal(text_of(altered)) in (Code.MALFORMED, Code.TOO_LARGE)


def test_an_unprotected_header_is_malformed() -> None:
    payload = cbor2.dumps({**CLAIMS, 2: "N1"}, canonical=True)
    assert refusal(signed(payload, unprotected={4: KID})) == Code.MALFORMED


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\x81" * 119 + b"\x01",
        b"\xd2" * 119 + b"\x01",
        b"\xa1" * 119 + b"\x01",
        b"\xd8\x1c\x81\xd8\x1d\x00",
        b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\xba\x7f\xff\xff\xff",
        b"\x9b\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"\x9a\x0f\xff\xff\xff",
        b"\x5b\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"\x7b\x00\x00\x00\x00\xff\xff\xff\xff",
        b"\xc5\x82\x1b\x7f\xff\xff\xff\xff\xff\xff\xff\x01",
        b"\xc4\x82\x1b\x7f\xff\xff\xff\xff\xff\xff\xff\x01",
        b"\xd8\x23\x58\x20" + b"(a{9999}){9999}" * 2 + b"aa",
        b"\xd8\x1e\x82\x01\x00",
        b"\xf9\x7e\x00",
        b"\xb8\x38" + bytes(112),
    ],
    ids=lambda m: m[:9].hex(),
)
def test_hostile_cbor_is_refused_at_once(message: bytes) -> None:
    assert refusal(text_of(message)) == Code.MALFORMED


def test_deeply_nested_cbor_does_not_crash_even_without_the_bound_on_length() -> None:
    for opening in (b"\x81", b"\xa1\x01", b"\xd2", b"\x9f"):
        with pytest.raises(Refused):
            cose._one_cbor_value(opening * 100_000 + b"\x01")


def test_arbitrary_short_codes_are_refused_with_a_code() -> None:
    chance = random.Random(11)
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
    for _ in range(3_000):
        refusal(text_of(chance.randbytes(chance.randrange(121))))
        refusal(PREFIX + "".join(chance.choices(letters, k=chance.randrange(60))))


def test_a_text_without_the_prefix_is_malformed() -> None:
    for text in ("", "RV1", "rv1:" + TEXT[4:], " " + TEXT, TEXT[4:], "RV2:" + TEXT[4:], "HC1:AB"):
        assert refusal(text) == Code.MALFORMED


@pytest.mark.parametrize(
    "text",
    [
        TEXT.lower().replace("rv1:", "RV1:"),
        TEXT + "=",
        TEXT + " ",
        TEXT + "\n",
        "RV1:志愿者",
        "RV1:\ud800",
        "RV1:ＢＢ８",
    ],
    ids=ascii,
)
def test_a_text_that_is_not_base45_is_refused(text: str) -> None:
    assert refusal(text) == Code.BAD_BASE45


def test_a_text_longer_than_any_badge_is_too_large() -> None:
    assert refusal(text_of(bytes(BADGE_BYTES_MAX + 1))) == Code.TOO_LARGE
    assert refusal(PREFIX + "0" * 10_000_000) == Code.TOO_LARGE
    assert refusal(text_of(bytes(BADGE_BYTES_MAX))) == Code.MALFORMED


def test_base45_is_read_as_in_rfc_9285() -> None:
    found = vectors("base45-totp.json")["base45_rfc9285"]
    for plain, encoded in found["encode"]:
        assert cose._decode_text(PREFIX + encoded, PREFIX, BADGE_BYTES_MAX) == plain.encode()
    for encoded in found["reject"]:
        assert refusal(PREFIX + encoded) == Code.BAD_BASE45


def cose_examples() -> list[Path]:
    """The examples of COSE and CWT, if they are there."""
    return sorted((VECTORS / "cose").glob("*/*.json"))


@pytest.mark.skipif(not cose_examples(), reason="standard vectors absent: shared/data/vectors/cose")
def test_no_foreign_cose_message_is_a_badge() -> None:
    """Passing or failing by the standard, none has exactly a badge's header, so each is refused before any key is tried."""
    for path in cose_examples():
        example = json.loads(path.read_text(encoding="utf-8"))
        message = bytes.fromhex(example["output"]["cbor"])
        assert refusal(text_of(message)) in (Code.MALFORMED, Code.TOO_LARGE), path.name
        with pytest.raises(Refused):
            cose._key_id(message)


def test_the_signature_of_a_cose_example_is_the_one_that_badges_use() -> None:
    example = vectors("cose/eddsa-examples/eddsa-sig-01.json")
    key = example["input"]["sign0"]["key"]
    message = cbor2.loads(bytes.fromhex(example["output"]["cbor"]))
    to_sign = bytes.fromhex(example["intermediates"]["ToBeSign_hex"])
    protected, _, payload, signature = message.value
    assert cbor2.dumps(["Signature1", protected, b"", payload]) == to_sign
    signer = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key["d_hex"]))
    assert signer.sign(to_sign) == signature
    assert public_of(signer).hex() == key["x_hex"]
