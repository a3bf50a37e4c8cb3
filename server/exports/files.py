"""Files for the official site that were written here, as against by command: where they are kept, and finding one again."""

from pathlib import Path

from schemas.vocabulary import Code
from sync.errors import Refused


def folder_of(home: Path) -> Path:
    """Give where files that were not written by command are kept."""
    return home / "official"


def find_file(home: Path, number: int) -> Path:
    """Give the file of a chunk. Raise `Refused(not_found)`: it was written elsewhere."""
    for path in sorted(folder_of(home).glob(f"official-{number:06}.*")):
        if path.is_file():
            return path
    raise Refused(Code.NOT_FOUND, "没有这个文件 / no such file here")
