"""A made-up history in a real server's home: the same people, day after day, at four sites, taken in without HTTP."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from bench.commands import command, import_table
from bench.shifts import MadeKiosk, make_kiosk
from schemas.entry import Scan
from server.config import Config
from server.intake.enrol import Wish, enrol, make_code
from server.intake.ingest import take
from server.services import Services, open_services
from sync.batch import unpack
from sync.canonical import understand
from sync.ids import badge_key_id

KIOSKS = 4
ODD_PART = 0.02
"""Of an odd history: how many stays have something for a rule to say (no sign-out, too short, over eight hours ...)."""


@dataclass(slots=True)
class History:
    """Kiosks with what they have recorded so far. odd: some stays are not the usual."""

    services: Services
    kiosks: list[MadeKiosk]
    people: list[str]
    odd: bool = False
    day: int = 0
    _sent: dict[int, int] = field(default_factory=dict)

    @property
    def entries(self) -> int:
        """How many entries there are."""
        return sum(len(kiosk.bodies) for kiosk in self.kiosks)

    def record_day(self, people: list[str] | None = None) -> None:
        """Record a day: everybody (or these people) at one of the sites, each kiosk's contact after it."""
        self.day += 1
        chosen = self.people if people is None else people
        keys = self.services.signer.keys
        badge_key = badge_key_id(keys.badge_public)
        for number, kiosk in enumerate(self.kiosks):
            own = [who for at, who in enumerate(chosen) if (at + self.day) % KIOSKS == number]
            kiosk.shift(self.day, own, badge_key, odd_part=ODD_PART if self.odd else 0.0)
            kiosk.contact(self.day, keys.identity)

    def waiting(self) -> list[bytes]:
        """Give the batches that were not taken in yet."""
        wires = []
        for number, kiosk in enumerate(self.kiosks):
            for last, wire in kiosk.batches(self._sent.get(number, 0) + 1):
                wires.append(wire)
                self._sent[number] = last
        return wires

    def send(self, wires: Iterable[bytes]) -> None:
        """Take batches in."""
        for wire in wires:
            take(self.services.database, unpack(wire))

    def scans(self) -> Iterator[tuple[str, int, str]]:
        """Give every scan as (who, wall time, direction)."""
        for kiosk in self.kiosks:
            for body in kiosk.bodies:
                entry = understand(body)
                if isinstance(entry, Scan):
                    yield entry.who, entry.wall_ms, entry.direction


def make_history(home: Path, *, people: int, entries: int, odd: bool = False) -> History:
    """Set a server up and let so many people come day after day until there are so many entries."""
    names = [f"3205{number:08d}" for number in Random(7).sample(range(10_000_000), people)]
    _set_up(home, names)
    services = open_services(Config(home, log_level="ERROR"))
    history = History(
        services, [enrolled_kiosk(services, number) for number in range(KIOSKS)], names, odd
    )
    while history.entries < entries:
        history.record_day()
    history.send(history.waiting())
    return history


def enrolled_kiosk(services: Services, number: int) -> MadeKiosk:
    """Make a kiosk, enrol it at the site of its number, and let it boot."""
    kiosk = make_kiosk(number)
    code = make_code(services.database, services.signer, f"S{number}")
    wish = Wish(kiosk.public, kiosk.log, code.id, kiosk.post, code.secret)
    enrol(services.database, services.central, wish, source="bench")
    kiosk.boot()
    kiosk.contact(0, services.signer.keys.identity)
    return kiosk


def _set_up(home: Path, people: list[str]) -> None:
    home.mkdir()
    sites = [(f"S{n}", f"卡口{n}", "checkpoint") for n in range(KIOSKS)]
    command(home, "setup")
    import_table(home, "sites", ("code", "name", "kind"), sites)
    import_table(home, "volunteers", ("number", "name"), [(who, "志愿者") for who in people])
