"""The arrays of the kernel: what is fixed in a run, what a strategy wants, what changes by month.

N seats of theirs, K slots for ties at each, J of ours, T months, E influence lines, X events. Seats and
people are in the order of their ids, joining seats after them; slots are filled from the left, -1 where
empty.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.int8]
Names = NDArray[np.uint64]

# Of a seat: nobody there, somebody there, its holder leaves this month.
ABSENT, PRESENT, LEAVING = 0, 1, 2

# Kinds of events that the kernel carries out itself; the others are in the arrays by month.
SEAT_LEAVES, OURS_LEAVES, REORGANISES, NEW_MANAGER = range(4)

# Series of a month, the first axis of the kernel's output.
SERIES = ("access", "support", "coverage", "threads", "survival", "revenue", "margin", "hours")
ACCESS, SUPPORT, COVERAGE, THREADS, SURVIVAL, REVENUE, MARGIN, HOURS = range(len(SERIES))

# What the drawn loss of a replicate gives: its month (0: none), and what was earned until then.
DRAWN = ("lost_month", "revenue_drawn", "margin_drawn", "hours_drawn")
LOST_MONTH, REVENUE_DRAWN, MARGIN_DRAWN, HOURS_DRAWN = range(len(DRAWN))

# Scalars of the state.
LEVELS = 7
VALUE_ACCESS, SHOCK, ALIVE, WALLET, PROFITABILITY, MARKET_SIZE, SPENT = range(LEVELS)


class Case(NamedTuple):
    """What is the same for all strategies and months.

    Attributes
    ----------
    joined
        (N,) month from which the seat exists, 0 from the start.
    weight, influence, decisive
        (N,) w; influence alone; w of those whose leaving shocks the account, 0 for others.
    talks_value
        (N,) 1 at technical, marketing and executive seats.
    leave, leave_ours
        (N,), (J,) chance a month of leaving.
    entity, entity_ours, entity_account
        (N,), (J,), (1,) keys of the draws.
    function
        (N,) code of the function, for reorganisations.
    owner
        (N, K) which of ours a slot belongs to.
    strength, orientation
        (N, K), (N,) at the start.
    line_start, line_from, line_pull
        (N + 1,), (E,), (E,) who sways whom: rows of a with sum of absolute pulls at most 1.
    event_month, event_kind, event_at, event_share
        (X,) in the order of the scenario; `event_at` is a seat, one of ours or a function code.
    price
        (T + 1,) price as a multiple of today's.
    volume, wallet, margin
        Category volume a year, our share of it, our margin at the start.
    hour_scale
        Turns the cost of an hour into the unit of the revenue.
    """

    joined: Ints
    weight: Floats
    influence: Floats
    decisive: Floats
    talks_value: Flags
    leave: Floats
    leave_ours: Floats
    entity: Names
    entity_ours: Names
    entity_account: Names
    function: Ints
    owner: Ints
    strength: Floats
    orientation: Floats
    line_start: Ints
    line_from: Ints
    line_pull: Floats
    event_month: Ints
    event_kind: Ints
    event_at: Ints
    event_share: Floats
    price: Floats
    volume: float
    wallet: float
    margin: float
    hour_scale: float
    thread_min: float
    opponent_below: float


class Levers(NamedTuple):
    """What a strategy wants, on the arrays of a case.

    Attributes
    ----------
    wanted
        (N, K) weights W.
    hours
        (T + 1, J) hours that each of ours is asked for, by month.
    weak
        Preference for weak ties.
    reassign
        1: the hours of a seat that is vacant go to the owner's other stakeholders; 0: they are idle.
    handover
        Share of a tie that a successor on our side takes over.
    effort, effort_hours
        (P, N, K) effort and hours of planned actions in the months 1 … P, in which nothing else is done.
    """

    wanted: Floats
    hours: Floats
    weak: float
    reassign: int
    handover: float
    effort: Floats
    effort_hours: Floats


class State(NamedTuple):
    """What changes from month to month in one replicate.

    Attributes
    ----------
    present, present_ours
        (N,), (J,) ABSENT, PRESENT or LEAVING.
    orientation, coverage
        (N,) o and cov; `new_orientation` and `new_coverage` are filled while the old ones are still read.
    strength
        (N, K) s.
    departing
        (N,) 1 where this month's draw would have the holder leave.
    handed
        (J,) 1 where ties change hands this month.
    wished
        (J,) sum of what is wished of each of ours.
    now
        (len(SERIES),) this month's results.
    level
        (LEVELS,) the scalars named above.
    drawn
        (len(DRAWN),) what the drawn loss gives, so far.
    missed
        (X,) 1 where an event found its seat vacant.
    """

    present: Flags
    present_ours: Flags
    orientation: Floats
    new_orientation: Floats
    coverage: Floats
    new_coverage: Floats
    strength: Floats
    departing: Flags
    handed: Flags
    wished: Floats
    now: Floats
    level: Floats
    drawn: Floats
    missed: Flags


def new_state(case: Case) -> State:
    """Return room for one replicate at a time; the kernel fills it.

    The kernel itself allocates nothing, so that it needs no reference counts.
    """
    seats, slots = case.owner.shape
    ours = case.leave_ours.size
    return State(
        present=np.zeros(seats, np.int8),
        present_ours=np.zeros(ours, np.int8),
        orientation=np.zeros(seats),
        new_orientation=np.zeros(seats),
        coverage=np.zeros(seats),
        new_coverage=np.zeros(seats),
        strength=np.zeros((seats, slots)),
        departing=np.zeros(seats, np.int8),
        handed=np.zeros(ours, np.int8),
        wished=np.zeros(ours),
        now=np.zeros(len(SERIES)),
        level=np.zeros(LEVELS),
        drawn=np.zeros(len(DRAWN)),
        missed=np.zeros(case.event_month.size, np.int8),
    )
