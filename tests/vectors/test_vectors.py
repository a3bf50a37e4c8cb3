"""The document's vectors: a reader written from the document alone agrees with them, and so does our own."""

import hmac
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import msgpack
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from tests.vectors import reader
from tests.vectors.reader import No

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "vectors"


def load(name: str) -> dict[str, Any]:
    """A file of vectors."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


def refusal(read: Callable[[], object]) -> str:
    """The code with which something is refused."""
    with pytest.raises(No) as caught:
        read()
    return str(caught.value)


def plain(value: Any) -> Any:
    """What a field in a file stands for."""
    if isinstance(value, dict):
        return bytes.fromhex(value["hex"])
    return [plain(item) for item in value] if isinstance(value, list) else value


def test_entries_are_read() -> None:
    found = load("entries")
    for row in found["entries"]:
        assert reader.read_entry(bytes.fromhex(row["bytes"])) == plain(row["fields"])
    boot = sha256(b"redvest-boot-1" + found["boot"]["id_text"].strip().encode()).digest()[:8]
    assert boot.hex() == found["boot"]["boot"]


def test_entries_with_more_or_fewer_last_fields_are_read() -> None:
    found = load("entries")
    for row in found["with_later_fields"]:
        whole = plain(found["entries"][row["understood_as"]]["fields"])
        read = reader.read_entry(bytes.fromhex(row["bytes"]))
        common = min(len(whole), len(read))
        assert common >= 13
        assert read[:common] == whole[:common]


def test_strange_entries_are_strange_for_the_same_reason() -> None:
    rows = load("entries")["strange"]
    assert {row["code"] for row in rows} == {
        "malformed",
        "not_canonical",
        "unknown_kind",
        "bad_field",
    }
    for row in rows:
        assert (
            refusal(lambda raw=row["bytes"]: reader.read_entry(bytes.fromhex(raw))) == row["code"]
        ), row


def test_the_chain_is_the_same() -> None:
    found = load("chain")
    key = bytes.fromhex(found["public_key"])
    hashes = reader.chain(key, [bytes.fromhex(body) for body in found["entries"]])
    assert reader.log_id(key) == found["log"]
    assert [h.hex() for h in hashes] == [found["genesis"], *found["hashes"]]


def test_statements_are_signed() -> None:
    rows = load("statements")["statements"]
    assert len(rows) == 14
    for row in rows:
        text = row["statement_text"]
        assert text.startswith(f"redvest/1 {row['name']}\n")
        key, signature = bytes.fromhex(row["public_key"]), bytes.fromhex(row["signature"])
        assert reader.is_signed(key, text.encode(), signature)


def test_batches_are_read() -> None:
    found = load("batches")
    for row in found["batches"]:
        read = reader.read_batch(bytes.fromhex(row["wire"]))
        assert [read["log"], read["first"], read["last"], read["head"].hex()] == [
            row["log"], row["first"], row["last"], row["head"],
        ]  # fmt: skip
    for row in found["refused"]:
        assert refusal(lambda raw=row["wire"]: reader.read_batch(bytes.fromhex(raw))) == row["code"]


def test_parcels_are_read() -> None:
    found = load("parcels")
    key = bytes.fromhex(found["server_key"])
    for row in found["parcels"]:
        read = reader.read_parcel(bytes.fromhex(row["wire"]), key)
        assert (read["name"], read["fields"]) == (row["name"], row["fields"])
        assert read["groups"] == plain(row["groups"])
    for row in found["refused"]:
        wire = bytes.fromhex(row["wire"])
        assert refusal(lambda wire=wire: reader.read_parcel(wire, key)) == row["code"]


def test_badges_are_read() -> None:
    found = load("badges")
    keys = {bytes.fromhex(kid): bytes.fromhex(key) for kid, key in found["keys"].items()}
    for kid, key in keys.items():
        assert sha256(b"redvest-badge-key-1" + key).digest()[:4] == kid
    for row in found["badges"]:
        says = {name: value for name, value in row.items() if name != "badge_text"}
        assert reader.read_badge(row["badge_text"], keys) == says
    for row in found["refused"]:
        assert (
            refusal(lambda text=row["badge_text"]: reader.read_badge(text, keys)) == row["code"]
        ), row


def test_certificates_are_read() -> None:
    found = load("certificates")
    keys = {bytes.fromhex(kid): bytes.fromhex(key) for kid, key in found["keys"].items()}
    for row in found["certificates"]:
        says = {name: value for name, value in row.items() if name != "certificate_text"}
        assert reader.read_certificate(row["certificate_text"], keys) == says
        assert found["link_text"].startswith("https://redvest.example/c#RVC1:")
        assert unquote(found["link_text"].partition("#")[2]) == row["certificate_text"]
    for row in found["refused"]:
        code = refusal(lambda text=row["certificate_text"]: reader.read_certificate(text, keys))
        assert code == row["code"], row


def test_the_digest_of_what_a_certificate_rests_on_is_the_documents() -> None:
    """19.6, by another library."""
    found = load("certificates")
    rows = sorted(plain(found["rows"]))
    packed = msgpack.packb(rows, use_bin_type=True)
    assert sha256(b"redvest-certificate-1" + packed).hexdigest() == found["digest"]


def test_an_enrolment_code_is_read() -> None:
    found = load("enrolment")
    raw = reader.read_code(found["code_text"])
    assert raw.hex() == found["id"] + found["secret"] + found["fingerprint"]
    assert reader.read_code(found["typed_text"]) == raw
    key = bytes.fromhex(found["server_key"])
    assert sha256(b"redvest-server-1" + key).digest()[:10].hex() == found["fingerprint"]
    assert sha256(b"redvest-enrol-secret-1" + raw[5:15]).hexdigest() == found["secret_hash"]
    for row in found["refused"]:
        assert refusal(lambda text=row["code_text"]: reader.read_code(text)) == row["code"]


def test_anchored_time_is_corrected() -> None:
    """7.2, by hand."""
    found = load("time")
    for entry in found["entries"]:
        marks = [mark for mark in found["anchors"] if mark["boot"] == entry["boot"]]
        before = [mark for mark in marks if mark["seq"] <= entry["seq"]][-1:]
        behind = [mark for mark in marks if mark["seq"] > entry["seq"]][:1]
        if before and before[0]["seq"] == entry["seq"]:
            behind = []
        at = entry["mono_ms"]
        near = min(before + behind, key=lambda m: (abs(at - middle(m)), m["seq"]))
        distance = at - middle(near)
        half = -(-(near["after_ms"] - near["before_ms"]) // 2)
        assert entry["corrected_ms"] == near["server_ms"] + distance
        assert entry["within_ms"] == half + -(-abs(distance) * 100 // 1_000_000)


def middle(mark: dict[str, Any]) -> int:
    """The middle of a round trip."""
    return int((mark["before_ms"] + mark["after_ms"]) // 2)


def test_what_was_sealed_opens() -> None:
    found = load("seal")
    key = X25519PrivateKey.from_private_bytes(bytes.fromhex(found["private_key"]))
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM)
    opened = suite.decrypt(bytes.fromhex(found["sealed"]), key, info=found["info_text"].encode())
    assert opened.decode() == found["plain_text"]
    assert key.public_key().public_bytes_raw().hex() == found["public_key"]


def opened(private: str, sealed: bytes, info: bytes) -> bytes:
    """What was sealed (9.3)."""
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM)
    return suite.decrypt(
        sealed, X25519PrivateKey.from_private_bytes(bytes.fromhex(private)), info=info
    )


def test_names_open_with_the_key_of_names() -> None:
    found = load("names")
    key = bytes.fromhex(found["names_key"])
    private = sha256(b"redvest-names-private-1" + key).hexdigest()
    assert private == found["private_key"]
    secret = opened(private, bytes.fromhex(found["sealed_secret"]), b"redvest-names-1")
    assert secret.hex() == found["site_secret"]
    for row in found["people"]:
        sealed, number = bytes.fromhex(row["sealed"]), row["number"].encode()
        plain = AESGCM(secret).decrypt(sealed[:12], sealed[12:], number)
        value, end, is_short = reader.unpack(plain, 0, 1)
        assert (value, end, is_short) == ([row["name_text"], row["team_text"], row["words_text"]], len(plain), True)  # fmt: skip
        nonce = hmac.digest(secret, b"redvest-names-nonce-1" + number + b"\0" + plain, "sha256")
        assert nonce[:12] == sealed[:12]


def test_a_note_of_a_key_of_names_is_proved_by_the_code_alone() -> None:
    found = load("names")
    key = sha256(b"redvest-enrol-secret-1" + bytes.fromhex(found["code"]["secret"])).digest()
    for text, is_proved in ((found["note_text"], True), (found["not_proved_text"], False)):
        code, public, proof = text.split(" ")
        said = hmac.digest(key, b"redvest-names-1" + bytes.fromhex(public), "sha256")
        assert (code == found["code"]["id"] and said.hex() == proof) is is_proved


def test_a_bundle_is_read_and_opened() -> None:
    found = load("bundles")
    (bundle,) = reader.read_bundle_file(bytes.fromhex(found["file"]))
    assert (bundle["log"], bundle["server"].hex()) == (found["log"], found["server"])
    assert (bundle["view"], bundle["runs"]) == (found["view_text"], found["runs"])
    wires = [opened(found["seal_private_key"], body, info) for info, body in bundle["sealed"]]
    assert [wire.hex() for wire in wires] == found["batches"]
    firsts = [reader.read_batch(wire)["first"] for wire in wires]
    assert firsts == [1, 5]
    for row in found["refused"]:
        data = bytes.fromhex(row["file"])
        assert refusal(lambda raw=data: reader.read_bundle_file(raw)) == row["code"]


def test_a_reply_is_read_and_opened() -> None:
    found = load("bundles")
    (bundle,) = reader.read_bundle_file(bytes.fromhex(found["file"]))
    (reply,) = reader.read_bundle_file(bytes.fromhex(found["reply_file"]))
    key = X25519PrivateKey.from_private_bytes(bytes.fromhex(found["reply_private_key"]))
    assert key.public_key().public_bytes_raw() == bundle["reply"]
    assert (reply["log"], reply["aside"]) == (found["log"], found["aside"])
    assert [text for text, _ in reply["receipts"]] == found["receipts_text"]
    pages = [
        opened(
            found["reply_private_key"],
            page,
            b"redvest-reply-1" + found["log"].encode() + place.to_bytes(4, "big"),
        )
        for place, page in enumerate(reply["pages"], 1)
    ]
    assert [page.hex() for page in pages] == found["pages"]


def test_a_bundle_of_form_2_is_read_and_opened() -> None:
    found = load("bundles_2")
    (bundle,) = reader.read_bundle_file(bytes.fromhex(found["file"]))
    assert (bundle["log"], bundle["kinds"]) == (found["log"], ["W", "D", "D", "B"])
    inside = [opened(found["seal_private_key"], body, info) for info, body in bundle["sealed"]]
    words = reader.read_words(inside[0])
    assert [[text, by.hex()] for text, by in words] == found["words"]
    assert [data.hex() for data in inside[1:3]] == found["deposits"]
    assert [data.hex() for data in inside[3:]] == found["batches"]
    for row in found["refused"]:
        data = bytes.fromhex(row["file"])
        assert refusal(lambda raw=data: reader.read_bundle_file(raw)) == row["code"]


def test_a_slip_is_read() -> None:
    found = load("slips")
    read = reader.read_slip(found["slip_text"])
    assert (read["log"], read["seq"]) == (found["log"], found["seq"])
    assert (read["hash"].hex(), read["entry"].hex()) == (found["hash"], found["entry"])
    assert found["link_text"].partition("/s#")[2] == found["slip_text"]
    for row in found["refused"]:
        assert refusal(lambda text=row["slip_text"]: reader.read_slip(text)) == row["code"], row
