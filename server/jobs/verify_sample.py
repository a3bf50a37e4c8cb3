"""Every night some logs and people are derived again and compared with what is stored: it must follow from the facts alone."""

from random import SystemRandom

from server.books.verify.compare import Differences, compare_people
from server.jobs.alarms import DERIVED_DIFFERS, replace_alarms
from server.limits import SAMPLE_LOGS, SAMPLE_PEOPLE
from server.services import Services


class DerivedDiffers(Exception):
    """What is stored is not what follows from the facts."""


def verify_sample(services: Services) -> str:
    """Compare a sample. Raise `DerivedDiffers`, with an alarm for each, if anything differs."""
    found: Differences = compare_people(
        services.database,
        services.signer.keys.identity_public,
        SystemRandom(),
        logs=SAMPLE_LOGS,
        people=SAMPLE_PEOPLE,
    )
    now = services.signer.clock.wall_ms()
    with services.database.write_facts() as connection:
        replace_alarms(connection, DERIVED_DIFFERS, found.about, now)
    if found.about:
        raise DerivedDiffers(f"{len(found.about)} of {found.people}")
    return f"logs={found.logs} people={found.people}"
