"""Sticks: export, import, and giving the kiosk away. Done beside the requests, one at a time, so that scans go on."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from flask import Blueprint

from kiosk import device
from kiosk.app import Kiosk
from kiosk.errors import Stopped, Trouble
from kiosk.media import media, require_file, require_medium
from kiosk.web import asked
from kiosk.web.here import here
from kiosk.web.lead.asked import lead

carries = Blueprint("lead_carry", __name__)


@carries.get("/api/lead/media")
def shown() -> dict[str, Any]:
    """List the sticks that are plugged in, and how the last task with one stands."""
    lead()
    return {"media": [asdict(one) for one in media()], "task": here().carrying.told()}


@carries.post("/api/lead/export")
def out() -> dict[str, Any]:
    """Begin to export to a stick."""
    from kiosk.export import export  # what is for sticks alone is loaded with the first one

    lead()
    fields = asked.body({"folder": str, "everything": bool})
    folder = require_medium(fields["folder"], media())
    everything = bool(fields["everything"])
    file = folder / _name(here().kiosk())

    def work(kiosk: Kiosk) -> dict[str, Any]:
        done = export(kiosk, file, everything=everything)
        return {"file": Path(done.file).name, "entries": done.entries, "bytes": done.size, "left": done.left}  # fmt: skip

    here().carrying.begin("export", work, file.with_name(f".{file.name}.part"))
    return {}


@carries.post("/api/lead/accept")
def into() -> dict[str, Any]:
    """Begin to take a file in from a stick."""
    from kiosk.accept import accept

    lead()
    fields = asked.body({"folder": str, "file": str})
    file = require_file(fields["folder"], fields["file"], media())
    here().carrying.begin("accept", lambda kiosk: asdict(accept(kiosk, file)), None)
    return {}


@carries.post("/api/lead/unenrol")
def end() -> dict[str, Any]:
    """End the enrolment. The site's code, typed, says that it is meant."""
    from kiosk.unenrol import unenrol

    lead()
    _require_meant(asked.body({"site": str})["site"])
    unenrol(here().kiosk())
    here().leading.end()
    return {}


@carries.post("/api/lead/wipe")
def delete() -> dict[str, Any]:
    """Delete everything. The site's code, typed, says that it is meant."""
    from kiosk.wipe import wipe

    lead()
    _require_meant(asked.body({"site": str})["site"])
    wipe(here().kiosk())
    here().drop()
    here().leading.end()
    return {}


def _require_meant(site: str) -> None:
    if site.strip() != device.require_enrolment(here().kiosk().store.db).site:
        raise Stopped(Trouble.WRONG_USAGE, "site")


def _name(kiosk: Kiosk) -> str:
    """Name a file by site, log and the moment, so that none is written over."""
    site = device.require_enrolment(kiosk.store.db).site
    log = device.require_identity(kiosk.store).log
    return f"{site}-{log[:6]}-{kiosk.clock.read().wall_ms // 1000}.rvb"
