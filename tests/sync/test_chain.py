"""The hash chain: each hash covers all that came before."""

from hashlib import sha256

from sync.chain import link, links
from tests.sync.builders import make_bodies, make_chain, make_key

BODIES = make_bodies(4)
CHAIN = make_chain(make_key(), BODIES)


def test_a_link_is_the_hash_over_the_hash_before_and_the_bytes() -> None:
    assert link(b"\x01" * 32, b"body") == sha256(b"\x01" * 32 + b"body").digest()


def test_links_are_link_after_link() -> None:
    assert links(CHAIN[0], BODIES) == CHAIN[1:]
    assert [link(CHAIN[n], BODIES[n]) for n in range(4)] == CHAIN[1:]
    assert links(CHAIN[0], []) == []
    assert links(CHAIN[2], BODIES[2:]) == CHAIN[3:]
