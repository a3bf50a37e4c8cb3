"""What the posts of a site need, and what its people have of it, as rows of the change feed: kiosks warn by it (RULES, D7).

As little as a warning takes: of what holds already since when is not told, and of an age only that it is reached.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sqlalchemy import Connection, select

from server.books.dates import iso_date, local_day
from server.intake.feed_truth import Fresh, Truth, compare, pack
from server.limits import FIT_SPANS_MAX, NEED_CHARS_MAX, SITE_NEEDS_MAX
from server.models.insurance import Insurance
from server.models.now import PostNow, VolunteerNow
from server.models.training import Training
from server.people.roster import in_parts
from server.people.site_people import people_of
from server.reconcile.rules.needs import is_of_age, read_need
from server.signing import Signer
from sync import fit, view_rows
from sync.fit import Need, Span
from sync.parcel import site_channel

_Fits = dict[Need, list[Span]]


def needs(connection: Connection, _signer: Signer, _keys: set[str]) -> Iterable[Fresh]:
    """Compare what posts need."""
    truth: Truth = {
        (site_channel(site), post): pack([fit.write_needs(wanted)])
        for site, posts in _needs_by_site(connection).items()
        for post, wanted in posts.items()
    }
    return compare(connection, view_rows.NEED, truth, set())


def fits(connection: Connection, signer: Signer, site: str) -> Iterable[Fresh]:
    """Compare what a site's people have of what is needed there: of none where nothing is."""
    now_ms, channel = signer.clock.wall_ms(), site_channel(site)
    posts = _needs_by_site(connection, site).get(site, {})
    wanted = {need for some in posts.values() for need in some}
    numbers = people_of(connection, site, now_ms) if wanted else []
    truth: Truth = {
        (channel, number): pack([fit.write_fits(found)])
        for number, found in _fits(connection, numbers, wanted, local_day(now_ms)).items()
    }
    return compare(connection, view_rows.FIT, truth, set(), channel=channel)


def _needs_by_site(connection: Connection, site: str = "") -> dict[str, dict[str, list[Need]]]:
    """Give what is needed by site and post, in order; of many at one site the first ones. site: that one alone."""
    asked = select(PostNow.site, PostNow.code, PostNow.needs).where(PostNow.needs != "")
    if site:
        asked = asked.where(PostNow.site == site)
    found: dict[str, dict[str, list[Need]]] = {}
    told: dict[str, set[Need]] = {}
    for site, post, text in connection.execute(asked.order_by(PostNow.site, PostNow.code)):
        for need in dict.fromkeys(map(read_need, filter(None, text.split(";")))):
            known = told.setdefault(site, set())
            is_told = need in known or len(known) < SITE_NEEDS_MAX
            if is_told and len(need.text) <= NEED_CHARS_MAX:
                known.add(need)
                found.setdefault(site, {}).setdefault(post, []).append(need)
    return found


def _fits(
    connection: Connection, numbers: Sequence[str], wanted: set[Need], day: int
) -> Mapping[str, _Fits]:
    """Give what these people have of what is wanted; nobody is left out, so that a kiosk knows whom it was told of."""
    found: dict[str, _Fits] = {number: {} for number in numbers}
    for some in in_parts(numbers):
        for number, need, span in _spans(connection, some, day):
            if need in wanted:
                found[number].setdefault(need, []).append(span)
        for number, need in _of_age(connection, some, wanted, day):
            found[number][need] = [Span()]
    return {
        number: {n: _shortest(s) for n, s in sorted(own.items())} for number, own in found.items()
    }


def _shortest(spans: list[Span]) -> list[Span]:
    """Give the spans that matter, those that end last; what is open on both sides is all."""
    if Span() in spans:
        return [Span()]
    return sorted(set(spans), key=lambda span: (span.last or "9", span.first))[-FIT_SPANS_MAX:]


def _spans(
    connection: Connection, some: Sequence[str], day: int
) -> Iterator[tuple[str, Need, Span]]:
    trained = select(Training.volunteer, Training.name, Training.day).where(
        Training.volunteer.in_(some), Training.valid_from <= day
    )
    for number, name, since in connection.execute(trained):
        yield number, Need(fit.TRAINING, name), Span(_since(since, day))
    for number, first, last in _insured(connection, some, day):
        if last is None or last >= day:
            until = "" if last is None else iso_date(last)
            yield number, Need(fit.INSURANCE), Span(_since(first, day), until)


def _insured(
    connection: Connection, some: Sequence[str], day: int
) -> Iterator[tuple[str, int, int | None]]:
    """Give insurances as they are known on a date: of several versions of one the last entered."""
    asked = select(Insurance.volunteer, Insurance.policy, Insurance.first_day, Insurance.last_day)
    known = asked.where(Insurance.volunteer.in_(some), Insurance.valid_from <= day)
    newest: dict[tuple[str, str, int], int | None] = {}
    for number, policy, first, last in connection.execute(
        known.order_by(Insurance.valid_from, Insurance.entered)
    ):
        newest[number, policy, first] = last
    for (number, _, first), last in sorted(newest.items(), key=lambda item: item[0]):
        yield number, first, last


def _since(first: int, day: int) -> str:
    return "" if first <= day else iso_date(first)


def _of_age(
    connection: Connection, some: Sequence[str], wanted: set[Need], day: int
) -> Iterator[tuple[str, Need]]:
    ages = [need for need in wanted if need.kind == fit.AGE]
    if not ages:
        return
    asked = select(VolunteerNow.number, VolunteerNow.born).where(VolunteerNow.number.in_(some))
    for number, born in connection.execute(asked):
        if born is not None:
            yield from ((number, need) for need in ages if is_of_age(born, day, int(need.what)))
