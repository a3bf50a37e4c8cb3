"""`docs/commands.md` and `docs/configuration.md` say what the programs do; the README names what exists."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from kiosk import config as kiosk_config
from kiosk.cli import kiosk
from kiosk.cli.output import Exit as KioskExit
from server import config as server_config
from server.cli import program
from server.cli.output import Exit as ServerExit
from tests.docs.make_limits import ROOT
from tests.docs.test_pages import cells

COMMANDS = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [
    ROOT / "README.md",
    *(ROOT / "docs" / f"{name}.md" for name in ("operations", "field-guide.zh-CN", "commands")),
]


def leaves(command: click.Command, words: str) -> Iterator[tuple[str, click.Command]]:
    """Every command below this one, with the words that call it."""
    if not isinstance(command, click.Group):
        yield words, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        assert below is not None
        yield from leaves(below, f"{words} {name}")


ALL = dict([*leaves(program, "python -m server"), *leaves(kiosk, "python -m kiosk")])


def section(words: str) -> str:
    """What the page says of a command."""
    found = re.search(
        rf"^## `{re.escape(words)}`$(.*?)(?=^## |\Z)", COMMANDS, re.MULTILINE | re.DOTALL
    )
    assert found, words
    return found[1]


def names(command: click.Command) -> dict[str, click.Parameter]:
    """What a command can be given, as the page writes it; `--json` is said once for all."""
    return {
        parameter.opts[-1]
        if isinstance(parameter, click.Option)
        else parameter.opts[0].upper(): parameter
        for parameter in command.params
        if parameter.name != "as_json" and not getattr(parameter, "hidden", False)
    }


def test_every_command_is_on_the_page_and_no_other() -> None:
    assert sorted(re.findall(r"^## `(python -m [^`]+)`$", COMMANDS, re.MULTILINE)) == sorted(ALL)


@pytest.mark.parametrize("words", ALL)
def test_every_option_is_on_the_page_and_no_other(words: str) -> None:
    rows = {row[0].strip("`"): row[1] for row in cells(section(words))[1:]}
    given = names(ALL[words])
    assert sorted(rows) == sorted(given)
    for name, parameter in given.items():
        if isinstance(parameter.type, click.Choice):
            assert set(parameter.type.choices) <= set(re.findall(r"\w+", rows[name])), name


@pytest.mark.parametrize("words", ALL)
def test_every_command_takes_json(words: str) -> None:
    assert "as_json" in {parameter.name for parameter in ALL[words].params}


@pytest.mark.parametrize("words", ALL)
def test_every_command_says_how_it_ends(words: str) -> None:
    said = re.search(r"Exit 0\b(.*?)(?:\n\n|\Z)", section(words), re.DOTALL)
    assert said, words
    assert {int(n) for n in re.findall(r"(?<![\d-])\d+(?![\d-])", said[1])} <= set(ServerExit)


def test_every_exit_status_is_explained() -> None:
    rows = cells(COMMANDS[: COMMANDS.index("## `")])[1:]
    assert [int(row[0]) for row in rows] == sorted(ServerExit) == sorted(KioskExit)


def test_every_setting_is_on_the_page_and_no_other() -> None:
    rows = cells(CONFIGURATION)[1:]
    for words, config in (("server", server_config), ("kiosk", kiosk_config)):
        ours = {row[0].strip("`") for row in rows if words in row[1]}
        assert ours == config.OURS, words
        assert {row[0].strip("`") for row in rows} == config.OURS | config.OTHERS


def test_the_page_says_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {row[0].strip("`"): row[2] for row in cells(CONFIGURATION)[1:]}
    for name in said:
        monkeypatch.delenv(name, raising=False)
    centre, here = server_config.read_config(), kiosk_config.read_config({})
    assert f"`{centre.home.name}`" == said["REDVEST_HOME"]
    assert f"`{here.home.name}`" == said["REDVEST_KIOSK_HOME"]
    assert (centre.database_url, said["REDVEST_DATABASE_URL"]) == ("", "none")
    assert said["REDVEST_LOG_LEVEL"].startswith(f"`{centre.log_level}` at the centre")
    assert f"`{here.log_level}` on a kiosk" in said["REDVEST_LOG_LEVEL"]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_commands_that_a_page_shows_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    shown = re.findall(r"python -m (?:server|kiosk) [a-z][\w -]*", text)
    for line in shown:
        assert any(line == words or line.startswith(f"{words} ") for words in ALL) or (
            line.strip() == "python -m server revoke"
        ), line


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_options_that_a_page_shows_exist(page: Path) -> None:
    known = {option for command in ALL.values() for option in names(command)} | {"--json", "--help"}
    for block in re.findall(r"^```\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):  # fmt: skip
        for line in block.splitlines():
            if "python -m server" in line or "python -m kiosk" in line:
                assert set(re.findall(r"(?<=\s)--[a-z-]+", line)) <= known, line


def test_make_targets_that_the_readme_names_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"make ([a-z-]+)", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_files_that_the_readme_names_exist() -> None:
    named = re.findall(r"`((?:docs|demo)/[\w./-]*\w|CONTRIBUTING\.md)/?`|\]\(([\w./-]+)\)", README)
    for code, link in named:
        assert (ROOT / (code or link)).exists(), code or link


def test_the_picture_is_readable_in_the_dark_and_by_ear() -> None:
    picture = (ROOT / "docs" / "picture.svg").read_text(encoding="utf-8")
    assert "prefers-color-scheme: dark" in picture
    assert 'role="img"' in picture
    assert "<title" in picture
    assert "<desc" in picture
    assert "href" not in picture, "it needs nothing from elsewhere"
