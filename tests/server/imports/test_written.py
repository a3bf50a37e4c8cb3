"""What stands is written so that the same column reads it back."""

import pytest

from server.imports.kinds import KINDS
from server.imports.written import written

VALUES = {
    "volunteers": ["V-1", "张三", "139", "T1", "", -3_000, "党员;青年", ""],
    "sites": ["S1", "东门", "checkpoint", "R1", -32_100_001, 114_000_000],
    "shifts": ["H1", "P1", 1_793_548_800_000, 1_793_548_860_001, None],
    "activities": ["A1", "消杀", "", 20_000, None, 1],
    "trainings": ["V1", "急救", "一\n二", 250, "", 20_000],
    "policies": ["R1", "", 0, "short_ms", 5],
}


@pytest.mark.parametrize("kind", list(VALUES))
def test_what_is_written_is_read_back(kind: str) -> None:
    columns = KINDS[kind].columns
    assert [
        column.read(written(column, value))
        for column, value in zip(columns, VALUES[kind], strict=True)
    ] == VALUES[kind]


def test_it_is_written_as_people_write() -> None:
    site, shift = KINDS["sites"].columns, KINDS["shifts"].columns
    assert written(site[4], 32_100_000) == "32.1"
    assert written(shift[2], 1_793_548_800_000) == "2026-11-02T00:00"
