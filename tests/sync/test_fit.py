"""What posts need and people have, as rows tell it: written, read, and judged by date."""

import pytest

from sync import fit
from sync.fit import Need, Span

INSURED, TRAINED, GROWN = Need("insurance"), Need("training", "测温=基础:1"), Need("age", "18")


def test_needs_are_read_as_they_were_written() -> None:
    assert fit.write_needs([INSURED, TRAINED, GROWN]) == "insurance;training:测温=基础:1;age:18"
    assert fit.read_needs("insurance;training:测温=基础:1;age:18") == [INSURED, TRAINED, GROWN]
    assert fit.read_needs("") == []


def test_what_a_person_has_is_read_as_it_was_written() -> None:
    has = {INSURED: [Span("", "2026-12-31"), Span("2027-02-01", "")], TRAINED: [Span()], GROWN: []}
    text = fit.write_fits(has)
    assert text == "insurance=..2026-12-31,2027-02-01..;training:测温=基础:1=.."
    assert fit.read_fits(text) == {INSURED: has[INSURED], TRAINED: [Span()]}
    assert fit.read_fits("") == {}


@pytest.mark.parametrize(
    ("day", "lacks"),
    [
        ("2026-12-31", []),
        ("2027-01-01", [INSURED]),
        ("2027-02-01", []),
        ("2026-01-31", [TRAINED]),
    ],
)
def test_a_need_is_met_within_its_spans_both_ends_included(day: str, lacks: list[Need]) -> None:
    has = fit.read_fits("insurance=..2026-12-31,2027-02-01..;training:测温=基础:1=2026-02-01..")
    assert fit.lacking([INSURED, TRAINED], has, day) == lacks


@pytest.mark.parametrize(
    "text", ["insurance", "insurance=", "insurance=always", "insurance=2026..", "=..", ";;;", "=", "insurance=..2026-12-31\n"]
)  # fmt: skip
def test_what_cannot_be_read_counts_as_not_there(text: str) -> None:
    assert fit.lacking([INSURED], fit.read_fits(text), "2026-01-01") == [INSURED]
