"""A bulletin as a reader sees it, in whatever format: a head, then headings, paragraphs, tables and small print."""

from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """The languages that a bulletin is written in."""

    ZH = "zh"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a part."""

    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A paragraph of the text. is_small: small print."""

    text: str
    is_small: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Headings, and rows of as many cells. shares: of the width; words: how many of the first columns hold no figures.

    has_total: the last row sums the others up.
    """

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[int, ...]
    words: int = 1
    has_total: bool = False

    def is_total(self, number: int) -> bool:
        """Tell whether the row with this number, from 0, sums the others up."""
        return self.has_total and number == len(self.rows) - 1


Block = Heading | Sentence | Table


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole bulletin. banner: the red line. issue: its number; body: who issues it; foot: under each page."""

    language: Language
    banner: str
    issue: str
    body: str
    date: str
    title: str
    blocks: tuple[Block, ...]
    foot: str
