"""Read what `mutmut` found in `mutants/` into `tests/mutants/result.json`: `python -m tests.mutants.read_result`."""

import json
import os
from collections import Counter
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code
from mutmut.utils.file_utils import walk_mutatable_files
from mutmut.utils.format_utils import orig_function_and_class_names_from_key

RESULT = Path(__file__).with_name("result.json")

SHOWN = {
    "killed": "killed",
    "caught by type check": "killed",
    "timeout": "timed_out",
    "segfault": "killed",
    "survived": "survived",
    "no tests": "survived",
    "not checked": "not_run",
}
"""What is told of each verdict of mutmut; any other is no verdict, and `make mutants` has to run again."""


def read_result() -> dict[str, Any]:
    """Give how the mutants of each file fared, and every survivor with the lines that it changes."""
    files, survivors = {}, []
    for path in sorted(walk_mutatable_files()):
        found = SourceFileMutationData(path=path)
        found.load()
        verdicts = {name: _shown(code) for name, code in found.exit_code_by_key.items()}
        if not verdicts:
            continue
        files[str(path)] = {
            "source": sha256(path.read_bytes()).hexdigest()[:12],
            **Counter(verdicts.values()),
        }
        survivors += [_changed(path, name) for name, told in verdicts.items() if told == "survived"]
    return {
        "mutmut": version("mutmut"),
        "examples": int(os.environ.get("MUTANT_EXAMPLES", "25")),
        "files": files,
        "survivors": sorted(survivors, key=lambda one: tuple(one.values())),
    }


def _shown(code: int | None) -> str:
    return SHOWN.get(status_by_exit_code[code], "not_run")


def _changed(path: Path, mutant: str) -> dict[str, str]:
    function, of_class = orig_function_and_class_names_from_key(mutant)
    lines = get_diff_for_mutant(mutant, path=path).splitlines()[2:]
    was, now = (
        "\n".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+"
    )
    name = f"{of_class}.{function}" if of_class else function
    return {"file": str(path), "function": name, "was": was, "now": now}


if __name__ == "__main__":
    told = json.dumps(read_result(), ensure_ascii=False, indent=1)
    RESULT.write_text(told + "\n", encoding="utf-8")
