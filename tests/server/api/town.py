"""Two districts for tests of what lies outside one's part: R1 is one's own, R2 is somebody else's."""

from pathlib import Path

from server.services import Services
from tests.server.books.desk import Desk, make_desk
from tests.server.books.world import derive
from tests.server.builders import HOUR_MS, START_MS, ServerClock, enrol_at, make_author, push
from tests.server.conftest import import_text

OTHER = {
    "regions": "code,name,parent\nR2,平桥区,\n",
    "teams": "code,name,region\nT9,九队,R2\n",
    "sites": "code,name,kind,region,latitude,longitude\nS9,平桥卡口,checkpoint,R2,32.20,114.10\n",
    "volunteers": "number,name,phone,team\nV91,王九一,13900000091,T9\nV92,王九二,13900000092,T9\n",
}


def open_town(services: Services, clock: ServerClock, folder: Path) -> Desk:
    """Open a desk at S1 in R1, with stays of V1 and V2, and a kiosk at S9 in R2 where V91 and V92 served."""
    for kind, text in OTHER.items():
        import_text(services, folder, kind, text)
    desk = make_desk(services, clock)
    desk.stay("V1", 8, 8.05)  # B6: held
    desk.stay("V2", 9, None)  # B4: no end
    desk.stay("V4", 8, 12)
    kiosk = make_author("other district")
    enrol_at(services, kiosk, "S9")
    kiosk.boot(START_MS)
    for who, came, left in (("V91", 8, 8.05), ("V92", 9, 12)):
        kiosk.scan(START_MS + int(came * HOUR_MS), who, "in")
        kiosk.scan(START_MS + int(left * HOUR_MS), who, "out")
    kiosk.contact(START_MS + 40 * HOUR_MS, services.signer.keys.identity)
    assert push(desk.client, kiosk.batch()).status_code == 200
    desk.sync(40)
    derive(services)
    return desk
