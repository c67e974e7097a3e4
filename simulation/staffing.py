"""Who spends how many hours on whom: the levers of a strategy as arrays of the kernel."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from simulation.business import Business
from simulation.scenario import HoursCut, Scenario
from simulation.state import NO_OFFER, OPEN, Case, Levers
from simulation.strategies import TRAINING, Strategy
from simulation.world import World

Array = NDArray[np.float64]


def hours_by_month(world: World, scenario: Scenario, months: int) -> Array:
    """Return the hours that each of ours brings, shape (T + 1, ours)."""
    hours = np.tile(world.hours, (months + 1, 1))
    for event in scenario.events:
        if isinstance(event, HoursCut):
            cut = [world.our_index[who] for who in event.people] or list(range(len(world.ours)))
            hours[event.month :, cut] *= 1.0 - event.share
    return hours


def levers_of(
    strategy: Strategy,
    world: World,
    business: Business,
    case: Case,
    values: Mapping[str, float],
    hours: Array,
    factor: float,
) -> Levers:
    """Return what a strategy wants, on the arrays of a case.

    Parameters
    ----------
    hours
        What each of ours brings, shape (T + 1, ours).
    factor
        What everybody's hours were multiplied with.
    """
    wanted = np.where(case.owner >= 0, _weights(strategy, world), 0.0)
    pool = hours.sum(axis=1)
    if strategy.hours is None:
        staffed = _staffing(wanted, case, pool, values["max_person_hours"], len(world.ours))
    else:
        fixed = np.array([strategy.hours.get(person.id, 0.0) for person in world.ours]) * factor
        staffed = _given(fixed, hours, pool)
    effort, effort_hours, effort_taught = _planned(strategy, world, case, pool)
    offer = np.full(len(business.customers), NO_OFFER, dtype=np.int8)
    offer[list(business.largest(strategy.direct))] = OPEN
    seat, slot = np.nonzero(wanted)
    return Levers(
        wanted=np.ascontiguousarray(wanted),
        meant=seat * wanted.shape[1] + slot,
        meant_seat=seat,
        meant_ours=case.owner[seat, slot],
        meant_weight=wanted[seat, slot],
        meant_start=np.searchsorted(seat, case.seat_start),
        hours=np.ascontiguousarray(staffed.reshape(len(pool), len(world.ours))),
        weak=float(strategy.weak),
        reassign=int(strategy.reassign),
        handover=values["handover"] if strategy.handover is None else strategy.handover,
        effort=effort,
        effort_hours=effort_hours,
        effort_taught=effort_taught,
        training=float(strategy.training),
        commission=float(strategy.commission),
        registration=float(strategy.registration),
        relief=float(strategy.relief),
        offer=offer,
    )


def _given(fixed: Array, hours: Array, pool: Array) -> Array:
    """Return the hours that a strategy itself gives to each of ours, shape (T + 1, ours).

    A cut takes the same share of somebody's given hours as of their own; where others' hours were given to
    them and those are cut, everybody's shrink to what the pool still has.
    """
    left = np.divide(hours, hours[0], out=np.ones_like(hours), where=hours[0] > 0.0)
    staffed: Array = fixed * left
    asked = staffed.sum(axis=1)
    shrunk = np.divide(pool, asked, out=np.ones_like(pool), where=asked > pool)
    staffed *= shrunk[:, None]
    return staffed


def _weights(strategy: Strategy, world: World) -> Array:
    """Return the weights over all slots, shape (seats, slots).

    One account has its own weights. An end customer's account gives its distributors a share of the hours.
    In a portfolio every account has the share that its hours have today. Shares are of the seats that exist
    today, so that a seat that joins one day moves nothing before that day.
    """
    parts, totals = [], []
    for seating in world.seatings:
        weights = np.zeros((len(seating.seats), world.width))
        weights[:, : seating.width] = strategy.weigh(seating.opened(strategy.pairs))
        standing = np.array([seat.joined == 0 for seat in seating.seats], dtype=bool)
        parts.append(weights)
        totals.append(math.fsum(weights[standing].flat))  # the same sum for any number of empty slots
    if len(parts) > 1:
        for weights, total, share in zip(parts, totals, _shares(strategy, world, totals), strict=True):
            whole = total if total > 0.0 else math.fsum(weights.flat)
            if whole > 0.0:
                weights /= whole
                weights *= share
    return np.concatenate(parts) if parts else np.zeros((0, 0))


def _shares(strategy: Strategy, world: World, totals: list[float]) -> list[float]:
    """Return the share of the hours that each organisation gets."""
    at_distributor = [
        bool("distributor" in one.kinds or one in world.partners) for one in world.organisations
    ]
    natural = [float(account.hours.sum()) for account in world.accounts]
    natural += [1.0] * len(world.partners)
    share = strategy.distributor_share
    if not world.partners and not strategy.distributors_first:
        return natural
    found = []
    for group in (False, True):
        members = [
            amount * (total > 0.0)
            for amount, total, there in zip(natural, totals, at_distributor, strict=True)
            if there == group
        ]
        found.append(sum(members))
    if found[0] == 0.0 or found[1] == 0.0:
        return natural
    return [
        (share if there else 1.0 - share) * amount / found[there]
        for amount, there in zip(natural, at_distributor, strict=True)
    ]


def _planned(strategy: Strategy, world: World, case: Case, pool: Array) -> tuple[Array, Array, Array]:
    """Return effort, hours and hours of training of planned actions, each (P, seats, slots)."""
    months = len(pool) - 1
    effort = np.zeros((strategy.horizon, *case.owner.shape))
    effort_hours, effort_taught = np.zeros_like(effort), np.zeros_like(effort)
    policy = world.accounts[0].policy
    for action in strategy.actions:
        i = world.seat_index[action.stakeholder]
        k = int(np.flatnonzero(case.owner[i] == world.our_index[action.person])[0])
        kind = policy.kinds[action.kind]
        hours = kind.hours / action.attendees
        effort[action.month - 1, i, k] += kind.quality * kind.hours / math.sqrt(action.attendees)
        effort_hours[action.month - 1, i, k] += hours
        if action.kind == TRAINING:
            effort_taught[action.month - 1, i, k] += hours
    for month in range(1, min(strategy.horizon, months) + 1):
        planned = float(effort_hours[month - 1].sum())
        if planned > pool[month]:  # after a cut the plan has no more hours than any other strategy
            for array in (effort, effort_hours, effort_taught):
                array[month - 1] *= pool[month] / planned
    return effort, effort_hours, effort_taught


def _staffing(wanted: Array, case: Case, pool: Array, most: float, ours: int) -> Array:
    """Return the hours that a strategy asks of each of ours, shape (T + 1, ours).

    The pool follows the weights at the seats that exist; who would get more than `most` gets that, and the
    rest goes to the others by their weights, or is idle.
    """
    staffed = np.zeros((len(pool), ours))
    for month, hours in enumerate(pool):
        if month > 0 and hours == pool[month - 1] and not (case.joined == month).any():
            staffed[month] = staffed[month - 1]
            continue
        demand = np.zeros(ours)
        standing = case.joined <= month
        taken = (case.owner >= 0) & standing[:, None]
        np.add.at(demand, case.owner[taken], wanted[taken])
        full = np.zeros(ours, dtype=bool)
        left = float(hours)
        while demand[~full].sum() > 0.0:
            share = np.zeros(ours)
            share[~full] = left * demand[~full] / demand[~full].sum()
            over = share > most
            if not over.any():
                staffed[month] += share
                break
            staffed[month, over] = most
            left -= most * int(over.sum())
            full |= over
    return staffed
