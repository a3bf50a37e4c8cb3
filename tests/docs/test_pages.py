"""The pages say what the code says."""

import re
from pathlib import Path

import msgspec
import pytest

from schemas import envelopes, limits
from schemas.entry import Entry
from schemas.fields import Stamped
from schemas.vocabulary import Code, CodeState, How
from sync import statement
from tests.docs.make_limits import PAGE, PARTS, ROOT, read_bounds, write_page

DOCS = ROOT / "docs"
PROTOCOL = (DOCS / "protocol.md").read_text(encoding="utf-8")
PAGES = sorted([*DOCS.rglob("*.md"), ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md"])
KINDS = {str(kind.__struct_config__.tag): kind for kind in Entry.__args__}


def cells(text: str) -> list[list[str]]:
    """The rows of every table in a text, without the lines under the headings."""
    rows = [
        line.strip().strip("|").split(" | ") for line in text.splitlines() if line.startswith("|")
    ]
    return [[cell.strip() for cell in row] for row in rows if not set("".join(row)) <= set("- |")]


def section(title: str) -> str:
    """The text of a part of the protocol: from a line that begins like this to the next heading or kind."""
    found = re.search(
        rf"^{re.escape(title)}.*?(?=^\*\*|^## |^\d+\.\d+ |\Z)", PROTOCOL, re.MULTILINE | re.DOTALL
    )
    assert found, title
    return found[0]


def test_every_bound_is_on_its_page_with_its_value() -> None:
    rows = {
        row[0].strip("`"): row[1].replace(",", "")
        for row in cells(PAGE.read_text(encoding="utf-8"))
    }
    bounds = {
        b.name: str(b.value)
        for file in PARTS
        if (ROOT / file).exists()
        for b in read_bounds(ROOT / file)
    }
    assert {name: value for name, value in rows.items() if name != "name"} == bounds, (
        "python -m tests.docs.make_limits writes the page"
    )


def test_every_bound_says_what_it_bounds() -> None:
    names = {name for name in vars(limits) if name.isupper()}
    found = read_bounds(ROOT / "schemas" / "limits.py")
    assert {bound.name for bound in found} == names
    assert all(bound.words for bound in found)
    assert "# Limits" in write_page()


def test_every_code_is_explained_in_both_languages() -> None:
    rows = [
        row for row in cells((DOCS / "errors.md").read_text(encoding="utf-8")) if row[0] != "code"
    ]
    assert sorted(row[0].strip("`") for row in rows) == sorted(Code)
    for row in rows:
        assert len(row) == 4, row[0]
        for cell in row[1:]:
            assert re.search(r"[a-zA-Z]{2}", cell), (row[0], "English")
            assert re.search(r"[\u4e00-\u9fff]", cell), (row[0], "中文")


def test_the_protocol_lists_every_kind_with_its_fields_in_order() -> None:
    for kind, struct in KINDS.items():
        rows = cells(section(f"**{kind}**"))[1:]
        fields = [
            field for field in msgspec.structs.fields(struct) if field.name not in stamp_names()
        ]
        assert [row[0] for row in rows] == [field.name for field in fields], kind
        for row, field in zip(rows, fields, strict=True):
            assert ("optional" in row[1]) != field.required, (kind, field.name)


def stamp_names() -> list[str]:
    """The clocks that every entry carries."""
    return [field.name for field in msgspec.structs.fields(Stamped)]


def test_the_protocol_lists_the_clocks_in_order() -> None:
    assert [row[0] for row in cells(section("2.5 "))[1:]] == stamp_names()


def test_the_protocol_names_no_kind_that_does_not_exist() -> None:
    named = re.findall(r"^\*\*([a-z_]+)\*\*", section_of("2. Entries"), re.MULTILINE)
    assert named == list(KINDS)


def section_of(title: str) -> str:
    """A whole numbered section of the protocol."""
    found = re.search(rf"^## {re.escape(title)}.*?(?=^## |\Z)", PROTOCOL, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[0]


def test_the_protocol_lists_every_statement_with_its_fields() -> None:
    rows = cells(section("4.3 "))[1:]
    assert {row[0].strip("`"): tuple(row[1].strip("`").split()) for row in rows} == statement.FIELDS


@pytest.mark.parametrize("word", [*CodeState, *How])
def test_the_protocol_names_every_word_of_a_scan(word: str) -> None:
    assert f"`{word}`" in section("**scan**")


@pytest.mark.parametrize(
    "schema",
    [envelopes.HelloRequest, envelopes.HelloReply, envelopes.PushReply, envelopes.KeysReply,
     envelopes.EnrolRequest, envelopes.EnrolReply, envelopes.PullRequest, envelopes.DepositReply,
     envelopes.HeldRange, envelopes.ChannelHead],
)  # fmt: skip
def test_the_protocol_names_every_field_of_the_doors(schema: type[envelopes.Reply]) -> None:
    doors = section_of("11. The doors")
    for name in schema().fields:
        assert f"`{name}`" in doors, name


@pytest.mark.parametrize(
    ("bound", "words"),
    [
        (limits.ENTRY_BYTES_MAX, "at most {} bytes"),
        (limits.ENTRY_DEPTH_MAX, "at most {} deep"),
        (limits.BATCH_ENTRIES_MAX, "1 to {} entries"),
        (limits.BATCH_WIRE_BYTES_MAX, "At most {} bytes on the wire"),
        (limits.BATCH_INFLATED_BYTES_MAX, "{} after inflating"),
        (limits.BATCH_CUT_BYTES, "exceed {} bytes"),
        (limits.ENVELOPE_BYTES_MAX, "most {} bytes"),
        (limits.RANGES_MAX, "at most {}, of objects"),
        (limits.BADGE_BYTES_MAX, "at most {} bytes"),
        (limits.SEALED_BYTES_MAX, "at most {}."),
        (limits.CODE_BYTES_MAX, "at most {}, sealed"),
        (limits.CODE_TEXT_MAX, "longer than {} characters"),
        (limits.ENTRIES_UNKNOWN_MAX, "at most {} entries are kept"),
        (limits.LOGS_UNKNOWN_MAX, "at most {} such logs"),
    ],
)
def test_the_protocol_says_the_bounds_of_the_code(bound: int, words: str) -> None:
    assert words.format(f"{bound:,}") in PROTOCOL


def test_every_refusal_that_the_protocol_names_exists() -> None:
    named = set(
        re.findall(
            r"`([a-z0-9_]+)`",
            section("2.8 ") + section("5.3 ") + section("8.5 ") + section_of("13. Errors"),
        )
    )
    words = {"type", "title", "status", "detail", "code", "kept", "batch"}
    assert named - words <= set(Code)


def test_the_protocol_is_numbered_without_holes() -> None:
    numbers = [int(n) for n in re.findall(r"^## (\d+)\.", PROTOCOL, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    for number in numbers:
        parts = [int(n) for n in re.findall(rf"^{number}\.(\d+) ", PROTOCOL, re.MULTILINE)]
        assert parts == list(range(1, len(parts) + 1)), number


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for name in re.findall(
        r"`((?:docs|schemas|sync|server|kiosk|tests|bench)/[\w./-]*\w)/?`", text
    ):
        assert (ROOT / name).exists(), name


def test_the_glossary_says_each_word_once_in_both_languages() -> None:
    rows = cells((DOCS / "glossary.md").read_text(encoding="utf-8"))[1:]
    words = [row[0] for row in rows]
    assert len(words) == len(set(words))
    for row in rows:
        assert len(row) == 3, row
        assert re.search(r"[\u4e00-\u9fff]", row[1]), row[0]
    assert {
        "volunteer", "team", "site", "post", "shift", "badge", "pass", "kiosk", "scan", "log", "entry", "batch", "anchor",
        "service record", "finding", "decision", "posting", "period", "certificate",
    } <= set(words)  # fmt: skip


def test_the_changelog_says_the_version_of_the_wire() -> None:
    assert "Wire version 1" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_commands_that_contributing_names_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"`make ([a-z-]+)", text)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for module in set(re.findall(r"python -m ([\w.]+)", text)):
        assert (ROOT / (module.replace(".", "/") + ".py")).exists(), module


def test_pages_name_no_path_of_a_machine() -> None:
    for page in PAGES:
        assert not re.search(
            r"(?<![\w.])/(?:home|root|tmp|work|Users)/", page.read_text(encoding="utf-8")
        ), page
