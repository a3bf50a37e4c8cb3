"""Which version of the server this is, as its logs and backups say it."""

VERSION = "0.1.0"
