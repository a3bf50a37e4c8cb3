"""A program that calls the API with a token."""

import json
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from server.access.roles import Right
from server.accounts.account import read_account
from server.accounts.tokens import Made, TokenWanted, make_token
from server.models import everything
from server.models.staff import StaffAccount
from server.models.token import StaffToken
from server.services import Services


@dataclass(slots=True)
class Program:
    """A program, and the token that it holds. calls: how many it made; each POST gets a key of its own."""

    client: FlaskClient
    secret: str
    calls: int = field(default=0)

    @classmethod
    def of(
        cls, api: Flask, services: Services, name: str, rights: set[Right] | None = None
    ) -> "Program":
        """Give a program of an account, with some of its rights, or all."""
        return cls(api.test_client(), token_of(services, name, rights).secret)

    def get(self, path: str, **query: Any) -> TestResponse:
        """Read."""
        return self.client.get(
            f"/api/v1{path}", query_string=query or None, headers=self._headers()
        )

    def post(self, path: str, body: Any, *, key: str = "", seen: str = "") -> TestResponse:
        """Change something. body: bytes are sent as they are."""
        self.calls += 1
        headers = self._headers() | {
            "Idempotency-Key": key or f"key-{self.secret[-8:]}-{self.calls}"
        }
        if seen:
            headers["If-Match"] = seen
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.post(
            f"/api/v1{path}", data=raw, headers=headers, content_type="application/json"
        )

    def put(self, path: str, body: bytes, **query: Any) -> TestResponse:
        """Hand a file over."""
        return self.client.put(
            f"/api/v1{path}",
            query_string=query,
            data=body,
            headers=self._headers(),
            content_type="application/octet-stream",
        )

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"}


def token_of(
    services: Services, name: str, rights: set[Right] | None = None, *, days: int = 366
) -> Made:
    """Make a token for an account, with some of its rights, or all."""
    with services.database.write_facts() as connection:
        account = read_account(connection, StaffAccount.name == name)
        assert account is not None
        own = {right for right in Right if account.may(right)}
        wanted = TokenWanted("test", rights if rights is not None else own, days)
        return make_token(connection, services.central, account, wanted, by=name)


def code_of(answer: TestResponse) -> str:
    """Give the code of a problem, having looked that it is one."""
    assert answer.mimetype == "application/problem+json", answer.get_data()[:300]
    body = json.loads(answer.get_data())
    assert set(body) - {"errors"} == {"type", "title", "status", "code", "detail", "kept"}
    assert body["status"] == answer.status_code
    assert answer.headers["Cache-Control"] == "no-store"
    return str(body["code"])


def facts(services: Services) -> dict[str, int]:
    """Count the rows of every table of facts that a call may write, but for tokens, which note when they were used."""
    tables = [
        t for t in next(iter(everything())).sorted_tables if t.name != StaffToken.__tablename__
    ]
    with services.database.read() as connection:
        counts = {t.name: connection.scalar(select(func.count()).select_from(t)) for t in tables}
    return {name: count or 0 for name, count in counts.items()}
