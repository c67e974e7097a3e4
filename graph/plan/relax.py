"""Which limit stands in the way: each relaxed alone, with the least that is needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import ceil, floor, inf, isfinite

import numpy as np

from graph.plan.draft import STEP, STEPS, pursue
from graph.plan.highs import Assembly, yearly_limit
from graph.plan.model import PlanLimits, Relaxation
from graph.plan.program import Allowance, Program, Wishes

# Amounts are searched to this share of themselves and rounded up to their last decimal, so that granting
# them suffices.
PRECISION = 0.01
DECIMALS = {"budget": 2, "hours": 3, "time_capacity": 3, "target_gap": 4}
HOURS = ("hours", "time_capacity")
HOURS_IN_A_MONTH = 730.5


def relaxations(program: Program, limits: PlanLimits) -> tuple[Relaxation, ...]:
    """Return the limits that let the wishes of an infeasible program come true when relaxed alone.

    `budget` is the sum of money, `hours` the cap per person and month that was asked for, `time_capacity`
    the hours a month that everybody of ours has at least, `yearly_limit.KIND` the touchpoints of a kind
    with one stakeholder in a year, `target_gap` the gap that was asked for.

    Parameters
    ----------
    program
        The last that was tried, with its margin.
    """
    found = []
    for limit in _limits(program, limits):
        least = _least_amount(program, limit, limits)
        if least is not None:
            found.append(Relaxation(limit, least))
    if limits.target_gap is not None:
        least = _least_gap(program, limits)
        if least is not None:
            found.append(Relaxation("target_gap", least))
    return tuple(found)


def _limits(program: Program, limits: PlanLimits) -> Iterator[str]:
    own = program.outlook.account.hours
    if isfinite(program.allowance.budget):
        yield "budget"
    if limits.hours is not None and (own > limits.hours).any():
        yield "hours"
    if (own < (HOURS_IN_A_MONTH if limits.hours is None else limits.hours)).any():
        yield "time_capacity"
    for kind in sorted({form.kind for form in program.kinds.values()}):
        yield yearly_limit(kind)


def _least_amount(program: Program, limit: str, limits: PlanLimits) -> float | None:
    """Return the least of a limit with which a plan keeps the wishes by the exact rules.

    The program finds the least by its own view; where the exact rules ask for more, so does its margin.
    """
    missed = _now(program, limit, limits)
    for step in range(STEPS):
        wishes = replace(program.wishes, margin=program.wishes.margin * STEP**step)
        aiming = Program(program.outlook, program.allowance, wishes, program.frame)
        least = _least_hours(aiming, limit, limits) if limit in HOURS else _least_used(aiming, limit, limits)
        if least is None:
            return None
        amount = _rounded_up(least, DECIMALS.get(limit, 0))
        if amount <= missed:
            continue
        if not _kept(program, limit, amount, limits):
            missed = amount
            continue
        while amount - missed > PRECISION * amount:
            middle = _rounded_up((missed + amount) / 2.0, DECIMALS.get(limit, 0))
            if not missed < middle < amount:
                break
            if _kept(program, limit, middle, limits):
                amount = middle
            else:
                missed = middle
        return _plainer(program, limit, missed, amount, limits)
    return None


def _plainer(program: Program, limit: str, missed: float, amount: float, limits: PlanLimits) -> float:
    """Return the amount with as few decimals as suffice: what touchpoints add up to is rarely odder."""
    for decimals in range(DECIMALS.get(limit, 0)):
        scale = 10.0**decimals
        fewer = floor(amount * scale) / scale
        if missed < fewer < amount and _kept(program, limit, fewer, limits):
            return fewer
    return amount


def _now(program: Program, limit: str, limits: PlanLimits) -> float:
    """Return how much of a limit there is, which is known to be too little."""
    if limit == "budget":
        return program.allowance.budget
    if limit == "hours":
        return limits.hours or 0.0
    if limit == "time_capacity":
        return float(program.outlook.account.hours.min())
    return program.allowance.yearly[limit.removeprefix(yearly_limit(""))]


def _kept(program: Program, limit: str, amount: float, limits: PlanLimits) -> bool:
    """Tell whether a plan keeps the wishes with so much of a limit."""
    wishes = replace(program.wishes, margin=1.0)
    draft = pursue(
        Program(program.outlook, _granted(program, limit, amount, limits), wishes, program.frame), limits
    )
    return draft.choice.counts is not None and not draft.infeasible


def _granted(program: Program, limit: str, amount: float, limits: PlanLimits) -> Allowance:
    """Return the limits with one of them set to an amount."""
    allowance, own = program.allowance, program.outlook.account.hours
    if limit == "budget":
        return replace(allowance, budget=amount)
    if limit == "hours":
        return replace(allowance, caps=np.minimum(own, amount))
    if limit == "time_capacity":
        cap = inf if limits.hours is None else limits.hours
        return replace(allowance, caps=np.minimum(np.maximum(own, amount), cap))
    kind = limit.removeprefix(yearly_limit(""))
    return replace(allowance, yearly={**allowance.yearly, kind: amount})


def _least_used(program: Program, limit: str, limits: PlanLimits) -> float | None:
    """Return how little of a freed limit the program needs; None where even without it the wishes fail."""
    assembly = Assembly(program, free=limit)
    goal = {column: -worth for column, worth in assembly.amount.items()}
    solution = assembly.linear.maximise(goal, limits.gap, limits.time_limit)
    return None if solution.values is None else solution.worth(assembly.amount)


def _least_hours(program: Program, limit: str, limits: PlanLimits) -> float | None:
    """Return the smallest cap with which the program is feasible: a search, since kinds do not split."""

    def feasible(cap: float) -> bool:
        trial = Program(program.outlook, _granted(program, limit, cap, limits), program.wishes, program.frame)
        return Assembly(trial).linear.maximise({}, 1.0, limits.time_limit).values is not None

    own = program.outlook.account.hours
    low = float(limits.hours or 0.0) if limit == "hours" else 0.0
    high = float(own.max()) if limit == "hours" else (limits.hours or HOURS_IN_A_MONTH)
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


def _least_gap(program: Program, limits: PlanLimits) -> float | None:
    """Return a gap that a plan within the limits keeps; None where it is the other wish that fails."""
    wishes, frame = Wishes(None, limits.two_threads), replace(program.frame, least_gain=0.0)
    draft = pursue(Program(program.outlook, program.allowance, wishes, frame), limits)
    if draft.infeasible or draft.choice.counts is None:
        return None
    return _rounded_up(draft.gap_after, DECIMALS["target_gap"])


def _rounded_up(amount: float, decimals: int) -> float:
    factor = 10.0**decimals
    return ceil(amount * factor - 1e-6) / factor
