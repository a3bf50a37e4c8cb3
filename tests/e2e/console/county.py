"""A small county with something of everything: stays, open ones, findings, a pending log, a silent kiosk, a closed month."""

from pathlib import Path

from sqlalchemy import select

from schemas.entry import WalkIn
from schemas.vocabulary import Action, Outcome
from server.access.part import EVERYTHING
from server.books.decisions.correct import Said, answer_correction, correct
from server.books.decisions.decide import Reasons
from server.books.decisions.draft import Wish
from server.books.decisions.propose import Proposer, propose
from server.books.decisions.sweep import Beginning, begin_sweep, gather
from server.books.review.look import look
from server.books.review.sought import Sought
from server.exports.official_rows import Body
from server.exports.send_official import Order, send_official
from server.models.derived import FindingRow
from server.services import Services
from server.workdays.calendar import read_calendar
from sync.walk_in import seal_details
from tests.server.books.desk import CITY, make_desk
from tests.server.builders import HOUR_MS, START_MS, ServerClock
from tests.server.certificates.desk import issue
from tests.server.conftest import import_text


def make_county(services: Services, clock: ServerClock, folder: Path) -> None:
    """Let a kiosk record a week of a few people, decide on one of them, and close November."""
    desk = make_desk(services, clock)
    for day in range(5):
        start = day * 24 + 8
        desk.stay("V1", start, start + 4)
        desk.stay("V2", start + 0.2, start + 3)
        desk.stay("V3", start, None)
        desk.stay("V4", start + 1, start + 1.02)
        desk.stay("V5", start + 2, start + 16)
    given = {"name": "志愿者2", "phone": "13900000002"}
    sealed = seal_details(services.signer.keys.seal_public, given)
    taken_in = desk.kiosk.stamp(START_MS + 24 * 6 * HOUR_MS - HOUR_MS)
    desk.kiosk.add(WalkIn(*taken_in, "TAAAAAA-7K2M", "", sealed, "plain", "V13"))
    desk.sync(24 * 6)
    desk.decide("V4", Action.APPROVE)
    desk.close(why="e2e")
    issue(desk, "V1")
    desk.late("V6", 30, 33)
    import_text(
        services, folder, "policies", "region,site,from,key,value\n,,2026-01-01,star_1_hours,4\n"
    )
    _ask(services, clock)
    _send(services, clock)
    _propose(services, clock)
    _sweep(services, clock)


def _sweep(services: Services, clock: ServerClock) -> None:
    """Somebody has chosen many records, and has not decided on them yet."""
    begun = Beginning(1, "ST-1", clock.now_ms, Action.REFUSE, "", Sought(rule="B6"), None)
    with services.database.read() as connection:
        found = gather(connection, EVERYTHING, begun)
    with services.database.write_facts() as connection:
        begin_sweep(connection, begun, found)


def _propose(services: Services, clock: ServerClock) -> None:
    """Somebody proposes what another is to confirm."""
    with services.database.read() as connection:
        query = select(FindingRow.record).where(FindingRow.rule == "B4").limit(1)
        record = bytes(connection.scalar(query) or b"").hex()
        looked = look(connection, EVERYTHING, "V3", record)
    assert looked is not None
    wish = Wish("V3", record, Action.REFUSE)
    with services.database.write_facts() as connection:
        who = Proposer(1, "ST-1", clock.now_ms)
        propose(connection, who, looked, wish, Reasons("asked around", seen=looked.seen))


def _send(services: Services, clock: ServerClock) -> None:
    """What was closed goes to the official site."""
    home = services.config.home
    order = Order(home / "official", Body("志愿服务指导中心", "王主任"))
    sent = send_official(services.database, read_calendar(home), order, clock.now_ms)
    assert [one.chunk for one in sent] == [1]


def _ask(services: Services, clock: ServerClock) -> None:
    """Several say that something is wrong; one is told no."""
    asked = []
    for number in ("V2", "V1", "V3", "V5"):
        came, left = START_MS + 8 * HOUR_MS, START_MS + 13 * HOUR_MS
        said = Said(number, "S1", b"", came, left, clock.now_ms, "我一直值到下午一点")
        asked.append(correct(services.database, services.central, said).request)
    where = services.database, services.central, CITY
    answer_correction(*where, asked[-1], Outcome.DECLINED, "没有人看到")
