"""Which limit stands in the way: each relaxed alone, with the least that is needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from math import ceil

import numpy as np
from numpy.typing import NDArray

from graph.plan.highs import Assembly, yearly_limit
from graph.plan.model import PlanLimits, Relaxation
from graph.plan.program import Program

# Hours are searched to this share of themselves; every amount is rounded up to its last decimal, so that
# granting it suffices.
PRECISION = 1e-3
DECIMALS = {"budget": 2, "hours": 3, "time_capacity": 3, "target_gap": 4}
HOURS_IN_A_MONTH = 730.5


def relaxations(program: Program, limits: PlanLimits) -> tuple[Relaxation, ...]:
    """Return the limits that let the wishes of an infeasible program come true when relaxed alone.

    `budget` is the sum of money, `hours` the cap per person and month that was asked for, `time_capacity`
    the hours a month that everybody of ours has at least, `yearly_limit.KIND` the touchpoints of a kind
    with one stakeholder in a year, `target_gap` the gap that was asked for.
    """
    return tuple(
        Relaxation(limit, _rounded_up(least, DECIMALS.get(limit, 0)))
        for limit, least in _least_amounts(program, limits)
        if least is not None
    )


def _least_amounts(program: Program, limits: PlanLimits) -> Iterator[tuple[str, float | None]]:
    if np.isfinite(program.allowance.budget):
        yield "budget", _least_used(program, "budget", limits)
    own = program.outlook.account.hours
    if limits.hours is not None and (own > limits.hours).any():
        yield (
            "hours",
            _least_hours(program, limits, limits.hours, float(own.max()), lambda cap: np.minimum(own, cap)),
        )
    most = HOURS_IN_A_MONTH if limits.hours is None else limits.hours
    if (own < most).any():
        yield (
            "time_capacity",
            _least_hours(program, limits, 0.0, most, lambda cap: np.minimum(np.maximum(own, cap), most)),
        )
    for kind in program.kinds:
        yield yearly_limit(kind), _least_used(program, yearly_limit(kind), limits)
    if limits.target_gap is not None:
        yield "target_gap", _least_used(program, "target_gap", limits)


def _least_used(program: Program, limit: str, limits: PlanLimits) -> float | None:
    """Return how little of a freed limit the wishes need; None where even without it they fail."""
    assembly = Assembly(program, free=limit)
    if limit == "target_gap":
        solution = assembly.linear.maximise(assembly.pieces, limits.gap, limits.time_limit)
        counts = assembly.chosen(solution)
        return None if counts is None else program.outlook.gap_before - program.closed(counts)
    goal = {column: -worth for column, worth in assembly.amount.items()}
    solution = assembly.linear.maximise(goal, limits.gap, limits.time_limit)
    if solution.values is None:
        return None
    return solution.worth(assembly.amount)


def _least_hours(
    program: Program,
    limits: PlanLimits,
    low: float,
    high: float,
    caps: Callable[[float], NDArray[np.float64]],
) -> float | None:
    """Return the smallest cap that makes the wishes feasible; it takes a search, since kinds do not split."""

    def feasible(cap: float) -> bool:
        allowance = replace(program.allowance, caps=caps(cap))
        assembly = Assembly(Program(program.outlook, allowance, program.wishes))
        return assembly.linear.maximise({}, 1.0, limits.time_limit).values is not None

    if not feasible(high):
        return None
    # From below by doubling: most amounts are small beside the most there is.
    step = max(low, 0.5)
    while 2.0 * step < high and not feasible(2.0 * step):
        low = step = 2.0 * step
    high = min(high, 2.0 * step)
    while high - low > PRECISION * high:
        middle = (low + high) / 2.0
        low, high = (low, middle) if feasible(middle) else (middle, high)
    return high


def _rounded_up(amount: float, decimals: int) -> float:
    factor = 10.0**decimals
    return ceil(amount * factor - 1e-6) / factor
