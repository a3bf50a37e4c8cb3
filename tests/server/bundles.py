"""Bundle files as kiosks write them, and what is in a reply."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.services import Services
from sync import receipt
from sync.bundle import PLAIN, WITH_WORDS, Header, Run, Signed, write_bundle
from sync.carried import read_pieces
from sync.frames import Kind, enclose
from sync.receipt import Receipt
from sync.reply import Answer, Aside, Page
from tests.server.builders import Author

BUNDLE_TYPE = "application/vnd.redvest.bundle"


def reply_key(author: Author) -> X25519PrivateKey:
    """The key to which replies for an author are sealed."""
    return X25519PrivateKey.from_private_bytes(sha256(b"reply" + author.public).digest())


def bundle_frames(
    services: Services,
    author: Author,
    wires: Iterable[bytes],
    *,
    runs: Sequence[Run] = (),
    server: bytes | None = None,
    seal_key: bytes | None = None,
    view: str = "",
    beside: Sequence[tuple[Kind, bytes]] = (),
) -> list[bytes]:
    """Give the frames of an author's bundle with these batches. beside: words and deposits in front of them."""
    keys = services.signer.keys
    header = Header(
        author.public,
        keys.fingerprint if server is None else server,
        sha256(b"bundle" + author.public).digest()[:16],
        reply_key(author).public_key().public_bytes_raw(),
        view,
        tuple(runs),
        WITH_WORDS if beside else PLAIN,
    )
    return list(write_bundle(author.key, header, seal_key or keys.seal_public, wires, beside))


def bundle_file(services: Services, author: Author, *spans: tuple[int, int]) -> bytes:
    """Give a file with one bundle: runs of the author's log, all of it if none is named."""
    chosen = spans or ((1, author.head),)
    runs = [Run(author.log, first, last) for first, last in sorted(chosen)]
    wires = [author.batch(first, last) for first, last in chosen]
    return b"".join(enclose(bundle_frames(services, author, wires, runs=runs)))


def post_bundle(client: FlaskClient, file: bytes) -> TestResponse:
    """Bring a file to the door."""
    return client.post("/sync/v1/bundle", data=file, content_type=BUNDLE_TYPE)


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply, its receipts proved."""

    log: str
    receipts: list[Receipt]
    aside: list[Aside]
    pages: list[bytes]


def read_replies(services: Services, file: bytes, *authors: Author) -> list[Reply]:
    """Read a reply file; pages are opened with the keys of these authors."""
    keys = {author.log: reply_key(author).private_bytes_raw() for author in authors}
    found: list[Reply] = []
    for piece in read_pieces(io.BytesIO(file).read):
        assert not isinstance(piece, Signed)
        if isinstance(piece, Answer):
            proved = [_proved(services, text, signature) for text, signature in piece.receipts]
            found.append(Reply(piece.log, proved, list(piece.aside), []))
        if isinstance(piece, Page) and piece.log in keys:
            found[-1].pages.append(piece.open(keys[piece.log]))
    return found


def _proved(services: Services, text: str, signature: bytes) -> Receipt:
    log = text.split("\nlog ")[1].split("\n")[0]
    key = services.signer.keys.identity_public
    return receipt.verify(text, signature, server_key=key, log=log)  # type: ignore[arg-type] # a log's id
