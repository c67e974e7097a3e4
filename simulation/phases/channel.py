"""Phase 7: hidden end customers show, lots are ordered anew, and who earns what."""

from __future__ import annotations

from typing import Any

from simulation.compiling import (
    apart,
)
from simulation.draws import (
    CHOOSES,
    ORDERS,
    REVEALS,
    event_key,
    uniform,
)
from simulation.rules import (
    ChannelRates,
    commission_of,
    direct_price,
    direct_value,
    earned_direct,
    earned_via,
    forecast_error,
    offer_of,
    offer_via,
    resold,
    resold_rival,
)
from simulation.state import (
    ALIVE,
    CONFLICT,
    DISTRIBUTOR_PROFIT,
    EARNED,
    EARNED_DRAWN,
    FORECAST_ERROR,
    LOST_MONTH,
    MARKET_SIZE,
    MARKUP,
    OPEN,
    OPENNESS,
    OURS,
    SHARE_OF_MIND,
    SOLD,
    SOLD_DRAWN,
    TENSION,
    TRANSPARENCY,
    Case,
    Levers,
    State,
)

NOBODY = 0  # second entity of what happens to one end customer alone
DIRECT = 0  # the first choice; distributors follow, a rival is last


@apart
def channel(case: Case, rates: ChannelRates, levers: Levers, state: State, key: Any, month: int) -> None:
    """7: who shows, who orders, what is chosen, and the month's money."""
    market = case.channel
    of_reveal = event_key(key, month, REVEALS)
    of_order = event_key(key, month, ORDERS)
    of_choice = event_key(key, month, CHOOSES)
    for c in range(market.known.size):
        chance = rates.reveal * state.feature[market.home[c], OPENNESS]
        if state.known[c] == 0 and uniform(of_reveal, market.entity[c], NOBODY) < chance:
            state.known[c] = 1
    clear(case, state)
    for lot in range(market.last.size):
        if uniform(of_order, market.entity_lot[lot], NOBODY) >= rates.order:
            continue
        u = uniform(of_choice, market.entity_lot[lot], NOBODY)
        state.last[lot] = chosen(case, rates, state, lot, u)
        pay(
            case,
            rates,
            levers.commission,
            levers.registration,
            levers.relief,
            state,
            lot,
            market.lot_volume[lot] / rates.order,
            month,
        )
    summarise(case, rates, state)


@apart
def chosen(case: Case, rates: ChannelRates, state: State, lot: int, u: float) -> int:
    """7b: the multinomial logit of one order, one uniform number inverted."""
    market, odds = case.channel, state.odds
    distributors = market.mind.size
    c, last = market.customer[lot], state.last[lot]
    known, opened = state.known[c] == 1, state.offer[c] == OPEN
    odds[DIRECT] = 0.0
    if opened and known:
        value = direct_value(rates.p_direct, rates.accept, rates.b_price, rates.b_accept)
        odds[DIRECT] = offer_of(value + market.liking_direct[c], last == DIRECT, rates.b_habit)
    for d in range(distributors):
        odds[d + 1] = 0.0
        if market.sells[c, d] == 1:
            odds[d + 1] = offer_via(state.value[d], known, opened, d == market.home[c], last == d + 1, rates)
    rival = distributors + 1
    odds[rival] = offer_of(rates.rival, last == rival, rates.b_habit)
    total = 0.0
    for choice in range(rival + 1):
        total += odds[choice]
    wanted = u * total
    below = 0.0
    for choice in range(rival):
        below += odds[choice]
        if wanted < below:
            return choice
    return rival


@apart
def clear(case: Case, state: State) -> None:
    """Begin a month's money at nothing."""
    for a in range(case.accounts):
        state.level[a, SOLD] = 0.0
        state.level[a, EARNED] = 0.0
        state.level[a, SOLD_DRAWN] = 0.0
        state.level[a, EARNED_DRAWN] = 0.0
        state.now[a, DISTRIBUTOR_PROFIT] = 0.0


@apart
def pay(
    case: Case,
    rates: ChannelRates,
    commission: float,
    registration: float,
    relief: float,
    state: State,
    lot: int,
    units: float,
    month: int,
) -> None:
    """7c: what one order of a lot earns, at a rate of `units` a year.

    What goes through a distributor is lost with that distributor's account and with the end customer's own,
    what is sold directly with the latter alone; in its place the distributor earns what a rival's sale gives.
    """
    market, level = case.channel, state.level
    c, choice = market.customer[lot], state.last[lot]
    home = market.home[c]
    book = market.books[c]
    via = choice - 1
    indirect = choice != DIRECT and via < market.mind.size
    if indirect and market.account_of[via] >= 0:
        book = market.account_of[via]
    size = units * level[book, MARKET_SIZE] * market.unit[book]
    share = 1.0
    there = 1.0
    if indirect and market.account_of[via] >= 0:
        share *= level[market.account_of[via], ALIVE]
        there *= state.drawn[market.account_of[via], LOST_MONTH] == 0.0
    if market.account_at[c] >= 0:
        share *= level[market.account_at[c], ALIVE]
        there *= state.drawn[market.account_at[c], LOST_MONTH] == 0.0

    price = 0.0
    profit = 0.0
    cost = market.unit_cost[book]
    without_us = resold_rival(rates.rival_share, rates.markup_rival)
    if choice == DIRECT:
        paid = commission if market.last[lot] != DIRECT else 0.0  # for what has been diverted alone
        price = direct_price(rates.p_direct, market.markup[home], paid)
        profit = earned_direct(price, cost, rates.serve)
        resale = commission_of(rates.p_direct, market.markup[home], paid)
    elif indirect:
        error = forecast_error(state.feature[via, OPENNESS], rates.err_max, rates.err_min)
        price = 1.0 - relief
        profit = earned_via(relief, registration, error, cost, rates.reg_cost, rates.err_cost)
        resale = resold(relief, state.feature[via, MARKUP])
    else:
        resale = without_us
    level_of_price = case.price[book, month]
    sold = size * price * level_of_price
    earned = size * (profit - price * (1.0 - level_of_price))
    level[book, SOLD] += sold * share
    level[book, EARNED] += earned * share
    level[book, SOLD_DRAWN] += sold * there
    level[book, EARNED_DRAWN] += earned * there
    state.now[book, DISTRIBUTOR_PROFIT] += size * (resale * share + without_us * (1.0 - share))


@apart
def summarise(case: Case, rates: ChannelRates, state: State) -> None:
    """Take share of mind, conflict, transparency and forecast error of each account's distributors."""
    market = case.channel
    for a in range(case.accounts):
        first, end = market.serves_start[a], market.serves_start[a + 1]
        mind = 0.0
        tension = 0.0
        openness = 0.0
        error = 0.0
        for at in range(first, end):
            d = market.serves[at]
            mind += state.minds[d, OURS]
            tension = max(tension, state.feature[d, TENSION])
            openness += state.feature[d, OPENNESS]
            error += forecast_error(state.feature[d, OPENNESS], rates.err_max, rates.err_min)
        number = max(1, end - first)
        state.now[a, SHARE_OF_MIND] = mind / number
        state.now[a, CONFLICT] = tension
        state.now[a, TRANSPARENCY] = openness / number
        state.now[a, FORECAST_ERROR] = error / number


@apart
def start_business(case: Case, rates: ChannelRates, state: State) -> None:
    """Take the business of month 0: every lot goes on as it does today, at today's terms."""
    clear(case, state)
    for lot in range(case.channel.last.size):
        pay(case, rates, 0.0, 0.0, 0.0, state, lot, case.channel.lot_volume[lot], 0)
    summarise(case, rates, state)
