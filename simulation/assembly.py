"""From accounts, scenario and strategies to the arrays of the kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from graph.account import Account, Person
from simulation.business import Business, business_of
from simulation.draws import entity
from simulation.happening import Happening, carried_out, function_codes, price_by_month
from simulation.market import INDEX_START, market_of, no_market
from simulation.parameters import resolve_parameters
from simulation.rules import ChannelRates, Rates, monthly_chance, ratio
from simulation.scenario import Scenario
from simulation.seating import Seating
from simulation.staffing import hours_by_month, levers_of
from simulation.state import Case, Levers, series_of
from simulation.strategies import Strategy
from simulation.world import World, build_world

VALUE_ROWS = ("Technical", "Marketing", "Executive")
NO_FUNCTION = -1


@dataclass(frozen=True)
class Assembly:
    """Everything that a run needs, as arrays.

    Attributes
    ----------
    parameters
        The value of every row of the parameter table.
    happenings
        The events that the kernel carries out, one for each row of its arrays.
    levers
        One for each strategy.
    pool
        (T + 1,) hours a month that all of ours have together.
    asked
        (strategies, T + 1) hours a month that each strategy makes use of; the rest is idle.
    """

    world: World
    business: Business
    parameters: Mapping[str, float]
    happenings: tuple[Happening, ...]
    case: Case
    rates: Rates
    channel_rates: ChannelRates
    levers: tuple[Levers, ...]
    pool: NDArray[np.float64]
    asked: NDArray[np.float64]

    @property
    def seating(self) -> Seating:
        """Seats and slots of the first account."""
        return self.world.seatings[0]

    @cached_property
    def series(self) -> tuple[str, ...]:
        """Names of the series that the run records."""
        return series_of(self.case)


def assemble(
    account: Account | Sequence[Account],
    scenario: Scenario,
    strategies: Sequence[Strategy],
    months: int,
    *,
    partners: Sequence[Account] = (),
    hours_factor: float = 1.0,
) -> Assembly:
    """Return the arrays of a run.

    Parameters
    ----------
    account
        One account, or those of a portfolio.
    months
        Horizon T.
    partners
        The distributors that sell to the one account, an end customer.
    hours_factor
        Multiplies everybody's hours, for the curve over hours.
    """
    accounts = [account] if isinstance(account, Account) else list(account)
    policy = accounts[0].policy
    values = resolve_parameters(scenario.parameters, policy)
    rates = Rates(**{name: values[_row_of(name)] for name in Rates._fields})
    channel_rates = ChannelRates(**{name: values[name] for name in ChannelRates._fields})
    world = build_world(accounts, partners, scenario, values, strategies)
    business = business_of(world)
    happenings = carried_out(world, business, scenario)
    case = _case(world, business, scenario, happenings, values, channel_rates, months)
    hours = hours_by_month(world, scenario, months) * hours_factor
    pool = hours.sum(axis=1)
    levers = tuple(
        levers_of(strategy, world, business, case, values, hours, hours_factor) for strategy in strategies
    )
    asked = np.array([lever.hours.sum(axis=1) for lever in levers]).reshape(len(levers), months + 1)
    for row, lever in zip(asked, levers, strict=True):
        planned = min(lever.effort.shape[0], months)
        row[1 : planned + 1] = lever.effort_hours[:planned].sum(axis=(1, 2))
    return Assembly(world, business, values, happenings, case, rates, channel_rates, levers, pool, asked)


def _row_of(field: str) -> str:
    """Return the row of the parameter table behind a field of `Rates`: a dot cannot stand in a name."""
    return {"replacement_theirs": "replacement.theirs", "replacement_ours": "replacement.ours"}.get(
        field, field
    )


def _case(
    world: World,
    business: Business,
    scenario: Scenario,
    happenings: Sequence[Happening],
    values: Mapping[str, float],
    channel_rates: ChannelRates,
    months: int,
) -> Case:
    seats, accounts, policy = world.seats, world.accounts, world.accounts[0].policy
    weight = np.array([seat.weight for seat in seats], dtype=np.float64)
    rows = [policy.row_of(seat.function) for seat in seats]
    owner, strength = _slots(world)
    start, source, pull = _influence_lines(world)
    distributing = np.array(
        ["distributor" in one.kinds or one in world.partners for one in world.organisations], dtype=np.int8
    )
    revenue = [INDEX_START if one.revenue is None else one.revenue for one in accounts]
    in_lots = {lot.customer for lot in business.lots} | set(business.distributors)
    market = no_market()
    if business.lots:
        access = _access(world, strength, weight)
        market = market_of(world, business, values, scenario.parameters, channel_rates, access)
    return Case(
        accounts=len(accounts),
        seat_start=world.seat_start,
        distributing=distributing,
        joined=np.array([seat.joined for seat in seats], dtype=np.int64),
        weight=weight,
        influence=np.array([seat.influence for seat in seats], dtype=np.float64),
        decisive=_decisive(world, weight),
        talks_value=np.array([row in VALUE_ROWS for row in rows], dtype=np.int8),
        leave=_leaving(world, values, distributing),
        leave_ours=np.array(
            [monthly_chance(values[f"turnover_ours.{_level(person.level)}"]) for person in world.ours],
            dtype=np.float64,
        ),
        entity=np.array([seat.key for seat in seats], dtype=np.uint64),
        entity_ours=np.array([_key(person) for person in world.ours], dtype=np.uint64),
        entity_account=np.array([entity(one.id) for one in accounts], dtype=np.uint64),
        function=_functions(world),
        owner=owner,
        strength=strength,
        orientation=np.array([seat.orientation for seat in seats], dtype=np.float64),
        line_start=start,
        line_from=source,
        line_pull=pull,
        event_month=np.array([one.month for one in happenings], dtype=np.int64),
        event_kind=np.array([one.kind for one in happenings], dtype=np.int64),
        event_at=np.array([one.at for one in happenings], dtype=np.int64),
        event_share=np.array([one.share for one in happenings], dtype=np.float64),
        price=price_by_month(world, scenario, months),
        volume=np.array(
            [
                0.0 if one.id in in_lots else money / values["wallet_start"]
                for one, money in zip(accounts, revenue, strict=True)
            ]
        ),
        wallet=np.full(len(accounts), values["wallet_start"]),
        margin=np.array([values["margin_start"] if one.margin is None else one.margin for one in accounts]),
        hour_scale=np.array(
            [1.0 if one.revenue is not None else INDEX_START / values["revenue_assumed"] for one in accounts]
        ),
        thread_min=policy.limits["thread_min"],
        opponent_below=policy.limits["opponent_below"],
        channel=market,
    )


def _functions(world: World) -> NDArray[np.int64]:
    codes = function_codes(world)
    return np.array(
        [
            codes[(organisation.id, seat.function)] if seat.function else NO_FUNCTION
            for organisation, seating in zip(world.organisations, world.seatings, strict=True)
            for seat in seating.seats
        ],
        dtype=np.int64,
    )


def _decisive(world: World, weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weights of an organisation's decision makers; of everybody where none is known."""
    found = weight.copy()
    for g, seating in enumerate(world.seatings):
        deciding = np.array([seat.role == "decision_maker" for seat in seating.seats], dtype=bool)
        if deciding.any():
            found[world.seat_start[g] : world.seat_start[g + 1]] *= deciding
    return found


def _leaving(
    world: World, values: Mapping[str, float], distributing: NDArray[np.int8]
) -> NDArray[np.float64]:
    return np.array(
        [
            monthly_chance(
                values["turnover_distributor"]
                if distributing[g]
                else values[f"turnover_theirs.{_level(seat.level)}"]
            )
            for g, seating in enumerate(world.seatings)
            for seat in seating.seats
        ],
        dtype=np.float64,
    )


def _slots(world: World) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    owner = np.full((len(world.seats), world.width), -1, dtype=np.int64)
    strength = np.zeros((len(world.seats), world.width))
    for g, seating in enumerate(world.seatings):
        positions = world.owners(seating)
        for i, slots in enumerate(seating.slots, start=int(world.seat_start[g])):
            for k, slot in enumerate(slots):
                owner[i, k] = positions[slot.owner]
                strength[i, k] = slot.strength
    return owner, strength


def _access(world: World, strength: NDArray[np.float64], weight: NDArray[np.float64]) -> list[float]:
    """Return access at each organisation at the start."""
    covered = weight * (1.0 - np.prod(1.0 - strength, axis=1))
    standing = np.array([seat.joined == 0 for seat in world.seats], dtype=bool)
    bounds = world.seat_start
    return [
        ratio(
            float(covered[a:b][standing[a:b]].sum()),
            float(weight[a:b][standing[a:b]].sum()),
        )
        for a, b in pairwise(bounds)
    ]


def _key(person: Person) -> int:
    return entity(person.id)


def _level(level: int | None) -> str:
    return f"level{level}" if level in (1, 2, 3, 4, 5) else "unknown"


def _influence_lines(
    world: World,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return who sways whom, row by row, the absolute pulls of a row adding up to at most 1."""
    rows: list[dict[int, float]] = [{} for _ in world.seats]
    for g, seating in enumerate(world.seatings):
        first = int(world.seat_start[g])
        for line in seating.account.influences:
            if line.source in seating.index and line.target in seating.index and line.source != line.target:
                row = rows[first + seating.index[line.target]]
                source = first + seating.index[line.source]
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
