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

STEPS: tuple[tuple[str, ...], ...] = (_ENTRIES + _SYNC + _VIEW,)
"""Each step is applied in one transaction; new ones are added at the end."""
