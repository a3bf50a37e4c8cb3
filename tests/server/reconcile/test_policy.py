"""Figures and how their versions are named."""

from dataclasses import replace
from hashlib import sha256

from server.reconcile.policy import DEFAULTS, FIGURES, versioned


def test_a_version_names_its_first_day_and_all_its_figures() -> None:
    strict = replace(DEFAULTS, short_ms=1, version="earlier")
    told = "\n".join(f"{name}={getattr(strict, name)}" for name in sorted(FIGURES))
    digest = sha256(told.encode()).hexdigest()[:12]
    assert versioned(strict, 19_000) == replace(strict, version=f"19000-{digest}")
    assert "short_ms=1" in told
    assert "version" not in told
