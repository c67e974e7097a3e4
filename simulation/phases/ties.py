"""Phases 2 and 3: ties fade, hours renew them, new ones open."""

from __future__ import annotations

from typing import Any

import numpy as np

from graph.strength import (
    contact,
    decay,
)
from simulation.compiling import (
    part,
)
from simulation.draws import (
    OPENS,
    event_key,
    uniform,
)
from simulation.phases.seats import (
    lines_to,
    seats_of,
)
from simulation.rules import (
    Rates,
    effort,
    has_ended,
    learning_hours,
    most_opening,
    opening_chance,
    referral_reach,
    tie_hours,
    wish,
)
from simulation.state import (
    ABSENT,
    PRESENT,
    SPENT,
    Case,
    Levers,
    State,
)

ONE = np.uint64(1)
WIDEST = np.uint64(8)  # numbers that a processor takes at once, at most


@part
def fade(case: Case, rates: Rates, levers: Levers, state: State, month: int) -> None:
    """2 and 3a: decay, and what is wished of each of ours."""
    fade_ties(rates, levers, state, month)
    present, asked, wished = state.present, state.asked, state.wished
    reassign = levers.reassign == 1
    for j in range(wished.size):
        wished[j] = 0.0
    wish_for_hours(levers, state)
    for n in range(np.uint64(levers.meant.size)):
        i = np.uint64(levers.meant_seat[n])
        if present[i] != ABSENT or not (reassign or case.joined[i] > month):
            wished[np.uint64(levers.meant_ours[n])] += asked[n]


@part
def fade_ties(rates: Rates, levers: Levers, state: State, month: int) -> None:
    """2: decay, of the ties that there are one after the other, so that the compiler takes several at once.

    A tie that nobody means to meet ends here where it is too weak, the others when they were not met.
    """
    scale, half_weak, half_strong = rates.decay_scale, rates.half_weak, rates.half_strong
    strength, tied, faded = flat(state.strength), state.tied, state.faded
    meant = flat(levers.effort[month - 1]) if month <= levers.effort.shape[0] else flat(levers.wanted)
    ties: Any = np.uint64(0)
    for slot in range(np.uint64(strength.size)):
        tied[ties] = slot
        faded[ties] = strength[slot]
        ties += np.uint64(strength[slot] > 0.0)
    whole = filled(faded, ties)
    for n in range(whole):
        faded[n] = decay(faded[n], scale, half_weak, half_strong)
    for n in range(ties):
        at = np.uint64(tied[n])
        ends = meant[at] == 0.0 and has_ended(faded[n], rates.s_gone, scale)
        strength[at] = 0.0 if ends else faded[n]


@part
def wish_for_hours(levers: Levers, state: State) -> None:
    """3a: how much an hour is wished for in every slot that the strategy means."""
    weights, asked, strength = levers.meant_weight, state.asked, flat(state.strength)
    if levers.reassign == 1:
        for n in range(np.uint64(weights.size)):
            asked[n] = wish(weights[n], levers.weak, strength[np.uint64(levers.meant[n])])
    else:
        for n in range(np.uint64(weights.size)):
            asked[n] = weights[n]


@part
def meet(case: Case, rates: Rates, levers: Levers, state: State, key: Any, month: int) -> None:
    """3: planned actions or hours, contact and new ties; then the month's coverage."""
    if month <= levers.effort.shape[0]:
        act(case, rates, levers, state, month)
    else:
        spend(case, rates, levers, state, key, month)
    for g in range(case.accounts, case.distributing.size):  # hours at its distributors are the account's
        state.level[0, SPENT] += state.level[g, SPENT]
    seats, slots = case.owner.shape
    strength, coverage = state.strength, state.coverage
    for i in range(np.uint64(seats)):  # at a vacant seat there is no tie
        open_part = 1.0
        for k in range(np.uint64(slots)):
            open_part *= 1.0 - strength[i, k]
        coverage[i] = 1.0 - open_part


@part
def act(case: Case, rates: Rates, levers: Levers, state: State, month: int) -> None:
    """3b and 3c of a plan: its actions of the month, by those of ours who are there, at seats that are held.

    A tie that an action opens is what the contact makes of it, as the measures find once it is a touchpoint.
    """
    owner, strength = case.owner, flat(state.strength)
    slots = np.uint64(owner.shape[1])
    efforts, hours = levers.effort[month - 1], levers.effort_hours[month - 1]
    lessons = levers.effort_taught[month - 1]
    ties: Any = np.uint64(0)
    for g in range(case.distributing.size):
        spent = 0.0
        taught = 0.0
        for i in seats_of(case, g):
            if state.present[i] == ABSENT:
                continue
            for k in range(slots):
                if efforts[i, k] == 0.0:
                    continue
                slot = i * slots + k
                s = strength[slot]
                if state.present_ours[owner[i, k]] == PRESENT:
                    spent += hours[i, k]
                    taught += lessons[i, k]
                    ties = arrange(state, ties, slot, s, efforts[i, k])
                elif has_ended(s, rates.s_gone, rates.decay_scale):
                    strength[slot] = 0.0
        state.level[g, SPENT] = spent
        state.taught[g] = taught
    renew(rates, state, ties)


@part
def spend(case: Case, rates: Rates, levers: Levers, state: State, key: Any, month: int) -> None:
    """3b and 3c: hours go where the strategy means them to, renew ties and open new ones."""
    hours, strength, asked, wished = levers.hours, flat(state.strength), state.asked, state.wished
    draw = event_key(key, month, OPENS)
    ties: Any = np.uint64(0)
    for g in range(case.distributing.size):
        training = levers.training if case.distributing[g] == 1 else 0.0
        spent = 0.0
        taught = 0.0
        reached: Any = np.uint64(case.joined.size)
        reach = 0.0
        for n in meant_at(levers, g):
            i, j = np.uint64(levers.meant_seat[n]), np.uint64(levers.meant_ours[n])
            slot = np.uint64(levers.meant[n])
            s = strength[slot]
            if state.present[i] != ABSENT and state.present_ours[j] == PRESENT and hours[month, j] > 0.0:
                h = tie_hours(hours[month, j], asked[n], wished[j])
                spent += h
                lesson = learning_hours(h, training)
                taught += lesson
                h -= lesson
                if s > 0.0:
                    effective = effort(h, rates.attention)
                    if effective > 0.0:
                        ties = arrange(state, ties, slot, s, effective)
                        continue
                else:
                    u = uniform(draw, case.entity[i], case.entity_ours[j])
                    if u < most_opening(h, rates.new_tie_rate, rates.referral):
                        if reached != i:
                            reached = i
                            reach = reach_of(case, state, i)
                        if u < opening_chance(h, reach, rates.new_tie_rate, rates.referral):
                            strength[slot] = rates.s_new
                            continue
            if has_ended(s, rates.s_gone, rates.decay_scale):
                strength[slot] = 0.0
        state.level[g, SPENT] = spent
        state.taught[g] = taught
    renew(rates, state, ties)


@part
def arrange(state: State, ties: Any, slot: Any, s: float, effective: float) -> Any:
    """Put a tie that is to be renewed behind the others, and return how many there are."""
    state.tied[ties] = slot
    state.faded[ties] = s
    state.effective[ties] = effective
    return ties + ONE


@part
def renew(rates: Rates, state: State, ties: Any) -> None:
    """3b: contact, of the ties that were arranged, several at once as decay."""
    strength, tied, renewed, effective = flat(state.strength), state.tied, state.faded, state.effective
    whole = filled(renewed, ties)
    filled(effective, ties)
    for n in range(whole):
        renewed[n] = contact(renewed[n], effective[n], rates.contact_gain)
    for n in range(ties):
        strength[np.uint64(tied[n])] = renewed[n]


@part
def filled(row: Any, used: Any) -> Any:
    """Put zeros behind what a row holds, and return how long it is then: whole vectors."""
    for n in range(WIDEST):
        row[used + n] = 0.0
    return (used + WIDEST - ONE) // WIDEST * WIDEST


@part
def flat(table: Any) -> Any:
    """Return the slots of all seats, seat by seat, in one row."""
    return table.reshape(table.size)


@part
def meant_at(levers: Levers, g: int) -> range:
    """Return the slots at an organisation that a strategy means, by their number among all it means."""
    return range(np.uint64(levers.meant_start[g]), np.uint64(levers.meant_start[g + 1]))


@part
def reach_of(case: Case, state: State, i: Any) -> float:
    """3c: how far those who sway a stakeholder are covered and in favour, by last month's coverage."""
    reach = 0.0
    for line in lines_to(case, i):
        k = case.line_from[line]
        reach += referral_reach(case.line_pull[line], state.coverage[k], state.orientation[k])
    return reach
