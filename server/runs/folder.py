"""Where files of runs are: a folder each in the home, its finished file, and the parts of which that is put together.

Nobody else on the machine may read them: they hold names.
"""

import re
import shutil
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from server.runs.run import Run
from server.whole_file import replacing

_is_id = re.compile(r"[0-9a-f]{16}").fullmatch
_PARTS = "parts"
_PIECE = 1_048_576


def folder_of(home: Path, id_: str) -> Path:
    """Give the folder of a run. Raise `ValueError` for what is no id: nothing foreign may become a path."""
    if not _is_id(id_):
        raise ValueError("no id of a run")
    return home / "runs" / id_


def file_of(home: Path, run: Run) -> Path | None:
    """Give the finished file of a run; None where it has none, or where it went."""
    file = folder_of(home, run.id) / run.file
    return file if run.file and file.is_file() else None


def copy_out(file: Path, out: Path) -> None:
    """Copy a finished file, whole or not at all. Raise `OSError`."""
    with file.open("rb") as source, replacing(out) as into:
        shutil.copyfileobj(source, into, _PIECE)


def parts_of(folder: Path) -> Path:
    """Give the folder of a run's parts, made where it is not there."""
    parts = folder / _PARTS
    parts.mkdir(mode=0o700, parents=True, exist_ok=True)
    return parts


def pack(folder: Path, name: str, parts: list[tuple[str, Path]], index: bytes) -> None:
    """Put parts into one ZIP file, some bytes at a time; `index` goes in as 清单.csv. The parts stay until `drop_parts`.

    Times within are fixed, so that the same parts give the same bytes.
    """
    with replacing(folder / name) as out, ZipFile(out, "w", ZIP_STORED) as packed:
        packed.writestr(ZipInfo("清单.csv"), index)
        for called, file in parts:
            with file.open("rb") as part, packed.open(ZipInfo(called), "w") as into:
                shutil.copyfileobj(part, into, _PIECE)


def drop_parts(folder: Path) -> None:
    """Drop what the finished file was put together of."""
    shutil.rmtree(folder / _PARTS, ignore_errors=True)


def drop_folder(home: Path, id_: str) -> None:
    """Drop a run's folder, finished file included."""
    shutil.rmtree(folder_of(home, id_), ignore_errors=True)
