"""What a cell means: from text as it stands in a file to the value that is stored, or the reason why not.

A reader never raises and never repeats what it read. Blanks around a text are dropped; the rest stays exactly as it is.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from schemas.limits import SAFE_INTEGER_MAX
from schemas.vocabulary import NUMBER_PATTERN, SITE_KIND_ZH, SiteKind
from server.imports.reasons import Reason
from server.limits import IMPORT_CELL_CHARS_MAX, IMPORT_LIST_ITEMS_MAX
from server.reconcile.policy import FIGURES
from server.stars.figures import STAR_FIGURES

Cell = str | int | None
Reader = Callable[[str], Cell | Reason]

_BLANKS = " \t\r\n\u00a0\u3000\ufeff"
_number = re.compile(NUMBER_PATTERN).fullmatch
_integer = re.compile(r"[0-9]{1,16}").fullmatch
_decimal = re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]{1,15})?").fullmatch
_control = re.compile(r"[\x01-\x1f\x7f-\x9f\u2028\u2029]").search
_control_but_breaks = re.compile(r"[\x01-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]").search
_surrogate = re.compile(r"[\ud800-\udfff]").search
_EPOCH = date(1970, 1, 1)
_SHANGHAI = timedelta(hours=8)
_YEARS = range(1900, 2200)
_COUNT_MAX = 1_000_000
_YES = {"1", "yes", "y", "true", "是", "已认定", "√"}
_NO = {"", "0", "no", "n", "false", "否", "未认定"}
_SITE_KINDS = {
    **{kind.value: kind for kind in SiteKind},
    **{word: kind for kind, word in SITE_KIND_ZH.items()},
}
_POLICY_KEYS = FIGURES | STAR_FIGURES.keys()


def text(cell: str) -> Cell | Reason:
    """Take any text of one line."""
    cell = cell.strip(_BLANKS)
    if len(cell) > IMPORT_CELL_CHARS_MAX:
        return Reason.TOO_LONG
    return cell if cell.isprintable() else _unsound(cell, _control) or cell


def prose(cell: str) -> Cell | Reason:
    """Take a text that may have several lines."""
    cell = cell.strip(_BLANKS).replace("\r\n", "\n")
    if len(cell) > IMPORT_CELL_CHARS_MAX:
        return Reason.TOO_LONG
    return _unsound(cell, _control_but_breaks) or cell


def some_text(cell: str) -> Cell | Reason:
    """Take a text of one line that must not be empty."""
    return text(cell) or Reason.EMPTY


def number(cell: str) -> Cell | Reason:
    """Take a volunteer number or another code."""
    cell = cell.strip(_BLANKS)
    if _number(cell):
        return cell
    return Reason.BAD_NUMBER if cell else Reason.EMPTY


def number_or_none(cell: str) -> Cell | Reason:
    """Take a code, or nothing ("")."""
    cell = cell.strip(_BLANKS)
    return cell if not cell or _number(cell) else Reason.BAD_NUMBER


def items(cell: str) -> Cell | Reason:
    """Take a list by `;` (also the full-width one); empty items are dropped."""
    whole = text(cell)
    if not isinstance(whole, str) or isinstance(whole, Reason):
        return whole
    parts = [part.strip(_BLANKS) for part in whole.replace("；", ";").split(";")]
    kept = [part for part in parts if part]
    return ";".join(kept) if len(kept) <= IMPORT_LIST_ITEMS_MAX else Reason.LIST_TOO_LONG


def day(cell: str) -> Cell | Reason:
    """Take an ISO 8601 date: days since 1970-01-01."""
    cell = cell.strip(_BLANKS).removesuffix("T00:00:00")  # a date cell of a spreadsheet
    try:
        found = date.fromisoformat(cell)
    except ValueError:
        return Reason.BAD_DATE if cell else Reason.EMPTY
    return (found - _EPOCH).days if found.year in _YEARS else Reason.BAD_DATE


def day_or_none(cell: str) -> Cell | Reason:
    """Take a date, or nothing (None)."""
    return day(cell) if cell.strip(_BLANKS) else None


def day_or_always(cell: str) -> Cell | Reason:
    """Take a date from which something holds; nothing, and any date before 1970, is 0."""
    found = day(cell) if cell.strip(_BLANKS) else 0
    return max(found, 0) if isinstance(found, int) else found


def moment(cell: str) -> Cell | Reason:
    """Take an ISO 8601 time, local unless it says otherwise: Unix milliseconds."""
    cell = cell.strip(_BLANKS)
    try:
        found = datetime.fromisoformat(cell)
        utc = found - (_SHANGHAI if found.tzinfo is None else found.utcoffset() or timedelta())
    except (ValueError, OverflowError):
        return Reason.BAD_TIME if cell else Reason.EMPTY
    if found.year not in _YEARS or ("T" not in cell and " " not in cell):
        return Reason.BAD_TIME
    return (utc.replace(tzinfo=None) - datetime(1970, 1, 1)) // timedelta(milliseconds=1)  # noqa: DTZ001 # both are UTC


def count_or_none(cell: str) -> Cell | Reason:
    """Take a number of people, or nothing (None)."""
    cell = cell.strip(_BLANKS)
    if not cell:
        return None
    return int(cell) if _integer(cell) and int(cell) <= _COUNT_MAX else Reason.BAD_INTEGER


def figure(cell: str) -> Cell | Reason:
    """Take the value of a policy."""
    cell = cell.strip(_BLANKS)
    if not cell:
        return Reason.EMPTY
    return int(cell) if _integer(cell) and int(cell) <= SAFE_INTEGER_MAX else Reason.BAD_INTEGER


def hundredths_or_none(cell: str) -> Cell | Reason:
    """Take hours with at most two decimals, as hundredths, or nothing (None)."""
    if not cell.strip(_BLANKS):
        return None
    found = _scaled(cell, 100)
    return found if found is not None and 0 <= found <= _COUNT_MAX else Reason.BAD_DECIMAL


def latitude_or_none(cell: str) -> Cell | Reason:
    """Take a latitude in degrees, as millionths, or nothing (None)."""
    return _degrees(cell, 90, Reason.BAD_LATITUDE)


def longitude_or_none(cell: str) -> Cell | Reason:
    """Take a longitude in degrees, as millionths, or nothing (None)."""
    return _degrees(cell, 180, Reason.BAD_LONGITUDE)


def yes_no(cell: str) -> Cell | Reason:
    """Take yes (1) or no (0); nothing is no."""
    cell = cell.strip(_BLANKS).lower()
    return 1 if cell in _YES else 0 if cell in _NO else Reason.BAD_YES_NO


def site_kind(cell: str) -> Cell | Reason:
    """Take a kind of site, by its English or its Chinese word; nothing is `other`."""
    cell = cell.strip(_BLANKS)
    kind = _SITE_KINDS.get(cell.lower() or SiteKind.OTHER)
    return Reason.BAD_SITE_KIND if kind is None else kind.value


def policy_key(cell: str) -> Cell | Reason:
    """Take the name of a figure: of `server.reconcile.policy.Policy`, or of `server.stars.figures`."""
    cell = cell.strip(_BLANKS)
    if not cell:
        return Reason.EMPTY
    return cell if cell in _POLICY_KEYS else Reason.UNKNOWN_POLICY_KEY


def _unsound(cell: str, control: Callable[[str], object]) -> Reason | None:
    """Say what makes a text unfit to be stored and shown; None for rare but sound characters."""
    if "\0" in cell:
        return Reason.NUL
    if control(cell):
        return Reason.CONTROL_CHARACTER
    return Reason.SURROGATE if _surrogate(cell) else None


def _degrees(cell: str, most: int, reason: Reason) -> Cell | Reason:
    cell = cell.strip(_BLANKS)
    if not cell:
        return None
    if not _decimal(cell):
        return reason
    found = int((Decimal(cell) * 1_000_000).to_integral_value())
    return found if abs(found) <= most * 1_000_000 else reason


def _scaled(cell: str, factor: int) -> int | None:
    """Give a decimal number times the factor, if that is whole."""
    cell = cell.strip(_BLANKS)
    if not _decimal(cell):
        return None
    try:
        scaled = Decimal(cell) * factor
    except InvalidOperation:
        return None
    return int(scaled) if scaled == scaled.to_integral_value() else None
