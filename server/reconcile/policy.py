"""The figures that rules use: defaults of a dated policy, by region or site. Never a constant in a rule (RULES)."""

from dataclasses import dataclass, replace
from hashlib import sha256

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

    undo_ms: int = 10_000
    """Void: this soon after an entry, taking it back takes it out."""

    day_minutes: int = 8 * 60
    """B7: minutes of a local date past these are held for the reviewer of the team or site."""

    day_city_minutes: int = 12 * 60
    """B7: minutes past these are held for the city."""

    shift_percent: int = 150
    """B8: a record longer than this part of the shifts that it overlaps is held."""

    long_ms: int = 14 * HOUR_MS
    """B8: so is one longer than this where it overlaps none."""

    two_sites_ms: int = 5 * MINUTE_MS
    """B10: records at two sites may overlap by this much."""

    speed_kmh: int = 80
    """B11: nobody travels faster between two sites."""

    near_m: int = 500
    """B11: sites nearer to each other than this are not looked at."""

    rest_ms: int = 8 * HOUR_MS
    """B15: less rest than this is noted ..."""

    duty_minutes: int = 8 * 60
    """... after as many minutes on duty."""

    nights: int = 3
    """B15: as many nights running are noted; a night is one with at least ..."""

    night_minutes: int = 3 * 60
    """... this many minutes between 22:00 and 06:00."""

    break_after_minutes: int = 0
    """B16: of a record longer than this ... (0: off)"""

    break_minutes: int = 0
    """... this many minutes at its end are taken for a break."""

    later_anchor_ms: int = 5 * MINUTE_MS
    """C3: a time later than the next anchor of its log by more than this is held."""

    anchor_days: int = 30
    """C4: a log without a contact for longer than this is noted."""

    pass_fresh_ms: int = MINUTE_MS
    """D2: the time on a pass may differ from that of the scan by this much, beyond the uncertainty."""

    before_shift_ms: int = 30 * MINUTE_MS
    """D8: a shift is served from this long before its start ..."""

    after_shift_ms: int = HOUR_MS
    """... until this long after its end."""

    certified_only: int = 0
    """E9: 1 where only certified activities count."""

    day_cap_minutes: int = 0
    """F3: minutes of a local date past these are held (0: no cap)."""

    year_cap_minutes: int = 0
    """F3: minutes of a calendar year past these are held (0: no cap)."""

    together_ms: int = 120_000
    """E2: people are in, or out, together if no two of them are further apart than this."""

    together_people: int = 10
    """E2: as many people make a group."""

    together_short_ms: int = 10 * MINUTE_MS
    """E2: a group whose first out comes sooner than this after its last in is held."""

    pair_ms: int = 30_000
    """E3: two people come, and go, together if they are no further apart than this."""

    pair_times: int = 5
    """E3: as many times at one site in a calendar month are noted."""

    lead_percent: int = 30
    """E4: one lead's entries beyond this part of the site's month are noted."""

    round_minutes: int = 15
    """E4: a time is round if its minute is a multiple of this."""

    hand_over_ms: int = 30 * MINUTE_MS
    """B14: people of one post may overlap by this much at a hand-over."""

    crowd_percent: int = 150
    """F1: more people on a post than this part of its shift's need are noted."""

    version: str = ""
    """Which version this is: the newest valid-from of its figures and a digest over all, "" for the defaults. No figure."""


DEFAULTS = Policy()

FIGURES = frozenset(Policy.__dataclass_fields__) - {"version"}
"""What `import policies` may set."""


def versioned(policy: Policy, valid_from: int) -> Policy:
    """Name the version of these figures: the local date since which they hold together, and a digest that tells them apart."""
    told = "\n".join(f"{name}={getattr(policy, name)}" for name in sorted(FIGURES))
    digest = sha256(told.encode()).hexdigest()[:12]
    return replace(policy, version=f"{valid_from}-{digest}")
