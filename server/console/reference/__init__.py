"""Reference data: people, teams, regions, sites, posts, shifts and what else is dated; browse, search, change."""

from server.console.reference import imports, lists, thing, who_is_who
from server.console.reference.doors import pages

__all__ = ["imports", "lists", "pages", "thing", "who_is_who"]
