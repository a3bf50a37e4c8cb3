"""Sealing: only the centre reads it back, and nothing altered opens."""

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from schemas.limits import CODE_BYTES_MAX, SEALED_BYTES_MAX
from schemas.vocabulary import Code
from sync.errors import Refused
from sync.seal import CODE_INFO, seal, unseal

CENTRE = X25519PrivateKey.from_private_bytes(bytes(range(32)))
PRIVATE = CENTRE.private_bytes_raw()
PUBLIC = CENTRE.public_key().public_bytes_raw()


def refusal(private: bytes, sealed: bytes, info: bytes = CODE_INFO) -> Code:
    """The code with which opening is refused."""
    with pytest.raises(Refused) as caught:
        unseal(private, sealed, info)
    return caught.value.code


@pytest.mark.parametrize("plain", [b"", b"x", bytes(CODE_BYTES_MAX)])
def test_the_centre_reads_what_was_sealed_to_it(plain: bytes) -> None:
    sealed = seal(PUBLIC, plain, CODE_INFO)
    assert unseal(PRIVATE, sealed, CODE_INFO) == plain
    assert len(sealed) == len(plain) + 48 <= SEALED_BYTES_MAX


def test_the_same_text_sealed_twice_is_not_the_same() -> None:
    assert seal(PUBLIC, b"code", CODE_INFO) != seal(PUBLIC, b"code", CODE_INFO)


def test_nobody_else_opens_it_nor_for_another_purpose() -> None:
    sealed = seal(PUBLIC, b"code", CODE_INFO)
    assert refusal(bytes(31) + b"\x01", sealed) == Code.MALFORMED
    assert refusal(PRIVATE, sealed, b"redvest-enrol-1") == Code.MALFORMED


def test_sealed_bytes_altered_or_cut_do_not_open() -> None:
    sealed = seal(PUBLIC, b"code", CODE_INFO)
    for at in range(len(sealed)):
        altered = bytearray(sealed)
        altered[at] ^= 1
        assert refusal(PRIVATE, bytes(altered)) == Code.MALFORMED
        assert refusal(PRIVATE, sealed[:at]) == Code.MALFORMED
    assert refusal(PRIVATE, sealed + b"\x00") == Code.MALFORMED
    assert refusal(PRIVATE, bytes(100)) == Code.MALFORMED
