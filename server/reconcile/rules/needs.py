"""What a post can need of people, as an import's cell says it in either language: insurance, an age, or else a training (D7)."""

import re

from server.reconcile.minutes import date_of
from sync.fit import AGE, INSURANCE, TRAINING, Need

_AGE = re.compile(
    r"(?:age|年龄)?\s*(?:[:：]|>=|≥)?\s*([0-9]{1,3})\s*(?:\+|岁|周岁|岁以上|周岁以上)?"
)
_INSURANCE = frozenset({"insurance", "保险"})
_TRAINING = re.compile(r"(?:training|培训)\s*[:：]\s*(.+)")


def read_need(text: str) -> Need:
    """Read a need; what is no age and no insurance is a training's name."""
    wanted = text.strip()
    if wanted.lower() in _INSURANCE:
        return Need(INSURANCE)
    age = _AGE.fullmatch(wanted.lower())
    if age:
        return Need(AGE, str(int(age[1])))
    named = _TRAINING.fullmatch(wanted)
    return Need(TRAINING, named[1] if named else wanted)


def is_of_age(born: int, day: int, years: int) -> bool:
    """Tell whether somebody born then is so old on that day; who was born on 29 February is a year older on 1 March."""
    birth, today = date_of(born), date_of(day)
    return (today.year - years, today.month, today.day) >= (birth.year, birth.month, birth.day)
