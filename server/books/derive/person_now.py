"""What the facts about people mean now, and what they would mean if something more were decided: for whoever decides."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from schemas.central_entry import Decide
from server.books.derive.identities import Supposed, read_supposed
from server.books.derive.kiosk_logs import kiosk_logs
from server.books.derive.person_facts import Gathered, gather
from server.people.planned import ALWAYS, Around
from server.people.reference import DatedReference, load_reference
from server.reconcile.evidence import evidence_of
from server.reconcile.facts import Decision, PersonFacts, Reconciled, Record, Reference, ScanFact
from server.reconcile.minutes import day_of
from server.reconcile.person import reconcile_person
from server.reconcile.settle import in_force

Minutes = dict[str, int]
"""Minutes by verdict."""


@dataclass(frozen=True, slots=True)
class Now:
    """A person as of one moment. who: the number they keep. name: the newest ("" for none). told: the decisions' entries."""

    who: str
    facts: PersonFacts
    meaning: Reconciled
    reference: Reference
    name: str
    told: Mapping[bytes, Decide]

    @property
    def numbers(self) -> set[str]:
        """All numbers of the person."""
        return {self.who, *self.facts.numbers}

    def records(self, prefix: str) -> list[Record]:
        """Give the records whose id, in hex, begins so."""
        return [record for record in self.meaning.records if record.id.hex().startswith(prefix)]

    def lone_scans(self, prefix: str) -> list[ScanFact]:
        """Give the scans that neither open nor close a record, and whose hash, in hex, begins so."""
        used = {end for record in self.meaning.records for end in (record.opened, record.closed)}
        loose = (scan for scan in self.facts.scans if scan.hash not in used)
        return [scan for scan in loose if scan.hash.hex().startswith(prefix)]

    def named(self, record: bytes) -> str:
        """Give the number that an entry of the person names."""
        return next((scan.who for scan in self.facts.scans if scan.hash == record), self.who)

    def evidence(self, record: bytes, others: Collection[bytes] = ()) -> bytes:
        """Give what a decision on a record now sees: the record and the others looked at; empty for what is no record."""
        seen = [r for r in self.meaning.records if r.id == record or r.id in others]
        return evidence_of(seen) if any(r.id == record for r in seen) else b""

    def token(self, record: bytes) -> str:
        """Give what stands for a record as seen now: its evidence, and the last decision on it."""
        last = self.decisions_on(record)
        return self.evidence(record).hex()[:16] + (f"-{last[-1].hash.hex()[:16]}" if last else "")

    def decisions_on(self, record: bytes) -> list[Decision]:
        """Give the decisions on a record that nobody took back, in central order."""
        return [
            decision for decision in in_force(self.facts.decisions) if decision.record == record
        ]

    def again(self, more: Iterable[Decision]) -> Reconciled:
        """Give what the same facts would mean with these decisions."""
        facts = self.facts._replace(decisions=[*self.facts.decisions, *more])
        return reconcile_person(self.who, facts, self.reference)


def read_now(connection: Connection, people: Collection[str]) -> dict[str, Now]:
    """Read these people as they are derived, by the number that each keeps. A number of whom nothing is known is there, too."""
    gathered = gather(connection, people, kiosk_logs(connection))
    return _now(gathered, _reference(connection, gathered))


def read_both(
    connection: Connection, people: Collection[str], supposed: Supposed
) -> tuple[dict[str, Now], dict[str, Now]]:
    """Read these people as they are derived, and as they would be if this were said of who is who."""
    as_it_is, tried = read_supposed(connection, people, supposed)
    gathered = gather(connection, people, kiosk_logs(connection), who_is=tried)
    reference = _reference(connection, gathered)
    return _now(gathered.known_as(as_it_is), reference), _now(gathered, reference)


def _now(gathered: Gathered, reference: DatedReference) -> dict[str, Now]:
    found = {}
    for who in gathered.people:
        scans = list(gathered.scans.get(who, {}).values())
        facts = gathered.facts(who, scans)
        meaning = reconcile_person(who, facts, reference)
        found[who] = Now(who, facts, meaning, reference, reference.name(who), _told(gathered, who))
    return found


def _reference(connection: Connection, gathered: Gathered) -> DatedReference:
    """Read what judges these people: whatever versions of it, and what was planned where they were."""
    scans = [scan for own in gathered.scans.values() for scan in own.values()]
    sites = {scan.site for scan in scans if scan.site}
    days = [day_of(scan.at_ms) for scan in scans]
    around = Around(min(days), max(days)) if days else ALWAYS
    reference = load_reference(connection, gathered.numbers, sorted(sites), around)
    for settled in gathered.settled.values():
        reference.stood(settled.stood)
    return reference


def _told(gathered: Gathered, who: str) -> Mapping[bytes, Decide]:
    numbers = (who, *gathered.who_is.others(who))
    told = (gathered.settled[n].told for n in numbers if n in gathered.settled)
    return {entry_hash: entry for each in told for entry_hash, entry in each.items()}


def minutes(meaning: Reconciled) -> Minutes:
    """Add up minutes by verdict."""
    total = no_minutes()
    for record in meaning.records:
        total["credited"] += record.credited
        total["held"] += record.held
        total["refused"] += record.refused
    return total


def no_minutes() -> Minutes:
    """Give zero of each verdict."""
    return {"credited": 0, "held": 0, "refused": 0}


def add_minutes(total: Minutes, more: Minutes) -> None:
    """Add to a total."""
    for verdict, count in more.items():
        total[verdict] += count
