"""Rows about a site's people have one shape; an old reader passes them over, and what comes behind is passed over by this one."""

import pytest

from schemas.limits import SEALED_BYTES_MAX
from sync import view_rows
from sync.errors import Refused

KEY = "ab" * 32
GOOD = {
    "name_key": [KEY, b"mark", b"sealed"],
    "person": ["V1", b"sealed"],
    "need": ["P1", "insurance"],
    "fit": ["V1", ""],
}


@pytest.mark.parametrize("kind", GOOD)
def test_a_row_as_it_is_told_is_taken_and_fields_behind_it_are_left_out(kind: str) -> None:
    row = GOOD[kind]
    assert view_rows.checked("site:S1", (kind, [[*row, "later"]], [])) == (kind, [row], [])


@pytest.mark.parametrize("kind", GOOD)
def test_rows_of_people_belong_to_a_site_alone(kind: str) -> None:
    with pytest.raises(Refused, match="bad_field"):
        view_rows.checked("all", (kind, [], []))


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("name_key", [KEY.upper(), b"m", b"s"]),
        ("name_key", [KEY[:-1], b"m", b"s"]),
        ("name_key", [KEY, b"m"]),
        ("name_key", [KEY, b"", b"s"]),
        ("name_key", [KEY, b"m", b"x" * (SEALED_BYTES_MAX + 1)]),
        ("name_key", [KEY, "m", b"s"]),
        ("person", ["V 1", b"s"]),
        ("person", ["V1", b""]),
        ("person", ["V1", "张三"]),
        ("person", ["V1", b"x" * (SEALED_BYTES_MAX + 1)]),
        ("need", ["P1", b"insurance"]),
        ("need", ["P1", "x" * 2_001]),
        ("fit", ["V1", "a\0b"]),
        ("fit", ["V1"]),
    ],
)
def test_a_row_of_another_shape_counts_for_nothing(kind: str, row: list[object]) -> None:
    with pytest.raises(Refused, match="bad_field"):
        view_rows.checked("site:S1", (kind, [row], []))  # type: ignore[arg-type] # that is the point


def test_kinds_that_nobody_here_knows_are_passed_over() -> None:
    """What an older kiosk does with these, too."""
    assert view_rows.checked("site:S1", ("people_of_tomorrow", [["V1", 7]], ["x"])) is None
