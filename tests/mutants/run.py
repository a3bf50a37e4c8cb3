"""Try every mutant of the rules: `python -m tests.mutants.run [PATTERN...]`, as `make mutants` does.

`mutmut` makes the mutants and keeps their verdicts in `mutants/`; here they are tried: one pytest session collects the tests
once, sees which test reaches which function, and is forked for each mutant, which takes a tenth of what a run of pytest does.
The tests that noticed another mutant of the same function go first, then those of the same file, then the quick ones. What
has a verdict is left alone, but survivors are tried with the tests that they have not met.
"""

import json
import os
import resource
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from signal import ITIMER_PROF, SIG_DFL, SIGTERM, setitimer, signal
from time import process_time
from types import CellType
from typing import Any, NamedTuple

import pytest
from _pytest.runner import runtestprotocol
from mutmut.__main__ import create_mutants
from mutmut.mutation.data import SourceFileMutationData
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from mutmut.utils.file_utils import copy_src_dir, walk_mutatable_files
from mutmut.utils.format_utils import mangled_name_from_mutant_name

MUTANTS = Path("mutants")
TRIED = MUTANTS / "tried.json"
"""Of each survivor: the tests that did not notice it."""

TESTS = ("tests/server/reconcile", "--ignore=tests/server/reconcile/test_stays.py")
"""The tests that are pure and quick, the plain oracle among them; not those on real stays, which take minutes."""

QUICKLY = ("--capture=no", "--assert=plain", "--tb=native", "--hypothesis-profile=mutants")
"""Nobody reads why a test fails: that it does is enough."""

SURVIVED, KILLED, UNTESTED, TIMED_OUT = 0, 1, 33, 36
"""Verdicts, as mutmut writes them."""

WAITING = (None, SURVIVED, UNTESTED)

TIMES_AS_LONG, SECONDS_MORE = 5, 1
"""How much CPU time a test of a mutant may take, against what it takes without one."""

MORE_BYTES = 2 * 1024**3
"""How much memory a mutant may take."""

Reach = dict[str, tuple[float, set[str]]]
"""Of each test: the seconds that it takes, and the functions that it reaches."""

Tests = Sequence[tuple[pytest.Item, float]]
"""Tests, and the seconds that each takes."""


class Trial:
    """A pytest session that tries mutants in place of running its tests."""

    def __init__(self, patterns: Sequence[str]) -> None:
        """patterns: of names of mutants, in the order in which to try them; without one all are tried."""
        self.patterns = patterns or ["*"]
        self.killers: defaultdict[str, list[str]] = defaultdict(list)
        self.is_stopped = False

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try what has no verdict yet, and keep each verdict as soon as it is there."""
        self.items = {item.nodeid: item for item in session.items}
        self.reach = _reach(self.items)
        self.switches = _switches()
        self.tried: dict[str, list[str]] = json.loads(TRIED.read_text()) if TRIED.exists() else {}
        signal(SIGTERM, self._stop)
        for data, mutant in self._waiting():
            if self.is_stopped:
                break
            self._judge(data, mutant)
        TRIED.write_text(json.dumps(self.tried))
        return True

    def _judge(self, data: SourceFileMutationData, mutant: str) -> None:
        """Try a mutant with the tests that reach it, a survivor with those of them that it has not met."""
        function = mangled_name_from_mutant_name(mutant)
        own = self._in_turn(function)
        met = self.tried.pop(mutant, ()) if data.exit_code_by_key[mutant] == SURVIVED else ()
        left = [name for name in own if name not in met]
        verdict, killer = SURVIVED, ""
        if left or not met:
            tests = [(self.items[name], self.reach[name][0]) for name in left]
            verdict, killer = _try(mutant, self.switches.get(function), tests)
            sys.stderr.write(f"{verdict} {mutant} {killer}\n")
        if killer:
            self._noticed(function, killer)
        if verdict == SURVIVED:
            self.tried[mutant] = own
        data.exit_code_by_key[mutant] = verdict
        data.save()

    def _stop(self, *_: object) -> None:
        """End after the mutant at hand, when its verdict is written."""
        self.is_stopped = True

    def _waiting(self) -> Iterator[tuple[SourceFileMutationData, str]]:
        """Give the mutants that survived, and those without a verdict, of the first pattern first."""
        found = {path: SourceFileMutationData(path=path) for path in walk_mutatable_files()}
        for data in found.values():
            data.load()
        names = [(data, mutant) for data in found.values() for mutant in data.exit_code_by_key]
        for pattern in self.patterns:
            for data, mutant in names:
                if data.exit_code_by_key[mutant] in WAITING and fnmatch(mutant, pattern):
                    yield data, mutant

    def _in_turn(self, function: str) -> list[str]:
        """Give the tests that reach a function, the most promising first."""
        killers, file = self.killers[function], f"test_{function.split('.')[-2]}.py"

        def place(name: str) -> tuple[int, bool, float]:
            rank = killers.index(name) if name in killers else len(killers)
            return rank, file not in name, self.reach[name][0]

        return sorted((name for name in self.reach if function in self.reach[name][1]), key=place)

    def _noticed(self, function: str, killer: str) -> None:
        known = self.killers[function]
        self.killers[function] = [killer, *(name for name in known if name != killer)]


def _reach(items: dict[str, pytest.Item]) -> Reach:
    """Run the tests as they are, and see what each reaches."""
    found: Reach = {}
    set_mutant_under_test("stats")
    for name, item in items.items():
        state()._stats.clear()
        started = process_time()
        if not _passes(item):
            raise pytest.UsageError(f"{name} fails without any mutant")
        found[name] = process_time() - started, set(state()._stats)
    return found


class Switch(NamedTuple):
    """What a function of the rules is when it is called: `cell` holds it. mutants: it and what it may be, by name."""

    cell: CellType
    mutants: dict[str, Any]


def _switches() -> dict[str, Switch]:
    """Take the place of mutmut's own switches, which ask at every call which mutant it is: that takes longer than many rules."""
    modules = [
        module for name, module in sys.modules.items() if name.startswith("server.reconcile")
    ]
    holders = [*modules, *(a for m in modules for a in vars(m).values() if isinstance(a, type))]
    found = {}
    for function in (thing for holder in holders for thing in vars(holder).values()):
        cell = _held(function, "trampoline")
        if cell is not None and hasattr(function, "__wrapped__"):
            mutants = _held(cell.cell_contents, "mutants_dict")
            if mutants is not None:
                whole = mutants.cell_contents["_mutmut_orig"]
                name = mangled_name_from_mutant_name(f"{whole.__module__}.{whole.__name__}")
                found[name] = Switch(cell, mutants.cell_contents)
    for switch in found.values():
        switch.cell.cell_contents = switch.mutants["_mutmut_orig"]
    return found


def _held(function: object, name: str) -> CellType | None:
    """Give the variable of this name that a function has from where it was made."""
    code = getattr(function, "__code__", None)
    if code is None or name not in code.co_freevars:
        return None
    cell: CellType = function.__closure__[code.co_freevars.index(name)]  # type: ignore[attr-defined] # a function
    return cell


def _try(mutant: str, switch: Switch | None, tests: Tests) -> tuple[int, str]:
    """Run tests until one fails, in a process of their own; give the verdict, and which test failed."""
    if not tests or switch is None:
        return UNTESTED, ""
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        signal(SIGTERM, SIG_DFL)
        os.close(told)
        switch.cell.cell_contents = switch.mutants[mutant.rpartition(".")[2]]
        _be(tests, tell)
    os.close(tell)
    with os.fdopen(told) as said:
        killer = said.read()
    verdict = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return (TIMED_OUT if verdict < 0 else verdict), killer


def _be(tests: Tests, tell: int) -> None:
    """Run tests until one fails, and end the process with the verdict; a signal ends it where one does not end itself."""
    with open("/proc/self/statm", encoding="ascii") as used:  # noqa: PTH123 # no file of ours
        pages = int(used.read().split()[0])
    size = pages * resource.getpagesize() + MORE_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115 # the process ends with it
    for test, seconds in tests:
        setitimer(ITIMER_PROF, TIMES_AS_LONG * seconds + SECONDS_MORE)
        if not _passes(test):
            os.write(tell, test.nodeid.encode())
            os._exit(KILLED)
    os._exit(SURVIVED)


def _passes(item: pytest.Item) -> bool:
    return not any(report.failed for report in runtestprotocol(item, log=False))


def main(patterns: Sequence[str]) -> int:
    """Make mutants of what has changed, and try them."""
    MUTANTS.mkdir(exist_ok=True)
    copy_src_dir()
    set_mutant_under_test("mutant_generation")
    create_mutants(1)
    sys.path.insert(0, str(MUTANTS.resolve()))
    import server

    if MUTANTS.resolve() not in Path(server.__file__).parents:
        raise SystemExit("the mutants are not what is imported")
    options: list[Any] = [*QUICKLY, *TESTS]
    return int(pytest.main(options, plugins=[Trial(patterns)]))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
