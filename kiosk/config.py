"""Settings, from the environment alone. An unknown `REDVEST_*` is an error: a typing slip must not pass for a setting.

Read by hand: the parser that the server uses takes longer to load than a whole scan.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kiosk.errors import Stopped, Trouble

OURS = frozenset({"REDVEST_KIOSK_HOME", "REDVEST_LOG_LEVEL"})

OTHERS = frozenset(
    {
        "REDVEST_HOME",
        "REDVEST_DATABASE_URL",
        "REDVEST_FONTS",
        "REDVEST_KIOSK_SILENT_HOURS",
        "REDVEST_PUBLIC_URL",
        "REDVEST_OIDC_ISSUER",
        "REDVEST_OIDC_CLIENT",
    }
)
"""Settings of the server program, known here so that one environment can serve both."""

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True, slots=True)
class Config:
    """The kiosk's settings (`docs/configuration.md` lists them). home: store, its key and the locks.

    log_level: warnings only, because a lead reads the same screen.
    """

    home: Path
    log_level: str = "WARNING"


def read_config(environment: Mapping[str, str] = os.environ) -> Config:
    """Read the settings. Raise `Stopped(bad_configuration)` naming everything wrong at once."""
    names = sorted(name for name in environment if name.startswith("REDVEST_"))
    wrong = [f"{name}: unknown setting" for name in names if name not in OURS | OTHERS]
    level = (environment.get("REDVEST_LOG_LEVEL") or "WARNING").upper()
    if level not in LEVELS:
        wrong.append(f"REDVEST_LOG_LEVEL: one of {', '.join(LEVELS)}")
    if wrong:
        raise Stopped(Trouble.BAD_CONFIGURATION, "; ".join(wrong))
    home = environment.get("REDVEST_KIOSK_HOME") or "kiosk-home"
    return Config(Path(home).absolute(), level)
