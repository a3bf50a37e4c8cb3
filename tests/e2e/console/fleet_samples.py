"""Objects of the fleet for the walk through all pages: a kiosk's log, a code, a message, a batch set aside."""

from collections.abc import Callable, Mapping

from sqlalchemy import select

from server import create_app
from server.access.part import EVERYTHING
from server.fleet.tell import tell
from server.intake.enrol import make_code
from server.models.fleet import KioskMessage
from server.models.log import Enrolment, EnrolmentCode, SetAside
from server.services import Services
from tests.server.builders import DAY_MS, push

Arguments = Mapping[str, str | int]


def _log(services: Services) -> Arguments:
    with services.database.read() as connection:
        return {"log": connection.scalar(select(Enrolment.log).order_by(Enrolment.log)) or ""}


def _code(services: Services) -> Arguments:
    make_code(services.database, services.signer, "S1")
    with services.database.read() as connection:
        return {"code": bytes(connection.scalar(select(EnrolmentCode.id)) or b"").hex()}


def _message(services: Services) -> Arguments:
    until_ms = services.signer.clock.wall_ms() + DAY_MS
    there = services.database, services.central
    tell(*there, EVERYTHING, ["S1"], "<b>换岗</b>提前一刻钟", until_ms=until_ms, by="walk.city")
    with services.database.read() as connection:
        return {"key": bytes(connection.scalar(select(KioskMessage.hash)) or b"").hex()}


def _aside(services: Services) -> Arguments:
    push(create_app(services).test_client(), b"<script>nothing that proves itself</script>")
    with services.database.read() as connection:
        return {"number": connection.scalar(select(SetAside.id)) or 0}


FLEET_SAMPLES: dict[str, Callable[[Services], Arguments]] = {
    "fleet.confirm": _log,
    "fleet.end": _code,
    "fleet.let_be": _aside,
    "fleet.one": _log,
    "fleet.one_aside": _aside,
    "fleet.retry_aside": _aside,
    "fleet.revoke": _log,
    "fleet.untell": _message,
}
