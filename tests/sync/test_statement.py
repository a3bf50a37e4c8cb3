"""Statements: one text for one meaning, and only its signer's word counts."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from schemas.limits import SAFE_INTEGER_MAX
from schemas.vocabulary import Code
from sync import statement
from sync.errors import Refused
from tests.sync.builders import make_key, public_of, vectors

KEY = make_key()
PUBLIC = public_of(KEY)
TEXT = statement.write("head", log="a" * 32, seq=7, hash=b"\x01" * 32)

lines = st.text(st.characters(codec="utf-8", exclude_characters="\n"), max_size=30)


def refusal(text: str, name: str = "head") -> Code:
    """The code with which a text is refused."""
    with pytest.raises(Refused) as caught:
        statement.read(text, name)
    return caught.value.code


def test_a_statement_is_lines_of_key_and_value() -> None:
    assert TEXT == "redvest/1 head\nlog " + "a" * 32 + "\nseq 7\nhash " + "01" * 32


@given(st.sampled_from(sorted(statement.FIELDS)), st.data())
def test_every_statement_comes_back(name: str, data: st.DataObject) -> None:
    fields = {key: data.draw(lines) for key in statement.FIELDS[name]}
    assert statement.read(statement.write(name, **fields), name) == fields


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT + "\n",
        "\n" + TEXT,
        TEXT.replace("redvest/1", "redvest/2"),
        TEXT.replace("head", "receipt", 1),
        TEXT.replace("seq", "Seq"),
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("seq 7", "seq7"),
        TEXT.replace("seq 7\n", ""),
        TEXT + "\nmore 1",
        "\n".join([TEXT.split("\n")[0], *reversed(TEXT.split("\n")[1:])]),
        TEXT.replace("seq 7", "seq 7\nseq 7"),
    ],
    ids=repr,
)
def test_anything_but_the_exact_form_is_malformed(text: str) -> None:
    assert refusal(text) == Code.MALFORMED


def test_a_value_cannot_bring_a_line_of_its_own() -> None:
    with pytest.raises(ValueError, match="one line"):
        statement.write("head", log="a\nseq 9", seq=7, hash=b"")


@pytest.mark.parametrize("fields", [{"log": "a"}, {"log": "a", "seq": 1, "hash": b"", "more": 1}])
def test_fields_that_are_not_of_the_name_are_our_own_mistake(fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="statement head takes"):
        statement.write("head", **fields)


def test_only_the_signer_is_believed() -> None:
    signature = statement.sign(KEY, TEXT)
    assert statement.is_signed(PUBLIC, TEXT, signature)
    assert not statement.is_signed(public_of(make_key("other")), TEXT, signature)
    assert not statement.is_signed(PUBLIC, TEXT + " ", signature)
    assert not statement.is_signed(PUBLIC, TEXT.replace("seq 7", "seq 8"), signature)
    for at in range(64):
        altered = bytearray(signature)
        altered[at] ^= 1
        assert not statement.is_signed(PUBLIC, TEXT, bytes(altered))


@pytest.mark.parametrize("key", [b"", b"\x00" * 31, b"\x00" * 33, b"\xff" * 32])
@pytest.mark.parametrize("signature", [b"", b"\x00" * 63, b"\x00" * 64, b"\x00" * 65])
def test_keys_and_signatures_of_any_length_are_a_plain_no(key: bytes, signature: bytes) -> None:
    assert not statement.is_signed(key, TEXT, signature)


def test_a_text_that_cannot_be_encoded_is_a_plain_no() -> None:
    assert not statement.is_signed(PUBLIC, "\ud800", bytes(64))


def test_requiring_a_signature_says_bad_signature() -> None:
    statement.require_signed(PUBLIC, TEXT, statement.sign(KEY, TEXT))
    with pytest.raises(Refused) as caught:
        statement.require_signed(PUBLIC, TEXT, bytes(64))
    assert caught.value.code == Code.BAD_SIGNATURE
    assert "a" * 32 not in caught.value.detail, "the detail names the statement, not what it says"


@pytest.mark.parametrize(
    ("text", "value"), [("0", 0), ("7", 7), (str(SAFE_INTEGER_MAX), SAFE_INTEGER_MAX)]
)
def test_integers_are_read(text: str, value: int) -> None:
    assert statement.integer(text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-1",
        "+1",
        "07",
        "00",
        " 7",
        "7 ",
        "7\n",
        "1_000",
        "1e3",
        "0x7",
        "７",
        "٧",
        "7.0",
        str(SAFE_INTEGER_MAX + 1),
        "9" * 5_000,
    ],
    ids=lambda t: repr(t[:20]),
)
def test_integers_have_one_form(text: str) -> None:
    with pytest.raises(Refused) as caught:
        statement.integer(text)
    assert caught.value.code == Code.MALFORMED


def test_bytes_are_lower_case_hex_of_their_length() -> None:
    assert statement.octets("00ff", 2) == b"\x00\xff"
    for text in ("", "00", "00f", "00FF", "00ff00", "00 ff", " 00ff", "00ff\n", "zzzz", "００"):
        with pytest.raises(Refused):
            statement.octets(text, 2)


def test_ed25519_agrees_with_wycheproof() -> None:
    """The primitive behind `is_signed`, on the cases whose message is text too."""
    texts = 0
    for group in vectors("ed25519_test.json")["testGroups"]:
        public = bytes.fromhex(group["publicKey"]["pk"])
        for case in group["tests"]:
            message, signature = bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])
            expected = case["result"] == "valid"
            try:
                Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
                found = True
            except (InvalidSignature, ValueError):
                found = False
            assert found == expected, case["comment"]
            try:
                text = message.decode()
            except UnicodeDecodeError:
                continue
            texts += 1
            assert statement.is_signed(public, text, signature) == expected, case["comment"]
    assert texts > 50
