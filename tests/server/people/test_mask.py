"""Masked names say no more than they have to."""

import pytest

from server.people.mask import masked


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三", "张*"),
        ("张小三", "张*三"),
        ("欧阳娜娜", "欧*娜"),
        ("阿依古丽·买买提", "阿*提"),
        ("李𬭎", "李*"),
        ("葛\U000e0100城", "葛\U000e0100*"),
        ("Zoe\u0308", "Z*e\u0308"),
        ("张", "*"),
        ("", ""),
        ("  张三 ", "张*"),
    ],
)
def test_only_the_ends_of_a_name_are_left(name: str, shown: str) -> None:
    assert masked(name) == shown
