"""The sections on bundles and slips say what the code does, with its figures."""

import re

import pytest

from schemas import carried, limits
from schemas.vocabulary import Code
from sync.frames import _BYTES_MAX
from tests.docs.make_limits import ROOT

PROTOCOL = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
BUNDLES, SLIPS = (
    re.search(rf"^## \d+\. {title}.*?(?=^## )", PROTOCOL, re.MULTILINE | re.DOTALL)[0]  # type: ignore[index] # is there
    for title in ("Bundles", "Slips")
)


def test_every_kind_of_frame_is_listed_with_its_bound() -> None:
    rows = re.findall(r"^\| `(\w)` \| [^|]* \| (?:at most )?([^|]*?) \|$", BUNDLES, re.MULTILINE)
    said = {kind: int(words.split()[0].replace(",", "")) for kind, words in rows}
    assert said == {kind.value.decode(): bound for kind, bound in _BYTES_MAX.items()}


@pytest.mark.parametrize(
    ("bound", "words"),
    [
        (limits.BUNDLE_PARTS_MAX, "at most {} **parts**"),
        (limits.BUNDLE_BATCHES_MAX, "0 to {} `B`"),
        (limits.REPLY_PAGES_MAX, "0 to {} `P`"),
        (limits.BUNDLE_FILE_BYTES_MAX, "at most {} bytes"),
        (limits.BUNDLE_BYTES_MAX, "at most {}."),
        (limits.BUNDLE_CUT_BYTES, "exceed {} bytes"),
        (limits.CURSOR_CHARS_MAX, "at most {} characters"),
        (limits.BUNDLE_POST_BYTES_MAX, "at most {} bytes"),
    ],
)
def test_the_bounds_of_bundles_are_said(bound: int, words: str) -> None:
    assert words.format(f"{bound:,}") in BUNDLES


def test_the_bound_of_a_slip_is_said_in_bytes_and_characters() -> None:
    most = limits.SLIP_BYTES_MAX
    assert f"at most {most:,} bytes, {most * 4 // 3:,} characters" in SLIPS


def test_every_code_that_they_name_exists() -> None:
    first = re.findall(r"^\| `([a-z0-9_]{2,})` \|", BUNDLES, re.MULTILINE)
    last = re.findall(r"\| `([a-z0-9_]+)` \|$", SLIPS, re.MULTILINE)
    assert len(first) == 7
    assert set(first) | set(last) <= set(Code)


@pytest.mark.parametrize("schema", [carried.SlipRequest, carried.SlipReply])
def test_every_field_of_the_door_is_named(schema: type[carried.SlipRequest]) -> None:
    for name in schema().fields:
        assert f"`{name}`" in SLIPS
