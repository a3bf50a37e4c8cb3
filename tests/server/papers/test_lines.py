"""Lines: Chinese breaks anywhere but before its closing marks and behind its opening ones, words and figures stay whole."""

import pytest

from server.papers.lines import wrap


def measure(text: str) -> float:
    """A Chinese character is twice as wide as another."""
    return sum(2.0 if ord(c) > 0x2E7F else 1.0 for c in text)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("王芳", 10, ["王芳"]),
        ("认可时长二十小时", 8, ["认可时长", "二十小时"]),
        ("认可时长，共二十", 8, ["认可时", "长，共二", "十"]),
        ("认可时（长）", 8, ["认可时", "（长）"]),
        ("共1,234.50小时", 8, ["共", "1,234.50", "小时"]),
        ("one two three", 8, ["one two", "three"]),
        ("体温37.3℃者", 6, ["体温", "37.3℃", "者"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("王abcdefgh", 4, ["王ab", "cdef", "gh"]),
        ("  a  b  ", 10, ["a  b"]),
        ("𬭎㛃𬭎㛃", 4, ["𬭎㛃", "𬭎㛃"]),
    ],
)
def test_a_text_is_broken_where_a_reader_expects_it(
    text: str, width: float, lines: list[str]
) -> None:
    assert wrap(text, width, measure) == lines


def test_nothing_is_lost_and_no_line_is_too_wide() -> None:
    text = (
        "查验健康码、行程码，测体温；http://example.org/一个很长的地址/0123456789（见说明）。" * 5
    )
    for width in range(4, 60):
        lines = wrap(text, width, measure)
        assert "".join(lines) == text
        for line in lines:
            closing = sum(2.0 for c in line if c in "、，；（）。")
            assert measure(line) <= max(width, 2 + closing)


def test_the_first_line_may_have_less_room() -> None:
    assert wrap("一二三四五六", 8, measure, first=4) == ["一二", "三四五六"]
