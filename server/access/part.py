"""A part of the region and team tree: what somebody may see, search, export or change (I9).

Every reading of personal or local data takes a part and puts it into its query; nothing is read first and cut afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, or_, true
from sqlalchemy.sql.elements import SQLCoreOperations

from server.access.codes import one_of

Codes = SQLCoreOperations[str]


@dataclass(frozen=True, slots=True)
class Part:
    """Codes that are within, every one named: districts are spread out to their regions, sites and teams beforehand.

    is_all: everything is within, and the codes mean nothing.
    """

    is_all: bool = False
    regions: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()

    def has_site(self, site: str) -> bool:
        """Tell whether a site is within."""
        return self.is_all or site in self.sites

    def has_team(self, team: str) -> bool:
        """Tell whether a team is within."""
        return self.is_all or team in self.teams

    def has_region(self, region: str) -> bool:
        """Tell whether a region is within."""
        return self.is_all or region in self.regions

    def has_person(self, team: str, region: str) -> bool:
        """Tell whether a person of this team and region is within."""
        return self.has_team(team) or self.has_region(region)

    def has_grant(self, over: str, code: str) -> bool:
        """Tell whether what a grant is over (`server.access.grant.Over`) is within."""
        if over == "all":
            return self.is_all
        within = {"region": self.has_region, "team": self.has_team, "site": self.has_site}
        return within[over](code)

    def sites_within(self, site: Codes) -> ColumnElement[bool]:
        """Give the condition on a column of sites."""
        return true() if self.is_all else one_of(site, self.sites)

    def regions_within(self, region: Codes) -> ColumnElement[bool]:
        """Give the condition on a column of regions."""
        return true() if self.is_all else one_of(region, self.regions)

    def teams_within(self, team: Codes) -> ColumnElement[bool]:
        """Give the condition on a column of teams."""
        return true() if self.is_all else one_of(team, self.teams)

    def people_within(self, team: Codes, region: Codes) -> ColumnElement[bool]:
        """Give the condition on a person's team and region."""
        return true() if self.is_all else or_(self.teams_within(team), self.regions_within(region))

    def records_within(self, site: Codes, team: Codes, region: Codes) -> ColumnElement[bool]:
        """Give the condition on a record: at a site within, or of a person who then was of a team or region within."""
        return or_(*self.records_ways(site, team, region))

    def records_ways(
        self, site: Codes, team: Codes, region: Codes
    ) -> Sequence[ColumnElement[bool]]:
        """Give the conditions of which a record within meets one at least: an index answers each, and not an "or"."""
        if self.is_all:
            return (true(),)
        ways = ((site, self.sites), (team, self.teams), (region, self.regions))
        return [one_of(column, codes) for column, codes in ways if codes] or (false(),)


EVERYTHING = Part(is_all=True)
"""The whole tree."""
NOTHING = Part()
"""What nobody granted."""
