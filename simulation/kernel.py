"""The compiled month: phases in order over the arrays of `state.py`, replicate by replicate.

1 people (events, departures, arrivals, our people, shock), 2 and 3 ties (decay, hours, contact, new ties),
4 orientation, 5 account (market, loss, wallet, margin), 8 results. Distributors and channels are phases 6
and 7, between account and results; an account without them skips them.

Everything a replicate needs is in its own state and every draw is keyed, so replicates can be run in any
slices, in any order and on any number of threads with the same bits. Loops add up in the order of the seats.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from graph.strength import contact, decay
from simulation.compiling import entry, part
from simulation.draws import (
    ARRIVES,
    DEPARTS,
    LOSS,
    MARKET,
    NEWCOMER,
    OPENS,
    OURS_ARRIVE,
    OURS_DEPART,
    REORGANISED,
    event_key,
    replicate_key,
    uniform,
)
from simulation.rules import (
    Rates,
    effort,
    hit_of_leavers,
    hit_of_ours,
    is_against,
    is_thread,
    loss_chance,
    margin_after,
    market_after,
    newcomer_orientation,
    opening_chance,
    orientation_after,
    profit_of,
    ratio,
    referral_reach,
    shock_after,
    sway_of,
    tie_hours,
    wallet_after,
    wish,
)
from simulation.state import (
    ABSENT,
    ACCESS,
    ALIVE,
    COVERAGE,
    DRAWN,
    HOURS,
    HOURS_DRAWN,
    LEAVING,
    LOST_MONTH,
    MARGIN,
    MARGIN_DRAWN,
    MARKET_SIZE,
    NEW_MANAGER,
    OURS_LEAVES,
    PRESENT,
    PROFITABILITY,
    REORGANISES,
    REVENUE,
    REVENUE_DRAWN,
    SEAT_LEAVES,
    SERIES,
    SHOCK,
    SPENT,
    SUPPORT,
    SURVIVAL,
    THREADS,
    VALUE_ACCESS,
    WALLET,
    Case,
    Flags,
    Floats,
    Levers,
    State,
)

NOBODY = 0
LEVELS = 7


@part
def coverage_of(state: State, i: int) -> float:
    """Return the chance-like union of a seat's ties: 1 - the product of what each leaves open."""
    open_part = 1.0
    for k in range(state.strength.shape[1]):
        open_part *= 1.0 - state.strength[i, k]
    return 1.0 - open_part


@part
def start(case: Case) -> State:
    """Return the state of month 0: the measured one."""
    seats = case.joined.size
    ours = case.leave_ours.size
    state = State(
        np.zeros(seats, np.int8),
        np.ones(ours, np.int8),
        case.orientation.copy(),
        case.orientation.copy(),
        np.zeros(seats),
        np.zeros(seats),
        case.strength.copy(),
        np.zeros(ours, np.int8),
        np.zeros(ours),
        np.zeros(len(SERIES)),
        np.zeros(LEVELS),
        np.zeros(len(DRAWN)),
        np.zeros(case.event_month.size, np.int8),
    )
    for i in range(seats):
        if case.joined[i] == 0:
            state.present[i] = PRESENT
            state.coverage[i] = coverage_of(state, i)
    state.level[ALIVE] = 1.0
    state.level[WALLET] = case.wallet
    state.level[PROFITABILITY] = case.margin
    state.level[MARKET_SIZE] = 1.0
    look(case, state, 0)
    record(case, state, 0, 0.0, 1.0)
    return state


@part
def events(case: Case, rates: Rates, state: State, key: Any, month: int) -> None:
    """1a: what the scenario does to people at the start of the month."""
    draw = event_key(key, month, REORGANISED)
    for i in range(case.joined.size):
        if case.joined[i] == month:
            state.present[i] = PRESENT
            state.orientation[i] = rates.o_base
    for x in range(case.event_month.size):
        if case.event_month[x] != month:
            continue
        kind = case.event_kind[x]
        at = case.event_at[x]
        if kind == SEAT_LEAVES:
            if state.present[at] == ABSENT:
                state.missed[x] = 1
            else:
                state.present[at] = LEAVING
        elif kind == OURS_LEAVES:
            if state.present_ours[at] == ABSENT:
                state.missed[x] = 1
            else:
                state.present_ours[at] = LEAVING
        elif kind == NEW_MANAGER:
            state.handed[at] = 1
        elif kind == REORGANISES:
            for i in range(case.joined.size):
                if (
                    case.function[i] == at
                    and state.present[i] == PRESENT
                    and uniform(draw, case.entity[i], NOBODY) < case.event_share[x]
                ):
                    state.present[i] = LEAVING


@part
def people(case: Case, rates: Rates, levers: Levers, state: State, key: Any, month: int) -> None:
    """1: events, departures, arrivals, our people, and the shock that the changes give."""
    seats, slots = case.owner.shape
    state.handed[:] = 0
    events(case, rates, state, key, month)

    draw = event_key(key, month, DEPARTS)
    gone = 0.0
    decisive = 0.0
    stayed = 0.0
    stayed_orientation = 0.0
    total = 0.0
    others = 0.0
    for i in range(seats):
        if case.joined[i] > month:
            continue
        total += case.weight[i]
        decisive += case.decisive[i]
        if state.present[i] == PRESENT and uniform(draw, case.entity[i], NOBODY) < case.leave[i]:
            state.present[i] = LEAVING
        if state.present[i] == LEAVING:
            gone += case.decisive[i]
            state.coverage[i] = 0.0
            for k in range(slots):
                state.strength[i, k] = 0.0
        elif state.present[i] == PRESENT:
            stayed += case.weight[i]
            stayed_orientation += case.weight[i] * state.orientation[i]
            others += case.weight[i] * state.coverage[i]
    hit = hit_of_leavers(ratio(gone, decisive), ratio(others, total))

    draw = event_key(key, month, ARRIVES)
    luck = event_key(key, month, NEWCOMER)
    mean = ratio(stayed_orientation, stayed)
    for i in range(seats):
        if case.joined[i] > month:
            continue
        if state.present[i] == LEAVING:
            state.present[i] = ABSENT
        elif state.present[i] == ABSENT and uniform(draw, case.entity[i], NOBODY) < rates.replacement_theirs:
            state.present[i] = PRESENT
            state.orientation[i] = newcomer_orientation(
                mean, uniform(luck, case.entity[i], NOBODY), rates.mood
            )

    draw = event_key(key, month, OURS_DEPART)
    draw_arrival = event_key(key, month, OURS_ARRIVE)
    changed = False
    for j in range(case.leave_ours.size):
        if state.present_ours[j] == ABSENT:
            if uniform(draw_arrival, case.entity_ours[j], NOBODY) < rates.replacement_ours:
                state.present_ours[j] = PRESENT
        elif state.present_ours[j] == LEAVING or (
            uniform(draw, case.entity_ours[j], NOBODY) < case.leave_ours[j]
        ):
            state.present_ours[j] = ABSENT
            state.handed[j] = 1
        if state.handed[j] == 1:
            changed = True
    if changed:
        before = relation(case, state)
        hand_over(case, levers, state)
        after = relation(case, state)
        if after < before:
            hit = max(hit, hit_of_ours(ratio(before, total), ratio(after, total), rates.follow, rates.r_half))
    state.level[SHOCK] = shock_after(state.level[SHOCK], hit, rates.shock_fade)


@part
def relation(case: Case, state: State) -> float:
    """Return the sum of w cov o over those in favour: what can leave with one of ours."""
    total = 0.0
    for i in range(case.weight.size):
        if state.present[i] == PRESENT and state.orientation[i] > 0.0:
            total += case.weight[i] * state.coverage[i] * state.orientation[i]
    return total


@part
def hand_over(case: Case, levers: Levers, state: State) -> None:
    """1d: ties that change hands keep a share of their strength."""
    for i in range(case.owner.shape[0]):
        touched = False
        for k in range(case.owner.shape[1]):
            j = case.owner[i, k]
            if j < 0:
                break
            if state.handed[j] == 1 and state.strength[i, k] > 0.0:
                state.strength[i, k] *= levers.handover
                touched = True
        if touched:
            state.coverage[i] = coverage_of(state, i)


@part
def ties(case: Case, rates: Rates, levers: Levers, state: State, key: Any, month: int) -> None:
    """2 and 3: decay, then contact in the hours that the strategy gives, then new ties."""
    seats, slots = case.owner.shape
    planned = month <= levers.effort.shape[0]
    state.wished[:] = 0.0
    for i in range(seats):
        if state.present[i] == ABSENT and (levers.reassign == 1 or case.joined[i] > month):
            continue
        for k in range(slots):
            j = case.owner[i, k]
            if j < 0:
                break
            s = state.strength[i, k]
            if s > 0.0:
                s = decay(s, rates.decay_scale, rates.half_weak, rates.half_strong)
                state.strength[i, k] = s
            if levers.wanted[i, k] > 0.0:
                if levers.reassign == 1:
                    state.wished[j] += wish(levers.wanted[i, k], levers.weak, s)
                else:
                    state.wished[j] += levers.wanted[i, k]

    draw = event_key(key, month, OPENS)
    spent = 0.0
    for i in range(seats):
        if state.present[i] == ABSENT:
            state.new_coverage[i] = 0.0
            continue
        reach = -1.0
        open_part = 1.0
        for k in range(slots):
            j = case.owner[i, k]
            if j < 0:
                break
            s = state.strength[i, k]
            met = False
            if state.present_ours[j] == PRESENT:
                if planned:
                    e = levers.effort[month - 1, i, k]
                    if e > 0.0:
                        s = contact(s if s > 0.0 else rates.s_new, e, rates.contact_gain)
                        spent += levers.effort_hours[month - 1, i, k]
                        met = True
                elif levers.wanted[i, k] > 0.0 and levers.hours[month, j] > 0.0:
                    wished = (
                        wish(levers.wanted[i, k], levers.weak, s)
                        if levers.reassign == 1
                        else levers.wanted[i, k]
                    )
                    h = tie_hours(levers.hours[month, j], wished, state.wished[j])
                    spent += h
                    if s > 0.0:
                        e = effort(h, rates.attention)
                        if e > 0.0:
                            s = contact(s, e, rates.contact_gain)
                            met = True
                    else:
                        if reach < 0.0:
                            reach = reach_of(case, state, i)
                        chance = opening_chance(h, reach, rates.new_tie_rate, rates.referral)
                        if uniform(draw, case.entity[i], case.entity_ours[j]) < chance:
                            s = rates.s_new
                            met = True
            if s < rates.s_gone and not met:
                s = 0.0
            state.strength[i, k] = s
            open_part *= 1.0 - s
        state.new_coverage[i] = 1.0 - open_part
    for i in range(seats):
        state.coverage[i] = state.new_coverage[i]
    state.level[SPENT] = spent


@part
def reach_of(case: Case, state: State, i: int) -> float:
    """3c: how far those who sway a stakeholder are covered and in favour, by last month's coverage."""
    reach = 0.0
    for line in range(case.line_start[i], case.line_start[i + 1]):
        k = case.line_from[line]
        reach += referral_reach(case.line_pull[line], state.coverage[k], state.orientation[k])
    return reach


@part
def opinions(case: Case, rates: Rates, state: State) -> None:
    """4: contact warms, silence cools, colleagues sway; all at once, from last month's orientations."""
    for i in range(case.weight.size):
        if state.present[i] == ABSENT:
            continue
        o = state.orientation[i]
        swayed = 0.0
        for line in range(case.line_start[i], case.line_start[i + 1]):
            k = case.line_from[line]
            if state.present[k] == PRESENT:
                swayed += sway_of(case.line_pull[line], state.orientation[k], o)
        state.new_orientation[i] = orientation_after(
            o,
            state.coverage[i],
            swayed,
            is_against(o, case.opponent_below),
            rates.warm,
            rates.warm_block,
            rates.fit,
            rates.cool,
            rates.o_base,
            rates.sway,
        )
    for i in range(case.weight.size):
        if state.present[i] == PRESENT:
            state.orientation[i] = state.new_orientation[i]


@part
def look(case: Case, state: State, month: int) -> None:
    """Take access, support, coverage and threads of the month."""
    seats, slots = case.owner.shape
    total = 0.0
    access = 0.0
    support = 0.0
    value_total = 0.0
    value_access = 0.0
    influence = 0.0
    covered = 0.0
    threads = 0
    for i in range(seats):
        if case.joined[i] > month:
            continue
        total += case.weight[i]
        influence += case.influence[i]
        if case.talks_value[i] == 1:
            value_total += case.weight[i]
        if state.present[i] == ABSENT:
            continue
        part_of_access = case.weight[i] * state.coverage[i]
        access += part_of_access
        support += part_of_access * state.orientation[i]
        if case.talks_value[i] == 1:
            value_access += part_of_access
        if is_against(state.orientation[i], case.opponent_below):
            continue
        covered += case.influence[i] * state.coverage[i]
        for k in range(slots):
            j = case.owner[i, k]
            if j < 0:
                break
            if state.present_ours[j] == PRESENT and is_thread(state.strength[i, k], case.thread_min):
                threads += 1
    state.now[ACCESS] = ratio(access, total)
    state.now[SUPPORT] = ratio(support, total)
    state.now[COVERAGE] = ratio(covered, influence)
    state.now[THREADS] = threads
    state.level[VALUE_ACCESS] = ratio(value_access, value_total)


@part
def account(case: Case, rates: Rates, state: State, key: Any, month: int) -> None:
    """5: market, the chance and the draw of losing the account, wallet and margin."""
    level = state.level
    level[MARKET_SIZE] = market_after(
        level[MARKET_SIZE],
        uniform(event_key(key, month, MARKET), case.entity_account[0], NOBODY),
        rates.market_sd,
    )
    chance = loss_chance(
        state.now[ACCESS],
        state.now[SUPPORT],
        level[SHOCK],
        rates.loss,
        rates.loss_A,
        rates.loss_S,
        rates.A_ref,
        rates.S_ref,
        rates.shock,
    )
    if (
        state.drawn[LOST_MONTH] == 0.0
        and uniform(event_key(key, month, LOSS), case.entity_account[0], NOBODY) < chance
    ):
        state.drawn[LOST_MONTH] = month
    level[ALIVE] *= 1.0 - chance
    level[WALLET] = wallet_after(level[WALLET], state.now[SUPPORT], rates.grow, rates.shrink, rates.q_max)
    level[PROFITABILITY] = margin_after(
        level[PROFITABILITY], level[VALUE_ACCESS], rates.m_rate, rates.m_low, rates.m_high
    )


@part
def record(case: Case, state: State, month: int, hour_cost: float, alive_before: float) -> None:
    """8: the month's revenue, profit and hours, as expectations over the loss."""
    level = state.level
    alive = level[ALIVE]
    volume = case.volume * level[WALLET] * level[MARKET_SIZE]
    revenue = volume * case.price[month]
    profit = profit_of(volume, level[PROFITABILITY], case.price[month])
    cost = hour_cost * case.hour_scale * level[SPENT]
    state.now[SURVIVAL] = alive
    state.now[REVENUE] = revenue * alive
    state.now[MARGIN] = profit * alive - 12.0 * cost * alive_before
    state.now[HOURS] = level[SPENT] * alive_before

    lost = state.drawn[LOST_MONTH]
    if month > 0 and lost == 0.0:
        state.drawn[REVENUE_DRAWN] += revenue / 12.0
        state.drawn[MARGIN_DRAWN] += profit / 12.0
    if lost == 0.0 or lost == month:
        state.drawn[MARGIN_DRAWN] -= cost
        state.drawn[HOURS_DRAWN] += level[SPENT]


@part
def month_of(
    case: Case, rates: Rates, levers: Levers, state: State, key: Any, month: int, whole: bool
) -> None:
    """One month, phases in order; `whole` False leaves out phases 4 and 5."""
    alive_before = state.level[ALIVE]
    people(case, rates, levers, state, key, month)
    ties(case, rates, levers, state, key, month)
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
    seed: int,
    first: int,
    count: int,
    whole: bool,
    series: Floats,
    drawn: Floats,
    missed: Flags,
    strategy: int,
    base: int,
) -> None:
    """Run the replicates `first` … `first + count - 1` of one strategy.

    Parameters
    ----------
    series
        (len(SERIES), strategies, replicates, T + 1), filled.
    drawn
        (len(DRAWN), strategies, replicates), filled.
    missed
        (strategies, replicates, X), filled: 1 where an event found its seat vacant.
    base
        Number of the replicate that stands at 0 in the arrays.
    """
    months = series.shape[3] - 1
    for replicate in range(first, first + count):
        row = replicate - base
        key = replicate_key(seed, replicate)
        state = start(case)
        for v in range(len(SERIES)):
            series[v, strategy, row, 0] = state.now[v]
        for month in range(1, months + 1):
            month_of(case, rates, levers, state, key, month, whole)
            for v in range(len(SERIES)):
                series[v, strategy, row, month] = state.now[v]
        for v in range(len(DRAWN)):
            drawn[v, strategy, row] = state.drawn[v]
        for x in range(case.event_month.size):
            missed[strategy, row, x] = state.missed[x]


@entry
def begin(case: Case) -> State:
    """Return the state of month 0, for a model that steps by itself."""
    return start(case)


@entry
def step(
    case: Case, rates: Rates, levers: Levers, state: State, seed: int, replicate: int, month: int, whole: bool
) -> None:
    """Carry a state through one month."""
    month_of(case, rates, levers, state, replicate_key(seed, replicate), month, whole)
