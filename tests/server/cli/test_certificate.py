"""Certificates by command: exits, JSON alone, and that no identity number stays anywhere but on the paper."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from click.testing import CliRunner
from PIL import Image

from schemas.limits import IMAGE_BYTES_MAX, IMAGE_PIXELS_MAX
from server.badges.code import draw_code
from server.cli import program
from server.cli.output import Exit
from server.config import Config
from server.keys import read_keys
from tests.server.books.desk import make_desk
from tests.server.builders import ServerClock
from tests.server.conftest import Open

ACTOR = ("--by", "V14", "--role", "city")
SIGNED = ("--issuer", "浉河区", "--responsible", "王主任", "--handler", "李㛃", "--contact", "0376")


@pytest.fixture
def home(open_home: Open, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home with a closed November of V1 and V2 (both of them of team T2 and T1)."""
    clock = ServerClock()
    services = open_home("home", clock=clock)
    desk = make_desk(services, clock)
    desk.stay("V1", 8, 12)
    desk.stay("V2", 16, 19)
    desk.sync(29 * 24 + 1)
    desk.close()
    monkeypatch.setenv("REDVEST_HOME", str(services.config.home))
    monkeypatch.delenv("REDVEST_DATABASE_URL", raising=False)
    yield services.config.home


def run(*arguments: str, given: str = "") -> tuple[int, Any]:
    """Run a command; give its exit and its JSON."""
    result = CliRunner().invoke(program, [*arguments, "--json"], input=given)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, json.loads(result.stdout) if result.stdout.strip() else None


def issue(*arguments: str, given: str = "") -> tuple[int, Any]:
    return run("certificate", "issue", *arguments, *SIGNED, *ACTOR, given=given)


def picture_of(file: Path) -> Path:
    """A photo of a certificate."""
    with pypdfium2.PdfDocument(file) as pdf:
        pdf[0].render(scale=2).to_pil().save(file.with_suffix(".png"))
    return file.with_suffix(".png")


def test_a_certificate_is_issued_checked_withdrawn_and_listed(home: Path, tmp_path: Path) -> None:
    status, made = issue("V1", "V3", "NOBODY", "--out", str(tmp_path / "out"))
    assert status == Exit.PARTLY
    assert [one["code"] for one in made["left_out"]] == ["nothing_confirmed", "not_found"]
    (one,) = made["certificates"]
    assert (one["volunteer"], one["minutes"], one["already"]) == ("V1", 240, False)
    photo = picture_of(tmp_path / "out" / "V1.pdf")
    for asked in (["--image", str(photo)], [one["number"]]):
        status, found = run("certificate", "check", *asked)
        assert (status, found["finding"], found["key"]) == (Exit.DONE, "good", "current")
    assert issue("V1", "--out", str(tmp_path / "out"))[1]["certificates"][0]["already"]
    assert run("certificate", "withdraw", one["number"], "--why", "误发", *ACTOR)[0] == Exit.DONE
    status, found = run("certificate", "check", "--image", str(photo))
    assert (status, found["finding"], found["said"]) == (Exit.REFUSED, "withdrawn", None)
    status, listed = run("certificate", "list", "--number", "V1")
    assert [(c["number"], c["state"], c["minutes"]) for c in listed] == [
        (one["number"], "withdrawn", 240)
    ]


def test_a_code_is_checked_without_a_home_by_a_public_key_alone(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue("V1", "--out", str(tmp_path))
    photo = picture_of(tmp_path / "V1.pdf")
    public = read_keys(Config(home).keys).badge_public.hex()
    monkeypatch.setenv("REDVEST_HOME", str(tmp_path / "nowhere"))
    status, found = run("certificate", "check", "--image", str(photo), "--key", public)
    assert (status, found["finding"], found["said"]["minutes"]) == (Exit.DONE, "signed", 240)
    status, found = run("certificate", "check", "--image", str(photo), "--key", "00" * 32)
    assert (status, found["finding"], found["key"]) == (Exit.TAMPERED, "altered", "unknown")


def test_a_document_is_read_from_standard_input_and_for_one_person_only(
    home: Path, tmp_path: Path
) -> None:
    identity = "411503199001011234"
    asked = ("--out", str(tmp_path / "a.pdf"), "--document", "居民身份证")
    status, made = issue("V1", *asked, given=f"{identity}\n")
    assert status == Exit.DONE
    assert identity not in json.dumps(made)
    with pypdfium2.PdfDocument(tmp_path / "a.pdf") as pdf:
        assert identity in pdf[0].get_textpage().get_text_range()
    files = [file for file in home.rglob("*") if file.is_file()]
    assert not any(identity.encode() in file.read_bytes() for file in files)
    assert issue("V1", *asked, given="\n")[0] == Exit.USAGE
    assert issue("V1", "V2", *asked, given=identity)[0] == Exit.USAGE


def test_a_team_is_certified_at_once(home: Path, tmp_path: Path) -> None:
    status, made = issue("--team", "T2", "--out", str(tmp_path / "team.pdf"))
    assert status == Exit.PARTLY
    assert [one["volunteer"] for one in made["certificates"]] == ["V1"]
    assert {one["code"] for one in made["left_out"]} == {"nothing_confirmed"}


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    "arguments",
    [
        ("issue", "--out", "x"),
        ("issue", "V1", "--team", "T1", "--out", "x"),
        ("issue", "V1", "--out", "x", "--again"),
        ("issue", "V1", "--out", "x", "--from", "2026-11-03", "--to", "2026-11-02"),
        ("issue", "V1", "--out", "x", "--issuer", "字" * 61),
        ("check",),
        ("check", "x", "--key", "zz"),
        ("check", "x", "--key", "00"),
    ],
)
def test_wrong_usage_is_said(arguments: tuple[str, ...]) -> None:
    signed = (*SIGNED, *ACTOR) if arguments[0] == "issue" else ()
    assert run("certificate", arguments[0], *signed, *arguments[1:])[0] == Exit.USAGE


def stripes(text: str) -> Image.Image:
    """A code of stripes, as on any parcel."""
    bars = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.Code128).to_image(scale=2)
    height, width = bars.shape
    return Image.frombytes("L", (width, height), bytes(memoryview(bars)))  # type: ignore[arg-type] # as in `draw_code`


def test_beside_other_codes_the_certificate_s_is_taken(home: Path, tmp_path: Path) -> None:
    issue("V1", "--out", str(tmp_path))
    with Image.open(picture_of(tmp_path / "V1.pdf")) as paper:
        page = Image.new("L", (paper.width, paper.height + 400), 255)
        page.paste(paper, (0, 400))
    page.paste(stripes("SF1234567890"), (40, 20))
    page.paste(draw_code("https://example.org/elsewhere").resize((200, 200)), (500, 100))
    page.save(tmp_path / "desk.png")
    status, found = run("certificate", "check", "--image", str(tmp_path / "desk.png"))
    assert (status, found["finding"]) == (Exit.DONE, "good")


def bad_pictures(folder: Path) -> dict[str, Path]:
    """Make files in which no code is, by what they are."""
    side = int(IMAGE_PIXELS_MAX**0.5) + 10
    Image.new("1", (side, side)).save(folder / "huge.png")
    Image.new("L", (300, 300), 255).save(folder / "blank.png")
    stripes("SF1234567890").save(folder / "stripes.png")
    (folder / "text.png").write_bytes(b"not a picture")
    (folder / "empty.png").touch()
    # Pillow would start another program for this one.
    Image.new("L", (30, 30)).save(folder / "script.eps")
    names = (
        "huge.png",
        "blank.png",
        "stripes.png",
        "text.png",
        "empty.png",
        "script.eps",
        "absent",
        ".",
    )
    return {name: folder / name for name in names}


@pytest.mark.usefixtures("home")
def test_a_picture_without_a_code_is_refused(tmp_path: Path) -> None:
    for name, file in bad_pictures(tmp_path).items():
        status, found = run("certificate", "check", "--image", str(file))
        assert (status, found["error"]["code"]) == (Exit.REFUSED, "not_found"), name


@pytest.mark.usefixtures("home")
def test_a_picture_over_the_bound_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "long.png").open("wb") as sparse:
        sparse.truncate(IMAGE_BYTES_MAX + 1)
    status, found = run("certificate", "check", "--image", str(tmp_path / "long.png"))
    assert (status, found["error"]["code"]) == (Exit.REFUSED, "too_large")
