"""Who comes where, and what they hold to the scanner. Everybody is invented; the files are in `demo/county/`."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass

from demo.processes import ROOT

COUNTY = ROOT / "demo" / "county"
DUTIES = (("kiosk-1", "S01", "P01"), ("kiosk-2", "S02", "P02"), ("kiosk-3", "S03", "P03"))
"""Each kiosk's folder, site and post."""
PEOPLE_PER_KIOSK = 8
PEOPLE_PER_KIOSK_QUICK = 2
RUBBISH = "https://coupon.example/?id=20260815"
"""What somebody holds up who takes the kiosk for something else."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A kiosk, and the numbers of those who come to it."""

    kiosk: str
    site: str
    post: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Presented:
    """What is held to a scanner. badge: a volunteer's printed one, "" if it is rubbish. direction: auto is a guess."""

    badge: str
    direction: str = "auto"


def deal_people(*, quick: bool) -> tuple[Desk, ...]:
    """Send the first of the list to the kiosks, in turn."""
    with (COUNTY / "volunteers.csv").open(encoding="utf-8", newline="") as file:
        numbers = [row["志愿者编号"] for row in csv.DictReader(file)]
    each = PEOPLE_PER_KIOSK_QUICK if quick else PEOPLE_PER_KIOSK
    count = len(DUTIES)
    return tuple(
        Desk(*duty, tuple(numbers[place::count][:each])) for place, duty in enumerate(DUTIES)
    )


def arrivals(desks: Sequence[Desk]) -> list[list[Presented]]:
    """Give what is scanned at each desk first: all sign in by guess, one by choice, one twice; and somebody's rubbish."""
    scans = [[Presented(number) for number in desk.people] for desk in desks]
    scans[0].insert(1, scans[0][0])
    scans[1][0] = Presented(desks[1].people[0], "in")
    scans[2].append(Presented(""))
    return scans


def departures(desks: Sequence[Desk]) -> list[list[Presented]]:
    """Give what is scanned at the end: one leaves through another site, one forgets. Chosen, for a guess so soon is a repeat."""
    scans = [[Presented(number, "out") for number in desk.people] for desk in desks]
    scans[1].append(scans[0].pop())
    scans[2].pop()
    return scans
