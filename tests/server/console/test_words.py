"""Everything the console says, it says in Chinese and in English."""

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir

from server.console import words
from server.console.areas import AREAS

_METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
_KEYWORDS = {"_": None, "say": None, "ngettext": (1, 2), "say_number": (1, 2)}


def _said() -> set[str]:
    found = {area.words for area in AREAS}
    options = {"**/templates/**.html": {"encoding": "utf-8"}}
    for _, _, message, *_ in extract_from_dir(words.HERE, _METHODS, options, _KEYWORDS):
        found.add(message if isinstance(message, str) else message[0])
    return found


def test_every_word_is_said_in_english_and_no_translation_is_left_over() -> None:
    there = {*words.catalogue(), *words.plurals()}
    assert _said() - there == set(), "missing in en.po"
    assert there - _said() == set(), "left over in en.po"


def test_a_translation_keeps_its_values() -> None:
    for chinese, english in words.catalogue().items():
        assert re.findall(r"%\(\w+\)s", chinese) == re.findall(r"%\(\w+\)s", english) or sorted(
            re.findall(r"%\(\w+\)s", chinese)
        ) == sorted(re.findall(r"%\(\w+\)s", english)), chinese


def test_no_page_trusts_text_that_it_was_given() -> None:
    for template in Path(words.HERE).glob("**/*.html"):
        text = template.read_text("utf-8")
        assert "|safe" not in text.replace(" ", ""), template
        assert " style=" not in text, f"{template}: the policy allows no inline style"
        assert " onclick=" not in text, template
