"""Fonts: what is not exactly what was published never gets its name, and nobody answering is said so."""

import io
import tarfile
from hashlib import sha256
from pathlib import Path
from typing import IO

import pytest

from schemas.vocabulary import Code
from server.fonts import fetch
from server.fonts.files import FILES, find_fonts
from sync.errors import Refused

REGULAR = "package/400Regular/NotoSansSC_400Regular.ttf"
BOLD = "package/700Bold/NotoSansSC_700Bold.ttf"
CONTENT = {REGULAR: b"regular", BOLD: b"bold"}


@pytest.fixture(autouse=True)
def pins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pin small stand-ins for the real fonts."""
    monkeypatch.setitem(FILES, "NotoSansSC-Regular.ttf", sha256(b"regular").hexdigest())
    monkeypatch.setitem(FILES, "NotoSansSC-Bold.ttf", sha256(b"bold").hexdigest())


def package(content: dict[str, bytes], *, cut: int | None = None) -> IO[bytes]:
    """A package with these files, cut off somewhere."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, raw in content.items():
            member = tarfile.TarInfo(name)
            member.size = len(raw)
            archive.addfile(member, io.BytesIO(raw))
    return io.BytesIO(out.getvalue()[:cut])


def refusal(folder: Path, opened: IO[bytes]) -> Refused:
    with pytest.raises(Refused) as refused:
        fetch.fetch_fonts(folder, lambda: opened)
    return refused.value


def test_the_fonts_are_taken_out_of_their_package_and_nothing_else(tmp_path: Path) -> None:
    more = {**CONTENT, "package/../../evil": b"x", "package/index.js": b"x"}
    done = fetch.fetch_fonts(tmp_path / "fonts", lambda: package(more))
    assert not done.already
    assert sorted(f.name for f in (tmp_path / "fonts").iterdir()) == sorted(FILES)
    assert find_fonts(tmp_path / "fonts").bold.read_bytes() == b"bold"


def test_fetching_again_asks_nobody(tmp_path: Path) -> None:
    fetch.fetch_fonts(tmp_path, lambda: package(CONTENT))

    def nobody() -> IO[bytes]:
        raise AssertionError("asked")

    assert fetch.fetch_fonts(tmp_path, nobody).already


def test_a_damaged_font_is_fetched_anew(tmp_path: Path) -> None:
    (tmp_path / "NotoSansSC-Bold.ttf").write_bytes(b"half")
    assert not fetch.fetch_fonts(tmp_path, lambda: package(CONTENT)).already
    assert (tmp_path / "NotoSansSC-Bold.ttf").read_bytes() == b"bold"


def test_what_was_not_published_is_not_kept(tmp_path: Path) -> None:
    assert refusal(tmp_path, package({REGULAR: b"other", BOLD: b"bold"})).code == Code.BAD_CHECKSUM
    assert list(tmp_path.iterdir()) == []


def test_a_package_without_the_fonts_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, package({REGULAR: b"regular"})).code == Code.BAD_CHECKSUM


@pytest.mark.parametrize("opened", [package(CONTENT, cut=60), io.BytesIO(b"<html>sign in</html>")])
def test_half_a_package_and_a_captive_portal_are_no_fonts(
    tmp_path: Path, opened: IO[bytes]
) -> None:
    assert refusal(tmp_path, opened).code == Code.UNREACHABLE
    assert not (tmp_path / "NotoSansSC-Bold.ttf").exists()


def test_nobody_there_is_said_as_unreachable(tmp_path: Path) -> None:
    def nobody() -> IO[bytes]:
        raise ConnectionRefusedError

    with pytest.raises(Refused) as refused:
        fetch.fetch_fonts(tmp_path, nobody)
    assert refused.value.code == Code.UNREACHABLE


def test_a_registry_without_tls_is_not_asked() -> None:
    with pytest.raises(Refused) as refused:
        fetch.from_registry("http://registry.example.cn")
    assert refused.value.code == Code.INSECURE_URL


def test_without_a_font_it_is_said_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        find_fonts(tmp_path, debian=tmp_path)
    assert refused.value.code == Code.FONT_MISSING
    assert "fetch-fonts" in refused.value.detail


def test_the_fonts_of_the_system_will_do(tmp_path: Path) -> None:
    for name in ("NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc"):
        (tmp_path / name).touch()
    assert find_fonts(tmp_path / "none", debian=tmp_path).face == 2
