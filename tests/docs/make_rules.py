"""Write `docs/rules.md` from the table of rules and the policy: `python -m tests.docs.make_rules`. A test compares."""

import ast
from itertools import pairwise
from pathlib import Path

from server.reconcile.policy import DEFAULTS
from server.reconcile.rules.catalogue import RULES
from server.reconcile.rules.posts import NOT_COUNTED

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "rules.md"

HEAD = """# Rules

What scans mean, rule by rule. *note*: credited, and shown. *hold*: not credited until a person decides. *alarm*: held, and the
site or kiosk is flagged. A rule without any of these says how something is counted. Where the rules could be read in two ways,
`docs/adr/` says which was chosen (3 and 10). This page is written by `python -m tests.docs.make_rules`; a test compares it with
the code.

`about` is what a finding weighs on: `record` the whole of it, `minutes` a part of it, `scan` one that is no end of a record,
`lone` a sign-out without a record, `decision` what was decided, `kiosk`, `code`; the others are told where they are kept: in
periods, on paper, at exports. `R8` and `R10` are about decisions and the versions that they keep; `Void` is about entries that
were taken back.
"""

NEEDS = """
## What posts need (D7)

`needs` of a post is a list: `insurance` or `保险`; an age, as `18`, `18+`, `age:18`, `年龄:18` or `18周岁以上`; anything else is
the name of a training, with or without `training:` or `培训:` before it. Who has no date of birth on record has no age.

Roles that are no voluntary service (D9): {roles}.
"""


def page() -> str:
    """Give the text of the page."""
    rows = [f"| {r.id} | {r.on} | {r.severity or ''} | {r.says} |" for r in RULES]
    table = "\n".join(
        ["| id | about | weight | what it says |", "| --- | --- | --- | --- |", *rows]
    )
    return f"{HEAD}\n{table}\n{_figures()}{NEEDS.format(roles=_roles())}"


def _figures() -> str:
    """Give the figures of a policy with what stands below each in the code."""
    text = (ROOT / "server/reconcile/policy.py").read_text()
    body = next(n for n in ast.parse(text).body if isinstance(n, ast.ClassDef)).body
    told = [
        (line.target.id, after.value.value)
        for line, after in pairwise(body)
        if isinstance(line, ast.AnnAssign)
        and isinstance(line.target, ast.Name)
        and isinstance(after, ast.Expr)
        and isinstance(after.value, ast.Constant)
    ]
    rows = [
        f"| `{name}` | {getattr(DEFAULTS, name)} | {' '.join(str(says).split())} |"
        for name, says in told
        if name != "version"
    ]
    head = "\n## Figures\n\nSet by `import policies`, by region or site, from a date on. Units are in the names.\n"
    return "\n".join([head, "| key | default | meaning |", "| --- | --- | --- |", *rows, ""])


def _roles() -> str:
    return ", ".join(f"`{role}`" for role in sorted(NOT_COUNTED))


if __name__ == "__main__":
    PAGE.write_text(page())
