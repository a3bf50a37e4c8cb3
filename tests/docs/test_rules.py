"""The page of rules says what the code says."""

from tests.docs.make_rules import PAGE, page


def test_the_page_of_rules_is_as_the_code_writes_it() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()
