"""Kiosks that somebody looks for: by state, site, region, words, or what is amiss with what is held of their logs."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from server.access.part import Part
from server.books.dates import local_day
from server.fleet.held import Pieces, read_pieces
from server.fleet.kiosks import Kiosk, read_kiosks
from server.now.ground import Wanted, read_sites


class Trouble(StrEnum):
    """What is amiss with what is held of a log: it has branches, or entries are missing."""

    FORKED = "forked"
    GAPPED = "gapped"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which kiosks. state, site, region (with all below it), words (in a site's code or name), trouble: "" for any."""

    state: str = ""
    site: str = ""
    region: str = ""
    words: str = ""
    trouble: str = ""


def choose_kiosks(
    connection: Connection, part: Part, chosen: Chosen, now_ms: int
) -> Iterable[Kiosk]:
    """Give the kiosks of a part that are looked for, by site and log."""
    found = read_kiosks(connection, part, now_ms)
    if chosen.region or chosen.words:
        sought = Wanted(chosen.region, chosen.words)
        sites = {one.code for one in read_sites(connection, part, local_day(now_ms), sought)}
        found = [kiosk for kiosk in found if kiosk.site in sites]
    if chosen.trouble:
        pieces = read_pieces(connection)
        found = [k for k in found if _has(pieces.get(k.number), chosen.trouble)]
    return [
        kiosk
        for kiosk in found
        if chosen.state in ("", kiosk.state.value) and chosen.site in ("", kiosk.site)
    ]


def _has(pieces: Pieces | None, trouble: str) -> bool:
    if pieces is None:
        return False
    return pieces.forked if trouble == Trouble.FORKED else pieces.missing > 0
