"""Make this kiosk belong to a site, and end with keys, revocations and roster on it: enrol, then hold one whole sync."""

from collections.abc import Iterator
from contextlib import contextmanager

from kiosk import device, view
from kiosk import enrol as enrolling
from kiosk.app import Kiosk
from kiosk.doors import Doors
from kiosk.lock import only_one
from kiosk.store import SYNC_LOCK
from kiosk.syncer import Synced, sync
from kiosk.transport import Transport
from sync.enrolment import EnrolmentCode


def join(kiosk: Kiosk, code: EnrolmentCode, *, url: str, post: str) -> Synced | None:
    """Enrol and sync; None if this very enrolment was complete before. Raise `Stopped` as `enrol` and `sync` do."""
    is_done = enrolling.is_done(kiosk, code, url)
    if is_done and view.is_filled(kiosk.store.db):
        return None
    with open_doors(kiosk, url) as doors:
        if not is_done:
            enrolling.enrol(kiosk, doors, code, url=url, post=post)
        return sync(kiosk, doors)


@contextmanager
def open_doors(kiosk: Kiosk, url: str) -> Iterator[Doors]:
    """Open the doors of a server, alone: one sync at a time per home, scans go on meanwhile."""
    key = device.require_identity(kiosk.store).key
    with only_one(kiosk.home / SYNC_LOCK), Transport(url) as transport:
        yield Doors(transport, key)
