"""Which actions: the program's best choice, the cheapest among those that are as good."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite

from graph.plan.highs import Assembly
from graph.plan.program import HOUR_COST, Counts, Program
from graph.plan.settle import settle

# Share of the gap that preferring the cheaper choice may use up, and what it may at a gap of 0.
PRICE_SHARE, PRICE_LEAST = 0.2, 1e-6
# HiGHS takes rows and whole numbers as kept within 1e-6: bounds as near as this are reached.
REACHED = 5e-6


@dataclass(frozen=True, slots=True)
class Choice:
    """Counts, their objective and the bound on it, and whether the gap between them is proved.

    `counts` is None where nothing was found, `infeasible` where nothing can be. The bound is on the objective
    of plans whose actions are asked for no more (`Program.asked`): what a plan with more work has beyond
    it is less than its actions are asked for.
    """

    counts: Counts | None
    objective: float
    bound: float | None
    proved: bool
    infeasible: bool = False

    @property
    def gap(self) -> float | None:
        """Relative gap between bound and objective; None without a bound."""
        if self.bound is None or self.counts is None:
            return None
        if self.bound <= self.objective:
            return 0.0
        return (self.bound - self.objective) / self.objective if self.objective > 0 else None


def choose(program: Program, gap: float, seconds: float) -> Choice:
    """Solve the program to a relative gap.

    A small price on hours and money makes the choice the cheapest of its worth: small enough that the
    bound, which has to allow for it, stays within the gap.
    """
    assembly = Assembly(program)
    # Each action has to be worth its while: what is sought is the objective less what they are asked for.
    worth = dict(assembly.objective)
    price = {}
    for column, (_, name) in assembly.actions.items():
        form = program.kinds[name]
        price[column] = form.length + form.price / HOUR_COST
        worth[column] = worth.get(column, 0.0) - program.asked(name)
    relaxed = assembly.linear.maximise(worth, 0.0, seconds, relaxed=True)
    if relaxed.infeasible:
        return Choice(None, 0.0, None, proved=False, infeasible=True)
    highest = inf if relaxed.values is None else relaxed.worth(worth)
    best = Choice(None, 0.0, None, proved=False)
    for share in (PRICE_SHARE, 0.0):
        allowed = max(share * gap * highest, PRICE_LEAST) if isfinite(highest) else PRICE_LEAST
        rate = allowed / max(_most_price(program), 1e-9)
        goal = worth | {column: worth[column] - rate * price[column] for column in price}
        solution = assembly.linear.maximise(goal, gap * (1.0 - 1.5 * share), seconds)
        if solution.infeasible:
            return Choice(None, 0.0, None, proved=False, infeasible=True)
        counts = assembly.chosen(solution)
        bound = highest if solution.bound is None else min(highest, solution.bound + allowed)
        if counts is None:
            return Choice(None, 0.0, bound if isfinite(bound) else None, proved=False)
        counts = settle(program, counts)
        objective = program.objective(counts)
        bound += program.asked_of(counts)
        bound = objective if bound - objective <= REACHED else bound
        best = Choice(counts, objective, bound, proved=solution.proved)
        if best.gap is not None and best.gap <= gap:
            return Choice(counts, objective, bound, proved=True)
        if not solution.proved:
            return best
    return best


def _most_price(program: Program) -> float:
    """Return the most that any choice within the hours can cost, hours included."""
    hours = float(program.allowance.caps.sum()) * program.outlook.months
    dearest = max((form.price / form.length for form in program.kinds.values()), default=0.0)
    return hours * (1.0 + dearest / HOUR_COST)
