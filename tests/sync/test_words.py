"""Bundles of form 2: what the centre said, and what it left, come before the batches; nothing else and nowhere else."""

import io
from collections.abc import Sequence
from dataclasses import replace

import pytest

from schemas.limits import BUNDLE_DEPOSITS_MAX, PROOFS_MAX
from schemas.vocabulary import Code
from sync.bundle import WITH_WORDS, Beside, Sealed, Signed, write_bundle
from sync.carried import Piece, read_pieces
from sync.errors import Refused
from sync.frames import Kind, enclose, pack
from sync.words import Word, pack_words, read_words
from tests.sync.test_bundle import CENTRE, FRAMES, HEADER, KEY, SEAL, WIRES, refusal

WORDS: list[Word] = [("redvest/1 time\n…", bytes(64)), ("redvest/1 receipt\n…", b"\x01" * 64)]
PARCELS = [b"one deposit", b"another"]
WITH = replace(HEADER, form=WITH_WORDS)
BESIDE = [(Kind.WORDS, pack_words(WORDS)), *((Kind.DEPOSIT, wire) for wire in PARCELS)]
BOTH = list(write_bundle(KEY, WITH, SEAL, WIRES, BESIDE))


def read(frames: Sequence[bytes]) -> list[Piece]:
    """What a file of these frames holds."""
    return list(read_pieces(io.BytesIO(b"".join(enclose(frames))).read))


def test_words_deposits_and_batches_come_out_as_they_went_in() -> None:
    private, pieces = CENTRE.private_bytes_raw(), read(BOTH)
    beside = [(p.kind, p.open(private)) for p in pieces if isinstance(p, Beside)]
    assert beside == BESIDE
    assert read_words(beside[0][1]) == WORDS
    assert [p.open(private) for p in pieces if isinstance(p, Sealed)] == WIRES
    end = pieces[-1]
    assert isinstance(end, Signed)
    assert (end.header, end.batches) == (WITH, 3)


def test_a_courier_reads_neither_words_nor_deposits() -> None:
    file = b"".join(BOTH)
    assert b"receipt" not in file
    assert b"one deposit" not in file


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([BOTH[0], *BOTH[2:]], Code.BAD_SIGNATURE),
        ([BOTH[0], BOTH[1], BOTH[3], BOTH[2], *BOTH[4:]], Code.BAD_SIGNATURE),
        ([BOTH[0], BOTH[1], *BOTH[1:]], Code.MALFORMED),
        ([BOTH[0], BOTH[2], BOTH[1], *BOTH[3:]], Code.MALFORMED),
        ([BOTH[0], BOTH[4], *BOTH[1:4], *BOTH[5:]], Code.MALFORMED),
        ([FRAMES[0], *BOTH[1:]], Code.MALFORMED),
        ([BOTH[0], *[pack(Kind.DEPOSIT, b"")] * (BUNDLE_DEPOSITS_MAX + 1), BOTH[-1]], Code.MALFORMED),
    ],
    ids=["dropped", "swapped", "words twice", "words late", "a batch first", "plain form", "too many"],
)  # fmt: skip
def test_what_a_courier_did_to_words_and_deposits_is_noticed(
    frames: list[bytes], code: Code
) -> None:
    assert refusal(lambda: read(frames)) is code


def test_a_word_brought_from_another_place_does_not_open() -> None:
    first = read(BOTH)[0]
    assert isinstance(first, Beside)
    with pytest.raises(Refused):
        replace(first, index=2).open(CENTRE.private_bytes_raw())


@pytest.mark.parametrize(
    "body",
    [b"", b"\xc0", b"\x91\x91\xa1x", pack_words(WORDS) + b"\x00", pack_words([("x", b"")] * (PROOFS_MAX + 1)),
     b"\x91\x92\xd9\x01x\xc4\x00"],
)  # fmt: skip
def test_words_of_another_form_are_refused(body: bytes) -> None:
    assert refusal(lambda: read_words(body)) is Code.MALFORMED
