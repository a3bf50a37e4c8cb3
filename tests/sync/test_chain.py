"""The hash chain: each hash covers all that came before."""

from hashlib import sha256

from sync.chain import first_broken, link, links
from tests.sync.builders import make_bodies, make_chain, make_key

BODIES = make_bodies(4)
CHAIN = make_chain(make_key(), BODIES)
ROWS = [(seq, CHAIN[seq], BODIES[seq - 1]) for seq in range(1, 5)]


def test_a_link_is_the_hash_over_the_hash_before_and_the_bytes() -> None:
    assert link(b"\x01" * 32, b"body") == sha256(b"\x01" * 32 + b"body").digest()


def test_links_are_link_after_link() -> None:
    assert links(CHAIN[0], BODIES) == CHAIN[1:]
    assert [link(CHAIN[n], BODIES[n]) for n in range(4)] == CHAIN[1:]
    assert links(CHAIN[0], []) == []
    assert links(CHAIN[2], BODIES[2:]) == CHAIN[3:]


def test_a_sound_chain_has_no_broken_link() -> None:
    assert first_broken(CHAIN[0], ROWS) is None
    assert first_broken(CHAIN[0], []) is None


def test_the_first_broken_link_is_found() -> None:
    for seq in range(1, 5):
        altered = [(s, h, b + b"!" if s == seq else b) for s, h, b in ROWS]
        assert first_broken(CHAIN[0], altered) == seq
        rehashed = [(s, bytes(32) if s == seq else h, b) for s, h, b in ROWS]
        assert first_broken(CHAIN[0], rehashed) == seq
    assert first_broken(bytes(32), ROWS) == 1


def test_a_row_left_out_or_swapped_breaks_the_chain() -> None:
    assert first_broken(CHAIN[0], [ROWS[0], ROWS[2], ROWS[3]]) == 3
    assert first_broken(CHAIN[0], [ROWS[0], ROWS[2], ROWS[1], ROWS[3]]) == 3
