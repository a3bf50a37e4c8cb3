"""What an import did, or would do: counts, and every fault by line, column and reason. Holds nothing that a cell held."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from server.imports.check_rows import Fault
from server.imports.reasons import sentence
from server.limits import IMPORT_ERRORS_LISTED_MAX


@dataclass(frozen=True, slots=True)
class RowError:
    """A fault as it is shown. code: stable. column: our English name of it, "" for the row as a whole."""

    line: int
    column: str
    code: str
    message: str


@dataclass(slots=True)
class Report:
    """rows = added + changed + unchanged + bad. warnings: rows by reason. errors: the first thousand faults."""

    kind: str
    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: int = 0
    errors: list[RowError] = field(default_factory=list)
    warnings: Counter[str] = field(default_factory=Counter)
    unknown_columns: Sequence[str] = ()
    dry_run: bool = False

    @property
    def accepted(self) -> int:
        """Rows that stand now."""
        return self.added + self.changed + self.unchanged

    def add_faults(self, faults: Sequence[Fault]) -> None:
        """Count a bad row, and list its faults while there is room."""
        self.bad += 1
        room = IMPORT_ERRORS_LISTED_MAX - len(self.errors)
        for fault in faults[:room]:
            said = sentence(fault.reason, line=fault.line, column=fault.column)
            self.errors.append(RowError(fault.line, fault.column, fault.reason, said))
