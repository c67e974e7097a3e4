"""Phase 1: events, departures, arrivals, our people, and the shock that their changes give."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulation.compiling import (
    part,
)
from simulation.draws import (
    ARRIVES,
    DEPARTS,
    NEWCOMER,
    OURS_ARRIVE,
    OURS_DEPART,
    REORGANISED,
    event_key,
    uniform,
)
from simulation.phases.seats import (
    seats_of,
)
from simulation.rules import (
    Rates,
    hit_of_leavers,
    hit_of_ours,
    newcomer_orientation,
    ratio,
    shock_after,
)
from simulation.state import (
    ABSENT,
    ANNOUNCED,
    ANNOUNCES,
    HIT,
    LEAVING,
    LEFT,
    NEW_MANAGER,
    OPEN,
    OPENS_DIRECT,
    OURS_LEAVES,
    PRESENT,
    REACHED,
    REORGANISES,
    RIVAL_LAUNCHES,
    SEAT_LEAVES,
    SHOCK,
    TAKEN_OVER,
    TRUST,
    WEIGHT,
    Case,
    Floats,
    Levers,
    State,
)

NOBODY = 0  # second entity of what happens to one person alone


@part
def events(case: Case, rates: Rates, levers: Levers, state: State, key: Any, month: int) -> None:
    """1a: what the scenario does to people, distributors and end customers at the start of the month."""
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
            if state.present_ours[at] == ABSENT:
                state.missed[x] = 1
            else:
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
        elif kind == RIVAL_LAUNCHES:
            state.launch[at] = month
            state.has_rival[at] = 1
        elif kind == TAKEN_OVER:
            taken_over(case, levers, state, at)
        elif kind == ANNOUNCES:
            state.offer[at] = max(state.offer[at], ANNOUNCED)
        elif kind == OPENS_DIRECT:
            state.offer[at] = OPEN


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
    level = state.level
    for j in range(state.handed.size):
        state.handed[j] = 0
    events(case, rates, levers, state, key, month)

    draw = event_key(key, month, DEPARTS)
    for i in range(seats):  # a loop of its own, which the compiler vectorises
        departing[i] = uniform(draw, entity[i], NOBODY) < leave[i]
    arrives = event_key(key, month, ARRIVES)
    luck = event_key(key, month, NEWCOMER)
    for g in range(case.distributing.size):
        vacant = 0
        gone = 0.0
        deciding = 0.0
        left = 0.0
        stayed = 0.0
        stayed_orientation = 0.0
        total = 0.0
        others = 0.0
        for i in seats_of(case, g):
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
                    left += w
        level[g, LEFT] = ratio(left, total)
        level[g, WEIGHT] = total
        level[g, HIT] = hit_of_leavers(ratio(gone, deciding), ratio(others, total))
        if vacant > 0:
            mean = ratio(stayed_orientation, stayed)
            for i in seats_of(case, g):
                if present[i] == PRESENT or joined[i] > month:
                    continue
                if present[i] == LEAVING:
                    present[i] = ABSENT
                    coverage[i] = 0.0
                    for k in range(slots):
                        strength[i, k] = 0.0
                elif uniform(arrives, entity[i], NOBODY) < rates.replacement_theirs:
                    present[i] = PRESENT
                    orientation[i] = newcomer_orientation(mean, uniform(luck, entity[i], NOBODY), rates.mood)

    changed = our_people(case, rates, state, key, month)
    if changed:
        for g in range(case.accounts):
            level[g, REACHED] = relation(case, state, g)
        hand_over(case, levers, state)
    for g in range(case.accounts):
        hit = level[g, HIT]
        if changed:
            before, after, total = level[g, REACHED], relation(case, state, g), level[g, WEIGHT]
            if after < before:
                lost = hit_of_ours(ratio(before, total), ratio(after, total), rates.follow, rates.r_half)
                hit = max(hit, lost)
        level[g, SHOCK] = shock_after(level[g, SHOCK], hit, rates.shock_fade)


@part
def our_people(case: Case, rates: Rates, state: State, key: Any, month: int) -> bool:
    """1d: who of ours leaves and arrives; tell whether any ties change hands."""
    present, handed, entity, leave = state.present_ours, state.handed, case.entity_ours, case.leave_ours
    departing = state.departing_ours
    draw = event_key(key, month, OURS_DEPART)
    draw_arrival = event_key(key, month, OURS_ARRIVE)
    for j in range(np.uint64(leave.size)):  # a loop of its own, which the compiler vectorises
        departing[j] = uniform(draw, entity[j], NOBODY) < leave[j]
    changed = False
    for j in range(leave.size):
        if present[j] == ABSENT:
            if uniform(draw_arrival, entity[j], NOBODY) < rates.replacement_ours:
                present[j] = PRESENT
        elif present[j] == LEAVING or departing[j] == 1:
            present[j] = ABSENT
            handed[j] = 1
        if handed[j] == 1:
            changed = True
    return changed


@part
def relation(case: Case, state: State, g: int) -> float:
    """Return the sum of w cov o over those in favour: what can leave with one of ours."""
    weight, present, orientation, coverage = case.weight, state.present, state.orientation, state.coverage
    total = 0.0
    for i in seats_of(case, g):
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
def taken_over(case: Case, levers: Levers, state: State, d: int) -> None:
    """1a: a distributor gets a new owner: our ties there keep a share, its trust is gone."""
    g = case.channel.seats_at[d]
    state.taken[d] = 1
    state.has_rival[d] = 1
    state.feature[d, TRUST] = 0.0
    if g < 0:  # nobody of its people is known
        return
    for i in seats_of(case, g):
        for k in range(case.owner.shape[1]):
            state.strength[i, k] *= levers.handover
        state.coverage[i] = coverage_of(state.strength, i)


@part
def coverage_of(strength: Floats, i: int) -> float:
    """Return the chance-like union of a seat's ties: 1 - the product of what each leaves open."""
    open_part = 1.0
    for k in range(strength.shape[1]):
        open_part *= 1.0 - strength[i, k]
    return 1.0 - open_part
