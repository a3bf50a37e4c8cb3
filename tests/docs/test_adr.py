"""Decision records: each has a number of its own, in its name and in its heading, and none is left out."""

import re

from tests.docs.make_rules import ROOT

FILES = sorted((ROOT / "docs" / "adr").glob("*.md"))


def test_each_decision_record_has_a_number_of_its_own() -> None:
    numbers = [int(file.name[:4]) for file in FILES]
    assert numbers == list(range(1, len(FILES) + 1))


def test_a_decision_record_says_its_number_first() -> None:
    for file in FILES:
        heading = re.match(r"# (\d+)\. ", file.read_text(encoding="utf-8"))
        assert heading is not None, file.name
        assert int(heading[1]) == int(file.name[:4]), file.name
