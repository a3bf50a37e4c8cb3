"""How the story looks: a plain line for each thing done, Chinese with English beside it. No terminal, no colours."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table
from rich.text import Text

RULES = {
    "A2": ("同一日志两个分支（被复制）", "one log, two branches: a copied kiosk"),
    "A5": ("日志待确认", "a log that waits to be confirmed"),
    "B1": ("重复扫码", "a repeat"),
    "B4": ("没有签退", "no sign-out"),
    "C1": ("时钟错，已校正", "wrong clock, corrected"),
    "C2": ("时间不确定", "time uncertain"),
    "D1": ("不是证件", "not a badge"),
    "D3": ("证件已挂失", "badge was revoked"),
    "D6": ("没有排班", "not assigned"),
}
"""Rules of the catalogue that the story meets (`docs/glossary.md` has the words)."""
SEVERITIES = {"note": "认可并注明", "hold": "待人核实", "alarm": "警报"}


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
        table.add_column("齐 complete", no_wrap=True)
        for row in rows:
            figures = (
                row["records"],
                row["minutes_credited"],
                row["minutes_held"],
                row["minutes_refused"],
            )
            whole = "是 yes" if row["complete"] else "否 no"
            table.add_row(str(row["volunteer"]), str(row["name"] or "—"), *map(str, figures), whole)
        self._console.print(table)

    def findings(self, found: Mapping[tuple[str, str], int]) -> None:
        """Say what the rules found, and how often."""
        for (rule, severity), count in found.items():
            words = RULES.get(rule, ("", ""))
            weight = SEVERITIES.get(severity, severity)
            self.note(f"{rule} {words[0]} × {count}（{weight}）", f"{words[1]} ({severity})")

    def _line(self, text: Text) -> None:
        self._console.print(text, soft_wrap=True)
