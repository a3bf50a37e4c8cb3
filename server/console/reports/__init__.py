"""Reports: figures with their state, as a table, as files, as plots, and made by themselves."""

from server.console.reports import files, plots, saved
from server.console.reports.browse import pages

__all__ = ["files", "pages", "plots", "saved"]
