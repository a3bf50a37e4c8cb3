"""Every kind of run there is, and what does a slice of it. A new one is a definition in `asked.py`, a file, and a line here."""

from importlib import import_module

from server.runs.run import Run
from server.runs.workbench import Step

KINDS = ("certificates", "badges", "report", "official", "bulletin")
"""Each has a function `step`. They are loaded when needed: they bring fonts, sheets and more."""


def step_of(run: Run) -> Step:
    """Give what does a slice of a run."""
    if run.kind not in KINDS:
        raise ValueError(f"no kind of run: {run.kind}")
    step: Step = import_module(f"server.runs.{run.kind}").step
    return step
