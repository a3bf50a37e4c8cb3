"""For every page with arguments, objects that are there: so that the walk through all pages can open it.

An area adds its own here; the walk fails for a page that has none.
"""

from collections.abc import Callable, Mapping

from sqlalchemy import select

from server.models.staff import StaffAccount
from server.services import Services

Arguments = Mapping[str, str | int]


def _account(services: Services) -> Arguments:
    with services.database.read() as connection:
        return {"number": connection.scalar(select(StaffAccount.id)) or 0}


SAMPLES: dict[str, Callable[[Services], Arguments]] = {
    "accounts.one": _account,
}
"""By endpoint: the arguments of an object that whoever sees everything may open."""
