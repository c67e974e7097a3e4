"""The arrays of distributors, end customers and their lots.

What is known is taken as it is: share of mind, transparency, the distributor's margin and our own from the
store, unless the scenario sets the parameter. A distributor whose share of mind is known starts in a steady
state: what the rules do not see of why it likes us (its `leaning`) is what its share of mind needs.

Revenue of a distributor or an end customer is that of its lots, so that nothing is counted twice: the price
of a unit is such that the start shows the revenue of the `supplies` row, its cost such that it shows the
margin.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.account import Account
from simulation.business import Business
from simulation.draws import entity
from simulation.liking import fitted
from simulation.rules import (
    ChannelRates,
    direct_price,
    forecast_error,
    novelty,
    pull_of_ours,
    ratio,
)
from simulation.state import NO_OFFER, OPEN, Market
from simulation.world import World

INDEX_START = 100.0
DAYS = 30.4375
NONE = -1


def market_of(
    world: World,
    business: Business,
    values: Mapping[str, float],
    given: Mapping[str, float],
    rates: ChannelRates,
    access: Sequence[float],
) -> Market:
    """Return the arrays of a business.

    Parameters
    ----------
    values
        Every row of the parameter table.
    given
        What the scenario sets: it beats what the store knows.
    access
        Access at each organisation of the world at the start.
    """
    accounts, index = world.accounts, {one.id: g for g, one in enumerate(world.organisations)}
    account_index = {one.id: a for a, one in enumerate(accounts)}
    features = [_feature(one, world, values, given) for one in business.distributors]
    direct = {lot.customer for lot in business.lots if lot.seller is None}
    # A dealer that a distributor sells to is a distributor's distributor, and a customer all the same.
    partners = {
        one.id: one
        for account in accounts
        for one in (*account.channel.distributors, *account.channel.end_customers)
    }
    offer = np.array([OPEN if one in direct else NO_OFFER for one in business.customers], dtype=np.int8)
    homes = [_home(one, business) for one in business.customers]
    account_of = [account_index.get(one, NONE) for one in business.distributors]
    account_at = [account_index.get(one, NONE) for one in business.customers]
    books = [
        at if at != NONE else max(account_of[home], 0) for at, home in zip(account_at, homes, strict=True)
    ]
    serves = [
        [d for d, one in enumerate(business.distributors) if _serves(one, account, business)]
        for account in accounts
    ]
    seats_at = [index.get(one, NONE) for one in business.distributors]
    leanings = [
        _leaning(d, one, business, offer, rates, access[g] if g != NONE else 0.0)
        for d, (one, g) in enumerate(zip(features, seats_at, strict=True))
    ]
    bought = _purchases(business, values["unrecorded"])
    unit, cost = _prices(world, business, values, given, rates, features, bought, homes, books, account_of)
    sells = _sells(business, homes)
    known = np.array([one in direct or partners[one].known for one in business.customers], dtype=np.int8)
    liking = values["standing"] * fitted(
        rates,
        bought.volume,
        bought.customer,
        bought.last,
        [one.mind for one in features],
        [one.markup for one in features],
        known,
        offer,
        homes,
        sells,
    )
    return Market(
        seats_at=np.array(seats_at, dtype=np.int64),
        account_of=np.array(account_of, dtype=np.int64),
        mind=np.array([one.mind for one in features]),
        transparency=np.array([one.transparency for one in features]),
        markup=np.array([one.markup for one in features]),
        depend=np.array([one.depend for one in features]),
        leaning=np.array(leanings),
        launched=np.array([-one.rival_age for one in features]),
        has_rival=np.array([one.has_rival for one in features], dtype=np.int8),
        serves_start=np.cumsum([0, *(len(some) for some in serves)], dtype=np.int64),
        serves=np.array([d for some in serves for d in some], dtype=np.int64),
        known=known,
        offer=offer,
        home=np.array(homes, dtype=np.int64),
        liking=liking[1:],
        liking_direct=np.array(
            [
                liking[0] if one in direct else liking[home + 1]
                for one, home in zip(business.customers, homes, strict=True)
            ]
        ),
        sells=sells,
        account_at=np.array(account_at, dtype=np.int64),
        books=np.array(books, dtype=np.int64),
        entity=np.array([entity(one) for one in business.customers], dtype=np.uint64),
        entity_lot=np.array(bought.keys, dtype=np.uint64),
        customer=np.array(bought.customer, dtype=np.int64),
        lot_volume=np.array(bought.volume, dtype=np.float64),
        last=np.array(bought.last, dtype=np.int64),
        unit=np.array(unit),
        unit_cost=np.array(cost),
    )


def no_market() -> Market:
    """Return the arrays of a run without distributors."""
    floats, ints, flags = np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int8)
    names = np.zeros(0, np.uint64)
    return Market(
        ints, ints, floats, floats, floats, floats, floats, floats, flags, ints, ints, flags, flags,
        ints, floats, floats, np.zeros((0, 0), np.int8), ints, ints, names, names, ints, floats, ints,
        floats, floats,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Purchases:
    """What end customers buy, lot by lot: who, how much a year, chosen how today, and the name of its draws.

    Choices are 0 directly, 1 … D from a distributor, D + 1 a rival's brand.
    """

    customer: list[int]
    volume: list[float]
    last: list[int]
    keys: list[int]


def _purchases(business: Business, unrecorded: float) -> _Purchases:
    """Return all lots, and for who buys no rival's brand as far as we know, one of what is not recorded."""
    rival = len(business.distributors) + 1
    found = _Purchases([], [], [], [])
    ordinals: dict[str, int] = defaultdict(int)
    ours = [0.0] * len(business.customers)
    open_minded = [True] * len(business.customers)
    for lot, volume in zip(business.lots, business.volumes, strict=True):
        c = business.customer_index[lot.customer]
        name = "\x1e".join((lot.customer, lot.seller or "", lot.brand or ""))
        found.customer.append(c)
        found.volume.append(volume)
        found.keys.append(entity(name, ordinals[name]))
        ordinals[name] += 1
        if lot.seller is None:
            found.last.append(0)
        else:
            found.last.append(business.distributor_index[lot.seller] + 1 if lot.ours else rival)
        ours[c] += volume if lot.ours else 0.0
        open_minded[c] &= lot.ours
    for c, one in enumerate(business.customers):
        if open_minded[c] and unrecorded > 0.0:
            found.customer.append(c)
            found.volume.append(ours[c] * unrecorded / (1.0 - unrecorded))
            found.last.append(rival)
            found.keys.append(entity(f"{one}\x1eunrecorded"))
    return found


@dataclass(frozen=True, slots=True)
class _Feature:
    """What is known or assumed of one distributor at the start."""

    mind: float
    mind_known: bool
    transparency: float
    markup: float
    depend: float
    has_rival: bool
    rival_age: float


def _feature(
    distributor: str, world: World, values: Mapping[str, float], given: Mapping[str, float]
) -> _Feature:
    carried = {
        one
        for account in world.organisations
        for one in account.channel.carried
        if one.distributor == distributor
    }
    ours = [one for one in carried if one.ours]
    minds = [one.share_of_mind for one in ours if one.share_of_mind is not None]
    mind_known = bool(minds) and "share_of_mind_start" not in given and 0.0 < math.fsum(minds) < 1.0
    mind = math.fsum(minds) if mind_known else values["share_of_mind_start"]
    margins = [one.margin for one in ours if one.margin is not None and 0.0 < one.margin < 0.6]
    agreed = [
        agreement.transparency
        for account in world.organisations
        for agreement in account.channel.agreements
        if agreement.distributor == distributor and agreement.transparency is not None
    ]
    today = max(account.as_of for account in world.accounts)
    launches = [
        one.launched_on
        for one in carried
        if not one.ours and one.launched_on is not None and one.launched_on <= today
    ]
    margin = max(margins, default=None)
    return _Feature(
        mind=mind,
        mind_known=mind_known,
        transparency=max(agreed)
        if agreed and "transparency_start" not in given
        else values["transparency_start"],
        markup=margin / (1.0 - margin) if margin is not None and "markup" not in given else values["markup"],
        depend=mind if mind_known and "depend" not in given else values["depend"],
        has_rival=bool(launches),
        rival_age=(today - max(launches)).days / DAYS if launches else 0.0,
    )


def _serves(distributor: str, account: Account, business: Business) -> bool:
    return distributor == account.id or any(
        lot.seller == distributor and lot.customer == account.id for lot in business.lots
    )


def _sells(business: Business, homes: Sequence[int]) -> NDArray[np.int8]:
    """Return which distributor sells to which end customer, shape (end customers, distributors)."""
    sells = np.zeros((len(business.customers), len(business.distributors)), dtype=np.int8)
    sells[range(len(homes)), homes] = 1
    for lot in business.lots:
        if lot.seller is not None:
            sells[business.customer_index[lot.customer], business.distributor_index[lot.seller]] = 1
    return sells


def _home(customer: str, business: Business) -> int:
    """Return the distributor of most of an end customer's volume; without one, that of most volume of all."""
    here, everywhere = [0.0] * len(business.distributors), [0.0] * len(business.distributors)
    for lot, volume in zip(business.lots, business.volumes, strict=True):
        if lot.seller is None:
            continue
        d = business.distributor_index[lot.seller]
        everywhere[d] += volume
        if lot.customer == customer:
            here[d] += volume
    sums = here if any(here) else everywhere
    return max(range(len(sums)), key=lambda d: (sums[d], -d))


def _leaning(
    d: int,
    feature: _Feature,
    business: Business,
    offer: Sequence[int] | np.ndarray,
    rates: ChannelRates,
    access: float,
) -> float:
    """Return what keeps a known share of mind where it is while nothing changes; 0 where it is not known."""
    if not feature.mind_known:
        return 0.0
    own = opened = 0.0
    for lot, volume in zip(business.lots, business.volumes, strict=True):
        if lot.ours and lot.seller == business.distributors[d]:
            own += volume
            opened += volume * (offer[business.customer_index[lot.customer]] == OPEN)
    share = ratio(opened, own)
    pull = pull_of_ours(
        feature.markup,
        access,
        rates.enablement_start,
        rates.trust_start,
        rates.accept * share,
        feature.depend,
        share,
        rates.markup_rival,
        rates.a_margin,
        rates.a_rel,
        rates.a_enable,
        rates.a_trust,
        rates.fight_effort,
        rates.a_fear,
    )
    rival = rates.a_novel * novelty(feature.rival_age, rates.novel_fade) if feature.has_rival else 0.0
    odds = feature.mind / (1.0 - feature.mind)
    return math.log(odds * (math.exp(rival) + 1.0)) - pull


def _prices(
    world: World,
    business: Business,
    values: Mapping[str, float],
    given: Mapping[str, float],
    rates: ChannelRates,
    features: Sequence[_Feature],
    bought: _Purchases,
    homes: Sequence[int],
    books: Sequence[int],
    account_of: Sequence[int],
) -> tuple[list[float], list[float]]:
    """Return price and cost of a unit by account: what makes the start show the revenue and margin known."""
    account_index = {account.id: a for a, account in enumerate(world.accounts)}
    sold, extra, units, all_units = (np.zeros(len(world.accounts)) for _ in range(4))
    for choice, c, volume in zip(bought.last, bought.customer, bought.volume, strict=True):
        via = choice - 1
        indirect = 0 <= via < len(features)
        book = account_of[via] if indirect and account_of[via] != NONE else books[c]
        all_units[book] += volume
        if choice == 0:
            price = direct_price(rates.p_direct, features[homes[c]].markup, 0.0)
            sold[book] += volume * price
            extra[book] += volume * rates.serve
            units[book] += volume
        elif indirect:
            error = forecast_error(features[via].transparency, rates.err_max, rates.err_min)
            sold[book] += volume
            extra[book] += volume * rates.err_cost * error
            units[book] += volume
    unit, cost = [], []
    for a, account in enumerate(world.accounts):
        revenue = INDEX_START if account.revenue is None else account.revenue
        base = sold[a] if sold[a] > 0.0 else all_units[a]
        unit.append(float(revenue / base) if base > 0.0 else 0.0)
        if account.margin is None or "cost" in given or units[a] == 0.0:
            cost.append(values["cost"])
        else:
            cost.append(float((sold[a] - extra[a] - account.margin * sold[a]) / units[a]))
    for c, one in enumerate(business.customers):
        a, seller = account_index.get(one, NONE), account_of[homes[c]]
        if a != NONE and a != seller and seller != NONE and sold[a] == 0.0:
            # Nothing of ours is booked at its own account yet: it will pay what its distributor pays.
            unit[a], cost[a] = unit[seller], cost[seller]
    return unit, cost
