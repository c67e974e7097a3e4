"""The compiled month: phases in order over the arrays of `state.py`, replicate by replicate.

1 people (events, departures, arrivals, our people, shock), 2 and 3 ties (decay, hours, contact, new ties),
4 orientation, 5 account (market, loss, wallet, margin), 6 focus (conflict, trust, transparency, mark-up,
enablement, effort), 7 channel (reveal, order, choice, money), 8 results. Without distributors 6 and 7 are
skipped. Organisations, accounts first, follow each other in the arrays; they share our people's hours.

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
from simulation.phases.channel import (
    channel,
    start_business,
)
from simulation.phases.focus import (
    focus,
    reset_channel,
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
    ChannelRates,
    Rates,
)
from simulation.state import (
    ABSENT,
    ALIVE,
    DRAWN,
    LEVELS,
    MARKET_SIZE,
    PRESENT,
    PROFITABILITY,
    WALLET,
    Case,
    Flags,
    Floats,
    Levers,
    State,
)


@part
def reset(case: Case, channel_rates: ChannelRates, state: State) -> None:
    """Bring the state to month 0: the measured one, the same under all strategies."""
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
    level = state.level
    for g in range(case.distributing.size):
        for v in range(LEVELS):
            level[g, v] = 0.0
        state.taught[g] = 0.0
    for a in range(case.accounts):
        for v in range(len(DRAWN)):
            state.drawn[a, v] = 0.0
        level[a, ALIVE] = level[a, MARKET_SIZE] = 1.0
        level[a, WALLET] = case.wallet[a]
        level[a, PROFITABILITY] = case.margin[a]
    look(case, state, 0)
    if case.channel.mind.size > 0:
        reset_channel(case, channel_rates, state)
        start_business(case, channel_rates, state)
    record(case, state, 0, 0.0)


@part
def month_of(
    case: Case,
    rates: Rates,
    channel_rates: ChannelRates,
    levers: Levers,
    state: State,
    key: Any,
    month: int,
    whole: bool,
) -> None:
    """One month, phases in order; `whole` False leaves out phases 4 to 7."""
    people(case, rates, levers, state, key, month)
    fade(case, rates, levers, state, month)
    meet(case, rates, levers, state, key, month)
    if whole:
        opinions(case, rates, state)
    look(case, state, month)
    if whole:
        account(case, rates, state, key, month)
        if case.channel.mind.size > 0:
            focus(case, channel_rates, levers, state, key, month)
            channel(case, channel_rates, levers, state, key, month)
    record(case, state, month, rates.hour_cost)


@entry
def run_block(
    case: Case,
    rates: Rates,
    channel_rates: ChannelRates,
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
        False leaves out orientation, account, focus and channel (phases 4 to 7).
    series
        (A, V, strategies, replicates, T + 1), filled; V as many as `series_of` names.
    drawn
        (A, len(DRAWN), strategies, replicates), filled.
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
                reset(case, channel_rates, state)
            else:
                month_of(case, rates, channel_rates, levers, state, key, month, whole)
            for a in range(case.accounts):
                for v in range(series.shape[1]):
                    series[a, v, strategy, row, month] = state.now[a, v]
        for a in range(case.accounts):
            for v in range(len(DRAWN)):
                drawn[a, v, strategy, row] = state.drawn[a, v]
        for x in range(case.event_month.size):
            missed[strategy, row, x] = state.missed[x]
