"""Our own reader agrees with the vectors that were committed, and would make them again."""

import io
import json
from random import Random

import pytest

from schemas.entry import Scan
from sync import badge, batch, canonical, enrolment, seal, site_names
from sync.bundle import Beside, Sealed
from sync.canonical import Strange
from sync.carried import read_pieces
from sync.errors import Refused
from sync.reply import Page
from sync.words import read_words
from tests.vectors import reader
from tests.vectors.make_vectors import BODIES, ENTRIES, FOLDER, MAKERS, read_file, text_of


@pytest.mark.parametrize("name", sorted(set(MAKERS) - {"batches"}))
def test_the_vectors_are_what_would_be_made_now(name: str) -> None:
    assert (FOLDER / f"{name}.json").read_text(encoding="utf-8") == text_of(MAKERS[name]())


def test_every_vector_of_a_batch_is_judged_as_when_it_was_made() -> None:
    """Compressed bytes may differ from one zlib to the next; what they mean may not."""
    found = json.loads((FOLDER / "batches.json").read_text(encoding="utf-8"))
    for row in found["batches"]:
        read = batch.unpack(bytes.fromhex(row["wire"]))
        assert (read.log, read.first, read.last, read.head.hex()) == (
            row["log"],
            row["first"],
            row["last"],
            row["head"],
        )
    for row in found["refused"]:
        with pytest.raises(Refused) as caught:
            batch.unpack(bytes.fromhex(row["wire"]))
        assert caught.value.code == row["code"]


def test_every_entry_of_the_vectors_is_understood() -> None:
    found = json.loads((FOLDER / "entries.json").read_text(encoding="utf-8"))
    for entry, row in zip(ENTRIES, found["entries"], strict=True):
        assert canonical.understand(bytes.fromhex(row["bytes"])) == entry
    for row in found["with_later_fields"]:
        assert isinstance(canonical.understand(bytes.fromhex(row["bytes"])), Scan)


def test_the_sealed_vector_opens() -> None:
    found = json.loads((FOLDER / "seal.json").read_text(encoding="utf-8"))
    opened = seal.unseal(
        bytes.fromhex(found["private_key"]), bytes.fromhex(found["sealed"]), seal.CODE_INFO
    )
    assert opened.decode() == found["plain_text"]


def test_the_names_of_the_vectors_open_and_the_others_do_not() -> None:
    found = json.loads((FOLDER / "names.json").read_text(encoding="utf-8"))
    key = bytes.fromhex(found["names_key"])
    secret = site_names.open_secret(key, bytes.fromhex(found["sealed_secret"]))
    assert secret.hex() == found["site_secret"]
    opener = site_names.Opener(secret)
    for row in found["people"]:
        person = opener.open(row["number"], bytes.fromhex(row["sealed"]))
        assert (person.name, person.team) == (row["name_text"], row["team_text"])
    for row in found["not_opened"]:
        with pytest.raises(Refused):
            opener.open(row["number"], bytes.fromhex(row["sealed"]))


def test_the_badge_and_the_code_of_the_vectors_are_read() -> None:
    badges = json.loads((FOLDER / "badges.json").read_text(encoding="utf-8"))
    keys = {bytes.fromhex(kid): bytes.fromhex(key) for kid, key in badges["keys"].items()}
    assert badge.verify(badges["badges"][0]["badge_text"], keys).number == "CS000001"
    code = json.loads((FOLDER / "enrolment.json").read_text(encoding="utf-8"))
    assert enrolment.read(code["typed_text"]).text() == code["code_text"]


def test_both_readers_judge_altered_entries_alike() -> None:
    """The document and the code say the same of thousands of entries that nobody thought of."""
    chance = Random(6)
    seen = set()
    for _ in range(12_000):
        body = bytearray(chance.choice(BODIES))
        for _ in range(chance.choice((1, 1, 2, 3))):
            body[chance.randrange(min(len(body), 60))] = chance.choice(
                (*range(256), 0xC4, 0xCC, 0xD9, 0xDC)
            )
        ours = canonical.understand(bytes(body))
        code = str(ours.code) if isinstance(ours, Strange) else "understood"
        try:
            reader.read_entry(bytes(body))
            theirs = "understood"
        except reader.No as no:
            theirs = str(no)
        assert theirs == code, body.hex()
        seen.add(code)
    assert seen == {"understood", "malformed", "not_canonical", "bad_field", "unknown_kind"}


def test_the_bundle_of_form_2_of_the_vectors_is_read_and_the_others_are_refused() -> None:
    found = json.loads((FOLDER / "bundles_2.json").read_text(encoding="utf-8"))
    private = bytes.fromhex(found["seal_private_key"])
    pieces = list(read_pieces(io.BytesIO(bytes.fromhex(found["file"])).read))
    words, *deposits = [p.open(private) for p in pieces if isinstance(p, Beside)]
    assert [[text, by.hex()] for text, by in read_words(words)] == found["words"]
    assert [parcel.hex() for parcel in deposits] == found["deposits"]
    assert [p.open(private).hex() for p in pieces if isinstance(p, Sealed)] == found["batches"]
    for row in found["refused"]:
        with pytest.raises(Refused) as caught:
            read_file(bytes.fromhex(row["file"]))
        assert caught.value.code == row["code"]


def test_the_bundle_of_the_vectors_is_read_and_the_others_are_refused() -> None:
    found = json.loads((FOLDER / "bundles.json").read_text(encoding="utf-8"))
    private = bytes.fromhex(found["seal_private_key"])
    pieces = list(read_pieces(io.BytesIO(bytes.fromhex(found["file"])).read))
    wires = [piece.open(private).hex() for piece in pieces if isinstance(piece, Sealed)]
    assert wires == found["batches"]
    reply = list(read_pieces(io.BytesIO(bytes.fromhex(found["reply_file"])).read))
    key = bytes.fromhex(found["reply_private_key"])
    assert [p.open(key).hex() for p in reply if isinstance(p, Page)] == found["pages"]
    for row in found["refused"]:
        with pytest.raises(Refused) as caught:
            read_file(bytes.fromhex(row["file"]))
        assert caught.value.code == row["code"]
