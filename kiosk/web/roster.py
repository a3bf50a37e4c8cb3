"""Looking somebody up by number, for everybody. By name is for a lead alone (`lead/find.py`)."""

from typing import Any

from flask import Blueprint, request

from kiosk.roster import find, is_known
from kiosk.web.here import here

rosters = Blueprint("roster", __name__)


@rosters.get("/api/roster")
def search() -> dict[str, Any]:
    """Give numbers that contain `part`, and whether it is one by itself."""
    part = request.args.get("part", "").strip()
    db = here().kiosk().store.db
    return {"numbers": find(db, part), "is_known": is_known(db, part)}
