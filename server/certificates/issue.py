"""Issue certificates: what closed months hold of a person is certified, as an entry of the central log.

The same again gives the certificate that stands, to be printed again. One that does not hold any more is replaced. What is
certified is worked out from one view of facts and derived tables, and written only if nothing was said centrally since.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import structs
from sqlalchemy import Connection

from schemas.central_entry import Certify
from schemas.vocabulary import Code
from server.access.part import EVERYTHING, Part
from server.badges.signing_keys import signing_key, verifying_keys
from server.books import central_rows
from server.books.dates import iso_date, local_day
from server.books.decisions.actor import Actor, Role
from server.books.derive.drain import drain
from server.books.derive.identities import read_identities
from server.books.derive.person_now import Now, read_now
from server.books.hours import FIRST_DAY, LAST_DAY, Span
from server.books.periods.confirmed import read_confirmed
from server.central import Central, held_head
from server.certificates.lines import Line, agrees, read_lines
from server.certificates.number import draw_number
from server.certificates.standing import Standing, certificates_of
from server.database import Database
from server.limits import CERTIFICATE_ROWS_MAX, CLOSE_ATTEMPTS_MAX
from server.models.now import VolunteerNow
from server.people.roster import names
from server.people.within import people_of
from sync.certificate import Row, digest_of
from sync.errors import Refused

ALL = Span()
"""From the first confirmed date to the last."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be certified. issuer: the body that recorded it. again: a new one, though one stands, for the reason `why`.

    only: the number of the certificate that alone is meant, and not to be replaced ("": any).
    """

    issuer: str
    span: Span = ALL
    again: bool = False
    why: str = ""
    only: str = ""

    def require_meant(self, issued: "Issued") -> None:
        """Raise `Refused(changed_since)` for another certificate than the only one that is meant."""
        if self.only and not (issued.already and issued.entry.number == self.only):
            words = "证明已不再有效，请重新出具 / it does not hold any more: issue another"
            raise Refused(Code.CHANGED_SINCE, words)


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate as it is printed. already: it stood before, and nothing was written now. replaced: number of the old one."""

    entry: Certify
    issued_ms: int
    name: str
    lines: list[Line]
    times: int
    already: bool
    replaced: str = ""


Check = Callable[[Issued], None]
"""Raises `Refused` for a certificate that cannot be printed: then it is not issued."""

Beside = Callable[[Connection, Issued], None]
"""Writes something in the transaction in which a certificate is issued. What it raises stands against issuing."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Where certificates are issued: who does it, within which part of the tree, with which private keys (by id)."""

    database: Database
    central: Central
    keys: Mapping[bytes, Ed25519PrivateKey]
    actor: Actor
    part: Part = EVERYTHING

    def issue(
        self,
        number: str,
        wish: Wish,
        *,
        check: Check,
        beside: Beside = lambda _connection, _issued: None,
    ) -> Issued:
        """Certify what a volunteer's closed months hold. beside: for one that is issued now, not for one that stands.

        Raise `Refused`: `role_too_low`; `own_hours`; `not_found` for nobody, or nobody within the part; `nothing_confirmed`;
        `too_large` beyond `CERTIFICATE_ROWS_MAX` lines; `changed_since` instead of another than `wish.only`; `try_later` where
        others write too much meanwhile; what `check` raises.
        """
        require_reviewer(self.actor)
        for _ in range(CLOSE_ATTEMPTS_MAX):
            with self.database.read() as connection:
                head = held_head(connection, lock=False)
                issued = self._draft(connection, number, wish)
            if issued is None:
                drain(self.database, self.central.keys.identity_public)
                continue
            wish.require_meant(issued)
            check(issued)
            if issued.already:
                return issued
            with self.database.write_facts() as connection:
                if held_head(connection) == head:
                    written = central_rows.write_entry(connection, self.central, issued.entry)
                    issued = replace(issued, issued_ms=written.at_ms)
                    beside(connection, issued)
                    return issued
        words = "期间有其他写入，请稍后再试 / others were writing: try again later"
        raise Refused(Code.TRY_LATER, words)

    def _draft(self, connection: Connection, number: str, wish: Wish) -> Issued | None:
        """Give what stands, or would be certified; None while what is derived lags behind."""
        who = read_identities(connection, [number]).keeper(number)
        now = read_now(connection, [who])[who]
        self._require_may(connection, now)
        rows = read_confirmed(connection, who, wish.span)
        _require_rows(number, rows)
        if not agrees(now, rows):
            return None
        span = span_of(wish.span, rows)
        before = _before(certificates_of(connection, now.numbers), span)
        lines = read_lines(connection, now, rows)
        told = (names(connection, [who])[who], lines, len({row.record for row in rows}))
        if before and before.holds and not wish.again and self._can_print(connection, before, wish):
            return Issued(before.entry, before.entry.wall_ms, *told, already=True)
        entry = self._entry(connection, who, span, rows, wish)
        replaced = ""
        if before is not None:
            entry = structs.replace(entry, replaces=before.hash)
            replaced = before.entry.number
        now_ms = self.central.clock.wall_ms()
        return Issued(entry, now_ms, *told, already=False, replaced=replaced)

    def _require_may(self, connection: Connection, now: Now) -> None:
        if self.actor.number in now.numbers:
            raise Refused(Code.OWN_HOURS, "不能给自己出具证明 / nobody certifies their own hours")
        mine = people_of(self.part).where(VolunteerNow.number == now.who)
        if connection.scalar(mine.limit(1)) is None:
            raise Refused(Code.NOT_FOUND, f"没有志愿者 / no volunteer: {now.who}")

    def _can_print(self, connection: Connection, one: Standing, wish: Wish) -> bool:
        """Tell whether a certificate can be printed again as it was: same body, and a key that is here and not withdrawn."""
        here = one.entry.key in self.keys and one.entry.key in verifying_keys(connection)
        return here and one.entry.issuer == wish.issuer

    def _entry(
        self, connection: Connection, who: str, span: Span, rows: list[Row], wish: Wish
    ) -> Certify:
        now_ms = self.central.clock.wall_ms()
        key = signing_key(connection, now_ms).id
        if key not in self.keys:
            raise Refused(Code.NOT_FOUND, f"keys/badge-{key.hex()}.key 不在本机 / is not here")
        return Certify(
            *central_rows.UNSTAMPED,
            number=draw_number(int(iso_date(local_day(now_ms))[:4])),
            who=who,
            first_day=span.first,
            last_day=span.last,
            minutes=sum(row.minutes for row in rows),
            rows=len(rows),
            digest=digest_of(rows),
            key=key,
            issuer=wish.issuer,
            replaces=b"",
            why=wish.why,
            by=self.actor.number,
        )


def require_reviewer(actor: Actor) -> None:
    """Raise `Refused(role_too_low)` for whoever may not speak for the centre on paper."""
    if not actor.reaches(Role.REVIEWER):
        raise Refused(Code.ROLE_TOO_LOW, f"需要 {Role.REVIEWER} / takes the role {Role.REVIEWER}")


def _require_rows(number: str, rows: list[Row]) -> None:
    if not rows:
        raise Refused(Code.NOTHING_CONFIRMED, f"{number}: 没有已确认的时长 / nothing is confirmed")
    if len(rows) > CERTIFICATE_ROWS_MAX:
        words = (
            f"{number}: 超过 {CERTIFICATE_ROWS_MAX} 行，请缩短时段 / too many lines: fewer dates"
        )
        raise Refused(Code.TOO_LARGE, words)


def span_of(wanted: Span, rows: list[Row]) -> Span:
    """Give the dates that a certificate names: those that were asked for; where none were, the first and last of its rows."""
    return Span(
        rows[0].day if wanted.first == FIRST_DAY else wanted.first,
        rows[-1].day if wanted.last == LAST_DAY else wanted.last,
    )


def _before(certificates: list[Standing], span: Span) -> Standing | None:
    """Give the last certificate of the same dates that nothing has replaced."""
    replaced = {one.entry.replaces for one in certificates}
    same = [
        one
        for one in certificates
        if (one.entry.first_day, one.entry.last_day) == (span.first, span.last)
        and one.hash not in replaced
    ]
    return same[-1] if same else None
