"""Settings, from the environment alone. An unknown `REDVEST_*` is an error: a typing slip must not pass for a setting."""

import os
from dataclasses import dataclass
from pathlib import Path
from re import fullmatch

from environs import Env

OTHERS = frozenset({"REDVEST_KIOSK_HOME"})
"""Settings of the kiosk program, known here so that one environment can serve both."""

OURS = frozenset(
    {
        "REDVEST_HOME",
        "REDVEST_DATABASE_URL",
        "REDVEST_LOG_LEVEL",
        "REDVEST_FONTS",
        "REDVEST_KIOSK_SILENT_HOURS",
        "REDVEST_PUBLIC_URL",
        "REDVEST_OIDC_ISSUER",
        "REDVEST_OIDC_CLIENT",
    }
)

FONTS = Path(__file__).resolve().parent.parent / "fonts"
"""Where set-up puts the fonts: beside the program, so that whoever can run it can print, and outside its history."""


LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class BadConfiguration(Exception):
    """The environment holds a setting that is unknown or unusable."""


@dataclass(frozen=True, slots=True)
class Config:
    """The server's settings (`docs/configuration.md` lists them; a test compares).

    home: database (SQLite) and keys. database_url: "" for SQLite within home. fonts: for what is printed.
    kiosk_silent_hours: after how long a kiosk that says nothing is an alarm.
    public_url: how browsers reach this server, as https://hours.example.cn ("": only from this machine).
    oidc_issuer, oidc_client: who else may say who somebody is ("": nobody), and as what this server is known there.
    """

    home: Path
    database_url: str = ""
    log_level: str = "INFO"
    fonts: Path = FONTS
    kiosk_silent_hours: int = 24
    public_url: str = ""
    oidc_issuer: str = ""
    oidc_client: str = ""

    @property
    def keys(self) -> Path:
        """Folder of the private keys."""
        return self.home / "keys"


def read_config() -> Config:
    """Read the settings. Raise `BadConfiguration` naming everything wrong at once."""
    unknown = sorted(
        name for name in os.environ if name.startswith("REDVEST_") and name not in OURS | OTHERS
    )
    wrong = [f"{name}: unknown setting" for name in unknown]
    env = Env()
    level = env.str("REDVEST_LOG_LEVEL", "INFO").upper()
    if level not in LEVELS:
        wrong.append(f"REDVEST_LOG_LEVEL: one of {', '.join(LEVELS)}")
    url = env.str("REDVEST_DATABASE_URL", "")
    if url and not url.startswith(("postgresql://", "postgres://")):
        wrong.append("REDVEST_DATABASE_URL: postgresql://… expected")
    hours = env.str("REDVEST_KIOSK_SILENT_HOURS", "") or "24"
    if not fullmatch(r"[1-9][0-9]{0,3}", hours):
        wrong.append("REDVEST_KIOSK_SILENT_HOURS: 1 to 9999")
    public = env.str("REDVEST_PUBLIC_URL", "").rstrip("/")
    if public and not fullmatch(r"https?://[0-9A-Za-z.:\[\]-]+", public):
        wrong.append("REDVEST_PUBLIC_URL: https://name expected, without a path")
    issuer = env.str("REDVEST_OIDC_ISSUER", "").rstrip("/")
    client = env.str("REDVEST_OIDC_CLIENT", "")
    if issuer and not fullmatch(r"https://[^\s?#]+|http://127\.0\.0\.1:\d+", issuer):
        wrong.append("REDVEST_OIDC_ISSUER: https://… expected")
    if bool(issuer) != bool(client):
        wrong.append("REDVEST_OIDC_ISSUER, REDVEST_OIDC_CLIENT: both or none")
    if wrong:
        raise BadConfiguration("; ".join(wrong))
    home = Path(env.str("REDVEST_HOME", "") or "redvest-home").absolute()
    fonts = Path(env.str("REDVEST_FONTS", "") or FONTS).absolute()
    return Config(home, url, level, fonts, int(hours), public, issuer, client)
