"""What programs may ask for as a run: certificates, badge sheets, reports. Each schema makes what the use case takes."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from schemas.limits import ISSUER_CHARS_MAX, WHY_CHARS_MAX
from schemas.vocabulary import NUMBER_PATTERN
from server.api.fields import LocalDate, Strict, Truth, number, words
from server.badges.issue import YEARS
from server.books.explain.words import GRADES
from server.books.hours import FIRST_DAY, LAST_DAY
from server.certificates.words import Language
from server.limits import API_RUN_CODES_MAX, BADGE_YEARS_MAX, RUN_PURPOSE_CHARS_MAX
from server.reports.query import By
from server.reports.write import Form
from server.runs.asked import Badges, Certificates, Report

_TEXT_CHARS, _CATEGORY_CHARS = 80, 40


def _codes(**more: Any) -> fields.List[Any]:
    each = fields.String(validate=validate.Regexp(NUMBER_PATTERN))
    most = validate.Length(max=API_RUN_CODES_MAX)
    return fields.List(each, load_default=list, validate=most, **more)


def _text() -> fields.String:
    return words(_TEXT_CHARS, 1, required=True)


class CertificateRunWanted(Strict):
    """Certificates of a team, or of these people. again: new ones in place of those that hold; it takes `why`.

    bundled: fifty to a PDF, to be printed; else a PDF each.
    """

    team = number(load_default=str)
    numbers = _codes()
    issuer = words(ISSUER_CHARS_MAX, 1, required=True)
    responsible = _text()
    handler = _text()
    contact = _text()
    first = LocalDate(data_key="from", load_default=FIRST_DAY)
    last = LocalDate(data_key="to", load_default=LAST_DAY)
    language = fields.String(load_default="both", validate=validate.OneOf(list(Language)))
    bundled = Truth(load_default=False)
    again = Truth(load_default=False)
    why = words(WHY_CHARS_MAX, load_default=str)

    @validates_schema
    def one_way(self, asked: dict[str, Any], **_: Any) -> None:
        """Refuse a team and numbers at once, and neither; new ones without a reason."""
        _require_one(asked.get("team"), asked.get("numbers"))
        if asked.get("again", False) != bool(asked.get("why")):
            raise ValidationError("`again` and `why` go together", "why")


class BadgeRunWanted(Strict):
    """Badge sheets of a team, of a region with all below it, or of these people."""

    team = number(load_default=str)
    region = number(load_default=str)
    numbers = _codes()
    years = fields.Integer(load_default=YEARS, validate=validate.Range(1, BADGE_YEARS_MAX))

    @validates_schema
    def one_way(self, asked: dict[str, Any], **_: Any) -> None:
        """Refuse several ways at once, and none."""
        _require_one(asked.get("team"), asked.get("region"), asked.get("numbers"))


class RunOnlyWanted(Strict):
    """What a report is narrowed to. A region brings those below it."""

    volunteers = _codes()
    teams = _codes()
    regions = _codes()
    sites = _codes()
    posts = _codes()
    categories = fields.List(
        words(_CATEGORY_CHARS, 1),
        load_default=list,
        validate=validate.Length(max=API_RUN_CODES_MAX),
    )
    grades = fields.List(
        fields.String(validate=validate.OneOf(list(GRADES))),
        load_default=list,
        validate=validate.Length(max=len(GRADES)),
    )


class ReportRunWanted(Strict):
    """A report as a file. purpose: shows names in full; it takes the right `unmask`, and is noted."""

    by = fields.String(required=True, validate=validate.OneOf(list(By)))
    form = fields.String(load_default=Form.CSV.value, validate=validate.OneOf(list(Form)))
    first = LocalDate(data_key="from", load_default=FIRST_DAY)
    last = LocalDate(data_key="to", load_default=LAST_DAY)
    narrowed = fields.Nested(RunOnlyWanted, data_key="only", load_default=dict)
    purpose = words(RUN_PURPOSE_CHARS_MAX, load_default=str)


def certificates_of(wanted: dict[str, Any]) -> Certificates:
    """Give what the use case takes."""
    numbers = tuple(dict.fromkeys(wanted.pop("numbers")))
    return Certificates(numbers=numbers, **wanted)


def badges_of(wanted: dict[str, Any]) -> Badges:
    """Give what the use case takes."""
    numbers = tuple(dict.fromkeys(wanted.pop("numbers")))
    return Badges(numbers=numbers, **wanted)


def report_of(wanted: dict[str, Any]) -> Report:
    """Give what the use case takes."""
    only = {kind: tuple(codes) for kind, codes in wanted.pop("narrowed").items() if codes}
    return Report(only=only, **wanted)


def _require_one(*ways: object) -> None:
    if sum(map(bool, ways)) != 1:
        raise ValidationError("say whose, in one way", "team")
