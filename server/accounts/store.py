"""Accounts as Flask-Security reads and keeps them: each reading and each change is a short transaction of its own."""

from collections.abc import Callable
from typing import Any

from flask_security import RoleMixin, UserDatastore

from server.accounts.account import Account, read_account, read_signed_in
from server.accounts.change_account import keep_secrets
from server.central import Central
from server.database import Database
from server.models.staff import StaffAccount

_KEYS = {
    "fs_uniquifier": StaffAccount.stamp,
    "username": StaffAccount.name,
    "id": StaffAccount.id,
}
"""What an account can be found by. There are no e-mail addresses: staff are known to whoever opens their account."""


class AccountStore(UserDatastore):
    """The accounts of one server. Roles are grants (`server.access`), which Flask-Security never touches."""

    def __init__(self, database: Database, central: Central, token: Callable[[], str]) -> None:
        """Work on this database, and say what changes in this log. token: gives what the browser holds, for its session."""
        super().__init__(Account, RoleMixin)
        self.database, self.central = database, central
        self._token = token

    def find_user(self, case_insensitive: bool = False, **by: Any) -> Account | None:  # noqa: ARG002 # names are kept in lower case
        """Find an account by one of its keys."""
        [(key, value)] = by.items()
        if key not in _KEYS or value is None:
            return None
        where = _KEYS[key] == _plain(key, value)
        with self.database.read() as connection:
            if key == "fs_uniquifier":  # somebody is signed in: every page asks it
                return read_signed_in(connection, self._token(), where)
            return read_account(connection, where)

    def find_role(self, role: str) -> None:  # there are none
        """Find nothing: roles are no rows here."""

    def put(self, model: Account) -> Account:
        """Keep what Flask-Security may have set: password, stamp, second factor."""
        kept = {
            "password": model.password,
            "stamp": model.fs_uniquifier,
            "second_factor": model.tf_totp_secret or "",
            "spare_codes": " ".join(model.mf_recovery_codes or []),
        }
        with self.database.write_facts() as connection:
            keep_secrets(connection, self.central, model.id, kept)
        return model

    def commit(self) -> None:
        """Do nothing: `put` has committed."""


def _plain(key: str, value: Any) -> Any:
    return str(value).lower() if key == "username" else value
