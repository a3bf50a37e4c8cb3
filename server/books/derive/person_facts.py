"""All facts about some people, gathered for reconciliation: their scans as kept, what was settled, and who is who."""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from server.books.dates import local_day
from server.books.derive.identities import NOBODY, Identities, read_identities
from server.books.derive.known import Fresh, Known, Logs, read_known
from server.books.derive.noted import read_noted
from server.books.derive.reached import read_reached
from server.books.derive.rest import read_rest_ms
from server.books.derive.said import Said
from server.books.derive.settled import Settled, both, read_decisions, read_frozen, read_settled
from server.books.derive.tied import read_tied, within
from server.books.periods.months import month_of
from server.reconcile.cuts import Span, Window
from server.reconcile.facts import Frozen, GroupHold, PersonFacts, ScanFact


@dataclass(frozen=True, slots=True)
class Gathered:
    """Facts of some people.

    people: under the numbers that they keep, in order. numbers: these and all that were ever linked with them. stored: under
    which numbers something derived is stored. scans: by person and hash. settled, holds: by number. known: as read.
    """

    people: list[str]
    numbers: list[str]
    stored: list[str]
    scans: dict[str, dict[bytes, ScanFact]]
    settled: dict[str, Settled]
    said: dict[str, Said]
    who_is: Identities
    holds: dict[str, list[GroupHold]]
    known: Known
    _special: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Look once who has more than scans: it is asked of everybody."""
        special = frozenset({*self.settled, *self.who_is.linked, *self.said, *self.holds})
        object.__setattr__(self, "_special", special)

    def is_plain(self, who: str) -> bool:
        """Tell whether there is nothing but scans about a person."""
        return who not in self._special

    def otherwise_known(self) -> Set[str]:
        """Give of whom more than news is known: what was made of their news ahead does not stand."""
        return self._special | self.known.scans.keys()

    def known_as(self, who_is: Identities) -> "Gathered":
        """Give the same facts under the numbers that people keep by this."""
        scans: dict[str, dict[bytes, ScanFact]] = {}
        for scan in (scan for own in self.known.scans.values() for scan in own.values()):
            scans.setdefault(who_is.keeper(scan.who), {})[scan.hash] = scan
        people = sorted({who_is.keeper(number) for number in self.numbers})
        return replace(self, people=people, scans=scans, who_is=who_is)

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


def gather(
    connection: Connection,
    chunk: Collection[str],
    logs: Logs,
    fresh: Fresh | None = None,
    whole: Collection[str] = (),
    who_is: Identities | None = None,
) -> Gathered:
    """Gather what is known of these people, whatever numbers they are known by. fresh: what is new of them, by number.

    Of `whole`, and of people without new scans, of several numbers or with a decision about what is no record everything is
    gathered; of the others only the days that news can change. who_is: where it was read before, or is only tried.
    """
    who_is = read_identities(connection, chunk) if who_is is None else who_is
    numbers = sorted({*chunk, *who_is.linked}) if who_is.linked else list(chunk)
    noted = read_noted(connection, numbers, logs)
    if fresh is not None and fresh.reach is not None:
        reached = read_reached(connection, noted.abouts, logs, fresh)
        known, settled = _cut(connection, numbers, logs, fresh, {*whole, *who_is.linked}, reached)
    else:
        settled = read_settled(connection, numbers)
        known = read_known(connection, numbers, logs, None, (), tied={})
    found = Gathered(
        numbers,
        numbers,
        sorted({*known.scans, *settled}),
        known.scans,
        settled,
        noted.said,
        who_is,
        noted.holds,
        known,
    )
    return found.known_as(who_is) if who_is.linked else found


def gather_anew(connection: Connection, people: list[str]) -> Gathered:
    """Gather what is known of people but scans, where nothing is derived of them yet and nobody said anything about them."""
    settled = both(read_decisions(connection, people), read_frozen(connection, people))
    known = Known(read_rest_ms(connection))
    return Gathered(people, people, [], {}, settled, {}, NOBODY, {}, known)


def _cut(
    connection: Connection,
    numbers: Sequence[str],
    logs: Logs,
    fresh: Fresh,
    whole: Collection[str],
    reached: Mapping[str, Sequence[Span] | None],
) -> tuple[Known, dict[str, Settled]]:
    """Read the days that news can change, where a history can be cut, and what was settled about them.

    reached: the times of people's stated ends through which no cut may go, or None: nobody can tell.
    """
    decisions = read_decisions(connection, numbers)
    tied = read_tied(connection, decisions, logs, fresh)
    all_of = {*whole, *(who for who in decisions if who not in tied)}
    all_of |= {who for who, own in reached.items() if own is None}
    spans = {who: [*(own or ())] for who, own in reached.items()}
    for who, ties in tied.items():
        spans.setdefault(who, []).extend(one.span for one in ties)
    known = read_known(connection, numbers, logs, fresh, all_of, tied=spans)
    for who in known.windows.keys() & tied.keys():
        decisions[who] = within(tied[who], known.windows[who])
    decisions = {who: own for who, own in decisions.items() if own}
    return known, both(decisions, _frozen(connection, numbers, known.windows))


def _frozen(
    connection: Connection, numbers: Sequence[str], windows: Mapping[str, Window]
) -> dict[str, Sequence[Frozen]]:
    """Read what was frozen: of whom only a part was gathered, what lies in the months around it."""
    frozen = read_frozen(connection, [who for who in numbers if who not in windows])
    if windows:
        first = min(window.start_ms for window in windows.values())
        last = max(window.end_ms for window in windows.values())
        months = (month_of(local_day(first)) - 1, month_of(local_day(last)) + 1)
        frozen |= read_frozen(connection, list(windows), months)
    return frozen
