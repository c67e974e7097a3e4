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
    seats, slots = case.owner.shape
    owner, joined, wanted = case.owner, case.joined, levers.wanted
    present, strength, wished = state.present, state.strength, state.wished
    weak, reassign = levers.weak, levers.reassign == 1
    fade_ties(rates, levers, state, month)
    for j in range(wished.size):
        wished[j] = 0.0
    for i in range(seats):
        if present[i] == ABSENT and (reassign or joined[i] > month):
            continue
        for k in range(slots):
            if wanted[i, k] > 0.0:
                wished[owner[i, k]] += wish(wanted[i, k], weak, strength[i, k]) if reassign else wanted[i, k]


@part
def fade_ties(rates: Rates, levers: Levers, state: State, month: int) -> None:
    """2: decay, of the ties that there are one after the other, so that the compiler takes several at once.

    A tie that nobody means to meet ends here where it is too weak, the others when they were not met.
    """
    scale, half_weak, half_strong = rates.decay_scale, rates.half_weak, rates.half_strong
    strength, wanted = state.strength.reshape(state.strength.size), levers.wanted.reshape(state.strength.size)
    tied, faded = state.tied, state.faded
    idle = month > levers.effort.shape[0]
    ties: Any = np.uint64(0)
    for at in range(np.uint64(strength.size)):
        tied[ties] = at
        faded[ties] = strength[at]
        ties += np.uint64(strength[at] > 0.0)
    whole = (ties + WIDEST - ONE) // WIDEST * WIDEST
    for n in range(ties, whole):
        faded[n] = 0.0
    for n in range(whole):
        faded[n] = decay(faded[n], scale, half_weak, half_strong)
    for n in range(ties):
        slot = np.uint64(tied[n])
        ends = idle and wanted[slot] == 0.0 and has_ended(faded[n], rates.s_gone, scale)
        strength[slot] = 0.0 if ends else faded[n]


@part
def meet(case: Case, rates: Rates, levers: Levers, state: State, key: Any, month: int) -> None:
    """3: hours, contact, planned actions and new ties; then the month's coverage."""
    seats, slots = case.owner.shape
    owner, entity, entity_ours = case.owner, case.entity, case.entity_ours
    wanted, hours, weak, reassign = levers.wanted, levers.hours, levers.weak, levers.reassign == 1
    present, present_ours, strength = state.present, state.present_ours, state.strength
    coverage, wished = state.coverage, state.wished
    planned = month <= levers.effort.shape[0]
    draw = event_key(key, month, OPENS)
    for g in range(case.distributing.size):
        training = levers.training if case.distributing[g] == 1 else 0.0
        spent = 0.0
        taught = 0.0
        for i in seats_of(case, g):
            if present[i] == ABSENT:
                continue
            reach = -1.0
            for k in range(slots):
                if wanted[i, k] == 0.0 and not planned:
                    continue
                s = strength[i, k]
                met = False
                if planned:
                    j = owner[i, k]
                    if j >= 0 and present_ours[j] == PRESENT and levers.effort[month - 1, i, k] > 0.0:
                        effective = levers.effort[month - 1, i, k]
                        s = contact(s if s > 0.0 else rates.s_new, effective, rates.contact_gain)
                        spent += levers.effort_hours[month - 1, i, k]
                        taught += levers.effort_taught[month - 1, i, k]
                        met = True
                else:
                    j = owner[i, k]
                    if present_ours[j] == PRESENT and hours[month, j] > 0.0:
                        asked = wish(wanted[i, k], weak, s) if reassign else wanted[i, k]
                        h = tie_hours(hours[month, j], asked, wished[j])
                        spent += h
                        lesson = learning_hours(h, training)
                        taught += lesson
                        h -= lesson
                        if s > 0.0:
                            effective = effort(h, rates.attention)
                            if effective > 0.0:
                                s = contact(s, effective, rates.contact_gain)
                                met = True
                        else:
                            u = uniform(draw, entity[i], entity_ours[j])
                            if u < most_opening(h, rates.new_tie_rate, rates.referral):
                                if reach < 0.0:
                                    reach = reach_of(case, state, i)
                                if u < opening_chance(h, reach, rates.new_tie_rate, rates.referral):
                                    s = rates.s_new
                                    met = True
                if not met and has_ended(s, rates.s_gone, rates.decay_scale):
                    s = 0.0
                strength[i, k] = s
        state.level[g, SPENT] = spent
        state.taught[g] = taught
    for g in range(case.accounts, case.distributing.size):  # hours at its distributors are the account's
        state.level[0, SPENT] += state.level[g, SPENT]
    for i in range(seats):  # at a vacant seat there is no tie
        open_part = 1.0
        for k in range(slots):
            open_part *= 1.0 - strength[i, k]
        coverage[i] = 1.0 - open_part


@part
def reach_of(case: Case, state: State, i: int) -> float:
    """3c: how far those who sway a stakeholder are covered and in favour, by last month's coverage."""
    reach = 0.0
    for line in lines_to(case, i):
        k = case.line_from[line]
        reach += referral_reach(case.line_pull[line], state.coverage[k], state.orientation[k])
    return reach
