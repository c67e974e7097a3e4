"""What the benchmarks run: synthetic accounts of a given size, and the kernel on their arrays."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from fixtures.generator import generate_account
from graph.account import Account
from simulation import Scenario, strategies_for
from simulation.assembly import Assembly, assemble
from simulation.outcomes import Arrays
from simulation.run import empty_arrays, run_kernel

STAKEHOLDERS, OURS, MONTHS, SEED = 50, 8, 60, 1
TIES = 2
STRATEGIES = ("single_threaded", "function_matching", "diamond")


def account_of(stakeholders: int) -> Account:
    """Return a synthetic account with the two strongest ties of every seat."""
    account = generate_account(5, ours=OURS, theirs=stakeholders)
    seen: Counter[str] = Counter()
    kept = []
    for tie in sorted(account.ties, key=lambda tie: (-tie.strength, tie.ours, tie.stakeholder)):
        seen[tie.stakeholder] += 1
        if seen[tie.stakeholder] <= TIES:
            kept.append(tie)
    return replace(account, ties=tuple(kept))


def assembly_of(stakeholders: int = STAKEHOLDERS) -> Assembly:
    """Return the arrays that the kernel and those it is compared with run on."""
    account = account_of(stakeholders)
    scenario = Scenario(parameters={"max_threads": TIES})
    return assemble(account, scenario, strategies_for(account, names=STRATEGIES), MONTHS)


def by_kernel(assembly: Assembly, replicates: int, *, whole: bool = False, threads: int = 1) -> Arrays:
    """Run the kernel; without `whole` phases 1, 2, 3 and 8 alone."""
    arrays = empty_arrays(assembly, replicates, MONTHS)
    run_kernel(assembly, SEED, 0, arrays, threads=threads, whole=whole)
    return arrays
