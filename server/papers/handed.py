"""A file to hand over: what is drawn into a folder of its own leaves as one file, and nothing of it stays here."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar
from zipfile import ZipFile

PDF = "application/pdf"
PNG = "image/png"
ZIP = "application/zip"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Handed:
    """A file. kind: its media type."""

    name: str
    kind: str
    content: bytes


def drawn(name: str, draw: Callable[[Path], Made]) -> tuple[Made, Handed]:
    """Give what `draw` says of the PDF that it wrote under this name, and the PDF; or a ZIP, where it took several files."""
    with TemporaryDirectory(prefix="paper-") as folder:
        made = draw(Path(folder) / f"{name}.pdf")
        files = {file.name: file.read_bytes() for file in sorted(Path(folder).iterdir())}
    (first, content), *more = files.items()
    if more:
        return made, Handed(f"{name}.zip", ZIP, _zipped(files))
    return made, Handed(first, PDF, content)


def _zipped(files: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()
