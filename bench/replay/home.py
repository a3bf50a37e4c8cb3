"""The server's home of a replay: set up, its people and sites imported, its kiosks enrolled, by the shipped commands.

A home that the replay did not make is refused: made-up logs must never come among real ones.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.commands import command, import_table
from bench.replay.logs import Centre, LogWriter
from bench.replay.serve import clock_from
from server.config import Config
from server.intake.enrol import Wish, enrol, make_code
from server.intake.ingest import is_enrolled
from server.services import Services, open_services
from sync.ids import badge_key_id

_MARK = "replay-home"


class NotOurs(Exception):
    """The folder holds something that no replay made."""


def prepare(home: Path) -> None:
    """Set a home up, or take one up that an earlier replay made. Raise `NotOurs`."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    mark = home / _MARK
    if not mark.exists() and any(home.iterdir()):
        raise NotOurs(f"{home} is not empty, and no replay made it")
    mark.touch()
    command(home, "setup")


def import_names(home: Path, people: Iterable[str], sites: Iterable[str]) -> None:
    """Make the people and sites known, by their numbers."""
    import_table(home, "sites", ("code", "name", "kind"), ((s, s, "other") for s in sites))
    import_table(home, "volunteers", ("number", "name"), ((who, who) for who in people))


def centre_of(home: Path, last_ms: int) -> Centre:
    """Give what the logs need to know of the server."""
    services = open_services(Config(home, log_level="ERROR"), clock_from(last_ms))
    try:
        keys = services.signer.keys
        return Centre(
            keys.identity, services.signer.epoch, badge_key_id(keys.badge_public), last_ms
        )
    finally:
        services.database.close()


def enrol_all(home: Path, logs: Sequence[LogWriter], now_ms: int) -> None:
    """Enrol each log at its site with a code of its own; one that is enrolled already stays so."""
    services = open_services(Config(home, log_level="ERROR"), clock_from(now_ms))
    try:
        for writer in logs:
            _enrol(services, writer)
    finally:
        services.database.close()


def _enrol(services: Services, writer: LogWriter) -> None:
    with services.database.read() as connection:
        if is_enrolled(connection, writer.log):
            return
    code = make_code(services.database, services.signer, writer.kiosk.site)
    wish = Wish(writer.public, writer.log, code.id, "", code.secret)
    enrol(services.database, services.central, wish, source="replay")


def write_hours(home: Path, out: Path | None) -> list[dict[str, object]]:
    """Derive everything and give `hours --by volunteer`; write it to a file as it came."""
    text = command(home, "hours", "--by", "volunteer")
    if out is not None:
        out.write_text(text, encoding="utf-8")
    rows: list[dict[str, object]] = json.loads(text)
    return rows
