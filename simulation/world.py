"""Who is in a run: accounts, the distributors beside them, our people, and where everybody sits.

A run is of one account, of an end customer's account with the distributors that sell to it, or of a
portfolio. Organisations with people follow each other, accounts first, each group in the order of ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graph.account import Account, Person
from graph.errors import InputError
from simulation.scenario import Scenario
from simulation.seating import Seat, Seating, seat_people
from simulation.strategies import Strategy


@dataclass(frozen=True)
class World:
    """Accounts, partners and their seats.

    Attributes
    ----------
    accounts
        Whose loss, revenue and profit are simulated, sorted by id.
    partners
        Distributors whose people are met on behalf of the one account.
    seatings
        One for each of accounts and partners, in that order.
    ours
        All of our people, sorted by id.
    """

    accounts: tuple[Account, ...]
    partners: tuple[Account, ...]
    seatings: tuple[Seating, ...]
    ours: tuple[Person, ...]

    @cached_property
    def organisations(self) -> tuple[Account, ...]:
        """Accounts and partners."""
        return (*self.accounts, *self.partners)

    @cached_property
    def seats(self) -> tuple[Seat, ...]:
        """All seats, organisation by organisation."""
        return tuple(seat for seating in self.seatings for seat in seating.seats)

    @cached_property
    def seat_start(self) -> NDArray[np.int64]:
        """First seat of each organisation, shape (organisations + 1,)."""
        return np.cumsum([0, *(len(seating.seats) for seating in self.seatings)], dtype=np.int64)

    @cached_property
    def seat_index(self) -> Mapping[str, int]:
        """Position of each seat by the id of who holds it at the start."""
        return {seat.id: i for i, seat in enumerate(self.seats)}

    @cached_property
    def our_index(self) -> Mapping[str, int]:
        """Position of each of ours."""
        return {person.id: j for j, person in enumerate(self.ours)}

    @cached_property
    def width(self) -> int:
        """Slots of the seat that has most."""
        return max((seating.width for seating in self.seatings), default=0)

    @cached_property
    def hours(self) -> NDArray[np.float64]:
        """Hours a month that each of ours has for the accounts, shape (ours,)."""
        found = np.zeros(len(self.ours))
        for account in self.accounts:
            for person, hours in zip(account.ours, account.hours, strict=True):
                found[self.our_index[person.id]] += hours
        return found

    def owners(self, seating: Seating) -> list[int]:
        """Return the position here of each of ours of an organisation."""
        return [self.our_index[person.id] for person in seating.account.ours]


def build_world(
    accounts: Sequence[Account],
    partners: Sequence[Account],
    scenario: Scenario,
    parameters: Mapping[str, float],
    strategies: Sequence[Strategy],
) -> World:
    """Return the world of a run.

    Raises
    ------
    InputError
        The same account twice, or a partner that is among the accounts.
    """
    ordered = sorted(accounts, key=lambda account: account.id)
    beside = sorted(partners, key=lambda account: account.id)
    ids = [account.id for account in (*ordered, *beside)]
    for one in ids:
        if ids.count(one) > 1:
            raise InputError(f"The account {one} is given twice; a run needs each account once.")
    ours = {person.id: person for account in (*ordered, *beside) for person in account.ours}
    pairs = sorted({pair for strategy in strategies for pair in strategy.pairs})
    seatings = tuple(
        seat_people(
            account,
            scenario,
            parameters,
            [pair for pair in pairs if pair[0] in account.our_index and pair[1] in account.their_index],
        )
        for account in (*ordered, *beside)
    )
    return World(tuple(ordered), tuple(beside), seatings, tuple(ours[one] for one in sorted(ours)))
