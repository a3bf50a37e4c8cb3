"""Write `docs/mutants.md` from the result of `make mutants` and the reasons: `python -m tests.mutants.make_page`."""

import json
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "mutants.md"
VERDICTS = ("killed", "timed_out", "survived", "not_run")

HEAD = """# Mutants: does a test notice if a rule is wrong?

`make mutants` changes the code of `server/reconcile/` one place at a time (mutmut {mutmut}) and runs the tests that reach that
place, on facts and against the plain oracle, until one fails. Who survives shows a line that could be wrong unnoticed: it gets a
test, or its reason below. `make mutants ONLY='server.reconcile.rules.sequence.*'` looks at one file. The command goes on where it
was stopped, tries survivors with the tests that they have not met, and writes this page; `MUTANT_EXAMPLES` says how many examples
each property gets (the count of minutes ten times as many): here {examples}, which takes half an hour on one core. A test
compares the page with `tests/mutants/result.json` and `tests/mutants/reasons.toml`.

*source*: the first digits of the file's SHA-256 as it was then; a file with another one has changed since. *timed out*: the
tests did not end in time, which counts as noticed.
"""


class Survivor(NamedTuple):
    """A change that no test noticed: what stood there, and what stood there instead."""

    file: str
    function: str
    was: str
    now: str


class Reasons(NamedTuple):
    """Why survivors may stay. texts: by name; names: the reason of each."""

    texts: dict[str, str]
    names: dict[Survivor, str]


def read_survivors(result: dict[str, Any]) -> list[Survivor]:
    """Give the survivors of a result, each once, in order."""
    return sorted({Survivor(**one) for one in result["survivors"]})


def read_reasons() -> Reasons:
    """Read `reasons.toml`."""
    told = tomllib.loads((HERE / "reasons.toml").read_text(encoding="utf-8"))
    names = {}
    for one in told.get("survivor", []):
        names[Survivor(one["file"], one["function"], one["was"], one["now"])] = one["because"]
    return Reasons(told["because"], names)


def read_result() -> dict[str, Any]:
    """Read `result.json`."""
    found: dict[str, Any] = json.loads((HERE / "result.json").read_text(encoding="utf-8"))
    return found


def write_page(result: dict[str, Any], reasons: Reasons) -> str:
    """Give the text of the page."""
    parts = [
        HEAD.format(mutmut=result["mutmut"], examples=result["examples"]),
        _table(result["files"]),
    ]
    survivors = read_survivors(result)
    for name, text in reasons.texts.items():
        own = [one for one in survivors if reasons.names.get(one) == name]
        if own:
            parts.append(f"## {name}\n\n{text}\n\n" + "\n".join(map(_shown, own)) + "\n")
    unexplained = [one for one in survivors if one not in reasons.names]
    if unexplained:
        parts.append("## Without a reason yet\n\n" + "\n".join(map(_shown, unexplained)) + "\n")
    return "\n".join(parts)


def _table(files: dict[str, dict[str, Any]]) -> str:
    lines = [
        "| file | source | killed | timed out | survived | not run |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for path, told in files.items():
        lines.append(_row(f"`{path}`", f"`{told['source']}`", [told.get(v, 0) for v in VERDICTS]))
    totals = [sum(told.get(v, 0) for told in files.values()) for v in VERDICTS]
    return "\n".join([*lines, _row("all", "", totals)]) + "\n"


def _row(name: str, source: str, counts: list[int]) -> str:
    return f"| {name} | {source} | " + " | ".join(map(str, counts)) + " |"


def _shown(one: Survivor) -> str:
    was, now = (" ⏎ ".join(text.splitlines()) for text in (one.was, one.now))
    return f"- `{one.file}` `{one.function}`: `{was}` → `{now}`"


if __name__ == "__main__":
    PAGE.write_text(write_page(read_result(), read_reasons()), encoding="utf-8")
