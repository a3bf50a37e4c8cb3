"""The centre of a demo is one from its set-up on, or never; nothing ends it; it deals with kiosks of its own kind alone."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from schemas.vocabulary import Code
from server import demo
from server.cli import program
from server.config import Config
from server.epochs import current
from server.intake.enrol import make_code, read_wish
from server.intake.epoch import start_epoch
from server.services import Services, open_services
from server.setup import set_up
from sync.demo import BANNER, MARK, DemoClock, mark_text
from sync.errors import Refused
from tests.server.builders import START_MS, make_author
from tests.server.conftest import TABLES, import_text

HOUR_MS = 3_600_000


def set_clock(folder: Path, now_ms: int = START_MS) -> Path:
    file = folder / "clock.json"
    file.write_text(DemoClock("t", START_MS, now_ms).text(), encoding="utf-8")
    return file


def run(home: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    monkeypatch.setenv("REDVEST_HOME", str(home))
    return CliRunner().invoke(program, words)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The home of a demo's centre."""
    config = Config(tmp_path / "demo")
    demo.mark(config.home, set_clock(tmp_path))
    set_up(config, demo.clock_before(config))
    return config.home


def epoch_of(services: Services) -> str:
    with services.database.read() as connection:
        return current(connection).name


def test_its_time_is_the_demo_clocks_and_moves_at_once(home: Path, tmp_path: Path) -> None:
    opened = open_services(Config(home))
    clock = opened.signer.clock
    before = (clock.wall_ms(), clock.mono_ms())
    set_clock(tmp_path, START_MS + HOUR_MS)
    assert before[0] == START_MS
    assert (clock.wall_ms() - before[0], clock.mono_ms() - before[1]) == (HOUR_MS, HOUR_MS)
    opened.database.close()


def test_its_epoch_says_so(home: Path) -> None:
    opened = open_services(Config(home))
    assert epoch_of(opened).startswith("demo-")
    opened.database.close()


def test_its_commands_say_so_on_standard_error(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for words in (("hours", "--json"), ("findings", "--json"), ("setup", "--json"), ("doctor",)):
        ran = run(home, monkeypatch, *words)
        assert BANNER in ran.stderr, words
        assert "--json" not in words or BANNER not in ran.stdout


def test_a_home_in_use_cannot_be_marked(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.copytree(template, tmp_path / "real")
    ran = run(real, monkeypatch, "setup", "--demo", str(set_clock(tmp_path)))
    assert (ran.exit_code, (real / MARK).exists()) == (5, False)


def test_setting_a_demo_up_again_is_fine(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(home, monkeypatch, "setup", "--demo", str(tmp_path / "clock.json")).exit_code == 0
    assert run(home, monkeypatch, "setup").exit_code == 0


def test_a_mark_put_into_a_real_home_moves_no_clock(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shutil.copytree(template, tmp_path / "real")
    set_clock(tmp_path)
    (real / MARK).write_text(mark_text("../clock.json"))
    opened = open_services(Config(real))
    assert not opened.signer.clock.is_demo
    opened.database.close()
    assert not demo.clock_before(Config(real)).is_demo
    told = run(real, monkeypatch, "doctor")
    assert f"✕ demo: {MARK}" in told.stdout
    assert BANNER not in told.stderr


def test_a_demo_without_its_mark_does_not_open(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / MARK).unlink()
    with pytest.raises(Refused, match=Code.DEMO_ONLY):
        open_services(Config(home))
    with pytest.raises(Refused, match=Code.DEMO_ONLY):
        set_up(Config(home), demo.clock_before(Config(home)))
    assert run(home, monkeypatch, "hours").exit_code == 5


def test_a_demos_data_in_a_real_home_does_not_open(
    home: Path, template: Path, tmp_path: Path
) -> None:
    real = shutil.copytree(template, tmp_path / "real")
    shutil.copy(home / "redvest.db", real / "redvest.db")
    with pytest.raises(Refused, match=Code.DEMO_ONLY):
        open_services(Config(real))


def test_real_data_in_a_demos_home_has_real_time(home: Path, template: Path) -> None:
    shutil.rmtree(home / "keys")
    shutil.copytree(template / "keys", home / "keys")
    shutil.copy(template / "redvest.db", home / "redvest.db")
    opened = open_services(Config(home))
    assert not opened.signer.clock.is_demo
    opened.database.close()


def test_the_keys_of_a_real_server_never_begin_a_demo(template: Path, tmp_path: Path) -> None:
    """Somebody lost the database, kept the keys that kiosks pin, and found a mark in the folder."""
    real = tmp_path / "real"
    shutil.copytree(template / "keys", real / "keys")
    set_clock(tmp_path)
    (real / MARK).write_text(mark_text("../clock.json"))
    with pytest.raises(Refused, match=Code.DEMO_ONLY):
        set_up(Config(real), demo.clock_before(Config(real)))


def test_a_clock_handed_in_cannot_make_a_real_home_a_demo(
    template: Path, tmp_path: Path, home: Path
) -> None:
    real = shutil.copytree(template, tmp_path / "real")
    with pytest.raises(Refused, match=Code.DEMO_ONLY):
        open_services(Config(real), demo.clock_before(Config(home)))


@pytest.mark.parametrize("text", ["", "{}", None])
def test_without_its_clock_it_does_not_open(home: Path, tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "clock.json"
    file.unlink() if text is None else file.write_text(text)
    with pytest.raises(Refused, match=Code.DEMO_CLOCK):
        open_services(Config(home))


def test_the_next_epoch_of_a_demo_is_a_demos(home: Path) -> None:
    opened = open_services(Config(home))
    with opened.database.write_facts() as connection:
        start_epoch(connection, opened.central, opened.signer, reason="restored")
    assert epoch_of(opened).startswith("demo-")
    opened.database.close()


def test_a_wish_of_a_real_kiosk_is_not_understood_by_a_demos_server(
    home: Path, template: Path, tmp_path: Path
) -> None:
    """A kiosk that does not look at the epoch: what it sealed for one kind, the other cannot open."""
    opened = open_services(Config(home))
    _import_site(opened, tmp_path)
    code = make_code(opened.database, opened.signer, "S1")
    author = make_author("K1")
    body = author.wish(code, opened.signer.keys.seal_public)
    with pytest.raises(Refused, match=Code.BAD_CODE):
        read_wish(
            opened.signer,
            key=author.public,
            text=body["statement"],
            signature=bytes.fromhex(body["signature"]),
            sealed=bytes.fromhex(body["secret"]),
        )
    opened.database.close()


def _import_site(services: Services, folder: Path) -> None:
    import_text(services, folder, "regions", TABLES["regions"])
    import_text(services, folder, "sites", TABLES["sites"])
