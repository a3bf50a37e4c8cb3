"""The vectors of names and fitness (`docs/protocol.md`, 9.6, 9.7 and 11.14), for `make_vectors`."""

from typing import Any

from sync import fit, site_names
from sync.enrolment import EnrolmentCode
from sync.site_names import Person

_KEY, _OTHER, _SECRET = bytes(range(32)), bytes(32), bytes(range(64, 96))
_CODE = EnrolmentCode(bytes(range(5)), bytes(range(50, 60)), bytes(10))
_SEALED_SECRET = bytes.fromhex(
    "f9e9fdfbbb4d3e767a8964f446a4b5cfdc84c92bad9356364f85d1761be3a34f223d4e2a08e1109c"
    "0d797306a54d224eb6c87a807637681d33e9eccd2dc3312678d2c8f48ce9c7ff48b039111c571165"
)
"""The secret as it was sealed once: sealing draws a key by chance."""
_PEOPLE = (
    Person("V0007", "欧阳𬭎", "红十字一队", "欧阳𬭎 ouyanghong oyh"),
    Person("X-9", "阿依古丽·买买提", "", "阿依古丽买买提 ayigulimaimaiti ayglmmt"),
)
_FOLDED = ("阿依古丽·买买提", "OuYang Hong", "ｏｙｈ", "Müller-Straße", "𬭎", "· ", "V-0007")
_NEEDS = "insurance;training:测温=基础;age:18;licence:C1"
_FITS = (
    "insurance=..2026-12-31,2027-02-01..;training:测温=基础=2026-02-01..;age:18=..",
    "insurance=always;training:测温=..",
    "",
)
_DAYS = ("2026-01-31", "2026-02-01", "2026-12-31", "2027-01-01", "2027-02-01")


def make_names() -> dict[str, Any]:
    """A key of names and its note, names of people, texts folded, needs that are met or not, and what does not open."""
    said = site_names.announce(_CODE, _KEY)
    rows = [(person, site_names.seal_person(_SECRET, person)) for person in _PEOPLE]
    first = rows[0][1]
    return {
        "names_key": _KEY.hex(),
        "private_key": site_names.private_of(_KEY).hex(),
        "public_key": said.public.hex(),
        "code": {"id": _CODE.id.hex(), "secret": _CODE.secret.hex()},
        "note_text": said.text,
        "not_proved_text": site_names.Announced(
            said.code, site_names.public_of(_OTHER), said.proof
        ).text,
        "site_secret": _SECRET.hex(),
        "sealed_secret": _SEALED_SECRET.hex(),
        "people": [
            {
                "number": person.number,
                "name_text": person.name,
                "team_text": person.team,
                "words_text": person.words,
                "sealed": sealed.hex(),
            }
            for person, sealed in rows
        ],
        "not_opened": [
            {"number": "V0008", "sealed": first.hex()},
            {"number": "V0007", "sealed": rows[1][1].hex()},
            {"number": "V0007", "sealed": first[:-1].hex()},
            {"number": "V0007", "sealed": (first[:-1] + bytes([first[-1] ^ 1])).hex()},
            {"number": "V0007", "sealed": ""},
        ],
        "folded": [{"typed_text": text, "folded_text": site_names.fold(text)} for text in _FOLDED],
        "needs_text": _NEEDS,
        "fits": [
            {
                "fits_text": text,
                "lacking": {day: [need.text for need in _lacking(text, day)] for day in _DAYS},
            }
            for text in _FITS
        ],
    }


def _lacking(text: str, day: str) -> list[fit.Need]:
    """What is lacking of the needs that this version knows."""
    known = (fit.INSURANCE, fit.TRAINING, fit.AGE)
    needs = [need for need in fit.read_needs(_NEEDS) if need.kind in known]
    return fit.lacking(needs, fit.read_fits(text), day)
