"""How a benchmark says what it found."""

import json
import sys
from typing import Any


def report(name: str, *, value: float, unit: str, reach: str, holds: bool, **more: Any) -> None:
    """Print the one JSON object of a benchmark, and end with 0 if it holds, else 1. reach: what it should come to."""
    print(
        json.dumps(
            {
                "name": name,
                "value": round(value, 3),
                "unit": unit,
                "reach": reach,
                "holds": holds,
                **more,
            },
            ensure_ascii=False,
        )
    )
    sys.exit(0 if holds else 1)
