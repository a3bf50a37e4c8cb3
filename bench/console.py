"""How long pages of the console take in a whole city: `python -m bench.console --database postgresql://… --json`.

The database has to be empty, on PostgreSQL; it is filled in some minutes and left there (`--filled` with the same `--home`
measures it again). Every page that needs no object, and some that do, is asked for by somebody who sees everything and by
somebody of one district. What is told is the slowest page's 95th percentile at the server, in milliseconds.
"""

import argparse
import time
from pathlib import Path
from statistics import quantiles

from flask.testing import FlaskClient

from bench.city import Size
from bench.city_home import make_home, pages, sign_in
from bench.result import report
from server.access.grant import Grant, Over
from server.access.roles import StaffRole
from server.config import Config
from server.console import create_console
from server.services import open_services
from server.serving import rest_collector

REACH_MS = 200
ROUNDS = 20
WHO = {
    "city": Grant(StaffRole.CITY, Over.ALL),
    "district": Grant(StaffRole.DISTRICT, Over.REGION, "D01"),
    "administrator": Grant(StaffRole.ADMINISTRATOR, Over.ALL),
}


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="(always)")
    parser.add_argument("--database", required=True, help="postgresql://…, an empty database")
    parser.add_argument("--home", type=Path, required=True, help="a folder for its keys")
    parser.add_argument("--filled", action="store_true", help="it was filled before")
    parser.add_argument("--people", type=int, default=Size().people)
    parser.add_argument("--records", type=int, default=Size().records)
    args = parser.parse_args()
    size = Size(people=args.people, records=args.records)
    if not args.filled:
        make_home(args.home, args.database, size)
    services = open_services(Config(args.home, args.database, log_level="ERROR"))
    console = create_console(services)
    rest_collector()
    found: dict[str, float] = {}
    for name, grant in WHO.items():
        client = sign_in(console, name, grant)
        for address in pages(console, grant):
            found[f"{name} {address}"] = _measure(client, address)
    services.database.close()
    worst = max(found.values())
    report(
        "console",
        value=worst,
        unit="ms at the server, 95th percentile of the slowest page",
        reach=f"<= {REACH_MS}",
        holds=worst <= REACH_MS,
        people=size.people,
        records=size.records,
        pages=len(found),
        slow={page: ms for page, ms in found.items() if ms > REACH_MS},
    )


def _measure(client: FlaskClient, address: str) -> float:
    """Give the 95th percentile of a page, in milliseconds. The first answer, which fills what is kept, is left out."""
    taken = []
    for _ in range(ROUNDS + 1):
        before = time.perf_counter()
        answer = client.get(address)
        taken.append((time.perf_counter() - before) * 1000)
        if answer.status_code >= 500:
            raise RuntimeError(f"{address}: {answer.status_code}")
    return round(quantiles(taken[1:], n=20)[-1], 1)


if __name__ == "__main__":
    main()
