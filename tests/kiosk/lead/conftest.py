"""A kiosk with a lead."""

from typing import Any

import pytest

from kiosk import device
from kiosk.app import Kiosk
from kiosk.lead import leads
from kiosk.lead.session import Session
from kiosk.lead.unlock import unlock
from kiosk.log import bodies, read_head
from sync import canonical
from sync.enrolment import EnrolmentCode
from sync.ids import server_fingerprint
from tests.kiosk.fakes import FakeServer

LEAD, PIN = "L001", "480 913 x"


def first_code(server: FakeServer) -> EnrolmentCode:
    """Give the code that the kiosk was enrolled with: the first that this server made."""
    number, secret = next(iter(server.codes.items()))
    return EnrolmentCode(bytes.fromhex(number), secret, server_fingerprint(server.public))


@pytest.fixture
def led(enrolled: Kiosk, server: FakeServer) -> Kiosk:
    """A kiosk with one lead."""
    leads.begin(enrolled, first_code(server), LEAD, PIN)
    return enrolled


@pytest.fixture
def session(led: Kiosk) -> Session:
    """That lead, at the screen."""
    return Session("t", LEAD, unlock(led, LEAD, PIN))


def entries(kiosk: Kiosk, kind: type) -> list[Any]:
    """Give all entries of a kind of the log that goes on."""
    identity = device.require_identity(kiosk.store)
    head = read_head(kiosk.store.db, identity).seq
    found = map(canonical.understand, bodies(kiosk.store.db, identity, 1, head))
    return [entry for entry in found if isinstance(entry, kind)]
