"""What all tests share: properties are tried with the same values each time, however busy the machine is."""

from hypothesis import settings

settings.register_profile("same each time", derandomize=True, deadline=None)
settings.load_profile("same each time")
