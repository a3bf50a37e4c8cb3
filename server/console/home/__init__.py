"""The landing page: what needs a person. Searching from the head of every page leads here, too."""

from server.console.home.landing import pages

__all__ = ["pages"]
