"""Bulletins: a number keeps its figures and its bytes, they agree with hours, and they say what is still out."""

from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text

from schemas.vocabulary import Action
from server.access.part import EVERYTHING, NOTHING, Part
from server.books.decisions.decide import Reasons, decide
from server.books.decisions.draft import Wish as Draft
from server.books.derive.rebuild import rebuild
from server.books.hours import By, Span
from server.books.periods.close_region import close_region
from server.bulletins import issue as issuing
from server.bulletins.content import Content, digest, write_content
from server.bulletins.issue import Wish
from server.bulletins.read_bulletins import check_bulletins, list_bulletins, save_papers
from server.intake.epoch import start_epoch
from server.services import Services
from sync.errors import Refused
from tests.server.books.desk import CITY, NOVEMBER
from tests.server.books.world import derive
from tests.server.builders import DAY_MS, START_MS, ServerClock
from tests.server.bulletins.town import FIRST, NOW_MS, TYPE, WEEK, content_of, hours, write

SUMS = {
    "records": "records", "credited": "minutes_credited", "held": "minutes_held", "refused": "minutes_refused",
    "low": "minutes_low", "high": "minutes_high",
}  # fmt: skip


def figures(content: Content) -> dict[str, dict[str, int]]:
    return {section.key: section.figures for section in content.sections}


def assert_agrees(services: Services, content: Content, span: Span) -> None:
    """Compare every section with what `hours` says of the same dates."""
    by_region = hours(services, By.REGION, span)
    by_region.pop("", None)  # a kiosk that was never enrolled is nowhere
    sites = hours(services, By.SITE, span)
    sites.pop("", None)
    found = figures(content)
    for ours, theirs in SUMS.items():
        assert found["all"][ours] == sum(row[theirs] for row in by_region.values()), ours
        for key in ("R1", "R2", "R3"):
            assert found[key][ours] == by_region.get(key, {}).get(theirs, 0), (key, ours)
    assert max((row["people"] for row in by_region.values()), default=0) <= found["all"]["people"]
    assert found["all"]["people"] <= sum(row["people"] for row in by_region.values())
    assert found["all"]["sites"] == len(sites)
    for key, row in by_region.items():
        assert found[key]["people"] == row["people"]
    if content.complete:
        assert all(row["complete"] for row in by_region.values())
    assert sum(found["all"][f"grade_{letter}"] for letter in "abcde") == found["all"]["records"]


@pytest.fixture
def no_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures alone: papers take longer than all else."""
    monkeypatch.setattr(issuing, "_papers", lambda *_: {"zh.pdf": b"paper"})


@pytest.mark.both_databases
@pytest.mark.usefixtures("no_papers")
def test_totals_agree_with_hours_before_and_after_a_close_and_an_adjustment(
    town: Services, clock: ServerClock
) -> None:
    chance = Random(7)
    spans = [WEEK, Span(FIRST, FIRST)]
    for _ in range(3):
        first = FIRST + chance.randrange(-1, 6)
        spans.append(Span(first, first + chance.randrange(3)))

    def compare() -> list[Content]:
        done = [write(town, Wish("R0", span, anew=True)) for span in spans]
        found = [content_of(town, one.number) for one in done]
        for content, span in zip(found, spans, strict=True):
            assert_agrees(town, content, span)
        return found

    before = compare()
    assert figures(before[0])["all"]["credited"] > 0
    clock.now_ms = START_MS + 200 * DAY_MS
    for region in ("R1", "R2"):
        close_region(town.database, town.central, CITY, region, NOVEMBER, why="a kiosk burned")
    derive(town)
    assert compare()[0].closed == before[0].months
    with town.database.read() as connection:
        row = connection.execute(
            text("SELECT who, id FROM derived.record WHERE credited > 60 ORDER BY who, in_ms")
        ).first()
    assert row is not None
    wish = Draft(row.who, bytes(row.id).hex(), Action.REFUSE)
    decide(town.database, town.central, CITY, wish, Reasons("not there", "", ""), is_dry=False)
    derive(town)
    after = compare()
    assert figures(after[0])["all"]["credited"] < figures(before[0])["all"]["credited"]


@pytest.mark.both_databases
@pytest.mark.usefixtures("no_papers")
def test_the_same_again_is_the_same_number_and_anew_replaces_it(town: Services) -> None:
    one = write(town, Wish("R0", WEEK))
    again = write(town, Wish("R0", WEEK))
    assert (one.number, one.already, again.number, again.already) == (1, False, 1, True)
    assert again.hash == one.hash
    anew = write(town, Wish("R0", WEEK, anew=True))
    assert (anew.number, content_of(town, 2).replaces) == (2, 1)
    assert write(town, Wish("R0", WEEK)).number == 2
    assert write(town, Wish("R1", WEEK)).number == 3


@pytest.mark.usefixtures("no_papers")
def test_no_number_is_given_twice_after_a_restore_from_an_old_copy(
    town: Services, clock: ServerClock
) -> None:
    """What the copy does not know may be on paper: numbers go on behind the next thousand, and from there one by one."""
    assert write(town, Wish("R0", WEEK)).number == 1
    clock.now_ms = NOW_MS + 1
    with town.database.write_facts() as connection:
        start_epoch(connection, town.central, town.signer, reason="restored")
    assert write(town, Wish("R0", WEEK), NOW_MS + 1).number == 1
    assert write(town, Wish("R1", WEEK), NOW_MS + 1).number == 1_001
    assert write(town, Wish("R2", WEEK), NOW_MS + 2).number == 1_002


@pytest.mark.usefixtures("no_papers")
def test_a_copy_without_any_bulletin_does_not_begin_at_one_again(
    town: Services, clock: ServerClock
) -> None:
    clock.now_ms = NOW_MS
    with town.database.write_facts() as connection:
        start_epoch(connection, town.central, town.signer, reason="restored")
    assert write(town, Wish("R0", WEEK)).number == 1_001


@pytest.mark.both_databases
def test_a_number_keeps_its_figures_and_its_bytes_whatever_comes_later(
    town: Services, tmp_path: Path
) -> None:
    issued = write(town, Wish("R0", WEEK, body="市志愿者协会"))

    def papers(name: str) -> dict[str, bytes]:
        with town.database.read() as connection:
            files = save_papers(connection, issued.number, tmp_path / name, EVERYTHING)
        return {file.name: file.read_bytes() for file in files}

    before = papers("before")
    assert sorted(before) == [
        f"bulletin-0001.{end}" for end in ("en.docx", "en.pdf", "json", "zh.docx", "zh.pdf")
    ]
    rebuild(town.database, town.signer.keys.identity_public, lambda *_: None)
    with town.database.write_derived() as connection:
        connection.execute(text("UPDATE derived.record SET credited = 0"))
    assert papers("after") == before
    with town.database.read() as connection:
        assert list(check_bulletins(connection)) == []


def test_the_same_figures_give_the_same_papers(town: Services, tmp_path: Path) -> None:
    write(town, Wish("R0", WEEK))
    content = content_of(town, 1)
    frozen = digest(write_content(content))
    again = issuing._papers(TYPE, content, frozen, NOW_MS)
    with town.database.read() as connection:
        for file in save_papers(connection, 1, tmp_path, EVERYTHING):
            name = file.name.partition(".")[2]
            assert file.read_bytes() == (again | {"json": write_content(content)})[name]


@pytest.mark.usefixtures("no_papers")
def test_what_is_still_out_is_named_with_bounds_and_as_of(town: Services) -> None:
    content = content_of(town, write(town, Wish("R0", WEEK)).number)
    assert not content.complete
    assert not content.is_final
    assert {one.site for one in content.out} == {"S1", "S2", "S3"}
    assert {one.why for one in content.out} <= {"gap", "behind", "never", "pending"}
    assert content.out_count == len(content.out)
    whole = content.sections[0].figures
    assert whole["low"] == whole["credited"] < whole["high"]


@pytest.mark.both_databases
@pytest.mark.usefixtures("no_papers")
def test_a_region_outside_ones_part_has_no_bulletin(town: Services) -> None:
    write(town, Wish("R0", WEEK))
    district = Part(regions=frozenset({"R1"}))
    for part in (NOTHING, district):
        with pytest.raises(Refused, match="not_found"):
            write(town, Wish("R0", WEEK, part=part))
        with pytest.raises(Refused, match="not_found"):
            content_of(town, 1, part)
    assert figures(
        content_of(town, write(town, Wish("R1", WEEK, part=district)).number)
    ).keys() == {"all"}
    with town.database.read() as connection:
        assert [one.number for one in list_bulletins(connection, district)] == [2]
        assert len(list_bulletins(connection, EVERYTHING)) == 2


@pytest.mark.usefixtures("no_papers")
@pytest.mark.parametrize(
    ("region", "span", "code"),
    [("R9", WEEK, "not_found"), ("R0", Span(5, 4), "bad_field"), ("R0", Span(0, 366), "bad_field")],
)
def test_what_cannot_be_counted_is_refused_and_takes_no_number(
    town: Services, region: str, span: Span, code: str
) -> None:
    with pytest.raises(Refused, match=code):
        write(town, Wish(region, span))
    assert write(town, Wish("R0", WEEK)).number == 1


@pytest.mark.usefixtures("no_papers")
def test_too_many_records_are_refused(town: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuing, "BULLETIN_ROWS_MAX", 3)
    with pytest.raises(Refused, match="too_large"):
        write(town, Wish("R0", WEEK))


def test_a_missing_glyph_takes_no_number(town: Services) -> None:
    with pytest.raises(Refused, match=r"glyph_missing.*U\+1F9BA"):
        write(town, Wish("R0", WEEK, body="志愿🦺"))
    assert write(town, Wish("R0", WEEK)).number == 1


@pytest.mark.both_databases
@pytest.mark.usefixtures("no_papers")
def test_what_was_altered_is_found(town: Services) -> None:
    write(town, Wish("R0", WEEK))
    write(town, Wish("R1", WEEK))
    with town.database.write_facts() as connection:
        for query in (
            "UPDATE bulletin_file SET body = digest WHERE number = 1 AND name = 'zh.pdf'",
            "UPDATE bulletin SET digest = content WHERE number = 2",
            "DELETE FROM bulletin_file WHERE number = 2 AND name = 'rows-00001'",
        ):
            connection.execute(text(query))
    with town.database.read() as connection:
        assert list(check_bulletins(connection)) == [
            "bulletin 1: zh.pdf is not as it was written",
            "bulletin 2: its figures are not those that were frozen",
            "bulletin 2: its rows are not those that were frozen",
        ]
