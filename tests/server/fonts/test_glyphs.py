"""The real font draws the names that people have, and says which it cannot. Set-up fetches it: without it these tests fail."""

import pytest

from server.config import FONTS
from server.fonts.files import find_fonts
from server.fonts.glyphs import Glyphs, named


@pytest.fixture(scope="module")
def glyphs() -> Glyphs:
    """The characters of the font that set-up fetched."""
    return Glyphs(find_fonts(FONTS))


@pytest.mark.parametrize(
    "name", ["欧阳𬭎", "李㛃", "阿依古丽·买买提", "龚䶮", "Zoë O'Neill-Müller"]
)
def test_rare_names_can_be_drawn(glyphs: Glyphs, name: str) -> None:
    assert glyphs.missing(name) == ""


def test_what_cannot_be_drawn_is_named_once_in_order(glyphs: Glyphs) -> None:
    assert glyphs.missing("王\ue000ئۇئ") == "\ue000ئۇ"


def test_characters_are_named_even_where_no_screen_shows_them() -> None:
    assert named("𬭎\ue000") == "𬭎 U+2CB4E, U+E000"
