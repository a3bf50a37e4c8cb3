"""Drop what serves nobody any more. Never a fact, never anything that a person has still to look at."""

from pathlib import Path

from sqlalchemy import delete, func, select

from server.books.dates import DAY_MS
from server.fleet.aside import count_waiting
from server.intake.enrol import ATTEMPT_WINDOW_MS
from server.limits import API_ANSWER_KEPT_MS
from server.models.derived import PersonDone
from server.models.log import EnrolmentAttempt, EnrolmentCode, PersonQueue
from server.models.token import GivenAnswer
from server.runs.keep import drop_old
from server.services import Services

CODES_KEPT_DAYS = 30
"""How long after its end a code is known, so that whoever tries it is told `code_expired` and not `bad_code`."""
ATTEMPTS_KEPT_DAYS = 2
RESTS_KEPT_DAYS = 2
"""How old a file that was never finished must be before nobody can be writing it."""


def clean_up(services: Services) -> str:
    """Drop codes long expired, old counts of attempts and answers, the worked-off queue, old runs, files never finished."""
    now = services.signer.clock.wall_ms()
    expired = EnrolmentCode.expires_ms < now - CODES_KEPT_DAYS * DAY_MS
    old = EnrolmentAttempt.window < (now - ATTEMPTS_KEPT_DAYS * DAY_MS) // ATTEMPT_WINDOW_MS
    with services.database.read() as connection:
        reach = connection.scalar(select(PersonDone.queue).where(PersonDone.id == 1)) or 0
    with services.database.write_facts() as connection:
        codes = connection.execute(delete(EnrolmentCode).where(expired)).rowcount
        attempts = connection.execute(delete(EnrolmentAttempt).where(old)).rowcount
        forgotten = GivenAnswer.begun_ms < now - API_ANSWER_KEPT_MS
        answers = connection.execute(delete(GivenAnswer).where(forgotten)).rowcount
        # The newest row stays: numbers go on from it.
        newest = select(func.max(PersonQueue.id)).scalar_subquery()
        worked_off = (PersonQueue.id <= reach) & (PersonQueue.id < newest)
        queue = connection.execute(delete(PersonQueue).where(worked_off)).rowcount
        aside = count_waiting(connection)
    drop_old(services.database, services.config.home, now)
    rests = _drop_rests(services.config.home, now)
    return f"codes={codes} attempts={attempts} answers={answers} queue={queue} files={rests} set_aside={aside}"


def _drop_rests(home: Path, now_ms: int) -> int:
    """Drop files that were begun and never finished."""
    before_s = (now_ms - RESTS_KEPT_DAYS * DAY_MS) / 1000
    rests = [f for f in (*home.glob(".*.part"), *home.glob("*.new")) if f.is_file()]
    old = [file for file in rests if file.stat().st_mtime < before_s]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)
