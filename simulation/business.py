"""Who sells what to whom: distributors, end customers, lots: what one of them buys from one seller."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from graph.account import Account, Sale
from graph.policy import fold
from simulation.world import World


@dataclass(frozen=True, slots=True)
class Lot:
    """What one end customer buys from one seller; `seller` None where we sell directly.

    Attributes
    ----------
    volume
        Units a year; None where nobody has said.
    """

    customer: str
    seller: str | None
    brand: str | None
    ours: bool
    volume: float | None


@dataclass(frozen=True)
class Business:
    """Distributors, end customers and lots of a run, sorted by id."""

    distributors: tuple[str, ...]
    customers: tuple[str, ...]
    lots: tuple[Lot, ...]

    @cached_property
    def distributor_index(self) -> Mapping[str, int]:
        """Position of each distributor."""
        return {one: d for d, one in enumerate(self.distributors)}

    @cached_property
    def customer_index(self) -> Mapping[str, int]:
        """Position of each end customer."""
        return {one: c for c, one in enumerate(self.customers)}

    @cached_property
    def assumed(self) -> int:
        """Lots whose volume nobody has said: they count as the mean of the others, else as 1."""
        return sum(lot.volume is None for lot in self.lots)

    @cached_property
    def loyal(self) -> int:
        """End customers that buy no rival's brand as far as we know."""
        return len({lot.customer for lot in self.lots} - {lot.customer for lot in self.lots if not lot.ours})

    @cached_property
    def volumes(self) -> tuple[float, ...]:
        """Units a year of each lot."""
        known = [lot.volume for lot in self.lots if lot.volume is not None]
        mean = sum(known) / len(known) if known and sum(known) > 0.0 else 1.0
        return tuple(mean if lot.volume is None else lot.volume for lot in self.lots)

    @cached_property
    def volume_of(self) -> Mapping[str, float]:
        """Units a year of each end customer, from all sellers and brands."""
        found: dict[str, float] = defaultdict(float)
        for lot, volume in zip(self.lots, self.volumes, strict=True):
            found[lot.customer] += volume
        return found

    def largest(self, share: float) -> tuple[int, ...]:
        """Return the positions of a share of the end customers that do not buy from us directly yet.

        The largest by volume; at least one where the share is above 0 and there is any.
        """
        direct = {lot.customer for lot in self.lots if lot.seller is None}
        indirect = [c for c, one in enumerate(self.customers) if one not in direct]
        by_volume = sorted(indirect, key=lambda c: (-self.volume_of[self.customers[c]], c))
        return tuple(by_volume[: number_of(share, len(by_volume))])


def number_of(share: float, among: int) -> int:
    """Return how many a share of so many are: the nearest number, one at least where the share is not 0."""
    return 0 if share <= 0.0 else max(1, int(among * share + 0.5))


def business_of(world: World) -> Business:
    """Return who sells what to whom, as far as the accounts of the run are part of it.

    A distributor's account brings what it sells itself and what its end customers buy from us directly; an
    end customer's account brings all that it buys.
    """
    accounts = {account.id: account for account in world.accounts}
    distributing = {one for one, account in accounts.items() if "distributor" in account.kinds}
    found: set[Sale] = set()
    for account in world.accounts:
        served = {sale.end_customer for sale in account.channel.sales if sale.seller in distributing}
        for sale in account.channel.sales:
            if (
                sale.seller in distributing
                or sale.end_customer in accounts
                or (sale.direct and sale.end_customer in served)
            ):
                found.add(sale)
    lots = sorted(
        (
            Lot(
                sale.end_customer,
                None if sale.direct else sale.seller,
                sale.brand,
                sale.direct or _is_ours(sale, world.accounts),
                sale.volume,
            )
            for sale in found
        ),
        key=lambda lot: (lot.customer, lot.seller or "", lot.brand or "", lot.volume or 0.0),
    )
    sellers = sorted({lot.seller for lot in lots if lot.seller is not None})
    if not sellers:  # nothing but direct business is no channel
        return Business((), (), ())
    return Business(tuple(sellers), tuple(sorted({lot.customer for lot in lots})), tuple(lots))


def _is_ours(sale: Sale, accounts: Sequence[Account]) -> bool:
    """Tell whether a brand that a distributor sells is ours; one that nobody has described is."""
    if sale.brand is None:
        return True
    named = [
        carried.ours
        for account in accounts
        for carried in account.channel.carried
        if fold(sale.brand) in (fold(carried.brand), fold(carried.name))
    ]
    return any(named) or not named
