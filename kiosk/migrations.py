"""The shape of the store, as steps. A step, once released, never changes; `PRAGMA user_version` counts those done.

`entries` is append-only by trigger, whoever asks. `scans` is the one index: what guessing a direction needs, nothing more.
"""

_ENTRIES = (
    "CREATE TABLE entries (seq INTEGER PRIMARY KEY, hash BLOB NOT NULL, body BLOB NOT NULL)",
    """CREATE TRIGGER entries_follow BEFORE INSERT ON entries
       WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entries)
       BEGIN SELECT RAISE(ABORT, 'entries follow each other'); END""",
    """CREATE TRIGGER entries_stay BEFORE DELETE ON entries
       BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END""",
    """CREATE TRIGGER entries_stand BEFORE UPDATE ON entries
       BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END""",
    """CREATE TABLE scans (who TEXT NOT NULL, seq INTEGER NOT NULL, direction TEXT NOT NULL,
       boot BLOB NOT NULL, mono_ms INTEGER NOT NULL, wall_ms INTEGER NOT NULL,
       PRIMARY KEY (who, seq)) WITHOUT ROWID""",
)

_SYNC = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
    """CREATE TABLE receipts (first INTEGER NOT NULL, last INTEGER NOT NULL, hash BLOB NOT NULL,
       epoch TEXT NOT NULL, server_ms INTEGER NOT NULL, statement TEXT NOT NULL,
       signature BLOB NOT NULL)""",
    """CREATE TABLE set_aside (first INTEGER PRIMARY KEY, last INTEGER NOT NULL, code TEXT NOT NULL,
       kept INTEGER NOT NULL, wall_ms INTEGER NOT NULL)""",
)

_VIEW = (
    "CREATE TABLE badge_keys (id BLOB PRIMARY KEY, key BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE revoked (number TEXT PRIMARY KEY, serial INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE roster (number TEXT PRIMARY KEY) WITHOUT ROWID",
)

_SEVERAL_LOGS = (
    "CREATE TABLE logs (log INTEGER PRIMARY KEY, identity BLOB NOT NULL)",
    "INSERT INTO logs SELECT 1, value FROM meta WHERE name = 'identity'",
    "DELETE FROM meta WHERE name = 'identity'",
    "UPDATE meta SET name = 'told 1' WHERE name = 'told'",
    "DROP TRIGGER entries_follow",
    "DROP TRIGGER entries_stay",
    "DROP TRIGGER entries_stand",
    "ALTER TABLE entries RENAME TO entries_before",
    """CREATE TABLE entries (log INTEGER NOT NULL, seq INTEGER NOT NULL, hash BLOB NOT NULL, body BLOB NOT NULL,
       PRIMARY KEY (log, seq)) WITHOUT ROWID""",
    "INSERT INTO entries SELECT 1, seq, hash, body FROM entries_before ORDER BY seq",
    "DROP TABLE entries_before",
    """CREATE TRIGGER entries_follow BEFORE INSERT ON entries
       WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM entries WHERE log = NEW.log)
       BEGIN SELECT RAISE(ABORT, 'entries follow each other'); END""",
    """CREATE TRIGGER entries_go_on BEFORE INSERT ON entries
       WHEN NEW.log IS NOT (SELECT max(log) FROM logs)
       BEGIN SELECT RAISE(ABORT, 'only the last log goes on'); END""",
    """CREATE TRIGGER entries_stay BEFORE DELETE ON entries
       BEGIN SELECT RAISE(ABORT, 'entries are never deleted'); END""",
    """CREATE TRIGGER entries_stand BEFORE UPDATE ON entries
       BEGIN SELECT RAISE(ABORT, 'entries are never changed'); END""",
    """CREATE TRIGGER logs_stay BEFORE DELETE ON logs
       BEGIN SELECT RAISE(ABORT, 'logs are never deleted'); END""",
    "ALTER TABLE scans RENAME TO scans_before",
    """CREATE TABLE scans (who TEXT NOT NULL, log INTEGER NOT NULL, seq INTEGER NOT NULL, direction TEXT NOT NULL,
       boot BLOB NOT NULL, mono_ms INTEGER NOT NULL, wall_ms INTEGER NOT NULL,
       PRIMARY KEY (who, log, seq)) WITHOUT ROWID""",
    """INSERT INTO scans SELECT who, 1, seq, direction, boot, mono_ms, wall_ms FROM scans_before
       ORDER BY who, seq""",
    "DROP TABLE scans_before",
    "ALTER TABLE receipts ADD COLUMN log INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE set_aside RENAME TO set_aside_before",
    """CREATE TABLE set_aside (log INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, code TEXT NOT NULL,
       kept INTEGER NOT NULL, wall_ms INTEGER NOT NULL, PRIMARY KEY (log, first))""",
    "INSERT INTO set_aside SELECT 1, first, last, code, kept, wall_ms FROM set_aside_before",
    "DROP TABLE set_aside_before",
)
"""A copied or restored kiosk goes on in a new log: `logs` numbers them; all but the last are closed."""

_CHANNELS = (
    """CREATE TABLE channels (channel TEXT PRIMARY KEY, epoch TEXT NOT NULL, number INTEGER NOT NULL,
       server_ms INTEGER NOT NULL) WITHOUT ROWID""",
    "CREATE TABLE sites (code TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE posts (code TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE deposits (key TEXT PRIMARY KEY, statement TEXT NOT NULL, signature BLOB NOT NULL,
       sealed BLOB NOT NULL)""",
    """CREATE TABLE fills (channel TEXT PRIMARY KEY, epoch TEXT NOT NULL, number INTEGER NOT NULL,
       parts INTEGER NOT NULL, server_ms INTEGER NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE fill_parts (channel TEXT NOT NULL, part INTEGER NOT NULL,
       PRIMARY KEY (channel, part)) WITHOUT ROWID""",
    """CREATE TABLE incoming (channel TEXT NOT NULL, kind TEXT NOT NULL, key NOT NULL, a, b, c,
       PRIMARY KEY (channel, kind, key)) WITHOUT ROWID""",
)
"""The view comes by channels. `fills`, `fill_parts` and `incoming` hold a snapshot until it is whole."""

_OWED = (
    """CREATE TABLE owed (key TEXT PRIMARY KEY, statement TEXT NOT NULL, signature BLOB NOT NULL,
       sealed BLOB NOT NULL)""",
)
"""Deposits that a view brought by stick let go, until the centre has them again."""

_LEADS = (
    """CREATE TABLE leads (who TEXT PRIMARY KEY, salt BLOB NOT NULL, nonce BLOB NOT NULL, sealed BLOB NOT NULL,
       failures INTEGER NOT NULL, boot BLOB NOT NULL, mono_ms INTEGER NOT NULL) WITHOUT ROWID""",
    "CREATE TABLE walk_ins (number TEXT PRIMARY KEY, wall_ms INTEGER NOT NULL, box BLOB NOT NULL) WITHOUT ROWID",
    """CREATE TABLE stated (who TEXT NOT NULL, direction TEXT NOT NULL, at_ms INTEGER NOT NULL, hash BLOB NOT NULL,
       PRIMARY KEY (who, direction, at_ms)) WITHOUT ROWID""",
    "CREATE TABLE gear (who TEXT NOT NULL, item TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (who, item)) WITHOUT ROWID",
    "CREATE TABLE cards_seen (who TEXT NOT NULL, post TEXT NOT NULL, mark TEXT NOT NULL, PRIMARY KEY (who, post)) WITHOUT ROWID",
)
"""What leads need. `leads` holds no PIN, only what one opens; `stated`, `gear` and `cards_seen` follow from the entries."""

_MESSAGES = (
    "CREATE TABLE messages (key TEXT PRIMARY KEY, text TEXT NOT NULL, until_ms INTEGER NOT NULL) WITHOUT ROWID",
    *(
        f"DELETE FROM {table} WHERE channel LIKE 'site:%'"  # noqa: S608 - names from here
        for table in ("channels", "fills", "fill_parts", "incoming")
    ),
)
"""What the centre tells leads. A kiosk that learns a kind of rows asks for its channel anew."""

_NAMES = (
    "CREATE TABLE name_keys (public TEXT PRIMARY KEY, mark BLOB NOT NULL, sealed BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE people (number TEXT PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE needs (post TEXT PRIMARY KEY, needs TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE fits (number TEXT PRIMARY KEY, fits TEXT NOT NULL) WITHOUT ROWID",
    *(
        f"DELETE FROM {table} WHERE channel LIKE 'site:%'"  # noqa: S608 - names from here
        for table in ("channels", "fills", "fill_parts", "incoming")
    ),
)
"""Names of the site's people, sealed, and what its posts need and they have of it. New kinds of rows: the channel anew."""

STEPS: tuple[tuple[str, ...], ...] = (
    _ENTRIES + _SYNC + _VIEW,
    _SEVERAL_LOGS,
    _CHANNELS,
    _OWED,
    _LEADS,
    _MESSAGES,
    _NAMES,
)
"""Each step is applied in one transaction; new ones are added at the end."""
