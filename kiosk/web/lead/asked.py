"""Who asks: the lead whose session the page names. Else `lead_needed`, and nothing happens."""

from flask import request

from kiosk.lead.session import Session
from kiosk.web.here import here

SESSION_HEADER = "X-Redvest-Lead"


def lead() -> Session:
    """Give the lead at the screen, active now. Raise `Stopped(lead_needed)`."""
    token = request.headers.get(SESSION_HEADER, "")
    return here().leading.require(token, here().kiosk().clock.read())
