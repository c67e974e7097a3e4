"""The program as rows and columns, solved by HiGHS.

Columns are the counts per (person, stakeholder, kind), the segments of each stakeholder's gap, the share of
a thread that each pair's bonus sees, and switches for the threads of decision makers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.plan.program import Counts, Program
from graph.plan.quiet import output_to_standard_error

# HiGHS stops at an absolute gap of 1e-6 whatever the relative one; scaled up, that is 1e-9 of the goal's.
GOAL_SCALE = 1000.0
Terms = Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Solution:
    """What HiGHS found: values per column or None, whether it proved its gap, and the bound it reached."""

    values: NDArray[np.float64] | None
    proved: bool
    infeasible: bool
    bound: float | None

    def worth(self, goal: Terms) -> float:
        """Return the sum of coefficient x column that was reached."""
        assert self.values is not None
        return sum(coefficient * float(self.values[column]) for column, coefficient in goal.items())


class Linear:
    """A mixed-integer program written column by column and row by row."""

    def __init__(self) -> None:
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.whole: list[bool] = []
        self._entries: tuple[list[int], list[int], list[float]] = ([], [], [])
        self._low: list[float] = []
        self._high: list[float] = []

    def column(self, upper: float, *, whole: bool, lower: float = 0.0) -> int:
        """Add a column between `lower` and `upper` and return its number."""
        self.lower.append(lower)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.upper) - 1

    def row(self, terms: Terms, low: float = -np.inf, high: float = np.inf) -> None:
        """Add a row: low <= sum of coefficient x column <= high."""
        rows, columns, coefficients = self._entries
        rows += [len(self._low)] * len(terms)
        columns += terms.keys()
        coefficients += terms.values()
        self._low.append(low)
        self._high.append(high)

    def maximise(
        self, goal: Terms, gap: float, seconds: float, *, nodes: int | None = None, relaxed: bool = False
    ) -> Solution:
        """Solve for the largest sum of coefficient x column, up to a relative gap, a time or search nodes.

        `relaxed` lets whole columns take any value, which gives a bound at once.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csc_array

        if not self.upper:
            feasible = all(low <= 0 <= high for low, high in zip(self._low, self._high, strict=True))
            return Solution(np.zeros(0) if feasible else None, feasible, not feasible, 0.0)
        weights = np.zeros(len(self.upper))
        weights[list(goal)] = list(goal.values())
        rows, columns, coefficients = self._entries
        matrix = csc_array((coefficients, (rows, columns)), shape=(len(self._low), len(self.upper)))
        options: Any = {"mip_rel_gap": gap, "time_limit": seconds}
        if nodes is not None:
            options["node_limit"] = nodes
        with output_to_standard_error():
            result = milp(
                -GOAL_SCALE * weights,
                integrality=np.array(self.whole, dtype=int) * (not relaxed),
                bounds=Bounds(np.array(self.lower), np.array(self.upper)),
                constraints=LinearConstraint(matrix, self._low, self._high) if self._low else None,
                options=options,
            )
        bound = getattr(result, "mip_dual_bound", None)
        return Solution(
            values=result.x,
            proved=result.status == 0,
            infeasible=result.status == 2,
            bound=None if bound is None or not np.isfinite(bound) else -bound / GOAL_SCALE,
        )


class Assembly:
    """A program's rows and columns.

    Parameters
    ----------
    free
        A limit to leave out: `budget` or the name of a yearly limit; `amount` then sums up how much of it
        is used.
    """

    def __init__(self, program: Program, free: str | None = None) -> None:
        self.program = program
        self.linear = Linear()
        self.pieces: dict[int, float] = {}
        self.bonuses: dict[int, float] = {}
        self.counts = {
            triple: self.linear.column(self._most(triple, free), whole=True) for triple in program.triples
        }
        self._segments()
        self._threads()
        self._hours()
        self.amount: dict[int, float] = {}
        self._yearly(free)
        money = {column: program.kinds[kind].cost for (_, _, kind), column in self.counts.items()}
        if free == "budget":
            self.amount = money
        elif np.isfinite(program.allowance.budget):
            self.linear.row(money, high=program.allowance.budget)
        if program.wishes.gap is not None:
            self.linear.row(self.pieces, low=program.outlook.gap_before - program.wishes.gap)

    @property
    def objective(self) -> dict[int, float]:
        """Coefficients of the program's objective."""
        return self.pieces | self.bonuses

    def chosen(self, solution: Solution) -> Counts | None:
        """Return the counts of a solution."""
        if solution.values is None:
            return None
        counts = ((triple, round(solution.values[column])) for triple, column in self.counts.items())
        return {triple: count for triple, count in counts if count > 0}

    def _most(self, triple: tuple[int, int, str], free: str | None) -> float:
        person, _, name = triple
        fit = floor(self.program.allowance.caps[person] / self.program.kinds[name].hours + 1e-9)
        by_hours = float(fit * self.program.outlook.months)
        return by_hours if free == yearly_limit(name) else min(by_hours, float(self.program.most[name]))

    def _by(self, position: int) -> dict[int, list[tuple[str, int]]]:
        """Group the count columns by our person (0) or by stakeholder (1)."""
        groups: dict[int, list[tuple[str, int]]] = {}
        for triple, column in self.counts.items():
            groups.setdefault(int(triple[position]), []).append((triple[2], column))
        return groups

    def _segments(self) -> None:
        program = self.program
        for stakeholder, columns in self._by(1).items():
            segments = program.segments[stakeholder]
            if len(segments.effort) == 1:
                continue
            terms = {
                column: -program.worth[stakeholder] * program.outlook.effort(kind) for kind, column in columns
            }
            lengths, rises = np.diff(segments.effort), np.diff(segments.closed)
            for length, rise in zip(lengths.tolist(), rises.tolist(), strict=True):
                # Each piece runs from 0 to 1, so that its coefficient in the goal is the gap it closes.
                piece = self.linear.column(1.0, whole=False)
                self.pieces[piece] = rise
                terms[piece] = length
            self.linear.row(terms, high=0.0)

    def _threads(self) -> None:
        program = self.program
        threads: dict[int, list[int]] = {}
        for (person, stakeholder), need in program.thread_effort.items():
            effort = {
                self.counts[person, stakeholder, kind]: -program.outlook.effort(kind)
                for kind in program.kinds
                if (person, stakeholder, kind) in self.counts
            }
            bonus = program.pair_bonus[person, stakeholder]
            if bonus > 0:
                share = self.linear.column(1.0, whole=False)
                self.bonuses[share] = bonus
                self.linear.row(effort | {share: need}, high=0.0)
            if stakeholder in program.second_bonus:
                switch = self.linear.column(1.0, whole=True)
                threads.setdefault(stakeholder, []).append(switch)
                self.linear.row(effort | {switch: need}, high=0.0)
        for stakeholder, worth in program.second_bonus.items():
            missing = 2.0 - program.threads_kept[stakeholder]
            switches = dict.fromkeys(threads.get(stakeholder, []), -1.0)
            if program.wishes.two_threads:
                self.linear.row(switches, high=-missing)
            second = self.linear.column(1.0, whole=True)
            self.bonuses[second] = worth
            self.linear.row(switches | {second: missing}, high=0.0)

    def _hours(self) -> None:
        program, months = self.program, self.program.outlook.months
        for person, columns in self._by(0).items():
            cap = float(program.allowance.caps[person])
            used = {kind: program.kinds[kind].hours for kind, _ in columns}
            self.linear.row({column: used[kind] for kind, column in columns}, high=cap * months)
            for parts, most in packing(used, cap):
                self.linear.row({column: parts[kind] for kind, column in columns}, high=most * months)

    def _yearly(self, free: str | None) -> None:
        program = self.program
        for name in program.kinds:
            limit: dict[int, float] = {}
            if free == yearly_limit(name):
                column = self.linear.column(np.inf, whole=True)
                self.amount = {column: 1.0}
                limit = {column: -program.outlook.months / 12.0}
            for columns in self._by(1).values():
                terms = {column: 1.0 for kind, column in columns if kind == name}
                if terms:
                    self.linear.row(terms | limit, high=0.0 if limit else float(program.most[name]))


def yearly_limit(kind: str) -> str:
    """Return the name of a kind's yearly limit, as relaxations call it."""
    return f"yearly_limit.{kind}"


def packing(hours: Mapping[str, float], cap: float) -> Iterable[tuple[dict[str, float], float]]:
    """Yield what a month of `cap` hours can hold beyond its sum: whole touchpoints do not split.

    Measured in units of u hours, rounded down, what fits a month never exceeds the month rounded down.
    Units are the touchpoints' own lengths and whole fractions of the cap.
    """
    if not hours:
        return
    units = {*hours.values(), *(cap / parts * (1 + 1e-7) for parts in range(2, 7))}
    seen = set()
    for unit in sorted(units):
        parts = {kind: float(floor(length / unit + 1e-9)) for kind, length in sorted(hours.items())}
        most = float(floor(cap / unit + 1e-9))
        key = (*parts.values(), most)
        # A row that is weaker than the sum of hours for every kind adds nothing.
        if key in seen or all(parts[kind] * cap <= most * length + 1e-9 for kind, length in hours.items()):
            continue
        seen.add(key)
        yield parts, most
