"""How the kiosk says that it cannot go on: one error with a stable code. Texts and exit statuses are in `cli/`."""

from enum import StrEnum

from schemas.vocabulary import Code


class Trouble(StrEnum):
    """Stable codes of what goes wrong on the device itself; those shared with the server are in `schemas.vocabulary.Code`."""

    BAD_CONFIGURATION = "bad_configuration"
    WRONG_USAGE = "wrong_usage"
    INTERRUPTED = "interrupted"
    DISK_FULL = "disk_full"
    IO_ERROR = "io_error"
    READ_ONLY = "read_only"
    STICK_FULL = "stick_full"
    STICK_FAILED = "stick_failed"
    STORE_BUSY = "store_busy"
    STORE_DAMAGED = "store_damaged"
    STORE_KEY_MISSING = "store_key_missing"
    STORE_NEWER = "store_newer"
    SYNC_RUNNING = "sync_running"
    PICTURE_UNREADABLE = "picture_unreadable"
    NO_QR_CODE = "no_qr_code"
    PORT_TAKEN = "port_taken"
    TOO_LATE = "too_late"
    NOT_THERE = "not_there"
    LEAD_NEEDED = "lead_needed"
    WRONG_PIN = "wrong_pin"
    LOCKED = "locked"
    WEAK_PIN = "weak_pin"
    REASON_NEEDED = "reason_needed"
    CONSENT_NEEDED = "consent_needed"
    UNSENT = "unsent"
    CARRYING = "carrying"
    NOT_READY = "not_ready"


class Stopped(Exception):
    """A use case cannot go on.

    code: stable (the server's own, where it gave one). detail: for people, never personal data. later: trying again later
    may help, whatever the code; retry_after_ms: not before that long, if the server said so.
    """

    def __init__(
        self,
        code: Code | Trouble | str,
        detail: str = "",
        *,
        later: bool = False,
        retry_after_ms: int = 0,
    ) -> None:
        """Keep the code, the words and when to try again."""
        super().__init__(f"{code}: {detail}" if detail else str(code))
        self.code = str(code)
        self.detail = detail
        self.later = later
        self.retry_after_ms = retry_after_ms
