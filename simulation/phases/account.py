"""Phases 4, 5 and 8: orientation, the account's loss, wallet and margin, and the results of the month."""

from __future__ import annotations

from typing import Any

from simulation.compiling import (
    part,
)
from simulation.draws import (
    LOSS,
    MARKET,
    event_key,
    uniform,
)
from simulation.rules import (
    Rates,
    is_against,
    is_thread,
    loss_chance,
    margin_after,
    market_after,
    orientation_after,
    profit_of,
    ratio,
    sway_of,
    wallet_after,
)
from simulation.state import (
    ABSENT,
    ACCESS,
    ALIVE,
    COVERAGE,
    HOURS,
    HOURS_DRAWN,
    LOST_MONTH,
    MARGIN,
    MARGIN_DRAWN,
    MARKET_SIZE,
    PRESENT,
    PROFITABILITY,
    REVENUE,
    REVENUE_DRAWN,
    SHOCK,
    SPENT,
    SUPPORT,
    SURVIVAL,
    THREADS,
    VALUE_ACCESS,
    WALLET,
    Case,
    State,
)

NOBODY = 0  # second entity of what happens to the account alone


@part
def opinions(case: Case, rates: Rates, state: State) -> None:
    """4: contact warms, silence cools, colleagues sway; all at once, from last month's orientations."""
    seats = case.weight.size
    line_start, line_from, line_pull = case.line_start, case.line_from, case.line_pull
    present, orientation, new_orientation = state.present, state.orientation, state.new_orientation
    coverage = state.coverage
    for i in range(seats):
        if present[i] == ABSENT:
            continue
        o = orientation[i]
        swayed = 0.0
        for line in range(line_start[i], line_start[i + 1]):
            k = line_from[line]
            if present[k] == PRESENT:
                swayed += sway_of(line_pull[line], orientation[k], o)
        new_orientation[i] = orientation_after(
            o,
            coverage[i],
            swayed,
            is_against(o, case.opponent_below),
            rates.warm,
            rates.warm_block,
            rates.fit,
            rates.cool,
            rates.o_base,
            rates.sway,
        )
    for i in range(seats):
        if present[i] == PRESENT:
            orientation[i] = new_orientation[i]


@part
def look(case: Case, state: State, month: int) -> None:
    """Take access, support, coverage and threads of the month."""
    seats, slots = case.owner.shape
    joined, weight, talks_value, owner = case.joined, case.weight, case.talks_value, case.owner
    present, present_ours, strength = state.present, state.present_ours, state.strength
    orientation, coverage = state.orientation, state.coverage
    total = 0.0
    access = 0.0
    support = 0.0
    value_total = 0.0
    value_access = 0.0
    influence = 0.0
    covered = 0.0
    threads = 0
    for i in range(seats):
        if joined[i] > month:
            continue
        w = weight[i]
        total += w
        influence += case.influence[i]
        if talks_value[i] == 1:
            value_total += w
        if present[i] == ABSENT:
            continue
        reached = w * coverage[i]
        access += reached
        support += reached * orientation[i]
        if talks_value[i] == 1:
            value_access += reached
        if is_against(orientation[i], case.opponent_below):
            continue
        covered += case.influence[i] * coverage[i]
        for k in range(slots):
            j = owner[i, k]
            if j >= 0 and present_ours[j] == PRESENT and is_thread(strength[i, k], case.thread_min):
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
