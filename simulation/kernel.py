"""The compiled month: phases in order over the arrays of `state.py`, replicate by replicate.

1 people (events, departures, arrivals, our people, shock), 2 and 3 ties (decay, hours, contact, new ties),
4 orientation, 5 account (market, loss, wallet, margin), 8 results. Distributors and channels are phases 6
and 7, between account and results; an account without them skips them.

Everything a replicate needs is in its own state and every draw is keyed, so replicates can be run in any
slices, in any order and on any number of threads with the same bits. Loops add up in the order of the seats.
"""

from __future__ import annotations

from typing import Any

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


@part
def coverage_of(strength: Floats, i: int) -> float:
    """Return the chance-like union of a seat's ties: 1 - the product of what each leaves open."""
    open_part = 1.0
    for k in range(strength.shape[1]):
        open_part *= 1.0 - strength[i, k]
    return 1.0 - open_part


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
def events(case: Case, rates: Rates, state: State, key: Any, month: int) -> None:
    """1a: what the scenario does to people at the start of the month."""
    joined, present = case.joined, state.present
    for i in range(joined.size):
        if joined[i] == month:
            present[i] = PRESENT
            state.orientation[i] = rates.o_base
    for x in range(case.event_month.size):
        if case.event_month[x] != month:
            continue
        kind, at = case.event_kind[x], case.event_at[x]
        if kind == SEAT_LEAVES:
            if present[at] == ABSENT:
                state.missed[x] = 1
            else:
                present[at] = LEAVING
        elif kind == OURS_LEAVES:
            if state.present_ours[at] == ABSENT:
                state.missed[x] = 1
            else:
                state.present_ours[at] = LEAVING
        elif kind == NEW_MANAGER:
            state.handed[at] = 1
        elif kind == REORGANISES:
            draw = event_key(key, month, REORGANISED)
            for i in range(joined.size):
                if (
                    case.function[i] == at
                    and present[i] == PRESENT
                    and uniform(draw, case.entity[i], NOBODY) < case.event_share[x]
                ):
                    present[i] = LEAVING


@part
def people(case: Case, rates: Rates, levers: Levers, state: State, key: Any, month: int) -> None:
    """1: events, departures, arrivals, our people, and the shock that the changes give."""
    seats, slots = case.owner.shape
    joined, weight, decisive = case.joined, case.weight, case.decisive
    entity, leave, departing = case.entity, case.leave, state.departing
    present, orientation, coverage, strength = (
        state.present,
        state.orientation,
        state.coverage,
        state.strength,
    )
    for j in range(state.handed.size):
        state.handed[j] = 0
    events(case, rates, state, key, month)

    draw = event_key(key, month, DEPARTS)
    for i in range(seats):  # a loop of its own, which the compiler vectorises
        departing[i] = uniform(draw, entity[i], NOBODY) < leave[i]
    vacant = 0
    gone = 0.0
    deciding = 0.0
    stayed = 0.0
    stayed_orientation = 0.0
    total = 0.0
    others = 0.0
    for i in range(seats):
        if joined[i] > month:
            continue
        w = weight[i]
        total += w
        deciding += decisive[i]
        if departing[i] == 1 and present[i] == PRESENT:
            present[i] = LEAVING
        if present[i] == PRESENT:
            stayed += w
            stayed_orientation += w * orientation[i]
            others += w * coverage[i]
        else:
            vacant += 1
            if present[i] == LEAVING:
                gone += decisive[i]
                coverage[i] = 0.0
                for k in range(slots):
                    strength[i, k] = 0.0
    hit = hit_of_leavers(ratio(gone, deciding), ratio(others, total))

    if vacant > 0:
        draw = event_key(key, month, ARRIVES)
        luck = event_key(key, month, NEWCOMER)
        mean = ratio(stayed_orientation, stayed)
        for i in range(seats):
            if present[i] == PRESENT or joined[i] > month:
                continue
            if present[i] == LEAVING:
                present[i] = ABSENT
            elif uniform(draw, entity[i], NOBODY) < rates.replacement_theirs:
                present[i] = PRESENT
                orientation[i] = newcomer_orientation(mean, uniform(luck, entity[i], NOBODY), rates.mood)

    if our_people(case, rates, state, key, month):
        before = relation(case, state)
        hand_over(case, levers, state)
        after = relation(case, state)
        if after < before:
            hit = max(hit, hit_of_ours(ratio(before, total), ratio(after, total), rates.follow, rates.r_half))
    state.level[SHOCK] = shock_after(state.level[SHOCK], hit, rates.shock_fade)


@part
def our_people(case: Case, rates: Rates, state: State, key: Any, month: int) -> bool:
    """1d: who of ours leaves and arrives; tell whether any ties change hands."""
    present, handed, entity, leave = state.present_ours, state.handed, case.entity_ours, case.leave_ours
    draw = event_key(key, month, OURS_DEPART)
    draw_arrival = event_key(key, month, OURS_ARRIVE)
    changed = False
    for j in range(leave.size):
        if present[j] == ABSENT:
            if uniform(draw_arrival, entity[j], NOBODY) < rates.replacement_ours:
                present[j] = PRESENT
        elif present[j] == LEAVING or uniform(draw, entity[j], NOBODY) < leave[j]:
            present[j] = ABSENT
            handed[j] = 1
        if handed[j] == 1:
            changed = True
    return changed


@part
def relation(case: Case, state: State) -> float:
    """Return the sum of w cov o over those in favour: what can leave with one of ours."""
    weight, present, orientation, coverage = case.weight, state.present, state.orientation, state.coverage
    total = 0.0
    for i in range(weight.size):
        if present[i] == PRESENT and orientation[i] > 0.0:
            total += weight[i] * coverage[i] * orientation[i]
    return total


@part
def hand_over(case: Case, levers: Levers, state: State) -> None:
    """1d: ties that change hands keep a share of their strength."""
    owner, strength, handed, coverage = case.owner, state.strength, state.handed, state.coverage
    for i in range(owner.shape[0]):
        touched = False
        for k in range(owner.shape[1]):
            j = owner[i, k]
            if j < 0:
                break
            if handed[j] == 1 and strength[i, k] > 0.0:
                strength[i, k] *= levers.handover
                touched = True
        if touched:
            coverage[i] = coverage_of(strength, i)


@part
def fade(case: Case, rates: Rates, levers: Levers, state: State, month: int) -> None:
    """2 and 3a: decay, and what is wished of each of ours."""
    seats, slots = case.owner.shape
    owner, joined, wanted = case.owner, case.joined, levers.wanted
    present, strength, wished = state.present, state.strength, state.wished
    scale, half_weak, half_strong = rates.decay_scale, rates.half_weak, rates.half_strong
    weak, reassign = levers.weak, levers.reassign == 1
    for j in range(wished.size):
        wished[j] = 0.0
    for i in range(seats):
        if present[i] == ABSENT and (reassign or joined[i] > month):
            continue
        for k in range(slots):
            s = strength[i, k]
            if s > 0.0:
                s = decay(s, scale, half_weak, half_strong)
                strength[i, k] = s
            if wanted[i, k] > 0.0:
                wished[owner[i, k]] += wish(wanted[i, k], weak, s) if reassign else wanted[i, k]


@part
def meet(case: Case, rates: Rates, levers: Levers, state: State, key: Any, month: int) -> None:
    """3: hours, contact, planned actions and new ties; then the month's coverage."""
    seats, slots = case.owner.shape
    owner, entity, entity_ours = case.owner, case.entity, case.entity_ours
    wanted, hours, weak, reassign = levers.wanted, levers.hours, levers.weak, levers.reassign == 1
    present, present_ours, strength = state.present, state.present_ours, state.strength
    coverage, new_coverage, wished = state.coverage, state.new_coverage, state.wished
    planned = month <= levers.effort.shape[0]
    draw = event_key(key, month, OPENS)
    spent = 0.0
    for i in range(seats):
        if present[i] == ABSENT:
            new_coverage[i] = 0.0
            continue
        reach = -1.0
        open_part = 1.0
        for k in range(slots):
            s = strength[i, k]
            if s == 0.0 and wanted[i, k] == 0.0 and not planned:
                continue
            met = False
            if planned:
                j = owner[i, k]
                if j >= 0 and present_ours[j] == PRESENT and levers.effort[month - 1, i, k] > 0.0:
                    effective = levers.effort[month - 1, i, k]
                    s = contact(s if s > 0.0 else rates.s_new, effective, rates.contact_gain)
                    spent += levers.effort_hours[month - 1, i, k]
                    met = True
            elif wanted[i, k] > 0.0:
                j = owner[i, k]
                if present_ours[j] == PRESENT and hours[month, j] > 0.0:
                    asked = wish(wanted[i, k], weak, s) if reassign else wanted[i, k]
                    h = tie_hours(hours[month, j], asked, wished[j])
                    spent += h
                    if s > 0.0:
                        effective = effort(h, rates.attention)
                        if effective > 0.0:
                            s = contact(s, effective, rates.contact_gain)
                            met = True
                    else:
                        if reach < 0.0:
                            reach = reach_of(case, state, i)
                        chance = opening_chance(h, reach, rates.new_tie_rate, rates.referral)
                        if uniform(draw, entity[i], entity_ours[j]) < chance:
                            s = rates.s_new
                            met = True
            if s < rates.s_gone and not met:
                s = 0.0
            strength[i, k] = s
            open_part *= 1.0 - s
        new_coverage[i] = 1.0 - open_part
    for i in range(seats):
        coverage[i] = new_coverage[i]
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
