"""Fitting texts: whatever the name, every character stands in its box, in order, and nothing sticks out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.badges.fit import LINE, MM_PER_POINT, Box, fit

BOX = Box(41, 20, (22, 16, 12, 8, 5), whole=12)


def measure(text: str) -> float:
    """Chinese characters are as wide as high, others half."""
    return sum(MM_PER_POINT * (1 if ord(c) > 0x2E7F else 0.5) for c in text)


@given(st.text(st.sampled_from("王阿·-ab W𬭎"), max_size=60).map(str.strip))
def test_what_fits_stays_in_its_box_with_every_character(text: str) -> None:
    fitted = fit(text, BOX, measure)
    assert fitted is not None
    assert "".join(fitted.lines).replace(" ", "") == text.replace(" ", "")
    assert all(measure(line) * fitted.size <= BOX.width + 1e-9 for line in fitted.lines)
    assert len(fitted.lines) * fitted.size * LINE * MM_PER_POINT <= BOX.height


@pytest.mark.parametrize(
    ("text", "size", "lines"),
    [
        ("王伟", 22, ("王伟",)),
        ("阿依古丽·买买提", 22, ("阿依古丽·", "买买提")),
        ("Anna Maria Schmidt", 22, ("Anna Maria", "Schmidt")),
        ("", 22, ("",)),
    ],
)
def test_names_part_where_people_would_part_them(
    text: str, size: float, lines: tuple[str, ...]
) -> None:
    fitted = fit(text, BOX, measure)
    assert fitted is not None
    assert (fitted.size, fitted.lines) == (size, lines)


def test_what_fits_at_no_size_is_said() -> None:
    assert fit("王" * 1_000, BOX, measure) is None
    assert fit("W" * 1_000, BOX, measure) is None
