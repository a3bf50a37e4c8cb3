"""What a lead should know of who signs in at a post that needs something: not insured, not trained, too young (RULES, D7).

From what the centre told of the site's people, with dates, so that it holds without a network. Never a locked door. Where nothing
was told of somebody it says that: a lead can ask them.
"""

from datetime import UTC, datetime, timedelta

from kiosk.lead.warn import Caution
from kiosk.store import Database
from sync import fit
from sync.fit import Need

_CODES = {fit.INSURANCE: "not_insured", fit.TRAINING: "not_trained", fit.AGE: "too_young"}
_ZONE = timedelta(hours=8)


def unfit(db: Database, who: str, post: str, now_ms: int) -> list[Caution]:
    """Give the cautions for a person at a post on the local date of now."""
    row = db.execute("SELECT needs FROM needs WHERE post = ?", (post,)).fetchone()
    needs = [need for need in fit.read_needs(row[0]) if need.kind in _CODES] if row else []
    if not needs:
        return []
    has = db.execute("SELECT fits FROM fits WHERE number = ?", (who,)).fetchone()
    if has is None:
        return [Caution("fitness_unknown")]
    lacked = fit.lacking(needs, fit.read_fits(has[0]), _local_date(now_ms))
    return [_caution(need) for need in lacked]


def _caution(need: Need) -> Caution:
    if need.kind == fit.AGE:
        return Caution(_CODES[need.kind], int(need.what) if need.what.isdigit() else 0)
    return Caution(_CODES[need.kind], what=need.what)


def _local_date(now_ms: int) -> str:
    """Write the date at the site. A clock beyond all calendars has one, too."""
    seconds = min(max(now_ms // 1000, 0), 253_402_000_000)
    return (datetime.fromtimestamp(seconds, UTC) + _ZONE).date().isoformat()
