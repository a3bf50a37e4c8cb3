"""How the story looks: a plain line for each thing done, Chinese with English beside it. No terminal, no colours."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table
from rich.text import Text


class Teller:
    """Tells what happens, on standard output."""

    def __init__(self) -> None:
        """Write plainly unless this is a terminal that nobody asked to be plain."""
        plain = False if os.environ.get("NO_COLOR") else None
        self._console = Console(highlight=False, emoji=False, force_terminal=plain)

    def chapter(self, chinese: str, english: str) -> None:
        """Begin a part."""
        self._line(Text.assemble("\n", (chinese, "bold"), "  ", (english, "bold")))

    def done(self, chinese: str, english: str) -> None:
        """Say that something was done."""
        self._line(Text.assemble(("✓ ", "green"), chinese, ("  " + english, "dim")))

    def note(self, chinese: str, english: str) -> None:
        """Explain."""
        self._line(Text.assemble("  ", chinese, ("  " + english, "dim")))

    def command(self, words: str) -> None:
        """Show a command to try."""
        self._line(Text.assemble("    ", (words, "cyan")))

    def failed(self, words: str) -> None:
        """Say what went wrong."""
        self._line(Text.assemble(("✕ ", "red"), words))

    @contextmanager
    def waiting(self, chinese: str) -> Iterator[None]:
        """Show on a terminal that something is under way."""
        with self._console.status(chinese):
            yield

    def hours(self, rows: Iterable[Mapping[str, object]]) -> None:
        """Draw the table of hours."""
        table = Table(box=None, pad_edge=False)
        for heading in ("编号", "姓名 name"):
            table.add_column(heading, no_wrap=True)
        for heading in ("人次 records", "认可 credited", "待核 held", "不计 refused"):
            table.add_column(heading, justify="right")
        for row in rows:
            figures = (
                row["records"],
                row["minutes_credited"],
                row["minutes_held"],
                row["minutes_refused"],
            )
            table.add_row(str(row["volunteer"]), str(row["name"] or "—"), *map(str, figures))
        self._console.print(table)

    def _line(self, text: Text) -> None:
        self._console.print(text, soft_wrap=True)
