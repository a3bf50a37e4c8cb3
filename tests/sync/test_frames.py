"""The bundle file: what was written is read back, and nothing that was cut, altered or brought from elsewhere is."""

import io
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.limits import BATCH_WIRE_BYTES_MAX
from schemas.vocabulary import Code
from sync import frames
from sync.errors import Refused
from sync.frames import FIRST_LINE, Kind, enclose, pack, read_frames, require_whole

FRAMES = [pack(Kind.HEADER, b"who"), pack(Kind.BATCH, bytes(300)), pack(Kind.END, b"signed")]
WHOLE = b"".join(enclose(FRAMES))


def refusal(data: bytes) -> Code:
    """The code with which a file is refused."""
    with pytest.raises(Refused) as caught:
        require_whole(io.BytesIO(data).read)
    return caught.value.code


def test_what_was_written_is_read_back_with_its_places() -> None:
    found = list(read_frames(io.BytesIO(WHOLE).read))
    assert [frame.wire for frame in found] == FRAMES
    assert [WHOLE[frame.start : frame.stop] for frame in found] == FRAMES


def test_a_source_that_gives_a_byte_at_a_time_is_read_the_same() -> None:
    source = io.BytesIO(WHOLE)
    found = list(read_frames(lambda count: source.read(min(count, 1))))
    assert [frame.wire for frame in found] == FRAMES


def test_a_file_without_frames_is_whole() -> None:
    require_whole(io.BytesIO(b"".join(enclose([]))).read)


def test_cut_off_at_any_byte_it_is_refused_as_truncated() -> None:
    assert refusal(b"") is Code.NOT_A_BUNDLE
    for length in range(1, len(WHOLE)):
        assert refusal(WHOLE[:length]) is Code.TRUNCATED, length


def test_with_any_bit_altered_it_is_refused() -> None:
    codes = set()
    for at in range(len(WHOLE)):
        for bit in range(8):
            data = bytearray(WHOLE)
            data[at] ^= 1 << bit
            codes.add(refusal(bytes(data)))
    assert codes == {Code.NOT_A_BUNDLE, Code.ALTERED, Code.TRUNCATED}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\x03\x04 another kind of file", Code.NOT_A_BUNDLE),
        (FIRST_LINE.replace(b"/1", b"/2") + WHOLE[len(FIRST_LINE) :], Code.NOT_A_BUNDLE),
        (WHOLE + b"\n", Code.ALTERED),
        (WHOLE + WHOLE, Code.ALTERED),
        (FIRST_LINE + b"B\xff\xff\xff\xff", Code.ALTERED),
        (FIRST_LINE + b"?\x00\x00\x00\x00", Code.ALTERED),
    ],
)
def test_what_is_no_such_file_is_refused_with_a_code(data: bytes, code: Code) -> None:
    assert refusal(data) is code


def test_frames_left_out_or_swapped_are_noticed() -> None:
    closing = WHOLE[-37:]
    for parts in ([FRAMES[0], FRAMES[2]], [FRAMES[1], FRAMES[0], FRAMES[2]], [*FRAMES, FRAMES[2]]):
        assert refusal(FIRST_LINE + b"".join(parts) + closing) is Code.ALTERED


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_stumble(data: bytes) -> None:
    refusal(data)
    refusal(FIRST_LINE + data)


def test_a_file_of_many_batches_is_read_in_flat_memory() -> None:
    count, size = 60, BATCH_WIRE_BYTES_MAX

    def many() -> Iterator[bytes]:
        for _ in range(count):
            yield pack(Kind.BATCH, bytes(size))

    pieces, left = enclose(many()), bytearray()

    def read(wanted: int) -> bytes:
        while len(left) < wanted:
            piece = next(pieces, b"")
            if not piece:
                break
            left.extend(piece)
        found = bytes(left[:wanted])
        del left[:wanted]
        return found

    tracemalloc.start()
    require_whole(read)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * size


def test_a_file_without_end_is_stopped_at_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "BUNDLE_FILE_BYTES_MAX", 1_000)
    forever = io.BytesIO(b"".join(enclose(pack(Kind.BATCH, bytes(300)) for _ in range(5))))
    with pytest.raises(Refused) as caught:
        require_whole(forever.read)
    assert caught.value.code is Code.TOO_LARGE
