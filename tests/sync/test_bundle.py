"""Bundles and replies: sealed for their place, signed as a whole, and nothing else is believed."""

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from schemas.limits import BUNDLE_BATCHES_MAX, BUNDLE_PARTS_MAX, REPLY_PAGES_MAX
from schemas.vocabulary import Code
from sync import batch, bundle
from sync.bundle import Header, Run, Sealed, Signed, write_bundle
from sync.carried import Piece, read_pieces
from sync.errors import Refused
from sync.frames import FIRST_LINE, Frame, Kind, enclose, pack, read_frames
from sync.ids import LogId, log_id
from sync.reply import Answer, Answered, Aside, Page, SignedText, write_reply
from sync.seal import SEAL_EXTRA_BYTES, seal
from tests.sync.builders import make_bodies, make_chain, make_key, public_of

KEY, OTHER = make_key(), make_key("other")
LOG = log_id(public_of(KEY))
CENTRE = X25519PrivateKey.from_private_bytes(sha256(b"centre").digest())
KIOSK = X25519PrivateKey.from_private_bytes(sha256(b"reply").digest())
BODIES = make_bodies(9)
CHAIN = make_chain(KEY, BODIES)
WIRES = [
    batch.pack(KEY, first=first, previous=CHAIN[first - 1], bodies=BODIES[first - 1 : first + 2])
    for first in (1, 4, 7)
]
HEADER = Header(
    public_of(KEY),
    bytes(10),
    bytes(range(16)),
    KIOSK.public_key().public_bytes_raw(),
    "all e-1 12;site:S1 e-1 7",
    (Run(LOG, 1, 9),),
)
SEAL = CENTRE.public_key().public_bytes_raw()
FRAMES = list(write_bundle(KEY, HEADER, SEAL, WIRES))
FILE = b"".join(enclose(FRAMES))
RECEIPT = SignedText("redvest/1 receipt\n…", bytes(64))
ANSWER = Answer(LOG, (RECEIPT,), (Aside(LOG, 4, 6, "quota"), Aside("", 0, 0, "not_gzip")))
PAGES = [b"first page", b"second page"]
REPLY = list(write_reply(ANSWER, HEADER.reply, PAGES))


def read(frames: Sequence[bytes]) -> list[Piece]:
    """What a file of these frames holds."""
    return list(read_pieces(io.BytesIO(b"".join(enclose(frames))).read))


def refusal(do: Callable[[], object]) -> Code:
    """The code with which something is refused."""
    with pytest.raises(Refused) as caught:
        do()
    return caught.value.code


def opened(pieces: Sequence[Piece]) -> list[bytes]:
    """The batches inside."""
    private = CENTRE.private_bytes_raw()
    return [piece.open(private) for piece in pieces if isinstance(piece, Sealed)]


def test_the_batches_come_out_byte_for_byte() -> None:
    pieces = read(FRAMES)
    assert opened(pieces) == WIRES
    end = pieces[-1]
    assert isinstance(end, Signed)
    assert (end.header, end.batches, end.header.log) == (HEADER, 3, LOG)
    assert FILE[end.start : end.stop] == b"".join(FRAMES)


def test_a_bundle_without_batches_and_several_in_a_file_are_read() -> None:
    empty = list(write_bundle(KEY, replace(HEADER, runs=()), SEAL, []))
    pieces = read([*empty, *REPLY, *FRAMES])
    kinds = [type(piece) for piece in pieces]
    assert kinds == [Signed, Answer, Page, Page, Answered, Sealed, Sealed, Sealed, Signed]
    assert pieces[4] == Answered(ANSWER, pieces[4].start, pieces[4].stop)  # type: ignore[union-attr] # as listed
    assert pieces[0].start == len(FIRST_LINE)  # type: ignore[union-attr] # as listed


def test_a_courier_sees_log_ids_and_ranges_and_nothing_else() -> None:
    for body in BODIES:
        assert body not in FILE
    assert b"CS000001" not in FILE
    for piece in read(FRAMES):
        if isinstance(piece, Sealed):
            assert refusal(lambda at=piece: at.open(KIOSK.private_bytes_raw())) is Code.MALFORMED


def closed_again(frames: list[bytes]) -> Callable[[], object]:
    """Read frames that a courier with the format's document put together: the closing frame is right."""
    return lambda: read(frames)


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([FRAMES[0], *FRAMES[2:]], Code.BAD_SIGNATURE),
        ([FRAMES[0], FRAMES[2], FRAMES[1], *FRAMES[3:]], Code.BAD_SIGNATURE),
        ([*FRAMES[:2], *FRAMES[1:]], Code.BAD_SIGNATURE),
        (FRAMES[:-1], Code.MALFORMED),
        (FRAMES[:1], Code.MALFORMED),
        (FRAMES[1:], Code.MALFORMED),
        ([FRAMES[0], *FRAMES], Code.MALFORMED),
        ([*FRAMES, FRAMES[-1]], Code.MALFORMED),
        ([*FRAMES[:-1], pack(Kind.END, bytes(64))], Code.BAD_SIGNATURE),
        ([pack(Kind.HEADER, replace(HEADER, view="").body), *FRAMES[1:]], Code.BAD_SIGNATURE),
        ([pack(Kind.HEADER, replace(HEADER, key=public_of(OTHER)).body), *FRAMES[1:]], Code.BAD_SIGNATURE),
        (REPLY[:-1], Code.MALFORMED),
        (REPLY[:1], Code.MALFORMED),
        ([*REPLY, REPLY[-1]], Code.MALFORMED),
        ([*REPLY[:-1], FRAMES[-1]], Code.MALFORMED),
        ([REPLY[0], *FRAMES], Code.MALFORMED),
    ],
)  # fmt: skip
def test_what_a_courier_dropped_swapped_repeated_or_changed_is_noticed(
    frames: list[bytes], code: Code
) -> None:
    assert refusal(closed_again(frames)) is code


def test_a_batch_brought_from_another_bundle_or_place_does_not_open() -> None:
    other = replace(HEADER, id=bytes(16))
    private = CENTRE.private_bytes_raw()
    (first, second, _, _) = read(FRAMES)
    assert isinstance(first, Sealed)
    assert isinstance(second, Sealed)
    assert refusal(lambda: replace(first, header=other).open(private)) is Code.MALFORMED
    assert refusal(lambda: replace(first, index=2).open(private)) is Code.MALFORMED


def test_pages_open_for_their_kiosk_in_their_place() -> None:
    pages = [piece for piece in read(REPLY) if isinstance(piece, Page)]
    private = KIOSK.private_bytes_raw()
    assert [page.open(private) for page in pages] == PAGES
    assert refusal(lambda: pages[0].open(CENTRE.private_bytes_raw())) is Code.MALFORMED
    assert refusal(lambda: replace(pages[0], index=2).open(private)) is Code.MALFORMED
    elsewhere = log_id(public_of(OTHER))
    assert refusal(lambda: replace(pages[0], log=elsewhere).open(private)) is Code.MALFORMED


def test_sealing_costs_as_much_as_it_says() -> None:
    assert len(seal(SEAL, b"plain", b"info")) == len(b"plain") + SEAL_EXTRA_BYTES


def test_a_key_that_keeps_nothing_secret_is_refused() -> None:
    assert refusal(lambda: list(write_reply(ANSWER, bytes(32), PAGES))) is Code.MALFORMED


@pytest.mark.parametrize(
    "changed",
    [
        replace(HEADER, key=bytes(31)),
        replace(HEADER, server=bytes(11)),
        replace(HEADER, id=b""),
        replace(HEADER, reply=bytes(33)),
        replace(HEADER, view="x" * 2_001),
        replace(HEADER, runs=(Run(LOG, 0, 1),)),
        replace(HEADER, runs=(Run(LOG, 2, 1),)),
        replace(HEADER, runs=(Run(LOG, 1, 2**53),)),
        replace(HEADER, runs=(Run(LogId("A" * 32), 1, 2),)),
        replace(HEADER, runs=(Run(LogId(LOG + "\n"), 1, 2),)),
        replace(HEADER, runs=(Run(LOG, 1, 3), Run(LOG, 3, 4))),
        replace(HEADER, runs=(Run(LOG, 5, 6), Run(LOG, 1, 2))),
        replace(HEADER, runs=tuple(Run(LOG, n, n) for n in range(1, BUNDLE_BATCHES_MAX + 2))),
    ],
)
def test_a_header_out_of_its_bounds_is_refused(changed: Header) -> None:
    assert refusal(lambda: bundle.read_header(changed.body)) is Code.MALFORMED


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xc0",
        HEADER.body + b"\x00",
        HEADER.body[:-1],
        HEADER.body.replace(b"bundle", b"parcel"),
        b"\xdc\x00\x08" + HEADER.body[1:],
        msgspec.msgpack.encode(["bundle", 3, *msgspec.msgpack.decode(HEADER.body)[2:]]),
        msgspec.msgpack.encode(["bundle", 0, *msgspec.msgpack.decode(HEADER.body)[2:]]),
    ],
)
def test_a_header_of_another_form_is_refused(body: bytes) -> None:
    assert refusal(lambda: bundle.read_header(body)) is Code.MALFORMED


@pytest.mark.parametrize(
    "answer",
    [
        replace(ANSWER, log=LogId("x")),
        replace(ANSWER, receipts=(RECEIPT,) * (BUNDLE_BATCHES_MAX + 1)),
        replace(ANSWER, aside=(Aside("", 0, 0, "Not A Code"),)),
        replace(ANSWER, aside=(Aside("x", 0, 0, "quota"),)),
        replace(ANSWER, aside=(Aside("", 2, 1, "quota"),)),
    ],
)
def test_a_reply_out_of_its_bounds_is_refused(answer: Answer) -> None:
    assert refusal(lambda: read([pack(Kind.REPLY, answer.body)])) is Code.MALFORMED


def test_too_many_batches_and_too_many_parts_are_refused() -> None:
    tiny = pack(Kind.BATCH, b"")
    frames = [FRAMES[0], *[tiny] * (BUNDLE_BATCHES_MAX + 1), FRAMES[-1]]
    assert refusal(lambda: read(frames)) is Code.MALFORMED
    plain = list(write_reply(ANSWER, HEADER.reply, []))
    assert len(read(plain * BUNDLE_PARTS_MAX)) == 2 * BUNDLE_PARTS_MAX
    assert refusal(lambda: read(plain * (BUNDLE_PARTS_MAX + 1))) is Code.TOO_LARGE
    pages = [plain[0], *[pack(Kind.PAGE, b"")] * (REPLY_PAGES_MAX + 1), plain[-1]]
    assert refusal(lambda: read(pages)) is Code.MALFORMED


def test_a_bundle_over_its_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "BUNDLE_BYTES_MAX", len(b"".join(FRAMES)) - 1)
    assert refusal(lambda: read(FRAMES)) is Code.TOO_LARGE


@given(st.integers(0, len(FILE) - 1))
def test_cut_off_anywhere_nothing_is_called_whole(length: int) -> None:
    assert refusal(lambda: list(read_pieces(io.BytesIO(FILE[:length]).read))) in Code


@given(st.integers(0, len(FILE) - 1), st.integers(0, 7))
def test_with_any_bit_altered_nothing_is_called_whole(at: int, bit: int) -> None:
    data = bytearray(FILE)
    data[at] ^= 1 << bit
    assert refusal(lambda: list(read_pieces(io.BytesIO(bytes(data)).read))) in Code


@given(st.lists(st.sampled_from([*FRAMES, *REPLY, pack(Kind.HEADER, b"\x90")]), max_size=8))
def test_only_whole_bundles_and_replies_pass_whatever_the_frames(frames: list[bytes]) -> None:
    whole = list(read_frames(io.BytesIO(b"".join(enclose(frames))).read))
    assert all(isinstance(frame, Frame) for frame in whole)
    try:
        pieces = read(frames)
    except Refused:
        return
    ends = sum(isinstance(piece, Signed | Answered) for piece in pieces)
    assert b"".join(frames) == b"".join(
        b"".join(FRAMES if isinstance(piece, Signed) else REPLY)
        for piece in pieces
        if isinstance(piece, Signed | Answered)
    )
    assert ends == sum(frame in (FRAMES[0], REPLY[0]) for frame in frames)
