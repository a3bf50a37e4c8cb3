"""What of this kiosk's records has not arrived, and what the centre would not take, with its reasons."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint

from kiosk import exported
from kiosk.limits import ASIDE_SHOWN_MAX
from kiosk.status import status
from kiosk.web.here import here
from kiosk.web.lead.asked import lead

deliveries = Blueprint("lead_delivery", __name__)


@deliveries.get("/api/lead/delivery")
def shown() -> dict[str, Any]:
    """Give counts of what is pending, what left in a file, what is here alone; and batches set aside."""
    lead()
    kiosk = here().kiosk()
    found = status(kiosk, opened=[])
    return {
        "pending": found.pending,
        "exported": found.exported,
        "alone": exported.kept_here_alone(kiosk.store.db),
        "carried": found.carried,
        "set_aside": [asdict(batch) for batch in found.set_aside[:ASIDE_SHOWN_MAX]],
    }
