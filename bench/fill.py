"""The first fill of a kiosk with 50,000 people: `python -m bench.fill --json`.

From the feed of a real server on SQLite to the kiosk's SQLCipher store: following, preparing the snapshot, proving its parts,
gathering them, switching. As a ratio to one plain `INSERT` of the same numbers into such a store, because machines differ.
"""

import argparse
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.result import report
from kiosk import device, view
from kiosk.store import Store, open_store
from kiosk.take_parcel import take_parcel
from server import bulk
from server.clock import system_clock
from server.config import Config
from server.intake import feed
from server.intake.enrol import Wish, enrol, make_code
from server.intake.pull import parcels
from server.intake.touch import touch
from server.models.site import Site
from server.models.volunteer import Volunteer
from server.services import Services, open_services
from server.setup import set_up
from sync import view_rows

PEOPLE = 50_000
REACH = 60.0
SECONDS_MAX = 30.0


def main() -> None:
    """Measure and report."""
    argparse.ArgumentParser(description=__doc__).add_argument(
        "--json", action="store_true", help="(always)"
    )
    with TemporaryDirectory() as folder:
        services, kiosk = _make(Path(folder))
        started = time.perf_counter()
        with services.database.write_facts() as connection:
            feed.follow(connection, services.signer)
        followed = time.perf_counter()
        log = device.require_identity(kiosk).log
        wires = list(parcels(services.database, services.signer, log, ""))
        prepared = time.perf_counter()
        for wire in wires:
            take_parcel(kiosk, wire)
        filled = time.perf_counter()
        there = view.counts(kiosk.db)["roster"]
        again = list(parcels(services.database, services.signer, log, view.cursor(kiosk.db)))
        plain = _plain(Path(folder))
    value = (filled - started) / plain
    report(
        "fill",
        value=value,
        unit="times one plain INSERT of the same numbers",
        reach=f"<= {REACH:g}, and within {SECONDS_MAX:g} s",
        holds=there == PEOPLE and value <= REACH and filled - started <= SECONDS_MAX,
        people=there,
        wire_bytes=sum(map(len, wires)),
        follow_s=round(followed - started, 3),
        prepare_s=round(prepared - followed, 3),
        take_s=round(filled - prepared, 3),
        unchanged_parcels=len(again) - 1,
    )


def _make(folder: Path) -> tuple[Services, Store]:
    """Make a centre with so many people, and a kiosk that is enrolled there and has nothing yet."""
    set_up(Config(folder / "centre"), system_clock())
    services = open_services(Config(folder / "centre"))
    kiosk = open_store(folder / "kiosk")
    identity = device.require_identity(kiosk)
    names = [column.name for column in Volunteer.__table__.columns]
    known = {"valid_from": 0, "entered": 1}
    with services.database.write_facts() as connection:
        rows = [
            tuple({**known, "number": f"V{number:07d}"}.get(name, "") for name in names)
            for number in range(PEOPLE)
        ]
        bulk.insert(connection, Volunteer, rows)
        site = {"code": "S1", "name": "东门", **known}
        columns = [column.name for column in Site.__table__.columns]
        bulk.insert(connection, Site, [tuple(site.get(name, "") for name in columns)])
        touch(connection, view_rows.KNOWN)
        touch(connection, view_rows.SITE)
    code = make_code(services.database, services.signer, "S1")
    wish = Wish(identity.public, identity.log, code.id, "", code.secret)
    enrol(services.database, services.central, wish, source="bench")
    keys = services.signer.keys
    here = device.Enrolment("", keys.identity_public, keys.seal_public, "", "S1", "", "")
    with kiosk.write() as db:
        device.write(db, "enrolment", here)
    return services, kiosk


def _plain(folder: Path) -> float:
    """Say how long one plain INSERT takes."""
    store = open_store(folder / "plain")
    started = time.perf_counter()
    with store.write() as db:
        rows = [(f"V{number:07d}",) for number in range(PEOPLE)]
        db.executemany("INSERT INTO roster VALUES (?)", rows)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
