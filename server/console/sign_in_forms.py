"""Forms of Flask-Security that ask for a password or a code: none of them lets anybody guess, whoever is signed in already."""

from typing import Any

from flask_login import current_user
from flask_security.forms import (
    ChangePasswordForm,
    LoginForm,
    TwoFactorVerifyCodeForm,
    VerifyForm,
)
from flask_security.utils import get_message

from server.accounts.account import Account
from server.limits import PASSWORD_CHARS_MAX


class Login(LoginForm):
    """Name and password. There is no staying signed in: kiosks and offices share computers."""

    email = None
    remember = None

    def validate(self, **rest: Any) -> bool:
        """Refuse what can be nobody's password before it costs a hash."""
        return not _is_too_long(self.password) and bool(super().validate(**rest))


class Code(TwoFactorVerifyCodeForm):
    """A one-time code; a locked account is not let in by guessing."""

    def validate(self, **rest: Any) -> bool:
        """Refuse a locked account."""
        if self.user is not None and self.user.is_locked(None):
            self.code.errors = ["错误次数过多，请稍后再试 / too many attempts: try again later"]
            return False
        return bool(super().validate(**rest))


class Verify(VerifyForm):
    """The password once more, before the second factor is changed. Wrong ones are counted by Flask-Security."""

    def validate(self, **rest: Any) -> bool:
        """Refuse a locked account: else whoever finds a session open could go on guessing."""
        if _is_too_long(self.password) or _is_locked(self.password):
            return False
        return bool(super().validate(**rest))


class Change(ChangePasswordForm):
    """The present password, and a new one."""

    def validate(self, **rest: Any) -> bool:
        """Refuse a locked account, and count wrong passwords as signing in does: Flask-Security counts none here."""
        if _is_too_long(self.password) or _is_locked(self.password):
            return False
        if super().validate(**rest):
            return True
        if get_message("INVALID_PASSWORD")[0] in (self.password.errors or ()):
            _me().track_failed_authn("password")
        return False


def _is_too_long(field: Any) -> bool:
    if len(field.data or "") <= PASSWORD_CHARS_MAX:
        return False
    field.errors = [f"密码最多 {PASSWORD_CHARS_MAX} 位 / at most so many characters"]
    return True


def _is_locked(field: Any) -> bool:
    errors: list[str] = []
    is_locked = _me().is_locked(errors)
    field.errors = errors
    return is_locked


def _me() -> Account:
    found: Account = current_user._get_current_object()
    return found
