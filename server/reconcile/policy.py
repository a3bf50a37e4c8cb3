"""The figures that rules use: defaults of a dated policy, by region or site. Never a constant in a rule (RULES)."""

from dataclasses import dataclass

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


@dataclass(frozen=True, slots=True)
class Policy:
    """One set of figures, in force at a site on a day. Names are the keys of `import policies`."""

    repeat_ms: int = 120_000
    """B1: a scan this soon after a counted one of the same person, site and direction repeats it."""

    guess_open_ms: int = 14 * HOUR_MS
    """Step 4: a guessed direction is out if a record opened at most this long before is open."""

    open_ms_max: int = 24 * HOUR_MS
    """Step 5: a record open for longer has no sign-out (B4)."""

    no_out_proposal_ms: int = 4 * HOUR_MS
    """B4: the end that is proposed, unless the shift ends before."""

    short_ms: int = 5 * MINUTE_MS
    """B6: a shorter record is held."""

    second_out_ms: int = 30 * MINUTE_MS
    """B17: an out this soon after an out that closed a record at that site closes nothing elsewhere."""

    clock_note_ms: int = 2 * MINUTE_MS
    """C1: a device clock further off than this is noted."""

    uncertain_ms: int = 10 * MINUTE_MS
    """C2: a length less certain than this is held."""

    bad_codes_count: int = 3
    """D2: this many bad codes at one kiosk ..."""

    bad_codes_ms: int = HOUR_MS
    """... within this time raise an alarm on it."""


DEFAULTS = Policy()
