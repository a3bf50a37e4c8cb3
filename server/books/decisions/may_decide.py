"""Who may decide: nobody on their own hours or on what they entered (E6), four eyes for E2, tiers for long days (B7)."""

from collections.abc import Sequence

from schemas.vocabulary import Code
from server.books.decisions.actor import Actor, Role
from server.books.decisions.draft import Draft
from server.books.derive.person_now import Now
from server.reconcile.facts import Reconciled
from server.reconcile.minutes import CREDITED, by_day
from sync.errors import Refused

FOUR_EYES = frozenset({"E2"})
"""Rules whose findings only two people together settle."""


def require_other_person(now: Now, drafts: Sequence[Draft], people: Sequence[str]) -> None:
    """Refuse people who decide on their own hours (`own_hours`), or on what they entered themselves (`own_entry`)."""
    if now.numbers & set(people):
        raise Refused(Code.OWN_HOURS, "不能认定自己的时长 / nobody decides on their own hours")
    concerned = {hash_ for draft in drafts for hash_ in (draft.record, *draft.others)}
    entries = concerned | {
        entry for r in now.meaning.records if r.id in concerned for entry in (r.closed, *r.entries)
    }
    for scan in now.facts.scans:
        if scan.hash in entries and scan.more is not None and scan.more.by in people:
            raise Refused(
                Code.OWN_ENTRY, "不能认定自己录入的 / nobody decides on what they entered"
            )


def require_second(now: Now, drafts: Sequence[Draft], settles: str, by: str, second: str) -> None:
    """Refuse a single pair of eyes where two are needed, and one pair that passes for two (`second_needed`).

    Two are needed wherever such a rule holds a record of which minutes are credited, whatever rule the decision names.
    """
    needed = settles in FOUR_EYES or needs_two(now, drafts)
    if second == by or (needed and not second):
        raise Refused(Code.SECOND_NEEDED, "需要另一人复核 / another person has to look, too")


def needs_two(now: Now, drafts: Sequence[Draft]) -> bool:
    """Tell whether one of these decisions credits minutes that only two people together can free."""
    held = {f.record for f in now.meaning.findings if f.rule in FOUR_EYES}
    return any(
        draft.record in held and any(verdict == CREDITED for *_, verdict in draft.intervals)
        for draft in drafts
    )


def require_role(now: Now, drafts: Sequence[Draft], after: Reconciled, actor: Actor) -> None:
    """Refuse a role that is too low for the hours that a date then has (`role_too_low`, B7)."""
    needed = needed_role(now, drafts, after)
    if not actor.reaches(needed):
        raise Refused(Code.ROLE_TOO_LOW, f"需要 {needed} 认定 / takes the role {needed}")


def needed_role(now: Now, drafts: Sequence[Draft], after: Reconciled) -> Role:
    """Give the lowest role that may credit these minutes."""
    credited: dict[int, int] = {}
    for posting in after.postings:
        if posting.verdict == CREDITED:
            credited[posting.day] = credited.get(posting.day, 0) + posting.minutes
    role = Role.LEAD
    for draft in drafts:
        for start, end, verdict in draft.intervals:
            for day, _ in by_day(start, end) if verdict == CREDITED else ():
                policy = now.reference.policy(draft.site, day)
                if credited.get(day, 0) > policy.day_city_minutes:
                    return Role.CITY
                if credited.get(day, 0) > policy.day_minutes:
                    role = Role.REVIEWER
    return role
