"""Certificates of a team: each is written down as issued in the transaction that issues it, so that no run issues two."""

from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, select

from schemas.vocabulary import Code
from server.access.part import Part
from server.access.roles import Right
from server.books.decisions.actor import Actor, Role
from server.books.derive.drain import drain
from server.books.hours import Span
from server.certificates.draw import Press
from server.certificates.issue import Beside, Desk, Issued, Wish
from server.certificates.paper import Signers
from server.certificates.print_certificates import Order, issue_onto, require_common
from server.certificates.words import Language
from server.exports.sheet import write_sheet
from server.fonts.files import Fonts, find_fonts
from server.fonts.glyphs import glyphs_of
from server.limits import CERTIFICATES_MAX, RUN_BUNDLE_PEOPLE, RUN_SLICE_PEOPLE
from server.models.now import VolunteerNow
from server.runs import items
from server.runs.asked import Certificates
from server.runs.folder import pack, parts_of
from server.runs.workbench import Outcome, Workbench
from server.whole_file import write_whole
from sync.errors import Refused

_FILE = "certificates"
_INDEX = ("志愿者编号 volunteer", "证明编号 certificate", "未出具原因 left out", "说明 why")


def step(bench: Workbench) -> Outcome | None:
    """Issue some more; in the first slice find out whose, in the last put the file together."""
    asked = bench.run.wants()
    if not isinstance(asked, Certificates):
        raise TypeError(asked)
    if not bench.run.total:
        return _begin(bench, asked)
    most = RUN_BUNDLE_PEOPLE if asked.bundled else RUN_SLICE_PEOPLE
    with bench.services.database.read() as connection:
        some = items.read_next(connection, bench.run, most)
    if not some:
        return _finish(bench, asked)
    work = _Work(bench, asked, find_fonts(bench.services.config.fonts))
    for group in [some] if asked.bundled else [[one] for one in some]:
        work.make(group)
    return None


def _begin(bench: Workbench, asked: Certificates) -> Outcome | None:
    drain(bench.services.database, bench.services.signer.keys.identity_public)
    with bench.services.database.read() as connection:
        people = (
            people_of_team(connection, asked.team, bench.part) if asked.team else [*asked.numbers]
        )
    if not people:
        raise Refused(Code.NOT_FOUND, "没有人 / nobody")
    items.begin(bench, people, "people")
    return None


def people_of_team(connection: Connection, team: str, part: Part) -> list[str]:
    """Give who is in a team today, as far as they are within. Raise `Refused(too_large)`."""
    v = VolunteerNow
    within = select(v.number).where(v.team == team, part.people_within(v.team, v.region))
    found = list(connection.scalars(within.order_by(v.number).limit(CERTIFICATES_MAX + 1)))
    if len(found) > CERTIFICATES_MAX:
        raise Refused(Code.TOO_LARGE, f"一次最多 {CERTIFICATES_MAX} 人 / people at once")
    return found


class _Work:
    """What a slice has in common."""

    def __init__(self, bench: Workbench, asked: Certificates, fonts: Fonts) -> None:
        self._bench = bench
        self._fonts = fonts
        services = bench.services
        keys, by = services.signer.keys.badges, _actor(bench, asked)
        self._desk = Desk(services.database, services.central, keys, by, bench.part)
        signers = Signers(asked.responsible, asked.handler, asked.contact)
        wish = Wish(asked.issuer, Span(asked.first, asked.last), asked.again, asked.why)
        url = services.config.public_url
        self._order = Order(wish, signers, bench.folder, fonts, Language(asked.language), url)
        self._glyphs = glyphs_of(fonts)
        require_common(self._order, self._glyphs)
        self._done = bench.run.done
        self._left = bench.run.left
        self._people = bench.run.people

    def make(self, group: list[items.Item]) -> None:
        """Issue for some people, and draw theirs into one part; only when that is on disk are they done."""
        press = Press(self._fonts, self._order.language)
        made: list[tuple[int, str]] = []
        left: list[tuple[int, Refused]] = []
        for one in group:
            self._bench.require_going()
            try:
                made.append((one.place, self._issue(press, one)))
            except Refused as refused:
                if refused.code == Code.TRY_LATER:
                    raise
                left.append((one.place, refused))
        if made:
            write_whole(_part(self._bench.folder, made[0][0]), [press.output()])
        self._tell(group, made, left)

    def _issue(self, press: Press, one: items.Item) -> str:
        """Issue for one, unless this run did before it was stopped: then what stands is drawn again."""
        order = self._order
        if one.state == items.ISSUED:
            order = replace(order, wish=replace(order.wish, again=False, why=""))
        beside = self._beside(one.place)
        issued = issue_onto(press, self._desk, order, one.about, self._glyphs, beside)
        return issued.entry.number

    def _beside(self, place: int) -> Beside:
        def write(connection: Connection, issued: Issued) -> None:
            self._bench.tell(connection)
            items.mark(connection, self._bench.run, place, items.ISSUED, issued.entry.number)

        return write

    def _tell(
        self,
        group: list[items.Item],
        made: list[tuple[int, str]],
        left: list[tuple[int, Refused]],
    ) -> None:
        self._done, self._left = self._done + len(group), self._left + len(left)
        self._people += len(made)
        with self._bench.services.database.write_facts() as connection:
            self._bench.tell(connection, done=self._done, left=self._left, people=self._people)
            for place, number in made:
                items.mark(connection, self._bench.run, place, items.MADE, number)
            for place, refused in left:
                items.leave(connection, self._bench.run, place, refused)


def _actor(bench: Workbench, asked: Certificates) -> Actor:
    if bench.account is not None:
        return bench.account.actor(Right.CERTIFY)
    return Actor(asked.by, frozenset({Role(asked.role)}))


def _finish(bench: Workbench, asked: Certificates) -> Outcome | None:
    """Put what was made into one file; a single PDF stays one. What is gone meanwhile is drawn again first."""
    with bench.services.database.read() as connection:
        rows = items.read_all(connection, bench.run)
    made = [row for row in rows if row.state == items.MADE]
    size = RUN_BUNDLE_PEOPLE if asked.bundled else 1
    firsts = {row.place // size: row for row in reversed(made)}
    parts = [(firsts[group], _part(bench.folder, firsts[group].place)) for group in sorted(firsts)]
    gone = [row.place // size * size for row, file in parts if not file.is_file()]
    if gone:
        items.redo(bench, rows, gone[0])
        return None
    if len(parts) == 1:
        parts[0][1].replace(bench.folder / f"{_FILE}.pdf")
        return Outcome(f"{_FILE}.pdf", people=len(made))
    if not parts:
        return Outcome()
    called = [(_called(row, bundled=asked.bundled), file) for row, file in parts]
    index = write_sheet(_INDEX, [[row.about, row.said, row.code, row.message] for row in rows])
    pack(bench.folder, f"{_FILE}.zip", called, index)
    return Outcome(f"{_FILE}.zip", people=len(made))


def _called(row: items.Item, *, bundled: bool) -> str:
    return f"{row.place + 1:05}-{row.about}.pdf" if bundled else f"{row.about}.pdf"


def _part(folder: Path, place: int) -> Path:
    return parts_of(folder) / f"{place:05}.pdf"
