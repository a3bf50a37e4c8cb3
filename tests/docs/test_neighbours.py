"""The section on neighbours says what the code does, with its figures."""

import re

import pytest

from kiosk.limits import RELAY_BYTES_MAX
from kiosk.neighbours import found, porch, setting
from kiosk.neighbours.listener import TOKEN_HEADER
from schemas import limits, neighbour
from tests.docs.make_limits import ROOT

PROTOCOL = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
NEIGHBOURS = PROTOCOL[PROTOCOL.index("## 20. Neighbours") :]


def test_every_door_is_named_and_no_other() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", NEIGHBOURS, re.MULTILINE)
    assert rows == [porch.HELLO, porch.OPEN, porch.GIVE, porch.TAKE, porch.RELAY]
    assert f"`{porch.PATH}`" in NEIGHBOURS
    assert f"`{TOKEN_HEADER}`" in NEIGHBOURS


@pytest.mark.parametrize(
    "schema",
    [neighbour.HelloRequest, neighbour.HelloReply, neighbour.OpenRequest, neighbour.OpenReply, neighbour.Part,
     neighbour.TakeRequest, neighbour.GiveReply],
)  # fmt: skip
def test_every_field_of_a_door_is_named(schema: type[neighbour.HelloRequest]) -> None:
    for name in schema().fields:
        said = "*signed*" if name in ("statement", "signature") else f"`{name}`"
        assert said in NEIGHBOURS, name


@pytest.mark.parametrize(
    ("bound", "words"),
    [
        (limits.NEIGHBOUR_ENVELOPE_BYTES_MAX, "at most {} bytes"),
        (limits.NEIGHBOUR_PLACES_MAX, "at most {} *place*"),
        (limits.NEIGHBOUR_PARTS_LISTED_MAX, "at most {} objects"),
        (limits.NEIGHBOUR_KNOWN_MAX, "at most {} digests"),
        (limits.BUNDLE_POST_BYTES_MAX, "at most {} bytes, with exactly one part"),
        (RELAY_BYTES_MAX, "(11.4), at most {} bytes"),
    ],
)
def test_its_bounds_are_said(bound: int, words: str) -> None:
    assert words.format(f"{bound:,}") in NEIGHBOURS


def test_how_they_are_found_is_said() -> None:
    assert f"`{found.KIND}`" in NEIGHBOURS
    assert f"default port {setting.PORT}" in NEIGHBOURS
