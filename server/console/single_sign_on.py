"""Signing in through the city's own OpenID Connect provider, where one is set: it says who somebody is, never what they may do.

An account of that name must be there; none is opened by itself. The second factor is asked for as ever.
"""

from typing import Any

import structlog
from flask import Flask, flash, redirect, url_for
from flask_security import Security
from flask_security.oauth_provider import FsOAuthProvider
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response

from server.config import Config
from server.console.words import say as _

_log = structlog.get_logger()

NAME = "oidc"
SECRET_FILE = "oidc.secret"  # noqa: S105 - a file name, not a secret
"""Beside the keys: the client's secret, where the provider wants one. Without it the client is public, with PKCE alone."""
_CLAIM = "preferred_username"


def settings(config: Config) -> dict[str, Any]:
    """Give what Flask-Security and Authlib are set with."""
    if not config.oidc_issuer:
        return {"SECURITY_OAUTH_ENABLE": False}
    return {"SECURITY_OAUTH_ENABLE": True, "SECURITY_OAUTH_BUILTIN_PROVIDERS": []}


def register(app: Flask, security: Security, config: Config) -> None:
    """Offer the provider on the sign-in page."""
    if security.oauthglue is not None:
        security.oauthglue.register_provider_ext(FsOAuthProvider(NAME, _client(config), _who))
        for failing in (JoseError, RequestException):
            app.register_error_handler(failing, _back)
    app.jinja_env.globals["single_sign_on"] = NAME if config.oidc_issuer else ""


def _back(error: Exception) -> Response:
    """Lead back to the password: a token that is not for us, or a provider that does not answer, lets nobody in."""
    _log.warning("single_sign_on_failed", error=type(error).__name__)
    flash(_("单位统一登录没有成功，请用密码登录，或稍后再试。"), "error")
    return redirect(url_for("security.login"))


def _client(config: Config) -> dict[str, Any]:
    secret = config.keys / SECRET_FILE
    return {
        "client_id": config.oidc_client,
        "client_secret": secret.read_text("utf-8").strip() if secret.exists() else None,
        "server_metadata_url": f"{config.oidc_issuer}/.well-known/openid-configuration",
        "client_kwargs": {"scope": "openid profile", "code_challenge_method": "S256"},
    }


def _who(_oauth: object, token: dict[str, Any]) -> tuple[str, str]:
    """Give the account's name, as the checked identity token says it; whoever has none there is nobody here."""
    told = token.get("userinfo") or {}
    return "username", str(told.get(_CLAIM, ""))
