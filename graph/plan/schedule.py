"""Which month: a second program that spreads the chosen actions over the months.

The choice took every stream of contacts (one person, one stakeholder or several, one form) as spread evenly.
Here each stream keeps to that up to whole touchpoints: after every month it has had its even share, rounded
down or up. Within these windows the program keeps everybody's hours in every month, and as much of each
stakeholder's effort at the horizon as the choice took for granted. Who comes to which of the actions that
several come to is settled last, so that each of them comes as evenly as whole actions allow.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor

from graph.plan.forms import Placed, form_name
from graph.plan.highs import Linear, fill
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

# A person, a form, and whom it reaches: one stakeholder, or how often each of several is there.
Stream = tuple[int, str, tuple[tuple[int, int], ...]]
Spread = dict[Stream, list[int]]  # actions of a stream in each month


@dataclass(frozen=True, slots=True)
class Calendar:
    """Every action with its month, sorted; what the months lose of the objective; what found none."""

    placed: tuple[Placed, ...]
    loss: float
    left_out: int


def spread(program: Program, counts: Counts, seconds: float) -> Calendar:
    """Give every chosen action a month, person by person, since only a person's own hours bind them.

    Parameters
    ----------
    seconds
        Most time for each try.
    """
    spreads: Spread = {}
    streams = _streams(program, counts)
    for person in sorted({stream[0] for stream in streams}):
        own = {stream: count for stream, count in streams.items() if stream[0] == person}
        for window in WINDOWS:
            found = _try(program, own, window, seconds)
            if found is not None:
                spreads |= found
                break
    placed = sorted(one for stream, months in spreads.items() for one in _meetings(program, stream, months))
    return Calendar(tuple(placed), _loss(program, counts, placed), sum(streams.values()) - len(placed))


def _streams(program: Program, counts: Counts) -> dict[Stream, int]:
    """Return how many actions each stream has, sorted."""
    streams: dict[Stream, int] = {}
    guests: defaultdict[tuple[int, int, str], list[tuple[int, int]]] = defaultdict(list)
    for (person, stakeholder, name), count in sorted(counts.items()):
        if program.kinds[name].size == 1:
            streams[person, name, ((stakeholder, count),)] = count
        else:
            guests[person, program.frame.circle_of(stakeholder), name].append((stakeholder, count))
    for session, count in program.sessions(counts).items():
        person, _, name = session
        streams[person, name, tuple(guests[session])] = count
    return dict(sorted(streams.items()))


def _try(program: Program, streams: dict[Stream, int], window: int | None, seconds: float) -> Spread | None:
    """Spread one person's streams within a window; without a window some may be left out."""
    linear, months, outlook, frame = Linear(), program.outlook.months, program.outlook, program.frame
    room = program.room[next(iter(streams))[0]]
    mails = int(outlook.account.policy.limits["emails_per_step"])
    goal: dict[int, float] = {}
    had: dict[Stream, list[int]] = {}  # columns of what it has had after each month
    busy: list[defaultdict[int, float]] = [defaultdict(float) for _ in range(months)]
    for stream, count in streams.items():
        person, name, guests = stream
        form = program.kinds[name]
        columns = had.setdefault(stream, [])
        for month in range(1, months + 1):
            low, high = _window(count, month, months, window)
            column = linear.column(high, whole=True, lower=low)
            before = dict.fromkeys(columns[-1:], -1.0)
            most = mails if name == EMAIL else count
            if frame.banned and any(frame.bans(person, guest, form.kind, month) for guest, _ in guests):
                most = 0
            linear.row({column: 1.0} | before, low=0.0, high=most)
            columns.append(column)
            busy[month - 1][column] += form.length
            for previous in before:
                busy[month - 1][previous] -= form.length
        if window is None:
            goal[columns[-1]] = form.length
    for terms, hours in zip(busy, room.tolist(), strict=True):
        linear.row(terms, high=hours)
    for stakeholder in sorted({guest for _, _, guests in streams for guest, _ in guests}):
        keep = outlook.keep(float(outlook.account.target[stakeholder]))
        need, terms = 0.0, defaultdict(float)
        for stream, columns in had.items():
            there = dict(stream[2]).get(stakeholder)
            if there is not None:
                # Whoever comes to some of the actions comes to the same share of those of every month.
                effort = program.kinds[stream[1]].effort * there / streams[stream]
                need += program.worth[stakeholder] * effort * streams[stream]
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
    totals = {stream: [0, *(round(values[column]) for column in columns)] for stream, columns in had.items()}
    return {stream: [after - before for before, after in pairwise(total)] for stream, total in totals.items()}


def _window(count: int, month: int, months: int, window: int | None) -> tuple[int, int]:
    """Return the least and the most of a stream that may be done after a month."""
    if window is None:
        return 0, count
    if month == months:
        return count, count
    even = count * month / months
    return max(0, floor(even + 1e-9) - window), min(count, ceil(even - 1e-9) + window)


def _meetings(program: Program, stream: Stream, by_month: list[int]) -> list[Placed]:
    """Return a stream's actions one by one, with who is there."""
    person, name, guests = stream
    months = [month for month, count in enumerate(by_month, start=1) for _ in range(count)]
    coming = fill(dict(guests), program.kinds[name].size)
    return [
        ((person, who, program.kinds[name].kind), month) for who, month in zip(coming, months, strict=False)
    ]


def counts_of(placed: tuple[Placed, ...] | list[Placed]) -> Counts:
    """Return how often everybody is there, by form."""
    return dict(
        Counter(
            (person, stakeholder, form_name(kind, len(stakeholders)))
            for (person, stakeholders, kind), _ in placed
            for stakeholder in stakeholders
        )
    )


def _loss(program: Program, counts: Counts, placed: list[Placed]) -> float:
    """Return how much of the objective the months do not keep; what comes late earns nothing extra."""
    effort = {index: program.fixed_effort[index] for index in program.outlook.eligible}
    keep = {
        index: program.outlook.keep(float(program.outlook.account.target[index]))
        for index in program.outlook.eligible
    }
    for (_, stakeholders, kind), month in placed:
        one = program.kinds[form_name(kind, len(stakeholders))].effort
        for stakeholder in stakeholders:
            effort[stakeholder] += one * float(keep[stakeholder][month - 1])
    kept = program.bonus(counts_of(placed))
    for stakeholder, even in program.efforts(counts).items():
        kept += program.segments[stakeholder].at(min(even, effort[stakeholder]))
    return max(0.0, program.objective(counts) - kept)
