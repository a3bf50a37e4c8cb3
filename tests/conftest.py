"""What all tests share: properties are tried with the same values each time, however busy the machine is."""

from hypothesis import settings

import server  # noqa: F401 # before any test reads spreadsheets: it says by which parser

settings.register_profile("same each time", derandomize=True, deadline=None)
settings.load_profile("same each time")
