"""Batches: what is packed comes back, and nothing else is believed."""

import gzip
import os
import random
import tracemalloc
import zlib
from typing import Any

import msgpack
import pytest

from schemas.limits import (
    BATCH_CUT_BYTES,
    BATCH_ENTRIES_MAX,
    BATCH_INFLATED_BYTES_MAX,
    BATCH_WIRE_BYTES_MAX,
    ENTRY_BYTES_MAX,
    SAFE_INTEGER_MAX,
)
from schemas.vocabulary import Code
from sync import batch, canonical, statement
from sync.chain import links
from sync.errors import Refused
from sync.gzip import deflate, inflate
from sync.ids import genesis, log_id
from tests.sync.builders import make_bodies, make_chain, make_key, make_scan, public_of

KEY = make_key()
PUBLIC = public_of(KEY)
BODIES = make_bodies(5)
CHAIN = make_chain(KEY, BODIES)
WIRE = batch.pack(KEY, first=1, previous=CHAIN[0], bodies=BODIES)


def refusal(wire: bytes) -> Code:
    """The code with which a batch is refused."""
    with pytest.raises(Refused) as caught:
        batch.unpack(wire)
    return caught.value.code


def wire_of(**changes: Any) -> bytes:
    """A batch built by hand, rightly signed over whatever it says."""
    fields: dict[str, Any] = {
        "name": "batch",
        "form": 1,
        "key": PUBLIC,
        "first": 1,
        "previous": CHAIN[0],
        "bodies": BODIES,
    }
    fields.update(changes)
    hashes = links(fields["previous"], fields["bodies"])
    text = statement.write(
        "head",
        log=log_id(fields["key"]),
        seq=fields["first"] + len(fields["bodies"]) - 1,
        hash=hashes[-1] if hashes else b"",
    )
    signature = changes.get("signature", statement.sign(KEY, text))
    values = [value for name, value in fields.items() if name != "signature"]
    return deflate(msgpack.packb([*values, signature], use_bin_type=True))


def test_a_packed_batch_comes_back_whole() -> None:
    found = batch.unpack(WIRE)
    assert (found.key, found.log, found.first) == (PUBLIC, log_id(PUBLIC), 1)
    assert found.bodies == BODIES
    assert [found.previous, *found.hashes] == CHAIN
    assert (found.last, found.head) == (5, CHAIN[-1])
    text = statement.write("head", log=found.log, seq=5, hash=found.head)
    assert statement.is_signed(PUBLIC, text, found.signature)


def test_a_batch_built_by_another_library_is_the_same() -> None:
    assert wire_of() == WIRE
    assert batch.unpack(gzip.compress(gzip.decompress(WIRE), mtime=1)) == batch.unpack(WIRE)


@pytest.mark.parametrize(("start", "stop"), [(0, 1), (1, 3), (2, 5), (4, 5)])
def test_any_run_of_a_log_proves_itself(start: int, stop: int) -> None:
    wire = batch.pack(KEY, first=start + 1, previous=CHAIN[start], bodies=BODIES[start:stop])
    found = batch.unpack(wire)
    assert found.hashes == CHAIN[start + 1 : stop + 1]


def test_the_same_run_gives_the_same_bytes() -> None:
    assert batch.pack(KEY, first=1, previous=CHAIN[0], bodies=BODIES) == WIRE


def test_a_batch_with_one_altered_byte_is_refused() -> None:
    """A few bytes of gzip carry nothing (time, system and hints in its header, padding bits): there it is the same batch."""
    whole = batch.unpack(WIRE)
    padding = len(WIRE) - 9  # the last byte before the check sum and the length
    codes = set()
    for at in range(len(WIRE)):
        for bits in (0x01, 0x80, 0xFF):
            altered = bytearray(WIRE)
            altered[at] ^= bits
            try:
                found = batch.unpack(bytes(altered))
            except Refused as refused:
                codes.add(refused.code)
            else:
                assert found == whole
                assert at < 10 or at == padding
    assert codes <= {Code.NOT_GZIP, Code.TOO_LARGE}


def test_a_batch_with_one_altered_byte_inside_is_refused() -> None:
    raw = inflate(WIRE, BATCH_INFLATED_BYTES_MAX)
    allowed = {
        Code.MALFORMED,
        Code.NOT_CANONICAL,
        Code.BAD_SIGNATURE,
        Code.BAD_SEQUENCE,
        Code.ENTRY_TOO_LARGE,
    }
    for at in range(len(raw)):
        for bits in (0x01, 0x10, 0x80, 0xFF):
            altered = bytearray(raw)
            altered[at] ^= bits
            assert refusal(deflate(bytes(altered))) in allowed


def test_arbitrary_bytes_are_refused_with_a_code() -> None:
    chance = random.Random(3)
    for _ in range(2_000):
        refusal(chance.randbytes(chance.randrange(60)))
        refusal(deflate(chance.randbytes(chance.randrange(60))))


def test_entries_of_another_order_or_number_are_refused() -> None:
    signature = batch.unpack(WIRE).signature
    for bodies in (BODIES[::-1], BODIES[:-1], [*BODIES, BODIES[0]], BODIES[1:]):
        assert refusal(wire_of(bodies=bodies, signature=signature)) == Code.BAD_SIGNATURE


def test_another_log_cannot_claim_a_run() -> None:
    other = public_of(make_key("other"))
    assert refusal(wire_of(key=other)) == Code.BAD_SEQUENCE
    assert refusal(wire_of(key=other, previous=genesis(other))) == Code.BAD_SIGNATURE


def test_a_signature_over_another_statement_proves_nothing() -> None:
    hello = statement.write("hello", log=log_id(PUBLIC), seq=5, hash=CHAIN[-1], nonce=bytes(16))
    assert refusal(wire_of(signature=statement.sign(KEY, hello))) == Code.BAD_SIGNATURE
    assert refusal(wire_of(signature=b"")) == Code.BAD_SIGNATURE


def test_a_log_begins_at_the_hash_of_its_key() -> None:
    assert refusal(wire_of(previous=bytes(32))) == Code.BAD_SEQUENCE


@pytest.mark.parametrize(
    "first", [0, -1, SAFE_INTEGER_MAX, SAFE_INTEGER_MAX - BATCH_ENTRIES_MAX + 1]
)
def test_a_seq_out_of_range_is_refused(first: int) -> None:
    assert refusal(wire_of(first=first)) == Code.BAD_SEQUENCE


def test_the_highest_seq_is_taken() -> None:
    first = SAFE_INTEGER_MAX - BATCH_ENTRIES_MAX
    assert batch.unpack(wire_of(first=first)).last == first + 4


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "bundle"},
        {"form": 2},
        {"form": 0},
        {"bodies": []},
        {"previous": bytes(31)},
        {"key": PUBLIC[:31], "signature": bytes(64)},
    ],
    ids=str,
)
def test_a_form_not_known_here_is_malformed(changes: dict[str, Any]) -> None:
    assert refusal(wire_of(**changes)) == Code.MALFORMED


@pytest.mark.parametrize(
    "value",
    [
        None,
        1,
        [],
        ["batch"],
        {"batch": 1},
        ["batch", 1.0, PUBLIC, 1, CHAIN[0], BODIES, bytes(64)],
        ["batch", True, PUBLIC, 1, CHAIN[0], BODIES, bytes(64)],
        ["batch", 1, PUBLIC, 1, CHAIN[0], ["text"], bytes(64)],
        ["batch", 1, PUBLIC, 2**64 - 1, CHAIN[0], BODIES, bytes(64)],
        ["batch", 1, PUBLIC, 1, CHAIN[0], BODIES, bytes(64), 1],
    ],
    ids=lambda v: repr(v)[:30],
)
def test_other_values_are_refused(value: object) -> None:
    code = refusal(deflate(msgpack.packb(value, use_bin_type=True)))
    assert code in (Code.MALFORMED, Code.NOT_CANONICAL, Code.BAD_SEQUENCE)


def test_longer_forms_of_the_same_batch_are_not_canonical() -> None:
    raw = inflate(WIRE, BATCH_INFLATED_BYTES_MAX)
    assert refusal(deflate(b"\xdc\x00\x07" + raw[1:])) == Code.NOT_CANONICAL
    assert refusal(deflate(raw[:1] + b"\xd9\x05" + raw[2:])) == Code.NOT_CANONICAL
    assert raw[7:8] == b"\x01", "the form"
    assert refusal(deflate(raw[:7] + b"\xcc\x01" + raw[8:])) == Code.NOT_CANONICAL


def test_lengths_that_lie_are_refused_in_flat_memory() -> None:
    start = msgpack.packb(["batch", 1, PUBLIC, 1, CHAIN[0]], use_bin_type=True)[1:]
    for tail in (b"\xdd\xff\xff\xff\xff", b"\xdd\x0f\xff\xff\xff", b"\x91" * 100_000):
        wire = deflate(b"\x97" + start + tail)
        tracemalloc.start()
        assert refusal(wire) == Code.MALFORMED
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 2_000_000


def test_as_many_entries_as_the_bound_and_not_one_more() -> None:
    bodies = make_bodies(BATCH_ENTRIES_MAX + 1)
    assert len(batch.unpack(wire_of(bodies=bodies[:-1])).bodies) == BATCH_ENTRIES_MAX
    assert refusal(wire_of(bodies=bodies)) == Code.TOO_MANY_ENTRIES


def test_an_entry_as_large_as_the_bound_and_not_one_byte_more() -> None:
    assert batch.unpack(wire_of(bodies=[bytes(ENTRY_BYTES_MAX)])).last == 1
    assert refusal(wire_of(bodies=[bytes(ENTRY_BYTES_MAX + 1)])) == Code.ENTRY_TOO_LARGE


def test_an_empty_entry_is_carried_and_is_strange_alone() -> None:
    found = batch.unpack(wire_of(bodies=[BODIES[0], b"", BODIES[1]]))
    understood = [canonical.understand(body) for body in found.bodies]
    assert isinstance(understood[1], canonical.Strange)
    assert understood[0] == make_scan(0)
    assert understood[2] == make_scan(1)


def test_a_batch_over_the_wire_bound_is_refused_unread() -> None:
    assert refusal(bytes(BATCH_WIRE_BYTES_MAX)) == Code.NOT_GZIP
    assert refusal(bytes(BATCH_WIRE_BYTES_MAX + 1)) == Code.TOO_LARGE


def test_inflating_stops_exactly_at_the_bound() -> None:
    assert inflate(deflate(bytes(1_000)), 1_000) == bytes(1_000)
    with pytest.raises(Refused) as caught:
        inflate(deflate(bytes(1_001)), 1_000)
    assert caught.value.code == Code.TOO_LARGE


@pytest.mark.parametrize("megabytes", [16, 200])
def test_a_gzip_bomb_is_refused_in_flat_memory(megabytes: int) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = bytes(1_000_000)
    bomb = b"".join([*(packer.compress(block) for _ in range(megabytes)), packer.flush()])
    assert len(bomb) * 1_000 < megabytes * 1_000_000 * 1.1
    tracemalloc.start()
    code = refusal(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert code == Code.TOO_LARGE
    assert peak < 3 * BATCH_INFLATED_BYTES_MAX


@pytest.mark.parametrize(
    "wire",
    [
        b"",
        b"\x1f",
        WIRE[:-1],
        WIRE[: len(WIRE) // 2],
        WIRE + b"\x00",
        WIRE + WIRE,
        deflate(b"") + WIRE,
        zlib.compress(b"batch"),
        b"<html>sign in to the network</html>",
    ],
    ids=[
        "empty",
        "one byte",
        "cut by one",
        "cut in half",
        "a byte behind",
        "twice",
        "after an empty member",
        "zlib",
        "portal",
    ],
)
def test_anything_but_one_whole_gzip_member_is_refused(wire: bytes) -> None:
    code = refusal(wire)
    assert code == Code.NOT_GZIP


def test_a_kiosk_cuts_at_the_bounds() -> None:
    assert batch.cut([]) == 0
    assert batch.cut([10] * 3) == 3
    assert batch.cut([10] * (BATCH_ENTRIES_MAX + 5)) == BATCH_ENTRIES_MAX
    assert batch.cut([BATCH_CUT_BYTES]) == 1
    assert batch.cut([BATCH_CUT_BYTES, 1]) == 1
    assert batch.cut([BATCH_CUT_BYTES - 1, 1, 1]) == 2
    assert batch.cut([BATCH_CUT_BYTES + 1, 1]) == 1, "at least one, or a log would stand still"


def test_whatever_a_kiosk_cuts_passes_the_bounds_even_if_nothing_compresses() -> None:
    for size in (500, ENTRY_BYTES_MAX):
        bodies = [os.urandom(size) for _ in range(1_100)]
        count = batch.cut([len(body) for body in bodies])
        wire = batch.pack(KEY, first=1, previous=genesis(PUBLIC), bodies=bodies[:count])
        assert len(wire) <= BATCH_WIRE_BYTES_MAX
        assert batch.unpack(wire).last == count


def test_a_thousand_scans_take_about_ten_bytes_each_on_the_wire() -> None:
    chance = random.Random(1)
    bodies = [
        canonical.encode(
            make_scan(n * 7 + chance.randrange(5), who=f"CS{chance.randrange(5_000):06}")
        )
        for n in range(1_000)
    ]
    wire = batch.pack(KEY, first=1, previous=genesis(PUBLIC), bodies=bodies)
    assert len(wire) / 1_000 < 12
