"""What `explain` tells: shapes of plain texts and numbers, the same for the command, the API and the pages."""

from dataclasses import dataclass

from server.books.explain.clock import Clock


@dataclass(frozen=True, slots=True)
class EntryTold:
    """An entry of a kiosk's log. role: `opens`, `closes`, `repeats` or what else it is to the record (`beside`, `void`).

    device_time: by the kiosk's clock (of a stated end, the time stated). time: corrected, ± within_ms. clock: what it was
    corrected by.
    """

    entry: str
    log: str
    seq: int
    role: str
    kind: str
    direction: str
    chosen: bool
    how: str
    state: str
    by: str
    device_time: str
    time: str
    within_ms: int
    corrected_by_ms: int
    clock: Clock


@dataclass(frozen=True, slots=True)
class PartTold:
    """Minutes [since, until) with one verdict. cause: the rule ("" if none holds them); decision: the one that says so."""

    since: str
    until: str
    minutes: int
    verdict: str
    cause: str
    decision: str


@dataclass(frozen=True, slots=True)
class RuleTold:
    """A rule that fired, with its figures and the entries that it rests on."""

    rule: str
    severity: str
    figures: dict[str, int | str]
    entries: list[str]


@dataclass(frozen=True, slots=True)
class DecisionTold:
    """What a person decided. intervals: (since, until, verdict). undone: somebody took it back."""

    decision: str
    action: str
    by: str
    second: str
    settles: str
    undone: bool
    intervals: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class PostingTold:
    """Minutes as they are booked. period: the month; state: `open`, `frozen` or `adjustment`."""

    period: str
    state: str
    day: str
    site: str
    team: str
    region: str
    verdict: str
    cause: str
    minutes: int


@dataclass(frozen=True, slots=True)
class RecordTold:
    """A record with all that explains it. seen: token for deciding on what is told here.

    elsewhere: minutes of it that are counted in another record of the person (B9, B10).

    credited + held + refused = presented, and the parts add up to each.
    """

    record: str
    volunteer: str
    site: str
    post: str
    came: str
    left: str | None
    within_ms: int
    grade: str
    policy: str
    changed_since_decision: bool
    seen: str
    presented: int
    credited: int
    held: int
    refused: int
    elsewhere: int
    parts: list[PartTold]
    rules: list[RuleTold]
    entries: list[EntryTold]
    decisions: list[DecisionTold]
    postings: list[PostingTold]


@dataclass(frozen=True, slots=True)
class Explained:
    """A volunteer, or one record of theirs. loose: scans that belong to no record, and the rules about them."""

    volunteer: str
    name: str | None
    numbers: list[str]
    records: list[RecordTold]
    loose: list[EntryTold]
    loose_rules: list[RuleTold]
