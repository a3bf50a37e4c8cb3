"""Reference data: people, teams, regions, sites, posts, shifts and what else is dated; browse, search, change."""

from server.console.reference import badges, imports, lists, mergers, thing, who_is_who
from server.console.reference.doors import pages

__all__ = ["badges", "imports", "lists", "mergers", "pages", "thing", "who_is_who"]
