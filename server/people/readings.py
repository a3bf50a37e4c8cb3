"""How names are read: in pinyin, whole and by initials, so that a name is found however it is typed. Pure.

Of a surname every reading counts (单 is shan, dan and chan), of other signs the usual one; ü is v. Letters of other scripts
stay as they are, in lower case. The readings of signs are pypinyin's.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from itertools import islice
from typing import NamedTuple

from sync.site_names import fold as fold

READINGS = 1
"""Grows whenever a name is read otherwise than before: then what is stored is made anew (`server/people/now.py`)."""

CHARS_MAX = 40
"""How much of a name is read."""
WAYS_MAX = 8
"""In how many ways a name is read."""

_SURNAMES: Mapping[str, str] = {
    "曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "查": "zha", "区": "ou", "盖": "ge", "朴": "piao", "覃": "qin",
    "翟": "zhai", "员": "yun", "秘": "bi", "薄": "bo", "召": "shao", "缪": "miao", "乐": "yue", "华": "hua", "繁": "po",
    "隗": "wei", "佴": "nai", "燕": "yan", "纪": "ji", "任": "ren", "尉": "wei", "万": "wan", "冼": "xian", "洗": "xian",
    "宓": "mi", "逄": "pang", "车": "che", "祭": "zhai", "句": "gou", "郗": "xi", "种": "chong", "黑": "he", "折": "she",
    "洪": "hong", "谌": "chen", "撒": "sa", "应": "ying", "葛": "ge", "宁": "ning", "石": "shi", "沈": "shen", "贾": "jia",
    "柏": "bai", "费": "fei", "阚": "kan", "幺": "yao", "那": "na", "哈": "ha", "藏": "zang", "臧": "zang", "粘": "nian",
    "訾": "zi", "眭": "sui", "炅": "gui", "褚": "chu", "過": "guo", "过": "guo", "都": "du", "重": "chong",
}  # fmt: skip
"""How a surname is said, where that is not how the sign is said most."""

_ONE_WAY = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马胡朱郭何罗高林郑梁谢宋唐许韩冯邓曹彭肖田董潘袁蔡蒋余于杜叶程魏苏丁吕卢姚沈姜崔"
    "钟谭陆范汪廖韦贾夏付方白邹孟熊秦邱江尹薛阎段雷侯龙史陶黎贺顾毛郝龚邵钱严武戴莫孔向汤"
)
"""Surnames that everybody says one way, whatever the dictionary knows besides."""

_DOUBLE: Mapping[str, tuple[str, str]] = {
    "万俟": ("mo", "qi"), "尉迟": ("yu", "chi"), "单于": ("chan", "yu"), "长孙": ("zhang", "sun"), "澹台": ("tan", "tai"),
}  # fmt: skip
"""Surnames of two signs that are said otherwise together."""

_USUAL: Mapping[str, str] = {
    "卜": "bu",
    "曾": "zeng",
    "参": "shen",
    "娜": "na",
    "茜": "qian",
    "昇": "sheng",
    "晟": "sheng",
}
"""How a sign is said in names, where the dictionary begins with another reading."""

_MORE: Mapping[str, tuple[str, ...]] = {"谌": ("shen",), "翟": ("di",), "纪": ("ji",)}
"""Readings in use that the dictionary lacks."""


class Reading(NamedTuple):
    """One way to say a name: letters and digits alone."""

    pinyin: str
    initials: str


def readings(name: str) -> tuple[Reading, ...]:
    """Give the ways a name is said, the usual one first; at least one, which is empty where there is nothing to say."""
    first, *rest = _parts(name) or [("",)]
    tail = "".join([part[0] for part in rest])
    short = "".join([_initial(part[0]) for part in rest])
    if len(first) == 1 and name[:2] not in _DOUBLE:
        return (Reading(first[0] + tail, _initial(first[0]) + short),)
    ways = dict.fromkeys(Reading(way + tail, _initial(way) + short) for way in first)
    if name[:2] in _DOUBLE:
        one, two = _DOUBLE[name[:2]]
        said = one + two + "".join([part[0] for part in rest[1:]])
        ways = {Reading(said, one[0] + two[0] + short[1:]): None, **ways}
    return tuple(islice(ways, WAYS_MAX))


def is_sign(char: str) -> bool:
    """Tell whether this is a sign of Chinese writing that has a reading."""
    return bool(_said(char))


def _parts(name: str) -> list[tuple[str, ...]]:
    """Cut a name into signs, each with its readings, and words and numbers of other scripts."""
    plain = unicodedata.normalize("NFKC", name[:CHARS_MAX]).casefold()
    found: list[tuple[str, ...]] = []
    for part in _runs(plain):
        said = _said(part) if len(part) == 1 else ()
        if said and not found:
            usual = _SURNAMES.get(part, said[0])
            said = tuple(dict.fromkeys((usual, *said, *_MORE.get(part, ()))))
            said = said[:1] if part in _ONE_WAY else said
        found.append(said or (part,))
    return found


def _runs(plain: str) -> Iterator[str]:
    """Give signs one by one; letters of a word, and digits of a number, together."""
    run = ""
    for char in plain:
        is_sign = bool(_said(char))
        if run and (is_sign or not char.isalnum() or char.isdigit() != run[-1].isdigit()):
            yield run
            run = ""
        if is_sign:
            yield char
        elif char.isalnum():
            run += char
    if run:
        yield run


def _initial(part: str) -> str:
    """Give how a part is shortened; a number is not."""
    return part if part[:1].isdigit() else part[:1]


@lru_cache(maxsize=20_000)
def _said(char: str) -> tuple[str, ...]:
    """Give the readings of a sign without tones, the usual one first; none of what is no sign."""
    said = map(_toneless, _dictionary().get(ord(char), "").split(","))
    usual = _USUAL.get(char, "")
    return tuple(dict.fromkeys(way for way in (usual, *said) if way))


def _toneless(said: str) -> str:
    apart = unicodedata.normalize("NFD", said).replace("u\u0308", "v")
    return "".join(char for char in apart if char.isascii() and char.isalpha())


@cache
def _dictionary() -> Mapping[int, str]:
    """Load the dictionary when a name is first read: it takes a quarter of a second, and most commands read none."""
    from pypinyin.pinyin_dict import pinyin_dict

    return pinyin_dict
