"""Write `docs/limits.md` from the bounds in the code: `python -m tests.docs.make_limits`. A test compares."""

import ast
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "limits.md"

HEAD = """# Limits

Every bound has a name, a unit and one place. What goes beyond it is refused with a stable code
(`docs/errors.md`) or put off; nothing is dropped silently. This page is written by
`python -m tests.docs.make_limits`; a test compares it with the code.
"""

PARTS = {
    "schemas/limits.py": (
        "On the wire",
        "Part of the protocol: both ends keep to them, so raising one needs both.",
    ),
    "kiosk/limits.py": (
        "On a kiosk",
        "What its screen and its background work keep to.",
    ),
    "server/limits.py": (
        "At the centre",
        "What staff hand to the server, and what it does at a time.",
    ),
}


class Bound(NamedTuple):
    """A bound, as the code says it."""

    name: str
    value: int
    words: str


def read_bounds(path: Path) -> list[Bound]:
    """Read the bounds of a file: each name, its value, and the text below it."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    names: dict[str, int] = {}
    out = []
    for node, below in pairwise(body):
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        name = ast.unparse(target)
        source = compile(ast.Module([node], []), str(path), "exec")
        exec(source, {}, names)  # noqa: S102 # a constant of our own code
        words = ast.literal_eval(below.value) if isinstance(below, ast.Expr) else ""
        out.append(Bound(name, names[name], " ".join(words.split())))
    return out


def write_page() -> str:
    """The text of the page."""
    text = HEAD
    for file, (title, words) in PARTS.items():
        if not (ROOT / file).exists():
            continue
        text += f"\n## {title} (`{file}`)\n\n{words}\n\n| name | value | what it bounds |\n| --- | --- | --- |\n"
        for bound in read_bounds(ROOT / file):
            text += f"| `{bound.name}` | {bound.value:,} | {bound.words} |\n"
    return text


if __name__ == "__main__":
    PAGE.write_text(write_page(), encoding="utf-8")
