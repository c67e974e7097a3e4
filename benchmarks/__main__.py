"""`python -m benchmarks`: the kernel against a plain Mesa model, in one run on one thread.

Contact loss alone (phases 1, 2, 3 and 8), 50 stakeholders, at most 2 ties a seat, 3 strategies x 1,000
replicates x 60 months. The plain model has the same rules and draws from `model.rng`; it collects nothing.
The same ordinary agents with keyed draws must equal the kernel bit for bit, and the two ways of drawing must
agree within three standard errors.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from fixtures.generator import generate_account
from graph.account import Account
from simulation import Scenario, strategies_for
from simulation.assembly import Assembly, assemble
from simulation.outcomes import Arrays
from simulation.run import empty_arrays, run_kernel
from simulation.state import SERIES
from tests.statistical.mesa_reference import Ecosystem, PlainEcosystem, run_reference

STAKEHOLDERS, OURS, MONTHS, SEED = 50, 8, 60, 1
TIES = 2
STRATEGIES = ("single_threaded", "function_matching", "diamond")
GOAL = 80.0
KERNEL_RUNS = 5
COMPARED = ("access", "coverage", "threads", "hours")
SIGMAS = 3.0


def benchmark_account() -> Account:
    """Return a synthetic account with the two strongest ties of every seat."""
    account = generate_account(5, ours=OURS, theirs=STAKEHOLDERS)
    seen: Counter[str] = Counter()
    kept = []
    for tie in sorted(account.ties, key=lambda tie: (-tie.strength, tie.ours, tie.stakeholder)):
        seen[tie.stakeholder] += 1
        if seen[tie.stakeholder] <= TIES:
            kept.append(tie)
    return replace(account, ties=tuple(kept))


def benchmark_assembly() -> Assembly:
    """Return the arrays that both models run on."""
    account = benchmark_account()
    scenario = Scenario(parameters={"max_threads": TIES})
    return assemble(account, scenario, strategies_for(account, names=STRATEGIES), MONTHS)


def timed(work: Callable[[], Arrays]) -> tuple[float, Arrays]:
    """Return CPU seconds and result: the processor is shared, and one thread works."""
    began = time.process_time()
    result = work()
    return time.process_time() - began, result


def by_kernel(assembly: Assembly, replicates: int) -> Arrays:
    arrays = empty_arrays(assembly, replicates, MONTHS)
    run_kernel(assembly, SEED, 0, arrays, threads=1, whole=False)
    return arrays


def largest_deviation(one: Arrays, other: Arrays) -> tuple[float, str]:
    """Return the largest difference of two means at the horizon, in standard errors, and where it is."""
    worst, where = 0.0, ""
    for name in COMPARED:
        for s, strategy in enumerate(STRATEGIES):
            a = one.series[SERIES.index(name), s, :, -1]
            b = other.series[SERIES.index(name), s, :, -1]
            error = math.sqrt(a.var(ddof=1) / a.size + b.var(ddof=1) / b.size)
            difference = abs(float(a.mean() - b.mean()))
            deviation = difference / error if error > 0.0 else math.inf * bool(difference)
            if deviation > worst:
                worst, where = deviation, f"{name} of {strategy}"
    return worst, where


def main(arguments: list[str] | None = None) -> int:
    """Run the comparison; return 0 if both agree, 1 if not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--replicates", type=int, default=1000, help="of each strategy, for both models")
    parser.add_argument("--keyed", type=int, default=20, help="replicates compared bit for bit")
    options = parser.parse_args(arguments)

    assembly = benchmark_assembly()
    first_call, _ = timed(lambda: by_kernel(assembly, 1))
    kernel_seconds, kernel = min(
        (timed(lambda: by_kernel(assembly, options.replicates)) for _ in range(KERNEL_RUNS)),
        key=lambda run: run[0],
    )
    plain_seconds, plain = timed(
        lambda: run_reference(assembly, SEED, options.replicates, MONTHS, whole=False, model=PlainEcosystem)
    )
    keyed = run_reference(assembly, SEED, options.keyed, MONTHS, whole=False, model=Ecosystem)
    equal = np.array_equal(keyed.series, kernel.series[:, :, : options.keyed])
    deviation, where = largest_deviation(kernel, plain)
    agree = deviation <= SIGMAS
    ratio = plain_seconds / kernel_seconds

    print(
        f"{options.replicates:,} replicates x {len(STRATEGIES)} strategies x {MONTHS} months, "
        f"{STAKEHOLDERS} stakeholders, at most {TIES} ties a seat, contact loss alone, one thread"
    )
    print(f"kernel {kernel_seconds:.3f} s (best of {KERNEL_RUNS}; first call {first_call:.2f} s)")
    print(f"plain mesa {plain_seconds:.1f} s (all of it run, none scaled)")
    print(f"kernel against plain mesa: {ratio:.1f}×")
    print(f"goal {GOAL:.0f}×: {'reached' if ratio >= GOAL else 'not reached'}")
    print(
        f"largest deviation {deviation:.1f} standard errors ({where}): "
        f"{'within three' if agree else 'NOT within three'}"
    )
    print(
        f"keyed mesa reference, {options.keyed} replicates of each strategy: "
        f"{'equal bit for bit' if equal else 'NOT equal'}"
    )
    return 0 if agree and equal else 1


if __name__ == "__main__":
    sys.exit(main())
