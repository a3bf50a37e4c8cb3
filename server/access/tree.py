"""From grants to the part of the tree they stand for."""

from collections.abc import Collection

from sqlalchemy import Connection

from server.access.grant import Grant, Over
from server.access.part import EVERYTHING, NOTHING, Part
from server.access.roles import Right


def part_of(connection: Connection, grants: Collection[Grant], right: Right) -> Part:  # noqa: ARG001 # the tree will be read
    """Give the part within which these grants bring a right: nothing where none brings it."""
    everywhere = any(grant.over is Over.ALL and grant.brings(right) for grant in grants)
    return EVERYTHING if everywhere else NOTHING
