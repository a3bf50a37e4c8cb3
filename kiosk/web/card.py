"""What a volunteer is shown beside the answer: the duty card to acknowledge, and the slip of the scan to take along."""

from typing import Any

from flask import Blueprint, Response

from kiosk.device import require_identity
from kiosk.errors import Stopped, Trouble
from kiosk.lead.card import acknowledge
from kiosk.limits import SLIP_SHOWN_MS_MAX
from kiosk.log import entry_at
from kiosk.slip import slip
from kiosk.web import asked
from kiosk.web.here import here
from schemas.entry import Scan

cards = Blueprint("card", __name__)


@cards.post("/api/card")
def seen() -> dict[str, Any]:
    """Write down that whoever signed in by this scan has read the duty card."""
    acknowledge(here().kiosk(), asked.target())
    return {}


@cards.get("/api/slip/<int:seq>.png")
def picture(seq: int) -> Response:
    """Draw the slip of a scan of the last minutes: it is for who scanned, not for who looks through them later."""
    from kiosk.draw import draw_qr  # the drawing is large, and seldom needed

    kiosk = here().kiosk()
    entry = entry_at(kiosk.store.db, require_identity(kiosk.store), seq)
    now = kiosk.clock.read()
    is_fresh = isinstance(entry, Scan) and entry.boot == now.boot
    if entry is None or not is_fresh or now.mono_ms - entry.mono_ms > SLIP_SHOWN_MS_MAX:
        raise Stopped(Trouble.NOT_THERE)
    drawn, _ = draw_qr(slip(kiosk, seq).link)
    return Response(drawn, mimetype="image/png", headers={"Cache-Control": "no-store"})
