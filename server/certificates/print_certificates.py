"""Print certificates: each person's in a file of their own, or all in one. What the font lacks is refused before it is issued.

Stopped in between, the same command goes on: whoever has a certificate that holds gets the same one again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from schemas.vocabulary import Code
from server.books.dates import local_day
from server.certificates.code import code_text, said_of
from server.certificates.draw import Press
from server.certificates.issue import Beside, Desk, Issued, Wish
from server.certificates.paper import Paper, Signers
from server.certificates.words import Language
from server.fonts.files import Fonts
from server.fonts.glyphs import Glyphs, glyphs_of, named
from server.limits import CERTIFICATE_FILE_MAX
from server.whole_file import write_whole
from sync.errors import Refused


@dataclass(frozen=True, slots=True)
class Order:
    """What is printed, and how. out: a folder, or a PDF for all. progress: told what is being done and how many are through."""

    wish: Wish
    signers: Signers
    out: Path
    fonts: Fonts
    language: Language = Language.BOTH
    public_url: str = ""
    progress: Callable[[str, int], None] = lambda _doing, _count: None

    @property
    def is_one_file(self) -> bool:
        """Tell whether all go into one PDF."""
        return self.out.suffix.lower() == ".pdf"


@dataclass(frozen=True, slots=True)
class Printed:
    """A certificate that was printed. already: it stood before. replaced: number of the one in whose place it is ("": none)."""

    volunteer: str
    number: str
    minutes: int
    rows: int
    already: bool
    replaced: str
    file: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody who got none, and why."""

    volunteer: str
    code: str
    message: str


@dataclass(slots=True)
class Run:
    """What a command made, and whom it left out."""

    certificates: list[Printed] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def print_certificates(desk: Desk, order: Order, people: Sequence[str]) -> Run:
    """Issue and print the certificates of these people; whoever cannot have one is named, and the others get theirs.

    Raise `Refused`: `too_large` for more in one file than it may hold; `glyph_missing` or `does_not_fit` for what everybody's
    certificate says; `OSError`.
    """
    if order.is_one_file and len(people) > CERTIFICATE_FILE_MAX:
        words = f"一个文件最多 {CERTIFICATE_FILE_MAX} 份，请用文件夹 / too many for one file: name a folder"
        raise Refused(Code.TOO_LARGE, words)
    glyphs = glyphs_of(order.fonts)
    require_common(order, glyphs)
    run, press = Run(), None
    if not order.is_one_file:
        order.out.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in people:
        press = press if press and order.is_one_file else Press(order.fonts, order.language)
        try:
            run.certificates.append(_one(desk, order, number, press, glyphs))
        except Refused as refused:
            if len(people) == 1:
                raise
            run.left_out.append(LeftOut(number, str(refused.code), refused.detail))
        order.progress("certify", len(run.certificates) + len(run.left_out))
    if order.is_one_file and press is not None and press.count:
        order.out.parent.mkdir(parents=True, exist_ok=True)
        write_whole(order.out, [press.output()])
    return run


def require_common(order: Order, glyphs: Glyphs) -> None:
    """Raise `Refused(glyph_missing)` for what everybody's certificate says and the font cannot draw."""
    common = (order.wish.issuer, *_words(order.signers), order.public_url)
    _require_drawn(glyphs, "".join(common))


def issue_onto(
    press: Press,
    desk: Desk,
    order: Order,
    number: str,
    glyphs: Glyphs,
    beside: Beside = lambda _connection, _issued: None,
) -> Issued:
    """Issue one person's certificate, once it is sure that it can be drawn, and put it onto the press."""

    def try_it(issued: Issued) -> None:
        paper = paper_of(desk, order, issued)
        _require_drawn(glyphs, "".join(paper.texts()))
        press.try_it(paper)

    issued = desk.issue(number, order.wish, check=try_it, beside=beside)
    press.add(paper_of(desk, order, issued))
    return issued


def _one(desk: Desk, order: Order, number: str, press: Press, glyphs: Glyphs) -> Printed:
    """Issue one person's certificate; into its file, where it has one of its own."""
    issued = issue_onto(press, desk, order, number, glyphs)
    file = order.out
    if not order.is_one_file:
        file = order.out / f"{issued.entry.who}.pdf"
        write_whole(file, [press.output()])
    return Printed(
        issued.entry.who,
        issued.entry.number,
        issued.entry.minutes,
        issued.entry.rows,
        issued.already,
        issued.replaced,
        str(file),
    )


def paper_of(desk: Desk, order: Order, issued: Issued) -> Paper:
    """Give what is on the paper of a certificate."""
    entry = issued.entry
    said = said_of(entry, issued.issued_ms, issued.name)
    return Paper(
        number=entry.number,
        issued_day=local_day(issued.issued_ms),
        name=issued.name,
        volunteer=entry.who,
        first_day=entry.first_day,
        last_day=entry.last_day,
        minutes=entry.minutes,
        times=issued.times,
        issuer=entry.issuer,
        signers=order.signers,
        lines=issued.lines,
        code=code_text(desk.keys[entry.key], said, order.public_url),
        public_url=order.public_url,
        is_demo=desk.central.clock.is_demo,
    )


def _words(signers: Signers) -> tuple[str, ...]:
    return (signers.responsible, signers.handler, signers.contact, signers.document)


def _require_drawn(glyphs: Glyphs, text: str) -> None:
    if missing := glyphs.missing(text):
        words = f"字体缺字 / the font lacks {named(missing)}"
        raise Refused(Code.GLYPH_MISSING, words)
