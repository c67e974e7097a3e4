"""The compiled month: phases in order over the arrays of `state.py`, replicate by replicate.

1 people (events, departures, arrivals, our people, shock), 2 and 3 ties (decay, hours, contact, new ties),
4 orientation, 5 account (market, loss, wallet, margin), 8 results. Distributors and channels are phases 6
and 7, between account and results; an account without them skips them.

Everything a replicate needs is in its own state and every draw is keyed, so replicates can be run in any
slices, in any order and on any number of threads with the same bits. Loops add up in the order of the seats.
"""

from __future__ import annotations

from typing import Any

from simulation.compiling import (
    entry,
    part,
)
from simulation.draws import (
    replicate_key,
)
from simulation.phases.account import (
    account,
    look,
    opinions,
    record,
)
from simulation.phases.people import (
    coverage_of,
    people,
)
from simulation.phases.ties import (
    fade,
    meet,
)
from simulation.rules import (
    Rates,
)
from simulation.state import (
    ABSENT,
    ALIVE,
    DRAWN,
    MARKET_SIZE,
    PRESENT,
    PROFITABILITY,
    SERIES,
    SHOCK,
    SPENT,
    VALUE_ACCESS,
    WALLET,
    Case,
    Flags,
    Floats,
    Levers,
    State,
)


@part
def reset(case: Case, state: State) -> None:
    """Bring the state to month 0: the measured one."""
    seats, slots = case.owner.shape
    for i in range(seats):
        state.present[i] = PRESENT if case.joined[i] == 0 else ABSENT
        state.orientation[i] = case.orientation[i]
        for k in range(slots):
            state.strength[i, k] = case.strength[i, k]
        state.coverage[i] = coverage_of(state.strength, i)
    for j in range(case.leave_ours.size):
        state.present_ours[j] = PRESENT
    for x in range(case.event_month.size):
        state.missed[x] = 0
    for v in range(len(DRAWN)):
        state.drawn[v] = 0.0
    level = state.level
    level[VALUE_ACCESS] = level[SHOCK] = level[SPENT] = 0.0
    level[ALIVE] = level[MARKET_SIZE] = 1.0
    level[WALLET] = case.wallet
    level[PROFITABILITY] = case.margin
    look(case, state, 0)
    record(case, state, 0, 0.0, 1.0)


@part
def month_of(
    case: Case, rates: Rates, levers: Levers, state: State, key: Any, month: int, whole: bool
) -> None:
    """One month, phases in order; `whole` False leaves out phases 4 and 5."""
    alive_before = state.level[ALIVE]
    people(case, rates, levers, state, key, month)
    fade(case, rates, levers, state, month)
    meet(case, rates, levers, state, key, month)
    if whole:
        opinions(case, rates, state)
    look(case, state, month)
    if whole:
        account(case, rates, state, key, month)
    record(case, state, month, rates.hour_cost, alive_before)


@entry
def run_block(
    case: Case,
    rates: Rates,
    levers: Levers,
    state: State,
    seed: int,
    first: int,
    count: int,
    month_from: int,
    month_to: int,
    whole: bool,
    series: Floats,
    drawn: Floats,
    missed: Flags,
    strategy: int,
    base: int,
) -> None:
    """Run the replicates `first` … `first + count - 1` of one strategy through some months.

    Parameters
    ----------
    state
        Room to work in; from month 0 on what it holds does not matter, else it is carried on.
    month_from, month_to
        0 … T for a whole run; one month at a time, of one replicate, for a model that steps by itself.
    whole
        False leaves out orientation and account (phases 4 and 5).
    series
        (len(SERIES), strategies, replicates, T + 1), filled.
    drawn
        (len(DRAWN), strategies, replicates), filled.
    missed
        (strategies, replicates, X), filled: 1 where an event found its seat vacant.
    base
        Number of the replicate that stands at 0 in the arrays.
    """
    for replicate in range(first, first + count):
        row = replicate - base
        key = replicate_key(seed, replicate)
        for month in range(month_from, month_to + 1):
            if month == 0:
                reset(case, state)
            else:
                month_of(case, rates, levers, state, key, month, whole)
            for v in range(len(SERIES)):
                series[v, strategy, row, month] = state.now[v]
        for v in range(len(DRAWN)):
            drawn[v, strategy, row] = state.drawn[v]
        for x in range(case.event_month.size):
            missed[strategy, row, x] = state.missed[x]
