"""Closed sets that both sides share. A value, once released, keeps its meaning for good; new ones are added."""

from enum import StrEnum

END = r"$(?!\n)"
"""The end of a text, in Python and in OpenAPI alike: a bare `$` would let a line break stand behind it."""

NUMBER_PATTERN = r"^[0-9A-Za-z-]{1,20}" + END
"""Volunteer numbers and every code of reference data."""


class Direction(StrEnum):
    """Which way a scan goes."""

    IN = "in"
    OUT = "out"


class How(StrEnum):
    """How a person was identified. The letter of evidence (E1) follows from it."""

    CARD = "card"
    TYPED = "typed"
    UNKNOWN = "unknown"


class CodeState(StrEnum):
    """What a kiosk found when it checked a code; judged again at the centre where facts can have changed."""

    GOOD = "good"
    EXPIRED = "expired"
    REVOKED = "revoked"
    BAD_SIGNATURE = "bad_signature"
    UNKNOWN_KEY = "unknown_key"
    MALFORMED = "malformed"
    NOT_A_BADGE = "not_a_badge"
    TYPED = "typed"


class SiteKind(StrEnum):
    """Kinds of site, with the words that staff use in `SITE_KIND_ZH`."""

    CHECKPOINT = "checkpoint"
    TEST_SITE = "test_site"
    VACCINATION = "vaccination"
    COMMUNITY = "community"
    GATE = "gate"
    STATION = "station"
    OTHER = "other"


SITE_KIND_ZH = {
    SiteKind.CHECKPOINT: "卡口",
    SiteKind.TEST_SITE: "核酸检测点",
    SiteKind.VACCINATION: "疫苗接种点",
    SiteKind.COMMUNITY: "社区",
    SiteKind.GATE: "小区门岗",
    SiteKind.STATION: "文明实践站",
    SiteKind.OTHER: "其他",
}


class Action(StrEnum):
    """What a person did to a record. What it means is in the intervals of the decision."""

    APPROVE = "approve"
    ADJUST = "adjust"
    REFUSE = "refuse"
    ATTEST = "attest"
    SPLIT = "split"
    JOIN = "join"
    CHOOSE = "choose"
    UNDO = "undo"


class Outcome(StrEnum):
    """How a volunteer's request for correction was answered."""

    AGREED = "agreed"
    PARTLY = "partly"
    DECLINED = "declined"


class Health(StrEnum):
    """What a kiosk says of itself in a hello. New words may come at any time; a reader keeps those that it does not know."""

    PENDING = "pending"
    OLDEST_MS = "oldest_ms"
    FREE_MB = "free_mb"
    BATTERY = "battery"
    SKEW_MS = "skew_ms"
    CARRIED = "carried"


class Code(StrEnum):
    """Stable error codes of the wire, the commands and the imports. `docs/errors.md` explains each; a test compares."""

    # A batch, an entry
    TOO_LARGE = "too_large"
    NOT_GZIP = "not_gzip"
    NOT_CANONICAL = "not_canonical"
    MALFORMED = "malformed"
    TOO_MANY_ENTRIES = "too_many_entries"
    ENTRY_TOO_LARGE = "entry_too_large"
    BAD_SIGNATURE = "bad_signature"
    BAD_SEQUENCE = "bad_sequence"
    BRANCH_LIMIT = "branch_limit"
    UNKNOWN_KIND = "unknown_kind"
    BAD_FIELD = "bad_field"
    # A bundle file, a slip
    NOT_A_BUNDLE = "not_a_bundle"
    TRUNCATED = "truncated"
    ALTERED = "altered"
    BAD_BASE64 = "bad_base64"
    # A decision, a close
    OWN_HOURS = "own_hours"
    OWN_ENTRY = "own_entry"
    SECOND_NEEDED = "second_needed"
    ROLE_TOO_LOW = "role_too_low"
    CHANGED_SINCE = "changed_since"
    ALREADY_DECIDED = "already_decided"
    SAME_PERSON = "same_person"
    NOT_MERGED = "not_merged"
    NOT_OVER = "not_over"
    REASON_NEEDED = "reason_needed"
    TOTALS_DIFFER = "totals_differ"
    ANSWERED = "answered"
    NUMBER_NEEDED = "number_needed"
    # A certificate, a list of stars
    NOTHING_CONFIRMED = "nothing_confirmed"
    STILL_UP = "still_up"
    CONCLUDED = "concluded"
    # A run
    TOO_MANY_RUNS = "too_many_runs"
    # A call of the API
    BAD_TOKEN = "bad_token"  # noqa: S105 - a code
    NO_RIGHT = "no_right"
    TOO_MANY_CALLS = "too_many_calls"
    KEY_NEEDED = "key_needed"
    KEY_REUSED = "key_reused"
    KEY_IN_USE = "key_in_use"
    SEEN_NEEDED = "seen_needed"
    # A badge
    BAD_BASE45 = "bad_base45"
    UNKNOWN_KEY = "unknown_key"
    # Printing
    FONT_MISSING = "font_missing"
    GLYPH_MISSING = "glyph_missing"
    DOES_NOT_FIT = "does_not_fit"
    BAD_CHECKSUM = "bad_checksum"
    # The conversation
    UNKNOWN_LOG = "unknown_log"
    NOT_ENROLLED = "not_enrolled"
    QUOTA = "quota"
    STALE_PROOF = "stale_proof"
    DEMO_ONLY = "demo_only"
    DEMO_CLOCK = "demo_clock"
    NOT_OUR_SERVER = "not_our_server"
    NOT_AN_ANSWER = "not_an_answer"
    UNREACHABLE = "unreachable"
    TRY_LATER = "try_later"
    UNSUPPORTED_MEDIA = "unsupported_media"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    INTERNAL = "internal"
    # Enrolment
    BAD_CODE = "bad_code"
    CODE_USED = "code_used"
    CODE_EXPIRED = "code_expired"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    ALREADY_ENROLLED = "already_enrolled"
    LOG_REVOKED = "log_revoked"
    INSECURE_URL = "insecure_url"
    # A backup
    BACKUP_DAMAGED = "backup_damaged"
    BACKUP_NEWER = "backup_newer"
    BACKUP_FOREIGN = "backup_foreign"
    HOME_HOLDS_DATA = "home_holds_data"
    HOME_IN_USE = "home_in_use"
