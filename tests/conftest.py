"""What all tests share: properties are tried with the same values each time, however busy the machine is."""

import os

from hypothesis import Phase, settings

import server  # noqa: F401 # before any test reads spreadsheets: it says by which parser

settings.register_profile("same each time", derandomize=True, deadline=None)
settings.load_profile("same each time")

settings.register_profile(
    "mutants",
    parent=settings.get_profile("same each time"),
    max_examples=int(os.environ.get("MUTANT_EXAMPLES", "25")),
    phases=(Phase.explicit, Phase.generate),
)
"""For `make mutants`: a test that fails is enough, and thousands of mutants want few examples each."""
