"""`make mutate`: break every rule in every small way, and see whether a validation test notices.

The rules run as plain Python, so that a fault takes effect without compiling: numba is off, and a fault
replaces the code of the very function that kernel, measures and tests share. Each fault is tried in a
process of its own; first the test that noticed the last fault of the same rule, then the files of
`tests/validation`, quickest first, until one fails.

`survivors.csv` lists the faults that no test notices, each with the reason why that is right: a fault that
changes nothing a user could see. The run ends with 1 if a fault survives that is not in the list, or if the
list names one that does not survive or does not exist any more.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ["NUMBA_DISABLE_JIT"] = "1"

import importlib
import multiprocessing
from multiprocessing.connection import Connection

import pytest

from simulation.rules import RULES
from tests.mutation.mutants import Mutant, mutants_of

HERE = Path(__file__).parent
TESTS = HERE.parent / "validation"
SURVIVORS = HERE / "survivors.csv"
LONGEST = 300.0  # seconds that a fault may take; one that hangs is noticed too
KILLED, SURVIVED = 1, 0
FORK = multiprocessing.get_context("fork")


class Watch:
    """Keeps the first test that failed, and how long each file took."""

    def __init__(self) -> None:
        self.failed: str | None = None
        self.seconds: dict[str, float] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a failure and the time taken."""
        file = report.nodeid.partition("::")[0]
        self.seconds[file] = self.seconds.get(file, 0.0) + report.duration
        if report.failed and self.failed is None:
            self.failed = report.nodeid


def run_tests(targets: Sequence[str]) -> tuple[int, Watch]:
    """Run tests in this process, until the first failure."""
    watch = Watch()
    options = ["-x", "-q", "--no-header", "-p", "no:cacheprovider", "-o", "addopts=", "--capture=fd"]
    code = pytest.main([*options, *targets], plugins=[watch])
    return int(code), watch


def _in_child(mutant: Mutant | None, targets: Sequence[str], answers: Connection) -> None:
    """Break the rule, run the tests, and answer with what failed."""
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    if mutant is not None:
        mutant.rule.__code__ = mutant.code
    code, watch = run_tests(targets)
    answers.send((code, watch.failed, watch.seconds))
    answers.close()
    os._exit(0)


def tried(mutant: Mutant | None, targets: Sequence[str]) -> tuple[int, str | None, dict[str, float]]:
    """Return the exit code of the tests with a fault, what failed first, and seconds by file."""
    ours, theirs = FORK.Pipe(duplex=False)
    child = FORK.Process(target=_in_child, args=(mutant, list(targets), theirs))
    child.start()
    theirs.close()
    try:
        if ours.poll(LONGEST):
            answer: tuple[int, str | None, dict[str, float]] = ours.recv()
            return answer
        return KILLED, "no answer in time", {}
    except EOFError:
        return KILLED, "the process died", {}
    finally:
        child.kill()
        child.join()
        ours.close()


def read_survivors() -> dict[str, str]:
    """Return the faults that may survive, with the reason."""
    with SURVIVORS.open(encoding="utf-8", newline="") as lines:
        return {row["fault"]: row["reason"].strip() for row in csv.DictReader(lines)}


def main(arguments: list[str] | None = None) -> int:
    """Try every fault; return 0 if just the listed ones survive."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--rule", action="append", help="break only this rule (may be given several times)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="faults tried at a time")
    options = parser.parse_args(arguments)
    chosen = [rule for rule in RULES if not options.rule or rule.__name__ in options.rule]
    mutants = [mutant for rule in chosen for mutant in mutants_of(rule)]
    began = time.monotonic()
    files = sorted(str(path.relative_to(Path.cwd())) for path in TESTS.glob("test_*.py"))
    for file in files:  # imported once, here, instead of in the process of every fault
        importlib.import_module(file.removesuffix(".py").replace(os.sep, "."))
    code, failed, seconds = tried(None, files)
    if code != 0:
        print(f"The tests fail without any fault: {failed or f'exit code {code}'}.", file=sys.stderr)
        return 1
    files = sorted(seconds, key=seconds.__getitem__)
    print(
        f"{len(mutants)} faults in {len(chosen)} rules; without one the tests pass in "
        f"{sum(seconds.values()):.0f} s"
    )
    noticed_by: dict[str, list[str]] = {}
    survivors: list[str] = []

    def attempt(mutant: Mutant) -> None:
        quick = noticed_by.setdefault(mutant.rule.__name__, [])
        found = KILLED, None, {}
        if quick:
            found = tried(mutant, quick[:8])
        if not quick or found[0] == 0:
            found = tried(mutant, files)
        if found[0] == 0:
            survivors.append(mutant.name)
            print(f"survives  {mutant.name}", flush=True)
        else:
            test = found[1]
            if test is not None and "::" in test and test not in quick:
                quick.insert(0, test)

    with ThreadPoolExecutor(options.workers) as pool:
        list(pool.map(attempt, mutants))
    listed = read_survivors()
    names = {mutant.name for mutant in mutants}
    new = [name for name in survivors if not listed.get(name)]
    gone = [name for name in listed if name not in survivors and (not options.rule or name in names)]
    took = time.monotonic() - began
    print(f"{len(mutants) - len(survivors)} of {len(mutants)} faults are noticed, in {took / 60.0:.1f} min")
    for name in new:
        print(f"NOT IN THE LIST  {name}")
    for name in gone:
        print(f"LISTED BUT NOTICED, OR GONE  {name}")
    return 1 if new or gone else 0


if __name__ == "__main__":
    sys.exit(main())
