"""What it would do to say that two numbers are one person, or two after all: in numbers, before anybody says it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from server.books.decisions.mergers import Linked
from server.books.derive.identities import Supposed
from server.books.derive.person_now import Now, minutes, read_both


@dataclass(frozen=True, slots=True)
class Standing:
    """A person, by the number kept, with the newest name. others: also theirs. Minutes by verdict; frozen: closed records."""

    number: str
    name: str
    others: list[str]
    records: int
    credited: int
    held: int
    refused: int
    frozen: int


@dataclass(frozen=True, slots=True)
class Effect:
    """Who there is now, and who there would be, by number."""

    now: list[Standing]
    then: list[Standing]


def effect_of_merging(connection: Connection, who: str, into: str) -> Effect:
    """Say what it would do that `who` is the same person as `into`."""
    return _effect(connection, [who, into], Supposed(joined=(who, into)))


def effect_of_parting(connection: Connection, merger: Linked) -> Effect:
    """Say what it would do to take a merger back; of one that was taken back before, nothing."""
    supposed = Supposed(parted=bytes.fromhex(merger.entry))
    return _effect(connection, [merger.number, merger.into], supposed)


def _effect(connection: Connection, people: Sequence[str], supposed: Supposed) -> Effect:
    """Tell of these two alone: others whom earlier mergers link with them may be anybody's (I9)."""
    now, then = read_both(connection, people, supposed)
    return Effect(_standings(now.values(), people), _standings(then.values(), people))


def _standings(found: Iterable[Now], people: Sequence[str]) -> list[Standing]:
    return [_standing(one) for one in found if not one.numbers.isdisjoint(people)]


def _standing(now: Now) -> Standing:
    found, frozen = minutes(now.meaning), {one.record for one in now.facts.frozen}
    others, records = sorted(now.facts.numbers), len(now.meaning.records)
    held = found["held"]
    return Standing(
        now.who, now.name, others, records, found["credited"], held, found["refused"], len(frozen)
    )
