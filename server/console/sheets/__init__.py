"""Sheets for the field, printed from the console."""

from server.console.sheets.prints import pages

__all__ = ["pages"]
