"""Receipts: the server's signed word, for one log, in one form."""

import pytest

from schemas.vocabulary import Code
from sync import receipt, statement
from sync.errors import Refused
from sync.ids import EntryHash, log_id
from sync.receipt import Receipt
from tests.sync.builders import make_key, public_of

SERVER = make_key("server")
PUBLIC = public_of(SERVER)
LOG = log_id(public_of(make_key()))
RECEIPT = Receipt("epoch-1", LOG, 3, 9, EntryHash(b"\x05" * 32), 1_700_000_000_000)
TEXT = RECEIPT.text()


def refusal(text: str, *, log: str = LOG) -> Code:
    """The code with which a receipt that the server really signed is refused."""
    with pytest.raises(Refused) as caught:
        receipt.verify(
            text,
            statement.sign(SERVER, text),
            server_key=PUBLIC,
            log=log_id(b"") if log != LOG else LOG,
        )
    return caught.value.code


def test_a_receipt_comes_back() -> None:
    found = receipt.verify(TEXT, statement.sign(SERVER, TEXT), server_key=PUBLIC, log=LOG)
    assert found == RECEIPT


def test_a_receipt_signed_by_another_is_refused() -> None:
    signature = statement.sign(make_key("rogue"), TEXT)
    with pytest.raises(Refused) as caught:
        receipt.verify(TEXT, signature, server_key=PUBLIC, log=LOG)
    assert caught.value.code == Code.BAD_SIGNATURE


def test_a_receipt_for_another_log_is_refused() -> None:
    assert refusal(TEXT, log="other") == Code.UNKNOWN_LOG


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("first 3", "first 0"),
        ("first 3", "first 10"),
        ("first 3", "first -3"),
        ("first 3", "first 03"),
        ("last 9", "last nine"),
        ("last 9", "last ９"),
        ("hash " + "05" * 32, "hash " + "05" * 31),
        ("hash " + "05" * 32, "hash " + "0A" * 32),
        ("hash " + "05" * 32, "hash " + "05 " * 31 + "05"),
        ("server_ms 17", "server_ms +17"),
    ],
)
def test_a_receipt_in_another_form_is_malformed_even_if_signed(before: str, after: str) -> None:
    assert before in TEXT
    assert refusal(TEXT.replace(before, after)) == Code.MALFORMED


def test_another_statement_of_the_server_is_no_receipt() -> None:
    text = statement.write("time", epoch="e", log=LOG, nonce=bytes(16), server_ms=1)
    assert refusal(text) == Code.MALFORMED
