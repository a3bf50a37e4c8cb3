"""All facts about some people, gathered for reconciliation: their scans as kept, what was settled, and who is who."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from server import bulk
from server.books import stored
from server.books.group_holds import read_holds
from server.books.identities import Identities, read_identities
from server.books.said import Said, read_said
from server.books.settled import Settled, read_settled
from server.books.stored import KioskLog
from server.people.roster import in_parts
from server.reconcile.facts import GroupHold, PersonFacts, ScanFact

Logs = Mapping[int, KioskLog]
"""The kiosks' logs, by number."""

KeptRecord = tuple[str, str, int, bytes]
"""A record as stored: who, site, in_ms, facts."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """Facts of some people.

    people: under the numbers that they keep, in order. numbers: these and all that were ever linked with them. stored: under
    which numbers something derived is stored. known: scans by person and hash. settled, holds: by number. records: those
    stored, as (who, site, in_ms, facts).
    """

    people: list[str]
    numbers: list[str]
    stored: list[str]
    known: dict[str, dict[bytes, ScanFact]]
    settled: dict[str, Settled]
    said: dict[str, Said]
    who_is: Identities
    holds: dict[str, list[GroupHold]]
    records: set[KeptRecord]

    def is_plain(self, who: str) -> bool:
        """Tell whether there is nothing but scans about a person."""
        return (
            who not in self.settled
            and who not in self.who_is.linked
            and who not in self.said
            and who not in self.holds
        )

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
            holds=[hold for n in (who, *others) for hold in self.holds.get(n, ())],
            numbers=others,
        )


def gather(connection: Connection, chunk: Collection[str], logs: Logs) -> Gathered:
    """Gather what is known of these people, whatever numbers they are known by."""
    who_is = read_identities(connection, chunk)
    numbers = sorted({*chunk, *who_is.linked}) if who_is.linked else list(chunk)
    records: set[KeptRecord] = set()
    kept = _known_scans(connection, numbers, logs, records)
    people, known = numbers, kept
    if who_is.linked:
        people, known = sorted({who_is.keeper(number) for number in numbers}), {}
        for scan in (scan for scans in kept.values() for scan in scans.values()):
            known.setdefault(who_is.keeper(scan.who), {})[scan.hash] = scan
    settled = read_settled(connection, numbers)
    said = read_said(connection, numbers, logs)
    holds = read_holds(connection, numbers)
    has = sorted({*kept, *settled})
    return Gathered(people, numbers, has, known, settled, said, who_is, holds, records)


def _known_scans(
    connection: Connection, people: Sequence[str], logs: Logs, records: set[KeptRecord]
) -> dict[str, dict[bytes, ScanFact]]:
    """Give what is already known of these people: their scans by hash. records: gets the records that hold them."""
    known: dict[str, dict[bytes, ScanFact]] = {}
    for some in in_parts(people):
        marks = ", ".join("?" * len(some))
        kept = bulk.fetch(connection, _IN_RECORDS.format(people=marks), tuple(some))
        records.update(kept)
        loose = bulk.fetch(connection, _LOOSE.format(people=marks), tuple(some))
        for who, *_, facts in (*kept, *loose):
            scans = known.setdefault(who, {})
            for scan in stored.unpack_scans(who, logs, facts):
                scans[scan.hash] = scan
    return known


_IN_RECORDS = "SELECT who, site, in_ms, facts FROM derived.record WHERE who IN ({people})"
_LOOSE = "SELECT who, facts FROM derived.loose_scan WHERE who IN ({people})"
