"""Deliver what this kiosk carries for others, once its own sync is done: each bundle to the door, each reply kept for its kiosk.

Whatever goes wrong here is nobody's loss: the other kiosk has everything until a receipt has reached it.
"""

import io
from dataclasses import dataclass

import structlog

from kiosk import accept, carried, device
from kiosk.app import Kiosk
from kiosk.carried import Part
from kiosk.doors import Doors
from kiosk.errors import Stopped
from sync.errors import Refused

_log = structlog.get_logger("kiosk.deliver")


@dataclass(slots=True)
class Delivered:
    """What was done for other kiosks. bundles: delivered; left: still here; problem: code of the last failure."""

    bundles: int = 0
    left: int = 0
    problem: str = ""


def deliver(kiosk: Kiosk, doors: Doors) -> Delivered:
    """Deliver all bundles that are carried, until one fails for now. The caller holds the sync lock. Never raises for them."""
    done = Delivered()
    enrolment = device.require_enrolment(kiosk.store.db)
    for part in carried.bundles(kiosk.home):
        try:
            _deliver(kiosk, doors, enrolment, part)
            done.bundles += 1
        except (Stopped, Refused) as error:
            done.problem = str(error.code)
            _log.warning("bundle_not_delivered", part=part.file.name, code=done.problem)
            if isinstance(error, Stopped) and error.later:
                break
    done.left = len(carried.bundles(kiosk.home))
    return done


def _deliver(kiosk: Kiosk, doors: Doors, enrolment: device.Enrolment, part: Part) -> None:
    """Bring one bundle; only an answer that is a whole reply lets it go from here."""
    reply = doors.bundle(part.file.read_bytes())
    accept.take_file(kiosk, enrolment, io.BytesIO(reply))
    part.drop()
