"""What an import's cell says that a post needs (D7)."""

import pytest

from server.reconcile.rules.needs import read_need
from sync.fit import AGE, INSURANCE, TRAINING, Need


@pytest.mark.parametrize(
    ("text", "need"),
    [
        (" Insurance ", Need(INSURANCE)),
        ("保险", Need(INSURANCE)),
        ("Age >= 018", Need(AGE, "18")),
        ("≥18周岁", Need(AGE, "18")),
        ("training: First Aid", Need(TRAINING, "First Aid")),
        ("急救", Need(TRAINING, "急救")),
        ("0018", Need(TRAINING, "0018")),
    ],
)
def test_a_need_is_an_insurance_an_age_or_else_a_training(text: str, need: Need) -> None:
    assert read_need(text) == need
