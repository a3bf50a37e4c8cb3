"""The figures of star levels: defaults of the dated policy, by region. No figures of rules: no record is judged by them."""

from collections.abc import Mapping
from itertools import takewhile

STARS_MAX = 5
PUBLISH_DAYS_MIN = 7
"""What the 2015 notice asks for; a policy may ask for more."""

STAR_FIGURES: Mapping[str, int] = {
    "star_1_hours": 100,
    "star_2_hours": 300,
    "star_3_hours": 600,
    "star_4_hours": 1_000,
    "star_5_hours": 1_500,
    "publish_days": PUBLISH_DAYS_MIN,
}
"""By key of `import policies`: hours from which somebody has so many stars, and dates for which a list is up."""

HOUR_MINUTES = 60


def stars_of(minutes: int, figures: Mapping[str, int]) -> int:
    """Give how many stars so many confirmed minutes are, 0 to 5: the levels reached one after the other."""
    reached = (
        minutes >= figures[f"star_{level}_hours"] * HOUR_MINUTES
        for level in range(1, STARS_MAX + 1)
    )
    return sum(takewhile(bool, reached))
