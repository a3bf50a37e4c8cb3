"""Hours on paper: minutes are kept, and rounded once, when they are written down (F4). The rule is printed beside them."""

from decimal import ROUND_HALF_UP, Decimal

HOURS_RULE = (
    "小时＝分钟÷60，只在最后四舍五入一次，保留两位小数",
    "hours = minutes / 60, rounded once at the end to two decimals, half away from zero",
)
"""The one rule, as lists and certificates print it."""

_HUNDREDTH = Decimal("0.01")


def hours_of(minutes: int) -> Decimal:
    """Give hours with two decimals, by the one rule."""
    return (Decimal(minutes) / 60).quantize(_HUNDREDTH, ROUND_HALF_UP)
