"""All facts about some people, gathered for reconciliation: their scans as kept, what was settled, and who is who."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from server import bulk
from server.books import stored
from server.books.identities import Identities, read_identities
from server.books.said import Said, read_said
from server.books.settled import Settled, read_settled
from server.books.stored import KioskLog
from server.people.roster import in_parts
from server.reconcile.facts import PersonFacts, ScanFact

Logs = Mapping[int, KioskLog]
"""The kiosks' logs, by number."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """Facts of some people.

    people: under the numbers that they keep, in order. numbers: these and all that were ever linked with them. stored: under
    which numbers something derived is stored. known: scans by person and hash. settled: by number.
    """

    people: list[str]
    numbers: list[str]
    stored: list[str]
    known: dict[str, dict[bytes, ScanFact]]
    settled: dict[str, Settled]
    said: dict[str, Said]
    who_is: Identities

    def is_plain(self, who: str) -> bool:
        """Tell whether there is nothing but scans about a person."""
        return who not in self.settled and who not in self.who_is.linked and who not in self.said

    def facts(self, who: str, scans: Sequence[ScanFact]) -> PersonFacts:
        """Give the facts of a person with these scans."""
        if self.is_plain(who):
            return PersonFacts(scans)
        others = self.who_is.others(who)
        settled = [self.settled[n] for n in (who, *others) if n in self.settled]
        said = [self.said[n] for n in (who, *others) if n in self.said]
        return PersonFacts(
            scans,
            voids=[void for each in said for void in each.voids],
            walk_ins=[walk_in for each in said for walk_in in each.walk_ins],
            decisions=[decision for each in settled for decision in each.decisions],
            frozen=[frozen for each in settled for frozen in each.frozen],
            numbers=others,
        )


def gather(connection: Connection, chunk: Collection[str], logs: Logs) -> Gathered:
    """Gather what is known of these people, whatever numbers they are known by."""
    who_is = read_identities(connection, chunk)
    numbers = sorted({*chunk, *who_is.linked}) if who_is.linked else list(chunk)
    kept = _known_scans(connection, numbers, logs)
    people, known = numbers, kept
    if who_is.linked:
        people, known = sorted({who_is.keeper(number) for number in numbers}), {}
        for scan in (scan for scans in kept.values() for scan in scans.values()):
            known.setdefault(who_is.keeper(scan.who), {})[scan.hash] = scan
    settled = read_settled(connection, numbers)
    said = read_said(connection, numbers, logs)
    return Gathered(people, numbers, sorted({*kept, *settled}), known, settled, said, who_is)


def _known_scans(
    connection: Connection, people: Sequence[str], logs: Logs
) -> dict[str, dict[bytes, ScanFact]]:
    """Give what is already known of these people: their scans by hash."""
    known: dict[str, dict[bytes, ScanFact]] = {}
    for some in in_parts(people):
        for query in (_IN_RECORDS, _LOOSE):
            marks = ", ".join("?" * len(some))
            for who, facts in bulk.fetch(connection, query.format(people=marks), tuple(some)):
                scans = known.setdefault(who, {})
                for scan in stored.unpack_scans(who, logs, facts):
                    scans[scan.hash] = scan
    return known


_IN_RECORDS = "SELECT who, facts FROM derived.record WHERE who IN ({people})"
_LOOSE = "SELECT who, facts FROM derived.loose_scan WHERE who IN ({people})"
