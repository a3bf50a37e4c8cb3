"""Who asks: the lead whose session the page names. Else `lead_needed`, and nothing happens."""

from flask import request

from kiosk.lead.book import NOBODY, Book, Called
from kiosk.lead.session import Session
from kiosk.web.here import here

SESSION_HEADER = "X-Redvest-Lead"


def lead() -> Session:
    """Give the lead at the screen, active now. Raise `Stopped(lead_needed)`."""
    token = request.headers.get(SESSION_HEADER, "")
    return here().leading.require(token, here().kiosk().clock.read())


def book(session: Session) -> Book:
    """Give the names of the site's people, for the lead at the screen."""
    with here().turn:
        return here().leading.names(session, here().kiosk().store.db)


def called(number: str) -> Called:
    """Give how somebody is called, where a lead is at the screen; else, and of others, `NOBODY`. Does not keep the lead there."""
    token = request.headers.get(SESSION_HEADER, "")
    session = here().leading.peek(token, here().kiosk().clock.read()) if token else None
    return book(session).called(number) if session and number else NOBODY
