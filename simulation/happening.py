"""What a scenario does, as rows of the kernel's arrays: an event, its month, and the seat that it meets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulation.business import Business
from simulation.scenario import (
    AnnounceDirect,
    Event,
    GoDirect,
    Leaves,
    NewKeyAccountManager,
    PricePressure,
    Reorganises,
    RivalLaunch,
    Scenario,
    Takeover,
)
from simulation.state import (
    ANNOUNCES,
    NEW_MANAGER,
    OPENS_DIRECT,
    OURS_LEAVES,
    REORGANISES,
    RIVAL_LAUNCHES,
    SEAT_LEAVES,
    TAKEN_OVER,
)
from simulation.world import World


@dataclass(frozen=True, slots=True)
class Happening:
    """One row of the kernel's events.

    Attributes
    ----------
    at
        A seat, one of ours, a function code, a distributor or an end customer.
    """

    event: Event
    kind: int
    at: int
    share: float = 0.0

    @property
    def month(self) -> int:
        """When it happens."""
        return self.event.month


def carried_out(world: World, business: Business, scenario: Scenario) -> tuple[Happening, ...]:
    """Return the events that the kernel carries out itself, in the scenario's order."""
    codes = function_codes(world)
    return tuple(one for event in scenario.events for one in _rows(event, world, business, codes))


def function_codes(world: World) -> dict[tuple[str, str], int]:
    """Return a number for each function at each organisation, by the organisation's id and the function."""
    names = sorted(
        {
            (organisation.id, seat.function)
            for organisation, seating in zip(world.organisations, world.seatings, strict=True)
            for seat in seating.seats
            if seat.function
        }
    )
    return {name: code for code, name in enumerate(names)}


def _rows(
    event: Event, world: World, business: Business, codes: dict[tuple[str, str], int]
) -> Iterator[Happening]:
    if isinstance(event, Leaves):
        if event.subject in world.seat_index:
            yield Happening(event, SEAT_LEAVES, world.seat_index[event.subject])
        elif event.subject in world.our_index:
            yield Happening(event, OURS_LEAVES, world.our_index[event.subject])
    elif isinstance(event, NewKeyAccountManager):
        if event.subject in world.our_index:
            yield Happening(event, NEW_MANAGER, world.our_index[event.subject])
    elif isinstance(event, Reorganises):
        if (event.subject, event.function) in codes:
            yield Happening(event, REORGANISES, codes[(event.subject, event.function)], event.share)
    elif isinstance(event, RivalLaunch | Takeover):
        kind = RIVAL_LAUNCHES if isinstance(event, RivalLaunch) else TAKEN_OVER
        if event.subject in business.distributor_index:
            yield Happening(event, kind, business.distributor_index[event.subject])
    elif isinstance(event, AnnounceDirect | GoDirect):
        kind = ANNOUNCES if isinstance(event, AnnounceDirect) else OPENS_DIRECT
        for customer in event.end_customers:
            if customer in business.customer_index:
                yield Happening(event, kind, business.customer_index[customer])


def price_by_month(world: World, scenario: Scenario, months: int) -> NDArray[np.float64]:
    """Return the price of each account as a multiple of today's, shape (accounts, T + 1)."""
    price = np.ones((len(world.accounts), months + 1))
    for event in scenario.events:
        if isinstance(event, PricePressure):
            for a, account in enumerate(world.accounts):
                if event.subject == account.id:
                    price[a, event.month : event.month + event.months] *= 1.0 - event.percent / 100.0
    return price
