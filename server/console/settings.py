"""Settings of Flask and its parts. Secrets follow from one key in the home, so that all servers of a home share them."""

from base64 import b64encode
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from server.console import single_sign_on
from server.keys import derive_secret, read_console_key
from server.limits import FORM_BYTES_MAX, FORM_FIELDS_BYTES_MAX, PASSWORD_CHARS_MIN, SESSION_MS
from server.services import Services

ISSUER = "红马甲 Red Vest"
_HTTPS_NAME, _PLAIN_NAME = "__Host-redvest", "redvest"


def configure(app: Flask, services: Services) -> None:
    """Set everything."""
    key = read_console_key(services.config.keys)
    app.config.update(_flask(key), **_security(key, is_demo=services.signer.clock.is_demo))
    app.config.update(single_sign_on.settings(services.config))
    app.session_interface = _Cookies()


class _Cookies(SecureCookieSessionInterface):
    """Over TLS the cookie is bound to this host and never sent in the clear; on loopback it cannot be."""

    def get_cookie_name(self, app: Flask) -> str:
        return _HTTPS_NAME if self.get_cookie_secure(app) else _PLAIN_NAME

    def get_cookie_secure(self, app: Flask) -> bool:
        services: Services = app.extensions["redvest"]
        return services.config.public_url.startswith("https://")


def _flask(key: bytes) -> dict[str, Any]:
    return {
        "SECRET_KEY": _derive(key, "cookies"),
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "PERMANENT_SESSION_LIFETIME": timedelta(milliseconds=SESSION_MS),
        "MAX_CONTENT_LENGTH": FORM_BYTES_MAX,
        "MAX_FORM_MEMORY_SIZE": FORM_FIELDS_BYTES_MAX,
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session
        "WTF_CSRF_CHECK_DEFAULT": True,
        "BABEL_DEFAULT_LOCALE": "zh_Hans_CN",
        "BABEL_DEFAULT_TIMEZONE": "Asia/Shanghai",
    }


def _security(key: bytes, *, is_demo: bool) -> dict[str, Any]:
    """In a demo's home nothing is real, and nobody has set up a second factor: signing in takes the password alone."""
    names = {
        "TOTP_SECRETS": {"1": _derive(key, "second factor")},
        "TOTP_ISSUER": ISSUER,
        "PASSWORD_HASH": "argon2",
        "PASSWORD_SCHEMES": ["argon2"],
        "PASSWORD_SINGLE_HASH": ["argon2"],  # hashed as it is: set-up does so, too
        "PASSWORD_LENGTH_MIN": PASSWORD_CHARS_MIN,
        "USERNAME_ENABLE": True,
        "USERNAME_MIN_LENGTH": 2,
        "USERNAME_ALLOWED_CHARS": ["L", "N", "Pc", "Pd", "Po"],
        "USER_IDENTITY_ATTRIBUTES": [{"username": {"mapper": str.lower, "case_insensitive": True}}],
        "URL_PREFIX": "/console",
        "POST_LOGIN_VIEW": "/console/",
        "POST_LOGOUT_VIEW": "/console/login",
        "TWO_FACTOR": True,
        "TWO_FACTOR_REQUIRED": not is_demo,
        "TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "TWO_FACTOR_RESCUE_EMAIL": False,
        "MULTI_FACTOR_RECOVERY_CODES": True,
        "CHANGEABLE": True,
        "SEND_PASSWORD_CHANGE_EMAIL": False,
        "RETURN_GENERIC_RESPONSES": True,
        "STATIC_FOLDER": None,
        "FRESHNESS": timedelta(hours=12),
        "CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
        "CLI_USERS_NAME": False,
        "CLI_ROLES_NAME": False,
    }
    return {f"SECURITY_{name}": value for name, value in names.items()}


def _derive(key: bytes, purpose: str) -> str:
    return b64encode(derive_secret(key, purpose)).decode()
