"""Which characters a font can draw. What it cannot must be found before anything is printed: PDF writers leave a hole."""

from collections.abc import Iterable
from functools import lru_cache

from fontTools.ttLib import TTFont

from server.fonts.files import Fonts


class Glyphs:
    """The characters that both weights have."""

    __slots__ = ("_drawn",)

    def __init__(self, fonts: Fonts) -> None:
        """Read which they are."""
        self._drawn = _characters(fonts, fonts.regular) & _characters(fonts, fonts.bold)

    def missing(self, text: str) -> str:
        """Give the characters of a text that cannot be drawn, each once, in their order."""
        return "".join(dict.fromkeys(c for c in text if ord(c) not in self._drawn))


@lru_cache(maxsize=2)
def glyphs_of(fonts: Fonts) -> Glyphs:
    """Give the characters of fonts that stay as they are while this process runs: reading them takes long."""
    return Glyphs(fonts)


def named(characters: Iterable[str]) -> str:
    """Name characters so that they can be told apart even where no screen shows them."""
    return ", ".join(
        f"{c} U+{ord(c):04X}" if c.isprintable() else f"U+{ord(c):04X}" for c in characters
    )


def _characters(fonts: Fonts, file: object) -> frozenset[int]:
    with TTFont(file, fontNumber=fonts.face, lazy=True) as font:
        return frozenset(font.getBestCmap())
