"""Where the fonts are: the folder of the setting `REDVEST_FONTS`, else what Debian's `fonts-noto-cjk` installed."""

from dataclasses import dataclass
from pathlib import Path

from schemas.vocabulary import Code
from sync.errors import Refused

FILES = {
    "NotoSansSC-Regular.ttf": "d45f67f0a7c0ca3f256950777ce6a61cc7ce5f9696d02900cbbaac25f8aa7d16",
    "NotoSansSC-Bold.ttf": "9a38ae0ab28cd5a256f9ea8e00dedc688aac17f7915fcb000572990afa956b96",
}
"""The files of a folder of fonts, and the SHA-256 that each must have when it is fetched."""

DEBIAN = Path("/usr/share/fonts/opentype/noto")
_DEBIAN_FACE = 2
"""Which face of Debian's collections is the simplified Chinese one."""


@dataclass(frozen=True, slots=True)
class Fonts:
    """Two weights of one family. face: which one it is in each file, where they are collections."""

    regular: Path
    bold: Path
    face: int = 0


def find_fonts(folder: Path, debian: Path | None = None) -> Fonts:
    """Give the fonts of this folder, else the system's. Raise `Refused(font_missing)`, which says what to do."""
    debian = debian or DEBIAN
    ours = Fonts(folder / "NotoSansSC-Regular.ttf", folder / "NotoSansSC-Bold.ttf")
    theirs = Fonts(
        debian / "NotoSansCJK-Regular.ttc", debian / "NotoSansCJK-Bold.ttc", _DEBIAN_FACE
    )
    for fonts in (ours, theirs):
        if fonts.regular.is_file() and fonts.bold.is_file():
            return fonts
    raise Refused(
        Code.FONT_MISSING,
        "没有中文字体，请运行 `python -m server fetch-fonts`，或安装 fonts-noto-cjk / "
        "no font: run `python -m server fetch-fonts`, or install fonts-noto-cjk",
    )
