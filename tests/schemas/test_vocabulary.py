"""Vocabulary: what is released keeps its meaning; texts end where they end."""

import re

import pytest

from schemas.vocabulary import (
    NUMBER_PATTERN,
    SITE_KIND_ZH,
    Code,
    CodeState,
    Direction,
    How,
    SiteKind,
)


@pytest.mark.parametrize("number", ["1", "A" * 20, "cs-000001", "-"])
def test_a_number_is_read(number: str) -> None:
    assert re.match(NUMBER_PATTERN, number)
    assert re.search(NUMBER_PATTERN, number)
    assert re.fullmatch(NUMBER_PATTERN, number)


@pytest.mark.parametrize(
    "number", ["", "A" * 21, "1\n", "\n1", "1 ", "１", "é", "a_b", "1\x00", "٣"]
)
def test_anything_else_is_no_number_however_the_pattern_is_applied(number: str) -> None:
    assert not re.match(NUMBER_PATTERN, number)
    assert not re.search(NUMBER_PATTERN, number)
    assert not re.fullmatch(NUMBER_PATTERN, number)


def test_every_kind_of_site_has_its_chinese_word() -> None:
    assert set(SITE_KIND_ZH) == set(SiteKind)
    assert len(set(SITE_KIND_ZH.values())) == len(SiteKind)


@pytest.mark.parametrize("words", [Direction, How, CodeState, SiteKind, Code])
def test_words_of_the_wire_are_short_and_lower_case(words: type[Code]) -> None:
    for word in words:
        assert re.fullmatch("[a-z0-9_]{1,32}", str(word))
        assert word.name.lower() == word.value


def test_words_within_an_entry_fit_its_fields() -> None:
    for word in [*Direction, *How, *CodeState]:
        assert re.fullmatch("[a-z_]{1,32}", str(word))
