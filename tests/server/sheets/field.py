"""A field to make sheets for: two sites, a shift in the morning and one through the night, people of every kind of name."""

import re
from pathlib import Path

import pypdfium2
from PIL import Image

from server.books.dates import read_date
from server.config import FONTS
from server.fonts.files import find_fonts
from server.papers.press import Type
from server.services import Services
from tests.server.conftest import import_text

TYPE = Type(find_fonts(FONTS))
DAY = read_date("2026-11-03")
LONG = "阿卜杜热西提·麦麦提依明·" * 4 + "阿卜杜拉"
FAR = "浉河区五星街道西门高速公路出入口联合检查卡口第二通道（南侧）"
PEOPLE = {
    "V1": "欧阳𬭎", "V2": "李㛃", "V3": "阿依古丽·买买提", "V4": LONG, "V5": "王" * 45, "V6": "Jean-Baptiste Müller",
}  # fmt: skip
TABLES = {
    "sites": f"code,name,kind,region\nS1,东门卡口,checkpoint,R1\nS2,{FAR},checkpoint,R1\n",
    "posts": (
        "code,site,name,role,capacity,needs\nP1,S1,登记,registration,2,\n"
        "P2,S2,测温与健康码查验岗,排查员,4,保险;18岁以上\n"
    ),
    "shifts": (
        "code,post,start,end,needed\nH1,P1,2026-11-03T08:00,2026-11-03T12:00,4\n"
        "H2,P2,2026-11-03T20:00,2026-11-04T08:00,\nH3,P1,2026-11-04T08:00,2026-11-04T12:00,1\n"
    ),
    "volunteers": "number,name,team\n" + "".join(f"{n},{name},T1\n" for n, name in PEOPLE.items()),
    "assignments": "shift,volunteer\n"
    + "".join(f"H1,{number}\n" for number in PEOPLE)
    + "H1,V7\nH1,V8\nH1,V9\nH1,V10\nH1,V11\nH2,V3\nH2,V12\nH3,V1\n",
    "insurances": (
        "volunteer,policy,from,to\nV1,A-1,2026-01-01,2026-12-31\nV2,B-1,2026-11-04,2026-12-31\n"
        "V3,C-1,2026-01-01,\nV3,C-2,2026-01-01,2026-11-03\nV4,D-1,2025-01-01,2026-11-02\nV5,E-1,2026-11-03,2026-11-03\n"
    ),
}


def settle(services: Services, folder: Path) -> None:
    """Import the field."""
    for kind, table in TABLES.items():
        import_text(services, folder, kind, table)


def pages(file: str | Path, dpi: int = 150) -> list[tuple[str, Image.Image]]:
    """Text and picture of every A4 page, as it would be printed."""
    with pypdfium2.PdfDocument(file) as pdf:
        assert {tuple(map(round, page.get_size())) for page in pdf} == {(595, 842)}
        return [
            (page.get_textpage().get_text_range(), page.render(scale=dpi / 72).to_pil())
            for page in pdf
        ]


def plain(text: str) -> str:
    """Leave blanks and line breaks out."""
    return re.sub(r"\s", "", text)
