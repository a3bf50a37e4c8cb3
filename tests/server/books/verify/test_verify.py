"""Verify: whatever was altered among the facts is found, and named by log and seq."""

from collections.abc import Iterator
from contextlib import contextmanager
from random import Random

import pytest
import sqlcipher3.dbapi2 as sqlite
from flask.testing import FlaskClient

from server.books.verify.verify import Verified, verify
from server.services import Services
from tests.server.books.derive.test_changes import revoke
from tests.server.builders import HOUR_MS, START_MS, Author, enrol_at, push, written


@pytest.fixture
def kept(services: Services, client: FlaskClient) -> tuple[Author, Author]:
    """Two logs at the centre: one with a gap, one with a fork; a revoked badge."""
    one, two = written("one", 12), written("two", 6)
    enrol_at(services, one, "S1", "P1")
    enrol_at(services, two, "S2")
    other = two.copy()
    two.scan(START_MS + 3 * HOUR_MS)
    other.scan(START_MS + 4 * HOUR_MS)
    for wire in (one.batch(1, 5), one.batch(8), two.batch(), other.batch()):
        assert push(client, wire).status_code == 200
    push(client, b"set aside")
    revoke(services, "V1", START_MS)
    return one, two


def verified(services: Services) -> Verified:
    return verify(services.database, services.signer.keys, lambda *_: None)


def blamed(services: Services) -> set[tuple[str, int]]:
    return {(trouble.log, trouble.seq) for trouble in verified(services).troubles}


@contextmanager
def by_hand(services: Services) -> Iterator[sqlite.Connection]:
    """Open the file as a forger would."""
    services.database.close()
    db = sqlite.connect(str(services.config.home / "redvest.db"), isolation_level=None)
    yield db
    db.close()


def flipped(value: object, chance: Random) -> object:
    """Change one bit of a value, keeping its type."""
    if isinstance(value, bytes):
        at = chance.randrange(len(value))
        return value[:at] + bytes([value[at] ^ 1 << chance.randrange(8)]) + value[at + 1 :]
    if isinstance(value, int):
        return value ^ 1 << chance.randrange(3)
    if isinstance(value, str):
        at = chance.randrange(len(value)) if value else 0
        return value[:at] + chr(ord(value[at]) ^ 1) + value[at + 1 :] if value else "x"
    raise TypeError(type(value))


def test_what_nobody_touched_is_clean(services: Services, kept: tuple[Author, Author]) -> None:
    found = verified(services)
    assert found.troubles == []
    assert (found.logs, found.entries - central(services)) == (3, 11 + 8 + 1)


def central(services: Services) -> int:
    with by_hand(services) as db:
        query = (
            "SELECT COUNT(*) FROM log_entry WHERE log = (SELECT id FROM log WHERE kind = 'central')"
        )
        (count,) = db.execute(query).fetchone()
    return int(count)


COLUMNS = [
    ("log_entry", "seq, slot, log", ("body", "hash", "seq", "log")),
    ("head_signature", "log, seq, hash", ("signature", "seq", "hash")),
    ("log_range", "log, head", ("head", "first", "last", "previous", "log")),
    ("enrolment", "log", ("log", "from_ms", "to_ms", "site", "post", "entry_hash")),
    ("badge_revocation", "number", ("number", "serial", "from_ms", "entry_hash")),
    ("log", "id", ("name", "public_key", "kind")),
    ("set_aside", "id", ("raw", "digest")),
]


@pytest.mark.parametrize(
    ("table", "keys", "column"),
    [(table, keys, column) for table, keys, columns in COLUMNS for column in columns],
)
def test_a_changed_value_is_found(
    services: Services, kept: tuple[Author, Author], table: str, keys: str, column: str
) -> None:
    chance = Random(f"{table} {column}")
    with by_hand(services) as db:
        rows = db.execute(f"SELECT {keys}, {column} FROM {table}").fetchall()  # noqa: S608 # names above
        where = " AND ".join(f"{key} = ?" for key in keys.split(", "))
    for *key, value in chance.sample(rows, min(len(rows), 6)):
        change = f"UPDATE {table} SET {column} = ? WHERE {where}"  # noqa: S608 # names above
        with by_hand(services) as db:
            db.execute("BEGIN")
            db.execute("CREATE TABLE saved AS SELECT * FROM " + table)  # noqa: S608
            try:
                db.execute(change, (flipped(value, chance), *key))
            except sqlite.IntegrityError:  # it became the key of another row
                db.execute("ROLLBACK")
                continue
            db.execute("COMMIT")
        assert blamed(services), (key, value)
        with by_hand(services) as db:
            db.execute(f"DELETE FROM {table}")  # noqa: S608 # names above
            db.execute(f"INSERT INTO {table} SELECT * FROM saved")  # noqa: S608 # names above
            db.execute("DROP TABLE saved")
        assert not blamed(services)


REPLACEABLE = ("set_aside", "head_signature")
"""What was set aside has no other trace; of signatures those of the heads prove all before them."""


@pytest.mark.parametrize("table", [table for table, _, _ in COLUMNS if table not in REPLACEABLE])
def test_a_missing_row_is_found(
    services: Services, kept: tuple[Author, Author], table: str
) -> None:
    with by_hand(services) as db:
        total = db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]  # noqa: S608 # names above
        db.execute(f"CREATE TABLE saved AS SELECT * FROM {table}")  # noqa: S608 # names above
    for row in range(total):
        with by_hand(services) as db:
            db.execute(f"DELETE FROM {table}")  # noqa: S608 # names above
            db.execute(
                f"INSERT INTO {table} SELECT * FROM saved WHERE rowid != ?",  # noqa: S608 # names above
                (row + 1,),
            )
        assert blamed(services), row


def test_a_head_without_its_signature_is_found(
    services: Services, kept: tuple[Author, Author]
) -> None:
    with by_hand(services) as db:
        heads = db.execute("SELECT log, last, head FROM log_range").fetchall()
    for log, last, head in heads:
        with by_hand(services) as db:
            key = (log, last, head)
            where = "WHERE log = ? AND seq = ? AND hash = ?"
            (proof,) = db.execute(f"SELECT signature FROM head_signature {where}", key).fetchone()  # noqa: S608
            db.execute(f"DELETE FROM head_signature {where}", key)  # noqa: S608 # constant
        assert {seq for _, seq in blamed(services)} == {last}
        with by_hand(services) as db:
            db.execute("INSERT INTO head_signature VALUES (?, ?, ?, ?)", (*key, proof))


def test_a_changed_entry_is_named_by_log_and_seq(
    services: Services, kept: tuple[Author, Author]
) -> None:
    one, _ = kept
    with by_hand(services) as db:
        db.execute(
            "UPDATE log_entry SET body = ? WHERE seq = 4 AND log = "
            "(SELECT id FROM log WHERE name = ?)",
            (one.bodies[3].replace(b"V1", b"V2"), one.log),
        )
    assert blamed(services) == {(one.log, 4)}


def test_a_log_written_anew_by_another_hand_is_found(
    services: Services, kept: tuple[Author, Author]
) -> None:
    """All hashes made to fit, but nobody has the key to sign them."""
    one, _ = kept
    forged = one.copy()
    forged.bodies[3] = forged.bodies[3].replace(b"V1", b"V2")
    with by_hand(services) as db:
        (number,) = db.execute("SELECT id FROM log WHERE name = ?", (one.log,)).fetchone()
        hashes = forged.hashes
        for seq, body in enumerate(forged.bodies, 1):
            db.execute(
                "UPDATE log_entry SET body = ?, hash = ? WHERE log = ? AND seq = ?",
                (body, hashes[seq], number, seq),
            )
        for first, last in ((1, 5), (8, 13)):
            db.execute(
                "UPDATE log_range SET head = ?, previous = ? WHERE log = ? AND first = ?",
                (hashes[last], hashes[first - 1], number, first),
            )
            db.execute(
                "UPDATE head_signature SET hash = ? WHERE log = ? AND seq = ?",
                (hashes[last], number, last),
            )
    assert blamed(services) == {(one.log, 5), (one.log, 13)}


def test_values_of_another_type_are_found_not_stumbled_over(
    services: Services, kept: tuple[Author, Author]
) -> None:
    for change in (
        "UPDATE log_entry SET body = 'text' WHERE seq = 2",
        "UPDATE log_entry SET hash = 7 WHERE seq = 3",
        "UPDATE head_signature SET signature = 'x'",
        "UPDATE log SET public_key = 'text' WHERE id = 2",
        "UPDATE log_range SET previous = 5",
        "UPDATE enrolment SET entry_hash = 'x'",
        "UPDATE log SET name = CAST(x'ff' AS TEXT) WHERE id = 3",
    ):
        with by_hand(services) as db:
            db.execute(change)
        assert blamed(services), change


def test_a_flipped_bit_anywhere_in_the_file_never_passes_for_other_facts(
    services: Services, kept: tuple[Author, Author]
) -> None:
    """Where the bit lies in a page that is not used, nothing is to be found, and all facts are as they were."""
    chance = Random(20261122)
    services.database.close()
    file = services.config.home / "redvest.db"
    whole = file.read_bytes()
    before = _facts(services)
    noticed = 0
    for _ in range(120):
        at = chance.randrange(len(whole))
        file.write_bytes(
            whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :]
        )
        found = blamed(services)
        services.database.close()
        if found:
            noticed += 1
        else:
            assert _facts(services) == before
        for leftover in services.config.home.glob("redvest.db-*"):
            leftover.unlink()
        file.write_bytes(whole)
    assert noticed


def _facts(services: Services) -> list[object]:
    with by_hand(services) as db:
        return [
            db.execute(query).fetchall()
            for query in (
                "SELECT log, seq, hash, body FROM log_entry ORDER BY log, seq, hash",
                "SELECT log, first, last, head, previous FROM log_range ORDER BY log, head",
                "SELECT * FROM enrolment ORDER BY log",
                "SELECT * FROM badge_revocation ORDER BY number",
                "SELECT id, name, public_key, kind FROM log ORDER BY id",
            )
        ]
