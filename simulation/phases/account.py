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
from simulation.phases.seats import (
    lines_to,
    seats_of,
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
    ACCESSED,
    ALIVE,
    COVERAGE,
    EARNED,
    EARNED_DRAWN,
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
    SOLD,
    SOLD_DRAWN,
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
    line_from, line_pull = case.line_from, case.line_pull
    present, orientation, new_orientation = state.present, state.orientation, state.new_orientation
    coverage = state.coverage
    for i in range(seats):
        if present[i] == ABSENT:
            continue
        o = orientation[i]
        swayed = 0.0
        for line in lines_to(case, i):
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
    """Take access of every organisation, and support, coverage and threads of the accounts."""
    slots = case.owner.shape[1]
    joined, weight, talks_value, owner = case.joined, case.weight, case.talks_value, case.owner
    present, present_ours, strength = state.present, state.present_ours, state.strength
    orientation, coverage = state.orientation, state.coverage
    for g in range(case.distributing.size):
        total = 0.0
        access = 0.0
        support = 0.0
        value_total = 0.0
        value_access = 0.0
        influence = 0.0
        covered = 0.0
        threads = 0
        for i in seats_of(case, g):
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
                if j < 0:
                    break
                threads += is_thread(strength[i, k], case.thread_min) & (present_ours[j] == PRESENT)
        state.level[g, ACCESSED] = ratio(access, total)
        state.level[g, VALUE_ACCESS] = ratio(value_access, value_total)
        if g < case.accounts:
            state.now[g, ACCESS] = ratio(access, total)
            state.now[g, SUPPORT] = ratio(support, total)
            state.now[g, COVERAGE] = ratio(covered, influence)
            state.now[g, THREADS] = threads


@part
def account(case: Case, rates: Rates, state: State, key: Any, month: int) -> None:
    """5: market, the chance and the draw of losing each account, wallet and margin."""
    level = state.level
    of_market = event_key(key, month, MARKET)
    of_loss = event_key(key, month, LOSS)
    for a in range(case.accounts):
        entity = case.entity_account[a]
        level[a, MARKET_SIZE] = market_after(
            level[a, MARKET_SIZE], uniform(of_market, entity, NOBODY), rates.market_sd
        )
        chance = loss_chance(
            state.now[a, ACCESS],
            state.now[a, SUPPORT],
            level[a, SHOCK],
            rates.loss,
            rates.loss_A,
            rates.loss_S,
            rates.A_ref,
            rates.S_ref,
            rates.shock,
        )
        if state.drawn[a, LOST_MONTH] == 0.0 and uniform(of_loss, entity, NOBODY) < chance:
            state.drawn[a, LOST_MONTH] = month
        level[a, ALIVE] *= 1.0 - chance
        level[a, WALLET] = wallet_after(
            level[a, WALLET], state.now[a, SUPPORT], rates.grow, rates.shrink, rates.q_max
        )
        level[a, PROFITABILITY] = margin_after(
            level[a, PROFITABILITY], level[a, VALUE_ACCESS], rates.m_rate, rates.m_low, rates.m_high
        )


@part
def record(case: Case, state: State, month: int, hour_cost: float) -> None:
    """8: the month's revenue, profit and hours of each account, as expectations over the loss.

    `survival` still holds last month's value: who was there at the start of the month got the hours.
    """
    level = state.level
    for a in range(case.accounts):
        alive = level[a, ALIVE]
        alive_before = alive if month == 0 else state.now[a, SURVIVAL]
        price = case.price[a, month]
        volume = case.volume[a] * level[a, WALLET] * level[a, MARKET_SIZE]
        revenue = volume * price
        profit = profit_of(volume, level[a, PROFITABILITY], price)
        cost = hour_cost * case.hour_scale[a] * level[a, SPENT]
        state.now[a, SURVIVAL] = alive
        state.now[a, REVENUE] = revenue * alive + level[a, SOLD]
        state.now[a, MARGIN] = profit * alive + level[a, EARNED] - 12.0 * cost * alive_before
        state.now[a, HOURS] = level[a, SPENT] * alive_before

        drawn = state.drawn
        lost = drawn[a, LOST_MONTH]
        if month > 0 and lost == 0.0:
            drawn[a, REVENUE_DRAWN] += revenue / 12.0
            drawn[a, MARGIN_DRAWN] += profit / 12.0
        if month > 0:
            drawn[a, REVENUE_DRAWN] += level[a, SOLD_DRAWN] / 12.0
            drawn[a, MARGIN_DRAWN] += level[a, EARNED_DRAWN] / 12.0
        if lost == 0.0 or lost == month:
            drawn[a, MARGIN_DRAWN] -= cost
            drawn[a, HOURS_DRAWN] += level[a, SPENT]
