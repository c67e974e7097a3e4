"""Which month: a second program that spreads the chosen actions over the months.

The choice took every stream of contacts (one person, one stakeholder, one kind) as spread evenly. Here each
stream keeps to that up to whole touchpoints: after every month it has had its even share, rounded down or
up. Within these windows the program keeps everybody's hours in every month, and as much of each
stakeholder's effort at the horizon as the choice took for granted.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor

from graph.plan.highs import Linear
from graph.plan.outlook import Triple
from graph.plan.program import Counts, Program
from graph.replay import EMAIL

# How far, in touchpoints, a stream may leave its even share where the hours ask for it; then without end.
WINDOWS = (0, 1, 3, None)
# Search nodes for each try: a fixed number, not a time, so that the months are the same on every machine.
NODES = 1
# Share of a pair's effort at the horizon that whole touchpoints may lose before the search goes on.
FREE = 0.002
# Relative gap of the search: it only has to be good, since the exact rules tell what it reached.
GAP = 0.01

Spread = dict[Triple, list[int]]  # touchpoints of a stream in each month


@dataclass(frozen=True, slots=True)
class Calendar:
    """Every action with its month, sorted; what the months lose of the objective; what found none."""

    placed: tuple[tuple[Triple, int], ...]
    loss: float
    left_out: int


def spread(program: Program, counts: Counts, seconds: float) -> Calendar:
    """Give every chosen action a month, person by person, since only a person's own hours bind them.

    Parameters
    ----------
    seconds
        Most time for each try.
    """
    streams: Spread = {}
    for person in sorted({person for person, _, _ in counts}):
        own = {triple: count for triple, count in sorted(counts.items()) if triple[0] == person}
        for window in WINDOWS:
            found = _try(program, own, window, seconds)
            if found is not None:
                streams |= found
                break
    placed = sorted(
        (triple, month)
        for triple, months in streams.items()
        for month, count in enumerate(months, start=1)
        for _ in range(count)
    )
    return Calendar(tuple(placed), _loss(program, counts, streams), sum(counts.values()) - len(placed))


def _try(program: Program, counts: Counts, window: int | None, seconds: float) -> Spread | None:
    """Spread one person's streams within a window; without a window some may be left out."""
    linear, months, outlook = Linear(), program.outlook.months, program.outlook
    cap = float(program.allowance.caps[next(iter(counts))[0]])
    mails = int(outlook.account.policy.limits["emails_per_step"])
    goal: dict[int, float] = {}
    had: dict[Triple, list[int]] = {}  # by stream: columns of what it has had after each month
    busy: list[defaultdict[int, float]] = [defaultdict(float) for _ in range(months)]
    for triple, count in counts.items():
        hours = program.kinds[triple[2]].hours
        columns = had.setdefault(triple, [])
        for month in range(1, months + 1):
            low, high = _window(count, month, months, window)
            column = linear.column(high, whole=True, lower=low)
            before = dict.fromkeys(columns[-1:], -1.0)
            linear.row({column: 1.0} | before, low=0.0, high=mails if triple[2] == EMAIL else count)
            columns.append(column)
            busy[month - 1][column] += hours
            for previous in before:
                busy[month - 1][previous] -= hours
        if window is None:
            goal[columns[-1]] = hours
    for terms in busy:
        linear.row(terms, high=cap)
    for stakeholder in sorted({stakeholder for _, stakeholder, _ in counts}):
        keep = outlook.keep(float(outlook.account.target[stakeholder]))
        need, terms = 0.0, defaultdict(float)
        for triple, columns in had.items():
            if triple[1] == stakeholder:
                effort = outlook.effort(triple[2])
                need += program.worth[stakeholder] * effort * counts[triple]
                for month, column in enumerate(columns):
                    terms[column] += effort * keep[month]
                    if month:
                        terms[columns[month - 1]] -= effort * keep[month]
        free, short = linear.column(FREE * need, whole=False), linear.column(need, whole=False)
        goal[short] = -float(outlook.weight[stakeholder]) * outlook.contact_gain
        linear.row(terms | {free: 1.0, short: 1.0}, low=need)
    values = linear.maximise(goal, GAP, seconds, nodes=NODES).values
    if values is None:
        return None
    totals = {triple: [0, *(round(values[column]) for column in columns)] for triple, columns in had.items()}
    return {triple: [after - before for before, after in pairwise(total)] for triple, total in totals.items()}


def _window(count: int, month: int, months: int, window: int | None) -> tuple[int, int]:
    """Return the least and the most of a stream that may be done after a month."""
    if window is None:
        return 0, count
    if month == months:
        return count, count
    even = count * month / months
    return max(0, floor(even + 1e-9) - window), min(count, ceil(even - 1e-9) + window)


def _loss(program: Program, counts: Counts, streams: Spread) -> float:
    """Return how much of the objective the months do not keep; what comes late earns nothing extra."""
    effort = dict.fromkeys(program.outlook.eligible, 0.0)
    for (_, stakeholder, kind), by_month in sorted(streams.items()):
        keep = program.outlook.keep(float(program.outlook.account.target[stakeholder]))
        effort[stakeholder] += program.outlook.effort(kind) * float(keep @ by_month)
    kept = program.bonus({triple: sum(by_month) for triple, by_month in streams.items()})
    for stakeholder, even in program.efforts(counts).items():
        kept += program.segments[stakeholder].at(min(even, effort[stakeholder]))
    return max(0.0, program.objective(counts) - kept)
