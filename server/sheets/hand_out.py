"""Sheets for somebody who waits for them: within a part, with the fonts of this server, and nothing of them stays here."""

from collections.abc import Mapping
from pathlib import Path

from server.access.part import Part
from server.fleet.codes import note_codes
from server.fonts.files import find_fonts
from server.papers.handed import Handed, drawn
from server.papers.press import PAPER_MARK, Type
from server.services import Services
from server.sheets.duties import Wanted
from server.sheets.duty_cards import DutyCard
from server.sheets.enrolment import CodesMade, EnrolmentWish, print_enrolment
from server.sheets.insured import ListMade, print_insured
from server.sheets.post_signs import SignsMade, print_signs
from server.sheets.sign_in import SheetsMade, print_sign_in


def sign_in_sheets(there: Services, wanted: Wanted, part: Part) -> tuple[SheetsMade, Handed]:
    """Print sign-in sheets: names in full. Raise `Refused` as `print_sign_in`."""

    def draw(file: Path) -> SheetsMade:
        return print_sign_in(
            there.database, there.signer.keys.badges, _type(there), wanted, file,
            foot=foot_of(there), now_ms=_now_ms(there), progress=_quiet, part=part,
        )  # fmt: skip

    return drawn("sign-in", draw)


def insured_list(there: Services, wanted: Wanted, part: Part) -> tuple[ListMade, Handed]:
    """Print who is insured on a day: names in full. Raise `Refused` as `print_insured`."""

    def draw(file: Path) -> ListMade:
        return print_insured(
            there.database, _type(there), wanted, file,
            foot=foot_of(there), now_ms=_now_ms(there), progress=_quiet, part=part,
        )  # fmt: skip

    return drawn("insured", draw)


def post_signs(
    there: Services, wanted: Wanted, part: Part, cards: Mapping[str, DutyCard]
) -> tuple[SignsMade, Handed]:
    """Print signs for posts, with duty cards where there are any. Raise `Refused` as `print_signs`."""

    def draw(file: Path) -> SignsMade:
        return print_signs(
            there.database, _type(there), wanted, cards, file,
            foot=foot_of(there), now_ms=_now_ms(there), progress=_quiet, part=part,
        )  # fmt: skip

    return drawn("posts", draw)


def enrolment_sheets(there: Services, wish: EnrolmentWish) -> tuple[CodesMade, Handed]:
    """Make enrolment codes, which is noted, and print them. Raise `Refused` as `print_enrolment`."""

    def draw(file: Path) -> CodesMade:
        return print_enrolment(there.database, there.signer, _type(there), wish, file, _quiet)

    made, sheets = drawn("enrolment", draw)
    note_codes(there.database, there.central, made.sites, by=wish.by)
    return made, sheets


def foot_of(there: Services) -> str:
    """Give what stands under every page of a demo: that it is one."""
    return f"{PAPER_MARK} · " if there.central.clock.is_demo else ""


def _type(there: Services) -> Type:
    return Type(find_fonts(there.config.fonts))


def _now_ms(there: Services) -> int:
    return there.signer.clock.wall_ms()


def _quiet(_doing: str, _count: int) -> None:
    """Tell nobody how far it is: whoever asks waits for the whole."""
