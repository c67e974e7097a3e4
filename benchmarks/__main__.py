"""`python -m benchmarks`: every goal of speed and memory in one run, as ratios, with what proves them fair.

Prints a table of goals and what was measured, then whether all the programs that were compared agree. Ends
with 0 where every goal is reached and all agree, else with 1.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Mapping
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks import app, goals, native, phases, plans
from benchmarks.rows import Check, Row, table

SECTIONS: Mapping[str, Callable[[], tuple[list[Row], list[Check]]]] = {
    "c": goals.c_programs,
    "mesa": goals.mesa,
    "accounts": goals.accounts,
    "memory": goals.memory,
    "first-call": goals.first_call,
    "threads": goals.threads,
    "phases": phases.rows,
    "plan": plans.rows,
    "app": app.rows,
}


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    model = platform.processor() or platform.machine()
    told = Path("/proc/cpuinfo")
    if told.exists():
        names = [
            line.partition(":")[2] for line in told.read_text().splitlines() if line.startswith("model name")
        ]
        model = names[0].strip() if names else model
    return {
        "date": date.today().isoformat(),
        "processor": model,
        "processors": os.cpu_count(),
        "load": [round(load, 1) for load in os.getloadavg()],
        "system": platform.platform(),
        "python": platform.python_version(),
        **{package: version(package) for package in ("numba", "numpy", "mesa")},
    }


def main(arguments: list[str] | None = None) -> int:
    """Run the sections that are asked for; return 0 if all goals hold and all results agree, else 1."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS), help="some sections")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures")
    options = parser.parse_args(arguments)

    here = machine()
    rows: list[Row] = []
    checks: list[Check] = []
    try:
        if "c" in options.only:
            here["compiler"] = native.compiler_name(native.compiler())
        for name in options.only:
            print(f"… {name}", file=sys.stderr, flush=True)
            found, checked = SECTIONS[name]()
            for row in found:  # what is known stays known where a later section is interrupted
                print(f"  {row.goal}: {row.measured}", file=sys.stderr, flush=True)
            rows += found
            checks += checked
    except native.CompilerError as error:
        print(error, file=sys.stderr)
        return 1
    print(", ".join(f"{name} {value}" for name, value in here.items()))
    print(f"\n{table(rows)}\n")
    for check in checks:
        print(
            f"{'✔' if check.agrees else '✘ NOT SO:'} {check.what}{f' ({check.detail})' * bool(check.detail)}"
        )
    missed = [row for row in rows if row.reached is False]
    wrong = [check for check in checks if not check.agrees]
    judged = sum(row.limit is not None for row in rows)
    print(
        f"\n{judged - len(missed)} of {judged} goals reached, "
        f"{len(checks) - len(wrong)} of {len(checks)} checks hold"
    )
    if options.json is not None:
        document = {
            "machine": here,
            "rows": [row.document() for row in rows],
            "checks": [vars(check) for check in checks],
        }
        options.json.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return 1 if missed or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
