"""PDFs of tests have the real fonts' outlines and widths, of the characters alone that stand somewhere in this project.

Reading thirty thousand glyphs takes half a second a PDF, ten times what the rest does. The end-to-end tests print with the whole.
"""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fpdf import FPDF

from tests.e2e.processes import ROOT

_PLACES = ("demo", "kiosk", "schemas", "server", "sync", "tests")
_KINDS = frozenset({".csv", ".html", ".json", ".po", ".py", ".txt"})


class QuickPDF(FPDF):
    """A PDF whose fonts hold what tests print. A character that they lack is a failure, never a hole."""

    def add_font(self, family: Any = None, style: str = "", fname: Any = None, **rest: Any) -> None:
        """Take the small one of a font."""
        super().add_font(family, style, _small(Path(fname), rest["collection_font_number"]))

    def output(self, *args: Any, **rest: Any) -> Any:
        """Write it, if nothing is missing."""
        for font in self.fonts.values():
            lacking = "".join(map(chr, getattr(font, "missing_glyphs", ())))
            assert not lacking, f"not in the fonts of tests: {lacking}"
        return super().output(*args, **rest)


@cache
def _small(font: Path, face: int) -> Path:
    """Make the small one of a font, once a process."""
    made = Path(mkdtemp(prefix="redvest-fonts-")) / f"{font.stem}.ttf"
    options = Options()
    options.drop_tables += ["GDEF", "GPOS", "GSUB"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=_characters())
    with TTFont(font, fontNumber=face, lazy=True) as whole:
        subsetter.subset(whole)
        whole.save(made)
    return made


@cache
def _characters() -> frozenset[int]:
    files = (file for place in _PLACES for file in (ROOT / place).rglob("*"))
    texts = (file.read_text(encoding="utf-8") for file in files if file.suffix in _KINDS)
    return frozenset(ord(character) for text in texts for character in text)
