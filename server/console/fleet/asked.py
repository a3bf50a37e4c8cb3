"""Which kiosks are asked for: all of it stands in the address, and what cannot be read counts as not asked."""

from dataclasses import dataclass, replace
from enum import StrEnum
from re import fullmatch

from flask import request, url_for

from server.console.now.asked import read_region, read_words
from server.fleet.held import Pieces
from server.fleet.kiosks import IN_USE, Kiosk, KioskState

LOG = r"[a-z2-7]{32}"
_AFTER = rf"[0-9A-Za-z-]{{1,20}}\.{LOG}"


class Ask(StrEnum):
    """Which kiosks are looked for: those in use or waiting for a person, those in one state, or those with a trouble."""

    USED = ""
    ALL = "all"
    PENDING = "pending"
    SILENT = "silent"
    NEVER = "never"
    CURRENT = "current"
    REVOKED = "revoked"
    ENDED = "ended"
    FORKED = "forked"
    GAPPED = "gapped"


@dataclass(frozen=True, slots=True)
class Asked:
    """A list of kiosks as it is asked for. after: site and log behind which the page begins."""

    region: str = ""
    words: str = ""
    ask: Ask = Ask.USED
    after: str = ""

    def address(self, **changes: object) -> str:
        """Give the address of this list with changes; each change leads back to the first page."""
        new = replace(self, **{"after": "", **changes})  # type: ignore[arg-type] # names of its own fields
        told = {"region": new.region, "q": new.words, "ask": new.ask, "after": new.after}
        return url_for("fleet.browse", **{key: value for key, value in told.items() if value})  # type: ignore[arg-type] # texts

    def fits(self, kiosk: Kiosk, pieces: Pieces | None) -> bool:
        """Tell whether a kiosk is one of those asked for."""
        if self.ask is Ask.ALL:
            return True
        if self.ask is Ask.FORKED:
            return pieces is not None and pieces.forked
        if self.ask is Ask.GAPPED:
            return pieces is not None and pieces.missing > 0
        if self.ask is Ask.USED:
            return kiosk.state in IN_USE or kiosk.state is KioskState.PENDING
        return kiosk.state == self.ask.value

    def is_behind(self, kiosk: Kiosk) -> bool:
        """Tell whether a kiosk stands behind the place where the page begins."""
        site, _, log = self.after.partition(".")
        return not self.after or (kiosk.site, kiosk.log) > (site, log)


def read_asked() -> Asked:
    """Read what is asked for."""
    after = request.args.get("after", "")
    try:
        ask = Ask(request.args.get("ask", ""))
    except ValueError:
        ask = Ask.USED
    return Asked(read_region(), read_words(), ask, after if fullmatch(_AFTER, after) else "")
