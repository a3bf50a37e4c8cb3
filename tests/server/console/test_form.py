"""Fields that forms have in common: refused where they do not fit, never cut."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.ctx import RequestContext

from schemas.limits import WHY_CHARS_MAX
from schemas.vocabulary import Code
from server.console import form
from sync.errors import Refused


def sent(**fields: str) -> RequestContext:
    return Flask(__name__).test_request_context("/console/", method="POST", data=fields)


@pytest.fixture(autouse=True)
def chinese(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(form, "_", lambda words, **values: words % values if values else words)
    yield


def refusal(read: object, **fields: str) -> Code:
    with sent(**fields), pytest.raises(Refused) as refused:
        assert callable(read)
        read()
    return Code(refused.value.code)


def test_a_reason_of_the_longest_length_is_taken_whole() -> None:
    with sent(why="理" * WHY_CHARS_MAX):
        assert form.why() == "理" * WHY_CHARS_MAX


def test_a_reason_that_is_too_long_is_refused_and_not_cut() -> None:
    assert refusal(form.why, why="理" * (WHY_CHARS_MAX + 1)) is Code.BAD_FIELD


def test_line_breaks_count_as_the_page_counted_them() -> None:
    lines = "\r\n".join("理" * 9 for _ in range(WHY_CHARS_MAX // 10))
    with sent(why=lines + "理" * (WHY_CHARS_MAX - WHY_CHARS_MAX // 10 * 10 + 1)):
        assert len(form.why()) == WHY_CHARS_MAX


@pytest.mark.parametrize("nothing", ["", "  ", "\n"])
def test_blanks_are_no_reason(nothing: str) -> None:
    assert refusal(form.why, why=nothing) is Code.REASON_NEEDED
    with sent(why=nothing):
        assert form.why(is_needed=False) == ""


def test_a_local_time_is_eight_hours_ahead() -> None:
    with sent(at="1970-01-02T08:00"):
        assert form.moment("at") == 86_400_000
    with sent(at=""):
        assert form.moment("at") is None


@pytest.mark.parametrize(
    "text", ["x", "2026-02-30T08:00", "2026-11-02T08:30+08:00", "25:00", "9" * 99]
)
def test_what_is_no_local_time_is_refused(text: str) -> None:
    assert refusal(lambda: form.moment("at"), at=text) is Code.BAD_FIELD
