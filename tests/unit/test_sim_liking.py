"""End customers start by liking what they buy: what their choices settle at is what they buy today."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import softmax

from fixtures.generator import generate_account
from graph.account import Sale
from simulation import Scenario, simulate
from simulation.assembly import assemble
from simulation.state import OPEN
from simulation.strategies import SHIPPED
from tests.unit.channels import CHANNEL, SALES, dealer

IDLE = (SHIPPED["do_nothing"],)
STILL = {"turnover_distributor": 0, "turnover_ours": 0, "decay_scale": 0, "market_sd": 0, "loss": 0}
STEADY = {"fight_price": 0, "focus_rate": 0, "reveal": 0}


def assembled(account, **parameters):
    return assemble(account, Scenario("case", 6, (), parameters), IDLE, 6)


def settled(assembly):
    """Return volume by choice today and in the long run, shape (D + 2,) each.

    Written beside the model, from its parameters and the arrays of the market: the chain of every lot's
    choices is followed until it stands still.
    """
    market, given = assembly.case.channel, assembly.parameters
    rival = market.mind.size + 1
    today, expected = np.zeros(rival + 1), np.zeros(rival + 1)
    for c, last, volume in zip(market.customer, market.last, market.lot_volume, strict=True):
        value = np.full(rival + 1, -np.inf)
        if market.known[c] and market.offer[c] == OPEN:
            direct = given["b_price"] * (1 - given["p_direct"]) + given["b_accept"] * (given["accept"] - 1)
            value[0] = direct + market.liking_direct[c]
        for d in np.flatnonzero(market.sells[c]):
            value[d + 1] = market.liking[d] + given["b_effort"] * (market.mind[d] - 1 / 3)
            value[d + 1] += given["b_known"] * market.known[c]
            value[d + 1] += given["spill"] * (market.offer[c] == OPEN) - given["b_hop"] * (
                d != market.home[c]
            )
        value[rival] = given["rival"]
        chain = softmax(value + given["b_habit"] * np.eye(rival + 1), axis=1)
        today[last] += volume
        expected += volume * np.linalg.matrix_power(chain, 2**20)[last]
    return today, expected


@pytest.mark.parametrize(
    "account",
    [
        dealer(),
        dealer(channel=replace(CHANNEL, sales=SALES[:1])),
        generate_account(3, distributors=1, end_customers=20),
    ],
    ids=["by hand", "one customer", "generated"],
)
@pytest.mark.parametrize("parameters", [{}, {"spill": 0.7, "b_habit": 3, "rival": -1.5, "unrecorded": 0.6}])
def test_choices_settle_at_what_is_bought_today(account, parameters):
    today, expected = settled(assembled(account, **parameters))
    assert expected == pytest.approx(today, rel=1e-8)


def test_where_nothing_changes_revenue_stays():
    account = generate_account(3, distributors=1, end_customers=40)
    number = 1000
    run = simulate(account, Scenario("s", 24, (), STILL | STEADY), IDLE, replicates=number, months=24)
    revenue = run.series("revenue")[0]
    standard_error = revenue.std(axis=0)[1:].mean() / math.sqrt(number)
    assert abs(revenue.mean(axis=0) - revenue[0, 0]).max() < 4.0 * standard_error
    unfitted = STILL | STEADY | {"standing": 0}
    left = simulate(account, Scenario("s", 24, (), unfitted), IDLE, replicates=number, months=24)
    assert left.series("revenue")[0].mean(axis=0)[24] < revenue[0, 0] - 10.0 * standard_error


def test_purchases_that_nobody_recorded_count_as_a_rivals():
    some = assembled(dealer(), unrecorded=0.25).case.channel
    none = assembled(dealer(), unrecorded=0).case.channel
    # e1 buys a rival's brand that is recorded; e2 buys 80 units of ours, e3 30.
    assert some.lot_volume.tolist() == [*none.lot_volume.tolist(), 80 / 3, 10.0]
    assert some.last.tolist() == [*none.last.tolist(), 2, 2]
    assert some.customer.tolist() == [*none.customer.tolist(), 1, 2]
    assert len(set(some.entity_lot.tolist())) == some.entity_lot.size


def test_without_a_rivals_sale_to_compare_with_nothing_is_fitted():
    ours = dealer(channel=replace(CHANNEL, sales=SALES[:1]))
    market = assembled(ours, unrecorded=0).case.channel
    assert market.liking.tolist() == [0.0]
    assert market.liking_direct.tolist() == [0.0]


def test_who_does_not_buy_directly_yet_likes_our_brand_as_at_home():
    market = assembled(dealer()).case.channel
    buys_directly, home = market.offer == OPEN, market.liking[market.home]
    assert market.liking_direct[~buys_directly] == pytest.approx(home[~buys_directly])
    assert market.liking_direct[buys_directly] != pytest.approx(home[buys_directly])


def test_standing_turns_the_constants_off():
    market = assembled(dealer(), standing=0).case.channel
    assert not market.liking.any()
    assert not market.liking_direct.any()


def test_another_order_of_the_sales_changes_nothing():
    more = (*SALES, Sale("dealer", "e1", False, 10.0, "third"))
    one = assembled(dealer(channel=replace(CHANNEL, sales=more))).case.channel
    other = assembled(dealer(channel=replace(CHANNEL, sales=more[::-1]))).case.channel
    for a, b in zip(one, other, strict=True):
        assert np.array_equal(a, b)


def test_what_is_assumed_is_said():
    run = simulate(dealer(), Scenario(), IDLE, replicates=2, months=2)
    assert any("2 of 3 end customers buy from rivals" in one for one in run.warnings)
    run = simulate(dealer(), Scenario(parameters={"unrecorded": 0}), IDLE, replicates=2, months=2)
    assert not any("from rivals" in one for one in run.warnings)
