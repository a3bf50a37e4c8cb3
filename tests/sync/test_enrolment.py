"""Enrolment codes: what people type is read, whatever else it is, is refused."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.vocabulary import Code
from sync import enrolment
from sync.enrolment import EnrolmentCode
from sync.errors import Refused

CODE = EnrolmentCode(bytes(range(5)), bytes(range(10, 20)), bytes(range(100, 110)))
TEXT = CODE.text()


def test_a_code_is_eight_groups_of_five() -> None:
    assert [len(group) for group in TEXT.split("-")] == [5] * 8
    assert base64.b32decode(TEXT.replace("-", "")) == CODE.id + CODE.secret + CODE.fingerprint


@given(st.binary(min_size=25, max_size=25))
def test_every_code_comes_back(raw: bytes) -> None:
    code = EnrolmentCode(raw[:5], raw[5:15], raw[15:])
    assert enrolment.read(code.text()) == code


def full_width(text: str) -> str:
    """The text as a Chinese keyboard types it."""
    return "".join(chr(ord(c) + 0xFEE0) for c in text)


@pytest.mark.parametrize(
    "typed",
    [
        TEXT.lower(),
        TEXT.replace("-", ""),
        TEXT.replace("-", " "),
        f"  {TEXT}\r\n",
        TEXT.replace("-", "\u3000"),
        TEXT.replace("-", "—"),
        TEXT.replace("-", "\u2011"),
        TEXT.replace("-", "－"),
        full_width(TEXT),
        full_width(TEXT.lower()),
    ],
    ids=repr,
)
def test_case_blanks_dashes_and_full_width_do_not_matter(typed: str) -> None:
    assert enrolment.read(typed) == CODE


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        TEXT[:-1],
        TEXT + "A",
        "A" * 39,
        "A" * 41,
        "A" * 34 + "======",
        "A" * 39 + "=",
        "1" * 40,
        "0" * 40,
        "8" * 40,
        "志" * 40,
        "é" * 40,
        "ß" * 20,
        "ſ" + "A" * 38 + "ı",
        "\ud800" * 40,
        "\x00" * 40,
        "A" * 10_000_000,
        "-" * 10_000_000,
    ],
    ids=lambda t: ascii(t[:12]),
)
def test_anything_else_is_a_bad_code(typed: str) -> None:
    with pytest.raises(Refused) as caught:
        enrolment.read(typed)
    assert caught.value.code == Code.BAD_CODE
    assert typed[:30] not in caught.value.detail or not typed.strip("-")


def test_the_server_keeps_a_hash_of_the_secret_alone() -> None:
    same = EnrolmentCode(b"other", CODE.secret, bytes(10))
    assert same.secret_hash() == CODE.secret_hash()
    assert CODE.secret not in CODE.secret_hash()
    assert EnrolmentCode(CODE.id, bytes(10), CODE.fingerprint).secret_hash() != CODE.secret_hash()
