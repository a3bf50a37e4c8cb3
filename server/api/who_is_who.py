"""Who is who: whom a walk-in may be, numbers that may be one person, and taking back what was said of both."""

from dataclasses import dataclass, replace
from typing import Any

from marshmallow import fields, validate
from sqlalchemy import Connection

from schemas.vocabulary import Code
from server.access.part import Part
from server.access.roles import Right
from server.api import here
from server.api.calls import Calls
from server.api.cursors import Page, after, onward
from server.api.fields import PageAsked, Strict, number, why
from server.api.people import WalkInTold, require_people, walk_in_told
from server.api.shapes import NAMES, page_shape
from server.books.decisions import merge as merging
from server.books.decisions.merge import Merged
from server.books.decisions.mergers import Linked, find_merger, read_mergers
from server.books.decisions.who_is_who_effect import (
    Effect,
    Standing,
    effect_of_merging,
    effect_of_parting,
)
from server.people.duplicates import BORN, PHONE, Alike, Group, duplicates
from server.people.mask import masked
from server.people.walk_ins import Candidate, candidates, details_of, find_walk_in
from sync.errors import Refused

calls = Calls("who_is_who", __name__, "Whom a walk-in may be, and numbers that may be one person.")
NAMES.update({Linked: "Merger", Effect: "MergerEffect", Standing: "MergerStanding"})


@dataclass(frozen=True, slots=True)
class WalkInCandidate:
    """Who a walk-in may be. name: masked, for whoever may not unmask. by: `phone`, `name` or `reading`, what is the same."""

    number: str
    name: str
    team: str
    by: list[str]


@dataclass(frozen=True, slots=True)
class WalkInOpened:
    """A walk-in with what they gave of themselves, in full, and whom they may be, the best first. That it was read is noted."""

    walk_in: WalkInTold
    details: dict[str, str]
    candidates: list[WalkInCandidate]


@dataclass(frozen=True, slots=True)
class PersonAlike:
    """One of several people who are alike. name: masked, for whoever may not unmask."""

    number: str
    name: str
    team: str
    region: str


@dataclass(frozen=True, slots=True)
class AlikeGroup:
    """People who may be one."""

    people: list[PersonAlike]


class AlikeAsked(PageAsked):
    """By what they are alike: the same phone, or the same name and date of birth."""

    by = fields.String(load_default=PHONE, validate=validate.OneOf([PHONE, BORN]))


class EffectAsked(Strict):
    """Who would keep the number."""

    into = number(required=True)


class UnmergeWanted(Strict):
    """Why it is taken back."""

    why = why()


@calls.reads("/walk-ins/<number:volunteer>", needs=Right.DECIDE, gives=WalkInOpened)
def walk_in(_asked: dict[str, Any], volunteer: str) -> WalkInOpened:
    """Open what one walk-in gave, beside whom they may be."""
    key = here.services().signer.keys.seal.private_bytes_raw()
    with here.reading() as connection:
        part, clear = here.part(connection, Right.DECIDE), here.clear(connection)
        found = find_walk_in(connection, part, volunteer)
        if found is None:
            raise Refused(Code.NOT_FOUND, "没有这位临时志愿者 / no such walk-in")
        details = details_of(connection, key, found)
        may_be = candidates(connection, part, details)
    here.note("walk_in", volunteer, 1 + len(may_be))
    return WalkInOpened(walk_in_told(found), dict(details), [_candidate(o, clear) for o in may_be])


@calls.reads("/duplicates", needs=Right.DECIDE, asks=AlikeAsked, gives=page_shape(AlikeGroup))
def alike(asked: dict[str, Any]) -> Page[AlikeGroup]:
    """Numbers within your part that may be one person. A page may be short, or empty, and lead on all the same."""
    behind = after(asked)
    with here.reading() as connection:
        part, clear = here.part(connection, Right.DECIDE), here.clear(connection)
        start, limit = behind[0] if behind else "", asked["limit"]
        groups, more = duplicates(connection, part, asked["by"], after=start, limit=limit)
    found = [_group(group, clear) for group in groups]
    if found:
        here.note("duplicates", asked["by"], sum(len(group.people) for group in found))
    return Page(found, onward(more))


@calls.reads("/people/<number:volunteer>/mergers", needs=Right.DECIDE, gives=page_shape(Linked))
def mergers(_asked: dict[str, Any], volunteer: str) -> Page[Linked]:
    """What was said of this number and others being one person, also what was taken back."""
    with here.reading() as connection:
        part = here.part(connection, Right.DECIDE)
        found = read_mergers(connection, part, volunteer)
        if not found:
            require_people(connection, part, [volunteer])
    return Page(found, None)


@calls.reads(
    "/people/<number:volunteer>/merge-effect", needs=Right.DECIDE, asks=EffectAsked, gives=Effect
)
def merge_effect(asked: dict[str, Any], volunteer: str) -> Effect:
    """What it would do to merge two numbers, in numbers. Nothing is changed."""
    with here.reading() as connection:
        people = [volunteer, asked["into"]]
        require_people(connection, here.part(connection, Right.DECIDE), people)
        return _veiled(effect_of_merging(connection, *people))


@calls.reads("/mergers/<hash:merger>/undo-effect", needs=Right.DECIDE, gives=Effect)
def unmerge_effect(_asked: dict[str, Any], merger: str) -> Effect:
    """What it would do to take a merger back, in numbers. Nothing is changed."""
    with here.reading() as connection:
        return _veiled(effect_of_parting(connection, _require_merger(connection, merger)))


@calls.acts("/mergers/<hash:merger>/undo", needs=Right.DECIDE, takes=UnmergeWanted, gives=Merged)
def unmerge(wanted: dict[str, Any], merger: str) -> Merged:
    """Say that two numbers are two people after all, or that a walk-in was somebody else. The same again changes nothing."""
    services, actor = here.services(), here.actor(Right.DECIDE)
    with here.reading() as connection:
        _require_merger(connection, merger)
    return merging.unmerge(services.database, services.central, actor, merger, wanted["why"])


def _require_merger(connection: Connection, entry: str) -> Linked:
    found = find_merger(connection, here.part(connection, Right.DECIDE), entry)
    if found is None:
        raise Refused(Code.NOT_MERGED, "没有这个合并 / no such merge")
    return found


def _veiled(effect: Effect) -> Effect:
    """Mask the names: who is meant is asked by number."""
    now, then = ([replace(o, name=masked(o.name)) for o in p] for p in (effect.now, effect.then))
    return Effect(now, then)


def _candidate(one: Candidate, clear: Part) -> WalkInCandidate:
    person = one.person
    name = person.name if clear.has_person(person.team, person.region) else masked(person.name)
    return WalkInCandidate(person.number, name, person.team, list(one.by))


def _group(group: Group, clear: Part) -> AlikeGroup:
    return AlikeGroup([_alike(one, clear) for one in group.people])


def _alike(one: Alike, clear: Part) -> PersonAlike:
    name = one.name if clear.has_person(one.team, one.region) else masked(one.name)
    return PersonAlike(one.number, name, one.team, one.region)
