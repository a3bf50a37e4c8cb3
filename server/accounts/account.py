"""An account as the server works with it: what Flask-Security asks of a user, over one row and its grants."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask_security import UserMixin
from sqlalchemy import Connection, Row, select

from schemas.vocabulary import Code
from server.access.grant import Grant, Over
from server.access.part import Part
from server.access.roles import DECIDES_AS, Right, StaffRole
from server.accounts.sessions import Session, columns, of_token, session_of
from server.books.decisions.actor import Actor, rank_of
from server.models.staff import StaffAccount, StaffGrant
from sync.errors import Refused

AUTHENTICATOR = "authenticator"


@dataclass(eq=False)
class Account(UserMixin):
    """A member of the staff. The fields have the names that Flask-Security reads and sets; `store.py` keeps what it set.

    tf_totp_secret: sealed secret of one-time codes (None: not set up). mf_recovery_codes: sealed. locked_ms: no signing in
    before this moment. session: the one that the browser's token stands for, whether it lasts or not.
    """

    id: int = 0  # defaults, because Flask-Security looks for these names on the class
    username: str = ""
    title: str = ""
    number: str = ""
    password: str = ""
    fs_uniquifier: str = ""
    active: bool = False
    tf_totp_secret: str | None = None
    mf_recovery_codes: list[str] = field(default_factory=list)
    failed: int = 0
    locked_ms: int = 0
    created_ms: int = 0
    grants: tuple[Grant, ...] = ()
    roles: list[Any] = field(default_factory=list)
    session: Session | None = None
    tf_primary_method: str | None = None
    tf_phone_number: str | None = None

    def may(self, right: Right) -> bool:
        """Tell whether any grant brings this right, wherever."""
        return any(grant.brings(right) for grant in self.grants)

    def actor(self, right: Right = Right.DECIDE) -> Actor:
        """Give who acts by a right on what names no single record, site or team (`acting.py` is for what does).

        A role holds within its grant's part alone, and nobody asks here where: so of several roles that bring the right the
        lowest counts, and besides it what is granted over everything. Raise `Refused(number_needed)`.
        """
        self.require_number()
        mine = [g for g in self.grants if g.brings(right) and g.role in DECIDES_AS]
        everywhere = {DECIDES_AS[grant.role] for grant in mine if grant.over is Over.ALL}
        lowest = sorted((DECIDES_AS[grant.role] for grant in mine), key=rank_of)[:1]
        return Actor(self.number, frozenset(everywhere.union(lowest)))

    def lies_within(self, part: Part) -> bool:
        """Tell whether everything that the account may do lies within a part: who looks after it must reach as far."""
        return all(part.has_grant(grant.over, grant.code) for grant in self.grants)

    def require_number(self) -> None:
        """Refuse (`number_needed`) an account that names no number of its own: E6 compares numbers."""
        if not self.number:
            words = "账号没有本人编号 / the account names no number of its own"
            raise Refused(Code.NUMBER_NEEDED, words)

    def track_failed_authn(self, auth_type: str, tfa: bool = False) -> None:  # noqa: ARG002 # as Flask-Security calls it
        """Count the attempt; after too many the account is locked for a while."""
        from server.accounts.lockout import note_failure

        note_failure(self)

    def is_locked(self, form_error: list[str] | None = None) -> bool:
        """Tell whether the account is locked, and say so to who proved to be its owner."""
        from server.accounts.lockout import is_locked

        return is_locked(self, form_error)


def read_account(connection: Connection, *where: Any) -> Account | None:
    """Read the account that meets the conditions, with its grants, in one question: every page asks it."""
    found = read_accounts(connection, *where)
    return found[0] if found else None


def read_signed_in(connection: Connection, token: str, *where: Any) -> Account | None:
    """Read an account as `read_account` does, with the session that this token of a browser stands for at it."""
    session = of_token(token)
    query = _QUERY.add_columns(*columns(session)).outerjoin(
        session, session.c.account == StaffAccount.id
    )
    rows = connection.execute(query.where(*where)).all()
    found = _accounts(rows)
    return replace(found[0], session=session_of(rows[0])) if found else None


def read_accounts(connection: Connection, *where: Any) -> list[Account]:
    """Read accounts with their grants, by name."""
    return _accounts(connection.execute(_QUERY.where(*where)).all())


_QUERY = (
    select(StaffAccount, StaffGrant.role, StaffGrant.over, StaffGrant.code)
    .outerjoin(StaffGrant, StaffGrant.account == StaffAccount.id)
    .order_by(StaffAccount.name)
)


def _accounts(rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Account]:
    grants: dict[int, list[Grant]] = {}
    for row in rows:
        if row.role is not None:
            grant = Grant(StaffRole(row.role), Over(row.over), row.code)
            grants.setdefault(row.id, []).append(grant)
    first = {row.id: row for row in rows}
    return [_account(row, tuple(sorted(grants.get(id_, ())))) for id_, row in first.items()]


def _account(row: Any, grants: tuple[Grant, ...]) -> Account:
    return Account(
        id=row.id,
        username=row.name,
        title=row.title,
        number=row.number,
        password=row.password,
        fs_uniquifier=row.stamp,
        active=bool(row.is_active),
        tf_totp_secret=row.second_factor or None,
        mf_recovery_codes=row.spare_codes.split(),
        failed=row.failed,
        locked_ms=row.locked_ms,
        created_ms=row.created_ms,
        grants=grants,
        tf_primary_method=AUTHENTICATOR if row.second_factor else None,
    )
