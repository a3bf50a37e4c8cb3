"""Accounts: one's own (sessions, password, spare codes, tokens), and those that an administrator looks after."""

from server.console.accounts import change, own, tokens
from server.console.accounts.doors import pages

__all__ = ["change", "own", "pages", "tokens"]
