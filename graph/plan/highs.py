"""The program as rows and columns, solved by HiGHS.

Columns are the counts per (person, stakeholder, form), the actions that several come to, the segments of
each stakeholder's gap, the share of a thread that each pair's bonus sees, and switches for the threads of
decision makers. Of actions for n of theirs it is counted how often each of them is there: that adds up to n
times the actions, none above the actions, and then they can always be filled with n different people.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, floor, isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.plan.program import Counts, Gathering, Program
from graph.plan.quiet import output_to_standard_error

# HiGHS stops at an absolute gap of 1e-6 whatever the relative one; scaled up, that is 1e-9 of the goal's.
GOAL_SCALE = 1000.0
INVITING = 20.0  # seconds, of which a program without any knots needs the least part
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

    Attributes
    ----------
    pieces, bonuses
        By column: what it adds to the objective.
    actions
        By column that counts whole actions: whose they are and in which form.

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
        self.actions: dict[int, tuple[int, str]] = {}
        self.counts = {
            triple: self.linear.column(self._most(triple, free), whole=True) for triple in program.triples
        }
        self.actions |= {column: (triple[0], triple[2]) for triple, column in self.counts.items()}
        self._gatherings()
        self._segments()
        self._threads()
        self._hours()
        self.amount: dict[int, float] = {}
        self._yearly(free)
        money = {column: program.kinds[name].price for column, (_, name) in self.actions.items()}
        if free == "budget":
            self.amount = money
        elif np.isfinite(program.money):
            self.linear.row(money, high=program.money)
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
        values = solution.values
        counts = {triple: round(values[column]) for triple, column in self.counts.items()}
        for gathering, hosts, seats in zip(self.program.gatherings, self.hosts, self.seats, strict=True):
            held = {person: round(values[column]) for person, column in hosts.items() if values[column] > 0.5}
            wanted = {guest: round(values[column]) for guest, column in seats.items() if values[column] > 0.5}
            for (host, guest), times in self._invited(gathering, held, wanted, counts).items():
                counts[host, guest, gathering.form] = times
        return {triple: count for triple, count in sorted(counts.items()) if count > 0}

    def _invited(
        self,
        gathering: Gathering,
        held: Mapping[int, int],
        wanted: Mapping[int, int],
        counts: Mapping[tuple[int, int, str], int],
    ) -> dict[tuple[int, int], int]:
        """Return how often each guest comes to each host: rather to whom they know or meet anyway.

        The program is the same for every host; a tie that others renew, too, fades slower.
        """
        outlook = self.program.outlook
        size = self.program.kinds[gathering.form].size
        met: defaultdict[tuple[int, int], float] = defaultdict(float)
        for (person, stakeholder, name), count in counts.items():
            if person in held and stakeholder in wanted:
                met[person, stakeholder] += outlook.effort(name) * count
        linear = Linear()
        columns = {
            (host, guest): linear.column(float(min(held[host], wanted[guest])), whole=True)
            for host in held
            for guest in wanted
        }
        if not columns:
            return {}
        for host, actions in held.items():
            seats = {columns[host, guest]: 1.0 for guest in wanted}
            linear.row(seats, low=float(size * actions), high=float(size * actions))
        for guest, times in wanted.items():
            linear.row({columns[host, guest]: 1.0 for host in held}, low=float(times), high=float(times))
        goal = {
            column: 1.0 - (1.0 - float(outlook.faded[pair])) * exp(-outlook.contact_gain * met.get(pair, 0.0))
            for pair, column in columns.items()
        }
        values = linear.maximise(goal, 0.0, INVITING).values
        assert values is not None, "every seat can be taken"
        return {pair: round(values[column]) for pair, column in columns.items() if values[column] > 0.5}

    def _most(self, triple: tuple[int, int, str], free: str | None) -> float:
        person, stakeholder, name = triple
        form = self.program.kinds[name]
        by_hours = fits(self.program.room[person], form.length)
        if free == yearly_limit(form.kind):
            return by_hours
        return min(by_hours, float(self.program.left(stakeholder, form.kind)))

    def _gatherings(self) -> None:
        """Add the actions that several come to: how often each of theirs comes, and who is host."""
        program = self.program
        self.seats: list[dict[int, int]] = []
        self.hosts: list[dict[int, int]] = []
        for gathering in program.gatherings:
            form = program.kinds[gathering.form]
            hosts, seats = {}, {}
            for person in gathering.hosts:
                hosts[person] = self.linear.column(fits(program.room[person], form.length), whole=True)
                self.actions[hosts[person]] = (person, gathering.form)
            held = dict.fromkeys(hosts.values(), -1.0)
            for guest in gathering.guests:
                seats[guest] = self.linear.column(float(program.left(guest, form.kind)), whole=True)
                self.linear.row(held | {seats[guest]: 1.0}, high=0.0)
            taken = dict.fromkeys(seats.values(), 1.0)
            self.linear.row(taken | dict.fromkeys(hosts.values(), -float(form.size)), low=0.0, high=0.0)
            self.hosts.append(hosts)
            self.seats.append(seats)

    def _by_stakeholder(self) -> dict[int, list[tuple[str, int]]]:
        groups: dict[int, list[tuple[str, int]]] = {}
        for (_, stakeholder, name), column in self.counts.items():
            groups.setdefault(stakeholder, []).append((name, column))
        for gathering, seats in zip(self.program.gatherings, self.seats, strict=True):
            for guest, column in seats.items():
                groups.setdefault(guest, []).append((gathering.form, column))
        return groups

    def _segments(self) -> None:
        program = self.program
        by_stakeholder = self._by_stakeholder()
        for stakeholder, segments in program.segments.items():
            if len(segments.effort) == 1:
                continue
            terms = {
                column: -program.worth[stakeholder] * program.kinds[name].effort
                for name, column in by_stakeholder.get(stakeholder, ())
            }
            lengths, rises = np.diff(segments.effort), np.diff(segments.closed)
            for length, rise in zip(lengths.tolist(), rises.tolist(), strict=True):
                # Each piece runs from 0 to 1, so that its coefficient in the goal is the gap it closes.
                piece = self.linear.column(1.0, whole=False)
                self.pieces[piece] = rise
                terms[piece] = length
            self.linear.row(terms, high=program.fixed_effort[stakeholder])

    def _threads(self) -> None:
        program = self.program
        threads: dict[int, list[int]] = {}
        names: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
        for person, stakeholder, name in self.counts:
            names[person, stakeholder].append(name)
        for (person, stakeholder), need in program.thread_effort.items():
            if stakeholder not in program.worth:
                continue
            fixed = program.fixed_share((person, stakeholder))
            effort = {
                self.counts[person, stakeholder, name]: -program.kinds[name].effort
                for name in names.get((person, stakeholder), ())
            }
            bonus = program.pair_bonus[person, stakeholder]
            if bonus > 0:
                share = self.linear.column(1.0, whole=False)
                self.bonuses[share] = bonus
                self.linear.row(effort | {share: need}, high=fixed)
            if stakeholder in program.second_bonus:
                switch = self.linear.column(1.0, whole=True)
                threads.setdefault(stakeholder, []).append(switch)
                self.linear.row(effort | {switch: need}, high=fixed)
        for stakeholder, worth in program.second_bonus.items():
            missing = 2.0 - program.threads_kept[stakeholder]
            switches = dict.fromkeys(threads.get(stakeholder, []), -1.0)
            if program.wishes.two_threads:
                self.linear.row(switches, high=-missing)
            second = self.linear.column(1.0, whole=True)
            self.bonuses[second] = worth
            self.linear.row(switches | {second: missing}, high=0.0)

    def _hours(self) -> None:
        program = self.program
        own: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
        for column, (person, name) in self.actions.items():
            own[person].append((name, column))
        for person, columns in sorted(own.items()):
            used = {name: program.kinds[name].length for name, _ in columns}
            for parts, most in hours_rows(used, program.room[person].tolist()):
                self.linear.row({column: parts[name] for name, column in columns}, high=most)
        if not program.frame.shares:
            return
        shared: defaultdict[tuple[int, int], dict[int, float]] = defaultdict(dict)
        circle_of = program.frame.circle_of
        for (person, stakeholder, name), column in self.counts.items():
            shared[person, circle_of(stakeholder)][column] = program.kinds[name].length
        for gathering, hosts in zip(program.gatherings, self.hosts, strict=True):
            for person, column in hosts.items():
                shared[person, circle_of(gathering.guests[0])][column] = program.kinds[gathering.form].length
        for (person, circle), terms in shared.items():
            if isfinite(most := program.share_cap(person, circle)):
                self.linear.row(terms, high=most)

    def _yearly(self, free: str | None) -> None:
        program = self.program
        kinds = sorted({form.kind for form in program.kinds.values()})
        by_stakeholder = self._by_stakeholder()
        for kind in kinds:
            limit: dict[int, float] = {}
            if free == yearly_limit(kind):
                column = self.linear.column(np.inf, whole=True)
                self.amount = {column: 1.0}
                limit = {column: -program.outlook.months / 12.0}
            for stakeholder, columns in by_stakeholder.items():
                terms = {column: 1.0 for name, column in columns if program.kinds[name].kind == kind}
                if terms:
                    most = 0.0 if limit else float(program.left(stakeholder, kind))
                    self.linear.row(terms | limit, high=most)


def fill(wanted: Mapping[int, int], size: int) -> list[tuple[int, ...]]:
    """Return who comes to each action when everybody is to come so often, spread evenly.

    Each action takes those who are furthest behind their even share. Nobody is to come more often than there
    are actions, and all seats are taken, so whoever must come to every action that is left is among them.
    """
    actions = sum(wanted.values()) // size
    there = dict.fromkeys(wanted, 0)
    filled = []
    for number in range(1, actions + 1):
        left = actions - number + 1
        ranked = sorted(
            (wanted[guest] - there[guest] < left, there[guest] - wanted[guest] * number / actions, guest)
            for guest in wanted
            if there[guest] < wanted[guest]
        )
        coming = tuple(sorted(guest for _, _, guest in ranked[:size]))
        for guest in coming:
            there[guest] += 1
        filled.append(coming)
    return filled


def yearly_limit(kind: str) -> str:
    """Return the name of a kind's yearly limit, as relaxations call it."""
    return f"yearly_limit.{kind}"


def fits(room: NDArray[np.float64], length: float) -> float:
    """Return how many actions of a length fit into months with so much room."""
    return float(np.floor(room / length + 1e-9).sum())


def hours_rows(
    hours: Mapping[str, float], rooms: Sequence[float]
) -> Iterable[tuple[Mapping[str, float], float]]:
    """Yield what months with so many hours hold together: their sum, and that whole actions do not split."""
    yield hours, sum(rooms)
    if len(set(rooms)) == 1:
        for parts, most in packing(hours, rooms[0]):
            yield parts, most * len(rooms)
        return
    units = {unit for room in set(rooms) for unit in _units(hours, room)}
    for unit in sorted(units):
        parts = {name: float(floor(length / unit + 1e-9)) for name, length in sorted(hours.items())}
        if any(parts.values()):
            yield parts, float(sum(floor(room / unit + 1e-9) for room in rooms))


def packing(hours: Mapping[str, float], cap: float) -> Iterable[tuple[dict[str, float], float]]:
    """Yield what a month of `cap` hours can hold beyond its sum: whole touchpoints do not split.

    Measured in units of u hours, rounded down, what fits a month never exceeds the month rounded down.
    Units are the touchpoints' own lengths and whole fractions of the cap.
    """
    if not hours:
        return
    seen = set()
    for unit in sorted(_units(hours, cap)):
        parts = {kind: float(floor(length / unit + 1e-9)) for kind, length in sorted(hours.items())}
        most = float(floor(cap / unit + 1e-9))
        key = (*parts.values(), most)
        # A row that is weaker than the sum of hours for every kind adds nothing.
        if key in seen or all(parts[kind] * cap <= most * length + 1e-9 for kind, length in hours.items()):
            continue
        seen.add(key)
        yield parts, most


def _units(hours: Mapping[str, float], cap: float) -> set[float]:
    fractions = (cap / parts * (1 + 1e-7) for parts in range(2, 7)) if cap > 0 else ()
    return {*hours.values(), *fractions}
