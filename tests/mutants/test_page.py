"""The result of `make mutants` and the reasons for what survives belong together."""

from pathlib import Path

from tests.mutants.make_page import PAGE, read_reasons, read_result, read_survivors, write_page

RESULT, REASONS = read_result(), read_reasons()
ROOT = Path(__file__).parents[2]


def test_the_page_is_what_the_result_and_the_reasons_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == write_page(RESULT, REASONS)


def test_every_survivor_has_a_reason_and_no_reason_is_left_over() -> None:
    survivors = set(read_survivors(RESULT))
    assert survivors == set(REASONS.names)
    assert set(REASONS.names.values()) == set(REASONS.texts)


def test_every_file_of_the_rules_is_on_the_page() -> None:
    """A file without anything to change has no row: one of values alone."""
    there = {str(path.relative_to(ROOT)) for path in (ROOT / "server/reconcile").rglob("*.py")}
    values = {name for name in there if name.endswith(("__init__.py", "facts.py"))}
    assert set(RESULT["files"]) == there - values
