"""One kiosk: its log in all that the centre knows of it."""

from flask import render_template

from server.access.roles import Right
from server.console import here
from server.console.fleet.doors import pages
from server.console.review.wording import figures_in_words, rule_words
from server.fleet.aside import list_aside
from server.fleet.kiosks import Kiosk, KioskState
from server.fleet.look import Look, look
from server.intake.messages import lasting
from server.limits import ASIDE_SHOWN


@pages.page("/fleet/logs/<log>", needs=Right.FLEET)
def one(log: str) -> str:
    """Show a log."""
    now = here.now_ms()
    with here.reading() as connection:
        part = here.part(connection, Right.FLEET)
        found = here.or_404(look(connection, part, log, now))
        every = list_aside(connection, part, is_seen=False, before=0, limit=ASIDE_SHOWN)
        told = lasting(connection, now, [found.kiosk.site])
    return render_template(
        "fleet/one.html",
        look=found,
        kiosk=found.kiosk,
        now=now,
        site_name=found.kiosk.site_name,
        told=told,
        aside=[batch for batch in every if batch.log == log],
        clock=clock_line(found),
        State=KioskState,
        pending=pending_of(found.kiosk, found),
        rule_words=rule_words,
        figures=figures_told,
    )


def pending_of(kiosk: Kiosk, found: Look) -> int:
    """Give how many entries it has that are not here: as it last said, else as it announced."""
    reach = max((held.last for held in found.ranges), default=0)
    return kiosk.health.get("pending", max(kiosk.announced - reach, 0))


def figures_told(figures: str) -> list[tuple[str, object]]:
    """Say the figures of a finding as people read them."""
    pairs = (figure.partition("=") for figure in figures.split(";") if figure)
    return list(figures_in_words({name: value for name, _, value in pairs}))


def clock_line(found: Look) -> str:
    """Give the errors of its clock as a line, oldest first, 600 wide and 80 high, no error in the middle."""
    errors = [contact.error_ms for contact in found.contacts]
    most = max((abs(error) for error in errors), default=0) or 1
    wide = 600 / max(len(errors) - 1, 1)
    return " ".join(
        f"{n * wide:.0f},{40 - 36 * error / most:.0f}" for n, error in enumerate(errors)
    )
