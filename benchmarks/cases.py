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
from simulation.scenario import (
    HoursCut,
    Joins,
    Leaves,
    NewKeyAccountManager,
    PricePressure,
    Reorganises,
)
from simulation.strategies import PlannedAction

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


def eventful_assembly() -> Assembly:
    """Return the arrays of a small account to which everything happens that contact loss knows."""
    account = account_of(12)
    theirs, ours = [person.id for person in account.theirs], [person.id for person in account.ours]
    function = next(person.function for person in account.theirs if person.function)
    scenario = Scenario(
        events=(
            Joins(3, account.id, function, 3),
            Leaves(6, theirs[0]),
            Leaves(7, theirs[0]),
            Leaves(9, ours[0]),
            NewKeyAccountManager(14, ours[1]),
            Reorganises(20, account.id, function, 0.5),
            PricePressure(24, account.id, 10.0, 6),
            HoursCut(30, account.id, 0.3),
        ),
        parameters={"max_threads": TIES},
    )
    kind = min(account.policy.kinds)
    plan = [PlannedAction(ours[n % len(ours)], theirs[n % len(theirs)], kind, 1 + n % 5) for n in range(20)]
    strategies = strategies_for(account, plan, ("do_nothing", "diamond", "plan"))
    return assemble(account, scenario, strategies, MONTHS)


def channel_assembly() -> Assembly:
    """Return the arrays of a distributor with 50 stakeholders and 40 end customers."""
    account = generate_account(5, ours=OURS, theirs=STAKEHOLDERS, distributors=3, end_customers=40)
    return assemble(account, Scenario(), strategies_for(account, names=STRATEGIES), MONTHS)


def by_kernel(assembly: Assembly, replicates: int, *, whole: bool = False, threads: int = 1) -> Arrays:
    """Run the kernel; without `whole` phases 1, 2, 3 and 8 alone."""
    arrays = empty_arrays(assembly, replicates, MONTHS)
    run_kernel(assembly, SEED, 0, arrays, threads=threads, whole=whole)
    return arrays
