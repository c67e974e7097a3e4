"""A choice with its months under the exact rules, and the pursuit of hard wishes by them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from graph.plan.choose import Choice, choose
from graph.plan.forms import Placed
from graph.plan.model import PlanLimits
from graph.plan.program import Program
from graph.plan.schedule import Calendar, spread
from graph.plan.ways import with_approaches

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
        Every action with its month, what is fixed included, by month, person, stakeholders and kind;
        positions sort like ids.
    gains
        What each action adds to those before it.
    infeasible
        True where the wishes are out of reach.
    """

    program: Program
    choice: Choice
    calendar: Calendar
    placed: tuple[Placed, ...]
    gains: list[float]
    gap_after: float
    infeasible: bool


def pursue(program: Program, limits: PlanLimits) -> Draft:
    """Choose and schedule until the wishes hold by the exact rules, or the program finds no such plan.

    Where actions that are worth their while do not reach the wishes, any action is taken.
    """
    draft = _pursue(program, limits)
    if draft.infeasible and program.frame.least_gain > 0:
        frame = replace(program.frame, least_gain=0.0)
        return _pursue(Program(program.outlook, program.allowance, program.wishes, frame), limits)
    return draft


def _pursue(program: Program, limits: PlanLimits) -> Draft:
    for step in range(STEPS + 1):
        wishes = replace(program.wishes, margin=STEP**step)
        program = Program(program.outlook, program.allowance, wishes, program.frame) if step else program
        choice = choose(program, limits.gap, limits.time_limit)
        if choice.counts is not None:
            choice = with_approaches(program, choice)
        calendar = spread(program, choice.counts or {}, limits.time_limit)
        everything = (*calendar.placed, *program.frame.fixed)
        placed = tuple(sorted(everything, key=lambda action: (action[1], action[0])))
        gains, gap_after = program.outlook.marginal_gains(placed)
        missed = (wishes.gap is not None and gap_after > wishes.gap) or (
            wishes.two_threads and _single_threaded(program, placed)
        )
        if not missed or choice.counts is None or not choice.proved:
            break
    return Draft(
        program, choice, calendar, placed, gains, gap_after, choice.infeasible or (missed and choice.proved)
    )


def _single_threaded(program: Program, placed: Iterable[Placed]) -> bool:
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
