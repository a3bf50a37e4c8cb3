"""What came of it all: the figures at the end, each as a command of the running centre or of a kiosk gives it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from demo.processes import Ran
from demo.stage import Stage

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of the story. people: rows of `hours`. findings: how often each rule and severity was found.

    recorded: entries on kiosks, what a copy shares counted once; held: entries of kiosks at the centre. waiting, by_stick,
    again: as in `Tally`.
    """

    people: Sequence[Row]
    findings: Mapping[tuple[str, str], int]
    recorded: int
    held: int
    signatures: int
    waiting: int
    by_stick: int
    again: int

    @property
    def lost(self) -> int:
        """How many entries were recorded and are not at the centre."""
        return self.recorded - self.held

    def total(self, name: str) -> int:
        """Sum a figure over all people."""
        return sum(value for row in self.people if isinstance(value := row[name], int))


def read_outcome(stage: Stage) -> Outcome:
    """Ask the centre and the kiosks."""
    server, kiosk = stage.programs.server, stage.programs.kiosk
    asked = [partial(kiosk, name, "status") for name in stage.kiosks]
    people, findings, verified, *standing = stage.programs.together(
        [
            partial(server, "hours"),
            partial(server, "findings"),
            partial(server, "verify"),
            *asked,
        ]
    )
    tally = stage.tally
    return Outcome(
        people.rows(),
        _count(findings),
        sum(each.number("recorded") for each in standing) - tally.copied,
        verified.number("kiosk_entries"),
        verified.number("signatures"),
        tally.waiting,
        tally.by_stick,
        tally.again,
    )


def _count(findings: Ran) -> dict[tuple[str, str], int]:
    found = Counter((str(row["rule"]), str(row["severity"])) for row in findings.rows())
    return dict(sorted(found.items()))
