"""Fetch the fonts from a package registry, as their makers' package brings them: two files of it, each with a pinned checksum.

Nothing is installed and nobody needs to be root. What has another checksum is never written under its name.
"""

import os
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit
from urllib.request import urlopen

from schemas.vocabulary import Code
from server.fonts.files import FILES
from server.limits import FONT_BYTES_MAX
from sync.errors import Refused

PACKAGE = "@expo-google-fonts/noto-sans-sc/-/noto-sans-sc-0.4.3.tgz"
REGISTRY = "https://registry.npmjs.org"
_TIMEOUT_S = 60
_MEMBERS = {
    "package/400Regular/NotoSansSC_400Regular.ttf": "NotoSansSC-Regular.ttf",
    "package/700Bold/NotoSansSC_700Bold.ttf": "NotoSansSC-Bold.ttf",
    "package/LICENSE_FONT": "LICENSE.txt",
}
"""What is taken from the package, and what it is called here."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """Where the fonts are. already: they were there, and nothing was fetched."""

    folder: str
    files: list[str]
    already: bool


def from_registry(registry: str = REGISTRY) -> IO[bytes]:
    """Open the package. Raise `Refused(insecure_url)` for anything but HTTPS, `OSError` if nobody answers."""
    url = f"{registry.rstrip('/')}/{PACKAGE}"
    if urlsplit(url).scheme != "https":
        raise Refused(Code.INSECURE_URL, "https:// expected")
    opened: IO[bytes] = urlopen(url, timeout=_TIMEOUT_S)  # noqa: S310 # checked above
    return opened


def fetch_fonts(folder: Path, open_package: Callable[[], IO[bytes]] = from_registry) -> Fetched:
    """Bring the fonts into this folder. Doing it again fetches nothing.

    Raise `Refused`: `unreachable` if the package cannot be had whole, `bad_checksum` if it is not the one we know.
    """
    if all(_is_there(folder / name, digest) for name, digest in FILES.items()):
        return Fetched(str(folder), sorted(FILES), already=True)
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o755)  # fonts are nobody's secret, and another user may run the server
    try:
        with open_package() as package, tarfile.open(fileobj=package, mode="r|gz") as archive:
            found = [name for member in archive if (name := _take(archive, member, folder))]
    except (OSError, EOFError, tarfile.TarError) as error:
        words = "字体下载失败 / the fonts could not be fetched"
        raise Refused(Code.UNREACHABLE, f"{words}: {type(error).__name__}") from error
    if missing := set(FILES) - set(found):
        raise Refused(Code.BAD_CHECKSUM, f"not in the package: {', '.join(sorted(missing))}")
    return Fetched(str(folder), sorted(FILES), already=False)


def _is_there(file: Path, digest: str) -> bool:
    return file.is_file() and sha256(file.read_bytes()).hexdigest() == digest


def _take(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> str:
    """Write a member that we want; give its name here, or "" for any other."""
    name = _MEMBERS.get(member.name, "")
    if not name or not member.isfile():
        return ""
    if member.size > FONT_BYTES_MAX:
        raise Refused(Code.TOO_LARGE, name)
    content = archive.extractfile(member)
    raw = content.read() if content else b""
    if name in FILES and sha256(raw).hexdigest() != FILES[name]:
        raise Refused(Code.BAD_CHECKSUM, name)
    new = folder / f".{name}.{os.getpid()}.new"
    new.write_bytes(raw)
    new.chmod(0o644)
    new.replace(folder / name)
    return name
