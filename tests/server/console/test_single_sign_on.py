"""Signing in through a provider: it says who somebody is; an account must be there, the second factor is asked for as ever."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.access.roles import StaffRole
from server.console import create_console
from server.services import Services
from tests.server.console.provider import CLIENT, Provider, listening, query_of
from tests.server.staff import EVERYWHERE, form_token, hire

PUBLIC = "http://127.0.0.1:8700"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """A provider that says that it is Wang Li."""
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # both ends are this machine
    with listening(Provider({"preferred_username": "Wang.Li"}, int(time.time()))) as made:
        yield made


@pytest.fixture
def client(services: Services, provider: Provider) -> FlaskClient:
    """A browser before a console that trusts the provider."""
    config = replace(
        services.config, oidc_issuer=provider.url, oidc_client=CLIENT, public_url=PUBLIC
    )
    return create_console(replace(services, config=config)).test_client()


def _sign_in(client: FlaskClient, provider: Provider, **bent: str) -> TestResponse:
    token = form_token(client.get("/console/login").text)
    to = client.post("/console/login/oauthstart/oidc", data={"csrf_token": token}).location
    assert to.startswith(f"{provider.url}/authorize")
    back = provider.authorize(query_of(to))
    assert back.startswith(f"{PUBLIC}/console/login/oauthresponse/oidc")
    return client.get("/console/login/oauthresponse/oidc", query_string={**query_of(back), **bent})


def test_the_provider_says_who_and_the_second_factor_is_still_asked_for(
    services: Services, client: FlaskClient, provider: Provider
) -> None:
    hire(services, "wang.li", EVERYWHERE[StaffRole.VIEWER])
    assert _sign_in(client, provider).location.startswith("/console/tf-setup")
    assert client.get("/console/").status_code == 302


@pytest.mark.parametrize("says", [{"preferred_username": "no.body"}, {"preferred_username": ""}])
def test_whoever_has_no_account_does_not_come_in(
    services: Services, client: FlaskClient, provider: Provider, says: dict[str, str]
) -> None:
    hire(services, "wang.li", EVERYWHERE[StaffRole.VIEWER])
    provider.says = says
    assert _sign_in(client, provider).location == "/console/login"


@pytest.mark.parametrize("says", [{"aud": "another"}, {"iss": "https://other"}, {"nonce": "x"}])
def test_a_token_for_somebody_else_is_no_token(
    services: Services, client: FlaskClient, provider: Provider, says: dict[str, str]
) -> None:
    hire(services, "wang.li", EVERYWHERE[StaffRole.VIEWER])
    provider.says = {**provider.says, **says}
    assert _sign_in(client, provider).location == "/console/login"
    assert "单位统一登录没有成功" in client.get("/console/login").text


def test_an_answer_that_nobody_asked_for_is_refused(
    services: Services, client: FlaskClient, provider: Provider
) -> None:
    hire(services, "wang.li", EVERYWHERE[StaffRole.VIEWER])
    assert "tf-setup" not in (_sign_in(client, provider, state="forged").location or "")


def test_without_a_provider_none_is_offered(services: Services) -> None:
    page = create_console(services).test_client().get("/console/login").text
    assert "oauthstart" not in page


def test_a_provider_that_does_not_answer_leaves_the_password(
    services: Services, provider: Provider
) -> None:
    config = replace(services.config, oidc_issuer="http://127.0.0.1:9", oidc_client=CLIENT)
    client = create_console(replace(services, config=config)).test_client()
    token = form_token(client.get("/console/login").text)
    answer = client.post("/console/login/oauthstart/oidc", data={"csrf_token": token})
    assert answer.location == "/console/login"
