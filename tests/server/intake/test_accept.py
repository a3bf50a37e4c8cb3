"""Bundles at the centre: the same door as a push, whole or not at all, each batch by itself, and receipts on the way back."""

import io
from dataclasses import replace
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import func, select

from schemas.vocabulary import Code
from server.intake.accept import Carried, accept, intake_of, reply_to
from server.intake.ingest import read_ranges
from server.models.log import Log, LogEntry, SetAside
from server.services import Services
from sync import parcel
from sync.bundle import read_header, write_bundle
from sync.errors import Refused
from sync.frames import enclose
from sync.gzip import deflate
from sync.reply import Aside
from tests.server.builders import Author, enrol_at, written
from tests.server.bundles import bundle_file, bundle_frames, read_replies

pytestmark = pytest.mark.both_databases


def bring(services: Services, file: bytes) -> list[Carried]:
    """Take a file in."""
    return accept(intake_of(services), io.BytesIO(file))


def answered(services: Services, found: list[Carried], *authors: Author) -> list[object]:
    """The replies to what was taken in."""
    return list(read_replies(services, b"".join(reply_to(intake_of(services), found)), *authors))


def held(services: Services, author: Author) -> list[tuple[int, int]]:
    """The ranges held of a log."""
    with services.database.read() as connection:
        log = connection.scalar(select(Log.id).where(Log.name == author.log))
        ranges = [] if log is None else read_ranges(connection, log)
        return [(r.first, r.last) for r in ranges]


def count(services: Services, model: type[LogEntry] | type[SetAside]) -> int:
    """How many rows there are, of kiosks' logs or set aside."""
    with services.database.read() as connection:
        query = select(func.count()).select_from(model)
        if model is LogEntry:
            query = query.join(Log, Log.id == LogEntry.log).where(Log.kind == "kiosk")
        return connection.scalar(query) or 0


@pytest.fixture
def author(services: Services) -> Author:
    """An enrolled kiosk with a log."""
    made = written("bundle", 11)
    enrol_at(services, made, "S1")
    return made


def refusal(services: Services, file: bytes) -> Code:
    """The code with which a file is refused, having looked that nothing of it was taken in."""
    before = count(services, LogEntry), count(services, SetAside)
    with pytest.raises(Refused) as caught:
        bring(services, file)
    assert (count(services, LogEntry), count(services, SetAside)) == before
    return caught.value.code


def test_a_bundle_brings_what_a_push_would(services: Services, author: Author) -> None:
    (carried,) = bring(services, bundle_file(services, author, (1, 4), (5, 12)))
    assert (carried.header.log, carried.entries, carried.fresh) == (author.log, 12, 12)
    assert held(services, author) == [(1, 12)]


def test_the_same_file_again_changes_nothing_and_is_answered_again(
    services: Services, author: Author
) -> None:
    file = bundle_file(services, author)
    bring(services, file)
    (again,) = found = bring(services, file)
    assert (again.entries, again.fresh) == (12, 0)
    (reply,) = read_replies(services, b"".join(reply_to(intake_of(services), found)), author)
    assert [(r.first, r.last) for r in reply.receipts] == [(1, 12)]
    assert count(services, LogEntry) == 12


def test_one_receipt_speaks_for_a_run_and_none_across_a_gap(
    services: Services, author: Author
) -> None:
    found = bring(services, bundle_file(services, author, (1, 2), (3, 5), (8, 9), (10, 10)))
    (reply,) = read_replies(services, b"".join(reply_to(intake_of(services), found)), author)
    assert [(r.first, r.last, r.hash) for r in reply.receipts] == [
        (1, 5, author.hashes[5]),
        (8, 10, author.hashes[10]),
    ]
    assert held(services, author) == [(1, 5), (8, 10)]


def test_no_receipt_speaks_across_branches(services: Services, author: Author) -> None:
    other = author.copy()
    del other.bodies[6:]
    other.scan(1_793_548_800_000, "V9")
    wires = [author.batch(1, 6), other.batch(7, 7), author.batch(7, 12)]
    file = b"".join(enclose(bundle_frames(services, author, wires)))
    found = bring(services, file)
    (reply,) = read_replies(services, b"".join(reply_to(intake_of(services), found)), author)
    assert [(r.first, r.last, r.hash) for r in reply.receipts] == [
        (1, 7, other.hashes[7]),
        (7, 12, author.hashes[12]),
    ]
    assert held(services, author) == [(1, 12), (7, 7)] or held(services, author) == [
        (1, 7),
        (7, 12),
    ]


def test_a_file_with_several_kiosks_bundles_answers_each(
    services: Services, author: Author
) -> None:
    other = written("second", 3)
    frames = [
        *bundle_frames(services, author, [author.batch()]),
        *bundle_frames(services, other, [other.batch()]),
        *bundle_frames(services, other, []),
    ]
    found = bring(services, b"".join(enclose(frames)))
    replies = read_replies(services, b"".join(reply_to(intake_of(services), found)), author)
    assert [(reply.log, len(reply.receipts)) for reply in replies] == [
        (author.log, 1),
        (other.log, 1),
        (other.log, 0),
    ]


def test_a_batch_that_proves_nothing_is_set_aside_and_stops_no_other(
    services: Services, author: Author
) -> None:
    altered = author.batch(5, 6)[:-1]
    wires = [author.batch(1, 4), altered, b"\x00" * 100, author.batch(7, 12)]
    found = bring(services, b"".join(enclose(bundle_frames(services, author, wires))))
    (carried,) = found
    assert carried.fresh == 10
    assert carried.aside == [Aside("", 0, 0, "not_gzip")] * 2
    assert count(services, SetAside) == 2
    (reply,) = read_replies(services, b"".join(reply_to(intake_of(services), found)), author)
    assert reply.aside == carried.aside
    assert [(r.first, r.last) for r in reply.receipts] == [(1, 4), (7, 12)]


def test_a_batch_that_inflates_a_thousandfold_is_set_aside(
    services: Services, author: Author
) -> None:
    bomb = deflate(bytes(200_000_000))
    assert len(bomb) < 524_288
    frames = bundle_frames(services, author, [bomb, author.batch()])
    (carried,) = bring(services, b"".join(enclose(frames)))
    assert [part.code for part in carried.aside] == ["too_large"]
    assert carried.fresh == 12


def test_beyond_the_quota_it_is_for_later_and_not_set_aside(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.intake.ingest.ENTRIES_UNKNOWN_MAX", 5)
    stranger = written("stranger", 9)
    file = bundle_file(services, stranger, (1, 5), (6, 10))
    (carried,) = bring(services, file)
    assert carried.fresh == 5
    assert carried.later == [Aside(stranger.log, 6, 10, "quota")]
    assert (carried.aside, count(services, SetAside)) == ([], 0)
    enrol_at(services, stranger, "S1")
    (carried,) = bring(services, file)
    assert (carried.fresh, carried.later) == (5, [])


def test_a_bundle_for_another_centre_is_refused(services: Services, author: Author) -> None:
    frames = bundle_frames(services, author, [author.batch()], server=bytes(10))
    assert refusal(services, b"".join(enclose(frames))) is Code.NOT_OUR_SERVER


def test_what_nobody_sealed_for_us_is_refused_and_stops_nothing_else_in_the_file(
    services: Services, author: Author
) -> None:
    key = X25519PrivateKey.from_private_bytes(b"\x01" * 32).public_key().public_bytes_raw()
    stranger = written("hostile", 3)
    bad = bundle_frames(services, stranger, [stranger.batch()], seal_key=key)
    good = bundle_frames(services, author, [author.batch()])
    found = bring(services, b"".join(enclose([*bad, *good])))
    assert [(c.unsealed, c.fresh) for c in found] == [([1], 0), ([], 12)]
    assert count(services, SetAside) == 0
    replies = read_replies(services, b"".join(reply_to(intake_of(services), found)), author)
    assert [len(reply.receipts) for reply in replies] == [0, 1]


def test_a_reply_is_nothing_for_the_centre(services: Services, author: Author) -> None:
    found = bring(services, bundle_file(services, author))
    reply = b"".join(reply_to(intake_of(services), found))
    assert refusal(services, reply) is Code.NOT_A_BUNDLE
    assert refusal(services, b"".join(enclose([]))) is Code.NOT_A_BUNDLE


def test_cut_off_or_altered_anywhere_it_is_refused_and_nothing_is_half_done(
    services: Services, author: Author
) -> None:
    file, chance = bundle_file(services, author, (1, 6), (7, 12)), Random(3)
    assert refusal(services, b"") is Code.NOT_A_BUNDLE
    for _ in range(40):
        assert refusal(services, file[: chance.randrange(1, len(file))]) is Code.TRUNCATED
        altered = bytearray(file)
        altered[chance.randrange(20, len(file))] ^= 1 << chance.randrange(8)
        assert refusal(services, bytes(altered)) in (Code.ALTERED, Code.TRUNCATED)


def test_a_key_that_cannot_be_sealed_to_costs_the_pages_and_nothing_else(
    services: Services, author: Author
) -> None:
    frames = bundle_frames(services, author, [author.batch()])
    header = replace(read_header(frames[0][5:]), reply=bytes(32))
    seal_key = services.signer.keys.seal_public
    file = b"".join(enclose(write_bundle(author.key, header, seal_key, [author.batch()])))
    found = bring(services, file)
    (reply,) = read_replies(services, b"".join(reply_to(intake_of(services), found)), author)
    assert (len(reply.receipts), reply.pages) == (1, [])


def test_pages_of_its_own_view_go_back_to_the_kiosk(services: Services, author: Author) -> None:
    def pages(view: str) -> list[parcel.Word]:
        frames = bundle_frames(services, author, [], view=view)
        found = bring(services, b"".join(enclose(frames)))
        (reply,) = read_replies(services, b"".join(reply_to(intake_of(services), found)), author)
        key = services.signer.keys.identity_public
        return [parcel.unpack(page, server_key=key) for page in reply.pages]

    place, *rest = pages("")
    assert isinstance(place, parcel.Place)
    assert (place.log, place.site) == (author.log, "S1")
    channels = {page.channel for page in rest if isinstance(page, parcel.Page)}
    assert channels == {"all", "site:S1", "central"}
    cursor = ";".join(
        f"{page.channel} {page.epoch} {page.number}"
        for page in rest
        if isinstance(page, parcel.Page)
    )
    assert [type(word) for word in pages(cursor)] == [parcel.Place]


def test_a_log_that_belongs_nowhere_gets_receipts_and_no_pages(services: Services) -> None:
    stranger = written("nowhere", 3)
    found = bring(services, bundle_file(services, stranger))
    (reply,) = read_replies(services, b"".join(reply_to(intake_of(services), found)), stranger)
    assert (len(reply.receipts), reply.pages) == (1, [])
