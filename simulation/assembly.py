"""From account, scenario and strategies to the arrays of the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.account import Account, Person
from simulation.draws import entity
from simulation.parameters import resolve_parameters
from simulation.rules import Rates, monthly_chance
from simulation.scenario import (
    HoursCut,
    Leaves,
    NewKeyAccountManager,
    PricePressure,
    Reorganises,
    Scenario,
)
from simulation.seating import Seating, seat_people
from simulation.state import NEW_MANAGER, OURS_LEAVES, REORGANISES, SEAT_LEAVES, Case, Levers
from simulation.strategies import Strategy

INDEX_START = 100.0
VALUE_ROWS = ("Technical", "Marketing", "Executive")
NO_FUNCTION = -1


@dataclass(frozen=True)
class Assembly:
    """Everything that a run needs, as arrays.

    Attributes
    ----------
    parameters
        The value of every row of the parameter table.
    levers
        One for each strategy.
    pool
        (T + 1,) hours a month that all of ours have together.
    asked
        (strategies, T + 1) hours a month that each strategy makes use of; the rest is idle.
    """

    seating: Seating
    parameters: Mapping[str, float]
    case: Case
    rates: Rates
    levers: tuple[Levers, ...]
    pool: NDArray[np.float64]
    asked: NDArray[np.float64]


def assemble(
    account: Account,
    scenario: Scenario,
    strategies: Sequence[Strategy],
    months: int,
    *,
    hours_factor: float = 1.0,
) -> Assembly:
    """Return the arrays of a run.

    Parameters
    ----------
    months
        Horizon T.
    hours_factor
        Multiplies everybody's hours, for the curve over hours.
    """
    values = resolve_parameters(scenario.parameters, account.policy)
    pairs = [pair for strategy in strategies for pair in strategy.pairs]
    seating = seat_people(account, scenario, values, pairs)
    case = _case(seating, scenario, values, months)
    hours = _hours_by_month(account, scenario, months) * hours_factor
    pool = hours.sum(axis=1)
    levers = tuple(
        _levers(strategy, seating, case, values, hours, pool, hours_factor) for strategy in strategies
    )
    asked = np.array([lever.hours.sum(axis=1) for lever in levers]).reshape(len(levers), months + 1)
    for row, lever in zip(asked, levers, strict=True):
        planned = min(lever.effort.shape[0], months)
        row[1 : planned + 1] = lever.effort_hours[:planned].sum(axis=(1, 2))
    rates = Rates(**{name: values[_row_of(name)] for name in Rates._fields})
    return Assembly(seating, values, case, rates, levers, pool, asked)


def _row_of(field: str) -> str:
    """Return the row of the parameter table behind a field of `Rates`: a dot cannot stand in a name."""
    return {"replacement_theirs": "replacement.theirs", "replacement_ours": "replacement.ours"}.get(
        field, field
    )


def _case(seating: Seating, scenario: Scenario, values: Mapping[str, float], months: int) -> Case:
    account = seating.account
    seats = seating.seats
    weight = np.array([seat.weight for seat in seats], dtype=np.float64)
    deciding = np.array([seat.role == "decision_maker" for seat in seats], dtype=bool)
    rows = [account.policy.row_of(seat.function) for seat in seats]
    codes = {
        name: code for code, name in enumerate(sorted({seat.function for seat in seats if seat.function}))
    }
    owner = np.full((len(seats), seating.width), -1, dtype=np.int64)
    strength = np.zeros((len(seats), seating.width))
    for i, slots in enumerate(seating.slots):
        for k, slot in enumerate(slots):
            owner[i, k] = slot.owner
            strength[i, k] = slot.strength
    start, source, pull = _influence_lines(seating)
    event_month, event_kind, event_at, event_share = _events(seating, scenario, codes)
    price = np.ones(months + 1)
    for event in scenario.events:
        if isinstance(event, PricePressure):
            price[event.month : event.month + event.months] *= 1.0 - event.percent / 100.0
    revenue = INDEX_START if account.revenue is None else account.revenue
    at_distributor = "distributor" in account.kinds
    return Case(
        joined=np.array([seat.joined for seat in seats], dtype=np.int64),
        weight=weight,
        influence=np.array([seat.influence for seat in seats], dtype=np.float64),
        decisive=np.where(deciding, weight, 0.0) if deciding.any() else weight.copy(),
        talks_value=np.array([row in VALUE_ROWS for row in rows], dtype=np.int8),
        leave=np.array(
            [
                monthly_chance(
                    values["turnover_distributor"]
                    if at_distributor
                    else values[f"turnover_theirs.{_level(seat.level)}"]
                )
                for seat in seats
            ],
            dtype=np.float64,
        ),
        leave_ours=np.array(
            [monthly_chance(values[f"turnover_ours.{_level(person.level)}"]) for person in account.ours],
            dtype=np.float64,
        ),
        entity=np.array([seat.key for seat in seats], dtype=np.uint64),
        entity_ours=np.array([_key(person) for person in account.ours], dtype=np.uint64),
        entity_account=np.array([entity(account.id)], dtype=np.uint64),
        function=np.array(
            [codes[seat.function] if seat.function else NO_FUNCTION for seat in seats], dtype=np.int64
        ),
        owner=owner,
        strength=strength,
        orientation=np.array([seat.orientation for seat in seats], dtype=np.float64),
        line_start=start,
        line_from=source,
        line_pull=pull,
        event_month=event_month,
        event_kind=event_kind,
        event_at=event_at,
        event_share=event_share,
        price=price,
        volume=revenue / values["wallet_start"],
        wallet=values["wallet_start"],
        margin=values["margin_start"] if account.margin is None else account.margin,
        hour_scale=1.0 if account.revenue is not None else INDEX_START / values["revenue_assumed"],
        thread_min=account.policy.limits["thread_min"],
        opponent_below=account.policy.limits["opponent_below"],
    )


def _key(person: Person) -> int:
    return entity(person.id)


def _level(level: int | None) -> str:
    return f"level{level}" if level in (1, 2, 3, 4, 5) else "unknown"


def _influence_lines(
    seating: Seating,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return who sways whom, row by row, the absolute pulls of a row adding up to at most 1."""
    rows: list[dict[int, float]] = [{} for _ in seating.seats]
    for line in seating.account.influences:
        if line.source in seating.index and line.target in seating.index and line.source != line.target:
            row = rows[seating.index[line.target]]
            source = seating.index[line.source]
            row[source] = row.get(source, 0.0) + line.weight * line.sign
    start = [0]
    sources: list[int] = []
    pulls: list[float] = []
    for row in rows:
        total = sum(abs(pull) for _, pull in sorted(row.items()))
        for source, pull in sorted(row.items()):
            sources.append(source)
            pulls.append(pull / max(total, 1.0))
        start.append(len(sources))
    return (
        np.array(start, dtype=np.int64),
        np.array(sources, dtype=np.int64),
        np.array(pulls, dtype=np.float64),
    )


def _events(
    seating: Seating, scenario: Scenario, codes: Mapping[str, int]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    found: list[tuple[int, int, int, float]] = []
    for event in scenario.events:
        if isinstance(event, Leaves) and event.subject in seating.index:
            found.append((event.month, SEAT_LEAVES, seating.index[event.subject], 0.0))
        elif isinstance(event, Leaves):
            found.append((event.month, OURS_LEAVES, seating.account.our_index[event.subject], 0.0))
        elif isinstance(event, NewKeyAccountManager):
            found.append((event.month, NEW_MANAGER, seating.account.our_index[event.subject], 0.0))
        elif isinstance(event, Reorganises):
            found.append((event.month, REORGANISES, codes[event.function], event.share))
    return (
        np.array([entry[0] for entry in found], dtype=np.int64),
        np.array([entry[1] for entry in found], dtype=np.int64),
        np.array([entry[2] for entry in found], dtype=np.int64),
        np.array([entry[3] for entry in found], dtype=np.float64),
    )


def _hours_by_month(account: Account, scenario: Scenario, months: int) -> NDArray[np.float64]:
    """Return the hours that each of ours brings, shape (T + 1, ours)."""
    hours = np.tile(account.hours, (months + 1, 1))
    for event in scenario.events:
        if isinstance(event, HoursCut):
            cut = [account.our_index[who] for who in event.people] or list(range(len(account.ours)))
            hours[event.month :, cut] *= 1.0 - event.share
    return hours


def _levers(
    strategy: Strategy,
    seating: Seating,
    case: Case,
    values: Mapping[str, float],
    hours: NDArray[np.float64],
    pool: NDArray[np.float64],
    factor: float,
) -> Levers:
    account = seating.account
    wanted = np.where(case.owner >= 0, strategy.weigh(seating), 0.0)
    months = len(pool) - 1
    if strategy.hours is None:
        staffed = _staffing(wanted, case, pool, values["max_person_hours"], len(account.ours))
    else:
        fixed = np.array([strategy.hours.get(person.id, 0.0) for person in account.ours]) * factor
        with np.errstate(invalid="ignore"):
            staffed = fixed * np.where(hours[0] > 0.0, hours / hours[0], 0.0)
    effort = np.zeros((strategy.horizon, *wanted.shape))
    effort_hours = np.zeros_like(effort)
    for action in strategy.actions:
        i = seating.index[action.stakeholder]
        owner = account.our_index[action.person]
        k = next(k for k, slot in enumerate(seating.slots[i]) if slot.owner == owner)
        kind = account.policy.kinds[action.kind]
        effort[action.month - 1, i, k] += kind.quality * kind.hours
        effort_hours[action.month - 1, i, k] += kind.hours
    for month in range(1, min(strategy.horizon, months) + 1):
        planned = float(effort_hours[month - 1].sum())
        if planned > pool[month]:  # after a cut the plan has no more hours than any other strategy
            effort[month - 1] *= pool[month] / planned
            effort_hours[month - 1] *= pool[month] / planned
    return Levers(
        wanted=np.ascontiguousarray(wanted),
        hours=np.ascontiguousarray(staffed.reshape(months + 1, len(account.ours))),
        weak=float(strategy.weak),
        reassign=int(strategy.reassign),
        handover=values["handover"] if strategy.handover is None else strategy.handover,
        effort=effort,
        effort_hours=effort_hours,
    )


def _staffing(
    wanted: NDArray[np.float64], case: Case, pool: NDArray[np.float64], most: float, ours: int
) -> NDArray[np.float64]:
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
            share = np.where(full, 0.0, left * demand / demand[~full].sum())
            over = share > most
            if not over.any():
                staffed[month] += share
                break
            staffed[month, over] = most
            left -= most * int(over.sum())
            full |= over
    return staffed
