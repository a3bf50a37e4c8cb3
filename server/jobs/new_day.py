"""At midnight what was entered ahead for the new date comes into force in lists and searches, and in what kiosks are told."""

from server.books.dates import local_day
from server.intake.touch import touch_day
from server.people import now
from server.services import Services


def new_day(services: Services) -> str:
    """Bring the tables of what is in force to today's local date."""
    day = local_day(services.central.clock.wall_ms())
    with services.database.write_facts() as connection:
        count = now.bring_to(connection, day)
        touch_day(connection)
    return f"changed={count}"
