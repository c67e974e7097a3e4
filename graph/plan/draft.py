"""A choice with its months under the exact rules, and the pursuit of hard wishes by them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from graph.plan.choose import Choice, choose
from graph.plan.model import PlanLimits
from graph.plan.outlook import Triple
from graph.plan.program import Program
from graph.plan.schedule import Calendar, spread

# Where a plan that the program takes for enough misses a wish by the exact rules, the program counts effort
# for this much less, and then again, this many times.
STEP = 1.1
STEPS = 8


@dataclass(frozen=True, slots=True)
class Draft:
    """A choice with its months, as the exact rules see it.

    Attributes
    ----------
    placed
        Every action with its month, by month, person, stakeholder and kind; positions sort like ids.
    gains
        What each action adds to those before it.
    infeasible
        True where the wishes are out of reach.
    """

    program: Program
    choice: Choice
    calendar: Calendar
    placed: tuple[tuple[Triple, int], ...]
    gains: list[float]
    gap_after: float
    infeasible: bool


def pursue(program: Program, limits: PlanLimits) -> Draft:
    """Choose and schedule until the wishes hold by the exact rules, or the program finds no such plan."""
    for step in range(STEPS + 1):
        wishes = replace(program.wishes, margin=STEP**step)
        program = Program(program.outlook, program.allowance, wishes) if step else program
        choice = choose(program, limits.gap, limits.time_limit)
        calendar = spread(program, choice.counts or {}, limits.time_limit)
        placed = tuple(sorted(calendar.placed, key=lambda action: (action[1], action[0])))
        gains, gap_after = program.outlook.marginal_gains(placed)
        missed = (wishes.gap is not None and gap_after > wishes.gap) or (
            wishes.two_threads and _single_threaded(program, placed)
        )
        if not missed or choice.counts is None or not choice.proved:
            break
    return Draft(
        program, choice, calendar, placed, gains, gap_after, choice.infeasible or (missed and choice.proved)
    )


def _single_threaded(program: Program, placed: Iterable[tuple[Triple, int]]) -> bool:
    """Tell whether a decision maker has fewer than two threads at the horizon, by the exact rules."""
    outlook = program.outlook
    strengths = outlook.strengths(placed)
    return any(
        sum(
            strengths.get((person, index), float(outlook.faded[person, index])) >= outlook.thread_min
            for person in range(len(outlook.account.ours))
        )
        < 2
        for index in program.second_bonus
    )
