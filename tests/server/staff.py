"""Staff for tests: accounts of any role, browsers that are signed in, and the one-time codes of a phone."""

import hmac
import re
from base64 import b32decode
from hashlib import sha1
from unittest.mock import patch

from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from schemas.central_entry import Staff
from server.access.grant import Grant, Over
from server.access.roles import StaffRole
from server.accounts import sessions
from server.accounts.account import read_account
from server.accounts.change_account import Opened, Wanted, open_account
from server.models.log import Log, LogEntry
from server.models.staff import StaffAccount
from server.services import Services
from sync.canonical import understand

EVERYWHERE = {role: Grant(role, Over.ALL) for role in StaffRole}
_CODE_S = 30


def hire(services: Services, name: str, *grants: Grant, number: str = "") -> Opened:
    """Open an account."""
    # As hard to guess as a test needs: in earnest a hash takes a tenth of a second, and tests hire hundreds.
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    wanted = Wanted(
        name,
        f"工作人员 {name}",
        number or "ST-" + name.replace(".", "-").replace("_", "-")[:17],
        grants,
    )
    with (
        patch("server.accounts.change_account.PasswordHasher", return_value=quick),
        services.database.write_facts() as connection,
    ):
        return open_account(connection, services.central, wanted, by="")


def signed_in(console: Flask, name: str) -> FlaskClient:
    """Give a browser in which an account is signed in, past both factors."""
    services: Services = console.extensions["redvest"]
    client = console.test_client()
    now = services.signer.clock.wall_ms()
    with services.database.write_facts() as connection:
        account = read_account(connection, StaffAccount.name == name)
        assert account is not None
        token = sessions.begin(connection, account.id, "test", now)
    with client.session_transaction() as held:
        held.update(_user_id=account.fs_uniquifier, _fresh=True, fs_cc="set", session=token)
    return client


def form_token(page: str) -> str:
    """Give the token that forms of a page carry."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, "no form on the page"
    return found.group(1)


def said_on(page: str) -> str:
    """Give what a page says: without the nonces and tokens in it, in which any short word turns up sooner or later."""
    drawn = r'nonce="[^"]*"|name="csrf_token"[^>]*|hx-headers=\'[^\']*\''
    return re.sub(drawn, "", page)


def one_time_code(secret: str, at_s: float) -> str:
    """Give the six digits that an authenticator shows (RFC 6238)."""
    key = b32decode(secret.replace("-", "").replace(" ", ""))
    counter = int(at_s // _CODE_S).to_bytes(8, "big")
    mac = hmac.digest(key, counter, sha1)
    at = mac[-1] & 15
    return f"{(int.from_bytes(mac[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def said(services: Services, name: str) -> list[str]:
    """Give what the central log says of an account, in order."""
    central = select(LogEntry.body).join(Log, Log.id == LogEntry.log).where(Log.kind == "central")
    with services.database.read() as connection:
        bodies = connection.scalars(central.order_by(LogEntry.seq)).all()
    entries = [understand(bytes(body)) for body in bodies]
    return [e.what for e in entries if isinstance(e, Staff) and e.account == name]
