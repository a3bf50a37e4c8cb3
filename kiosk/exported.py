"""What left this kiosk in a file and is not proved yet. Exported never means delivered: only a receipt does."""

from dataclasses import dataclass

from kiosk import device, receipts
from kiosk.log import read_head
from kiosk.receipts import Ranges
from kiosk.store import Database


@dataclass(frozen=True, slots=True)
class Export:
    """The last export: when (wall clock), and how many entries were in it."""

    wall_ms: int = 0
    entries: int = 0


def note(db: Database, ranges: dict[int, Ranges], wall_ms: int) -> None:
    """Write down what was exported, by number of the log, within the caller's transaction."""
    for log, spans in ranges.items():
        device.write(db, f"exported {log}", receipts.merged([*_of(db, log), *spans]))
    entries = sum(map(receipts.size, ranges.values()))
    device.write(db, "export", Export(wall_ms, entries))


def last(db: Database) -> Export:
    """Give the last export; time 0 if there was none."""
    return device.read(db, "export", Export) or Export()


def unproved(db: Database) -> int:
    """Count the entries that were exported and of which no receipt has come."""
    return sum(
        receipts.size(receipts.common(_of(db, log.number), _undelivered(db, log)))
        for log in device.read_identities(db)
    )


def kept_here_alone(db: Database) -> int:
    """Count the entries of which no receipt has come and that never left in a file either."""
    pending = sum(receipts.size(_undelivered(db, log)) for log in device.read_identities(db))
    return pending - unproved(db)


def _undelivered(db: Database, log: device.Identity) -> Ranges:
    return receipts.undelivered(db, log.number, read_head(db, log).seq)


def _of(db: Database, log: int) -> Ranges:
    return device.read(db, f"exported {log}", Ranges) or []
