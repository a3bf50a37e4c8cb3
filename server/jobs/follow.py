"""Bring the change feed up to date, a bounded piece in a transaction, so that those who say hello find little left to do."""

from server.intake import feed
from server.limits import FOLLOWED_AT_A_TIME
from server.services import Services


def follow(services: Services) -> str:
    """Follow until nothing is behind, or a bound is reached: then the next run goes on."""
    for count in range(FOLLOWED_AT_A_TIME):
        with services.database.read() as connection:
            if not feed.is_behind(connection):
                return f"pieces={count}"
        with services.database.write_facts() as connection:
            feed.follow(connection, services.signer)
    return f"pieces={FOLLOWED_AT_A_TIME} more"
