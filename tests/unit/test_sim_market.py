"""Distributors, end customers and lots as arrays, and what the first month shows."""

import math
from dataclasses import replace

import numpy as np
import pytest

from graph.account import Agreement, Channel, Partner, Sale
from simulation import Scenario, simulate
from simulation.run import empty_arrays, run_kernel
from simulation.scenario import GoDirect
from simulation.state import NO_OFFER, OPEN
from simulation.strategies import SHIPPED
from tests.stepping import months_of
from tests.unit.channels import CARRIED, CHANNEL, CUSTOMERS, SALES, dealer, end_customer, key_account, made

IDLE = (SHIPPED["do_nothing"],)


def lots_of(assembly):
    return [(lot.customer, lot.seller, lot.brand, lot.ours) for lot in assembly.business.lots]


def first_month(account, partners=(), **parameters):
    as_recorded = {"standing": 0.0, "unrecorded": 0.0} | parameters
    run = simulate(
        account, Scenario("m", 1, (), as_recorded), IDLE, replicates=1, months=1, partners=partners
    )
    return {name: float(run.series(name)[0, 0, 0]) for name in run.assembly.series}


def test_a_distributors_lots_are_its_own_and_what_we_sell_past_it():
    """What the other distributor sells is no business of the dealer's account."""
    assembly = made(dealer())
    assert lots_of(assembly) == [
        ("e1", "dealer", "ours", True),
        ("e1", "dealer", "theirs", False),
        ("e2", None, None, True),
        ("e2", "dealer", "ours", True),
        ("e3", "dealer", "ours", True),
    ]
    assert assembly.business.distributors == ("dealer",)
    assert assembly.case.channel.last.tolist() == [1, 2, 0, 1, 1]
    assert assembly.case.channel.lot_volume.tolist() == [100.0, 40.0, 20.0, 60.0, 30.0]


def test_an_end_customers_lots_are_all_that_it_buys():
    assembly = made(end_customer(), partners=(dealer(),))
    assert lots_of(assembly) == [("e3", "dealer", "ours", True), ("e3", "other", "ours", True)]
    market = assembly.case.channel
    assert assembly.business.distributors == ("dealer", "other")
    assert market.seats_at.tolist() == [1, -1]  # we meet the dealer's people, nobody of the other's
    assert market.account_of.tolist() == [-1, -1]
    assert market.account_at.tolist() == [0]
    assert market.books.tolist() == [0]
    assert market.serves.tolist() == [0, 1]


def test_a_portfolio_joins_the_views_of_its_accounts():
    assembly = made([key_account(), dealer(), end_customer()])
    assert assembly.business.distributors == ("dealer", "other")
    assert len(assembly.business.lots) == 6
    market = assembly.case.channel
    assert market.account_of.tolist() == [1, -1]
    assert market.serves_start.tolist() == [0, 0, 1, 3]
    assert market.serves.tolist() == [0, 0, 1]
    assert assembly.case.volume[0] > 0.0
    assert assembly.case.volume[1:].tolist() == [0.0, 0.0]  # their revenue is that of the lots


def test_homes_are_where_most_is_bought():
    alone = made(dealer()).case.channel
    assert alone.home.tolist() == [0, 0, 0]
    both = made([dealer(), end_customer()])
    home = dict(zip(both.business.customers, both.case.channel.home.tolist(), strict=True))
    assert home == {"e1": 0, "e2": 0, "e3": 1}
    equal = replace(CHANNEL, sales=(Sale("dealer", "e3", False, 50.0), Sale("other", "e3", False, 50.0)))
    assert made(end_customer(channel=equal)).case.channel.home.tolist() == [0]


def test_who_buys_directly_alone_is_at_home_with_the_largest_distributor():
    bought = replace(CHANNEL, sales=(*SALES[:4], Sale("us", "e2", True, 20.0)))
    bought = replace(bought, sales=tuple(s for s in bought.sales if s.end_customer != "e2" or s.direct))
    account = dealer(channel=replace(bought, sales=(*bought.sales, Sale("dealer", "e2", False, 0.0))))
    assert made(account).case.channel.home.tolist() == [0, 0, 0]


def test_hidden_end_customers_and_those_we_sell_to():
    market = made(dealer()).case.channel
    assert market.known.tolist() == [1, 1, 0]
    assert market.offer.tolist() == [NO_OFFER, OPEN, NO_OFFER]
    unknown = replace(CHANNEL, end_customers=tuple(replace(one, known=False) for one in CUSTOMERS))
    # Whom we sell to directly we know, whatever anybody says.
    assert made(dealer(channel=unknown)).case.channel.known.tolist() == [0, 1, 0]


def test_unknown_volumes_count_as_the_mean_of_the_others_and_are_said():
    some = tuple(replace(sale, volume=None) if sale.brand == "theirs" else sale for sale in SALES)
    assembly = made(dealer(channel=replace(CHANNEL, sales=some)))
    assert assembly.business.assumed == 1
    assert assembly.case.channel.lot_volume.tolist() == [100.0, 52.5, 20.0, 60.0, 30.0]
    none = tuple(replace(sale, volume=None) for sale in SALES)
    account = dealer(channel=replace(CHANNEL, sales=none))
    assert made(account).case.channel.lot_volume.tolist() == [1.0] * 5
    run = simulate(account, Scenario(), IDLE, replicates=2, months=2)
    assert any("5 of 5 sales" in warning for warning in run.warnings)


def test_the_start_shows_the_revenue_and_margin_of_the_supplies_row():
    for account in (dealer(), dealer(revenue=1.0, margin=-0.2), end_customer()):
        start = first_month(account)
        assert start["revenue"] == pytest.approx(account.revenue, rel=1e-12)
        assert start["margin"] == pytest.approx(account.revenue * account.margin, rel=1e-12)
    assert first_month(dealer(revenue=None))["revenue"] == pytest.approx(100.0)


def test_price_and_cost_of_a_unit_worked_out_by_hand():
    """190 units through the dealer at 1, 20 directly at .97 of its price 1.25, which is 1.2125."""
    market = made(dealer()).case.channel
    sold = 190.0 + 20.0 * 0.97 * 1.25
    assert market.unit[0] == pytest.approx(210_000.0 / sold)
    error = 0.35 * (1.0 - 0.6) + 0.08
    extra = 190.0 * 0.10 * error + 20.0 * 0.12
    assert market.unit_cost[0] == pytest.approx((sold - extra - 0.3 * sold) / 210.0)
    assert made(dealer(), cost=0.5).case.channel.unit_cost[0] == 0.5
    assert made(dealer(margin=None)).case.channel.unit_cost[0] == 0.6


def test_a_rivals_lot_earns_nothing_for_us_and_something_for_the_distributor():
    without = replace(CHANNEL, sales=tuple(sale for sale in SALES if sale.brand != "theirs"))
    start, alone = first_month(dealer()), first_month(dealer(channel=without))
    for name in ("revenue", "margin"):
        assert start[name] == pytest.approx(alone[name])
    unit = made(dealer()).case.channel.unit[0]
    # Half of what rivals sell is sold by the same distributor, at a mark-up of .25.
    assert start["distributor_profit"] - alone["distributor_profit"] == pytest.approx(40 * unit * 0.5 * 0.25)


def test_a_brand_that_nobody_has_described_is_ours():
    nameless = replace(CHANNEL, carried=())
    assert all(ours for *_, ours in lots_of(made(dealer(channel=nameless))))
    by_name = tuple(replace(sale, brand="THEIRS ") if sale.brand == "theirs" else sale for sale in SALES)
    assert [ours for *_, ours in lots_of(made(dealer(channel=replace(CHANNEL, sales=by_name))))].count(
        False
    ) == 1


def test_only_rivals_lots_give_an_index_to_price_orders_by():
    rivals = replace(CHANNEL, sales=(SALES[1],))
    start = first_month(dealer(channel=rivals))
    assert start["revenue"] == 0.0
    assert made(dealer(channel=rivals)).case.channel.unit[0] == pytest.approx(210_000.0 / 40.0)


def test_conflict_starts_where_todays_direct_business_has_it():
    """Of 190 units that the dealer sells for us, 60 go to e2, to whom we sell directly."""
    start = first_month(dealer())
    assert start["conflict"] == pytest.approx(60.0 / 190.0)
    assert first_month(end_customer())["conflict"] == 0.0
    overlapping = replace(CHANNEL, sales=(*SALES, Sale("us", "e1", True, 1.0)))
    assert first_month(dealer(channel=overlapping))["conflict"] == pytest.approx(160.0 / 190.0)


def test_what_is_known_of_a_distributor_is_taken():
    market = made(dealer()).case.channel
    assert market.mind.tolist() == [0.5]
    assert market.transparency.tolist() == [0.6]
    assert market.markup == pytest.approx([0.2 / 0.8])
    assert market.depend.tolist() == [0.5]
    assert market.has_rival.tolist() == [1]
    assert market.launched == pytest.approx([-365 / 30.4375])


def test_what_is_not_known_is_assumed():
    market = made(dealer(channel=replace(CHANNEL, carried=(), agreements=()))).case.channel
    assert market.mind.tolist() == [0.33]
    assert market.transparency.tolist() == [0.4]
    assert market.markup.tolist() == [0.3]
    assert market.depend.tolist() == [0.35]
    assert market.has_rival.tolist() == [0]
    assert market.leaning.tolist() == [0.0]


def test_a_scenario_beats_what_is_known():
    given = {"share_of_mind_start": 0.2, "transparency_start": 0.1, "markup": 0.5, "depend": 0.9}
    market = made(dealer(), **given).case.channel
    assert [float(x[0]) for x in (market.mind, market.transparency, market.markup, market.depend)] == [
        0.2,
        0.1,
        0.5,
        0.9,
    ]
    assert market.leaning.tolist() == [0.0]


def test_the_best_report_of_several_accounts_counts():
    told = replace(CHANNEL, agreements=(Agreement("dealer", 0.6), Agreement("dealer", 0.8)))
    assert made(dealer(channel=told)).case.channel.transparency.tolist() == [0.8]


def test_a_launch_after_the_day_is_not_known_yet():
    later = replace(CARRIED[1], launched_on=dealer().as_of.replace(month=3, day=1))
    market = made(dealer(channel=replace(CHANNEL, carried=(CARRIED[0], later)))).case.channel
    assert market.has_rival.tolist() == [0]


def test_a_known_share_of_mind_is_a_steady_state():
    """Where nothing changes, the share of mind stays: people, ties, trust, knowledge and age held still."""
    still = {
        "turnover_distributor": 0,
        "turnover_ours": 0,
        "decay_scale": 0,
        "trust_rise": 0,
        "trust_fall": 0,
        "forget": 0,
        "fight_price": 0,
        "order": 0.05,
        "b_habit": 10,
        "novel_fade": 120,
        "a_novel": 0,
    }
    no_rival = dealer(channel=replace(CHANNEL, carried=CARRIED[:1], sales=SALES[:1]))
    run = simulate(no_rival, Scenario("s", 24, (), still), IDLE, replicates=3, months=24)
    assert run.series("share_of_mind") == pytest.approx(0.5, abs=1e-12)


def test_a_leaning_is_what_the_share_of_mind_needs():
    """Our pull and the leaning together draw as much as two other brands that draw with 0."""
    assembly = made(dealer(channel=replace(CHANNEL, carried=CARRIED[:1], agreements=())))
    # The other brand is described by nobody, so it counts as ours: 60 of 230 units are offered directly.
    weight, opened = assembly.case.weight, 60.0 / 230.0
    access = weight[0] * 0.6 / weight.sum()
    pull = 4.0 * (0.2 - 0.25 / 1.25) + 1.2 * access + 0.8 * 0.2 + 0.6 * (0.5 - 0.5)
    pull += 0.5 * 0.5 * 0.7 * opened - 1.5 * 0.5 * opened
    drawn = math.exp(pull + assembly.case.channel.leaning[0])
    assert drawn / (drawn + 2.0) == pytest.approx(0.5, rel=1e-12)


def test_no_sale_is_no_channel():
    assembly = made(dealer(channel=replace(CHANNEL, sales=())))
    assert assembly.case.channel.mind.size == 0
    assert len(assembly.series) == 8
    assert assembly.case.volume[0] * 0.4 == pytest.approx(210_000.0)
    direct = made(dealer(channel=replace(CHANNEL, sales=(SALES[-1],))))
    assert direct.case.channel.mind.size == 0


def test_two_lots_alike_draw_apart():
    twice = replace(CHANNEL, sales=(*SALES, Sale("dealer", "e1", False, 10.0, "third")))
    keys = made(dealer(channel=twice)).case.channel.entity_lot
    assert len(set(keys.tolist())) == keys.size == 6


def test_the_largest_end_customers_come_first():
    business = made(dealer()).business
    assert [business.customers[c] for c in business.largest(1.0)] == ["e1", "e3"]  # e2 buys directly
    assert [business.customers[c] for c in business.largest(0.01)] == ["e1"]
    assert business.largest(0.0) == ()
    assert business.volume_of == {"e1": 140.0, "e2": 80.0, "e3": 30.0}


def test_a_portfolio_books_no_lot_twice():
    """The dealer books what it sells, also to the end customer; what the other sells is booked at e3."""
    portfolio = made([dealer(), end_customer()], months=1)
    arrays = empty_arrays(portfolio, 1, 1)
    run_kernel(portfolio, 1, 0, arrays)
    revenue = arrays.series[:, portfolio.series.index("revenue"), 0, 0, 0]
    assert revenue == pytest.approx([210_000.0, 80_000.0])
    unit = portfolio.case.channel.unit
    assert unit == pytest.approx([210_000.0 / (190.0 + 20.0 * 0.97 * 1.25), 80_000.0 / 50.0])


def test_what_is_sold_through_a_distributor_is_lost_with_it():
    """With an end customer's own account as well the two survivals multiply."""
    portfolio = made([dealer(), end_customer()], months=1, loss=5, order=1, b_habit=10, market_sd=0)
    arrays = empty_arrays(portfolio, 1, 1)
    run_kernel(portfolio, 1, 0, arrays)
    survival = arrays.series[:, portfolio.series.index("survival"), 0, 0, 1]
    assert (survival < 0.9).all()
    revenue = arrays.series[:, portfolio.series.index("revenue"), 0, 0, 1]
    unit = portfolio.case.channel.unit
    # e1 and e2 through the dealer, e3 through the dealer or the other, e2 directly: who chose what is told
    # by the last choices of the same month.
    (_, _, _), (_, _, state) = months_of(portfolio, 1)
    names = portfolio.business.customers
    expected = np.zeros(2)
    for lot, choice in enumerate(state.last):
        customer = names[portfolio.case.channel.customer[lot]]
        volume = portfolio.case.channel.lot_volume[lot]
        there = survival[1] if customer == "e3" else 1.0
        if choice == 1:
            expected[0] += volume * unit[0] * survival[0] * there
        elif choice == 2:
            expected[1 if customer == "e3" else 0] += volume * unit[1 if customer == "e3" else 0] * there
        elif choice == 0:
            expected[0] += volume * unit[0] * 0.97 * 1.25
    assert revenue == pytest.approx(expected, rel=1e-12)


def test_whoever_does_not_sell_to_an_end_customer_is_none_of_its_choices():
    """Two distributors whose accounts share one of our people share no end customer by that."""
    other = Channel(
        distributors=(Partner("second", "Second"),),
        end_customers=(Partner("f1", "F1"),),
        sales=(Sale("second", "f1", False, 10.0),),
    )
    second = dealer(id="second", name="Second", theirs=(), ties=(), influences=(), channel=other)
    together = made([dealer(), second])
    sells = together.case.channel.sells
    assert together.business.distributors == ("dealer", "second")
    assert [together.business.customers[c] for c in np.flatnonzero(sells[:, 1])] == ["f1"]
    assert sells.sum(axis=1).tolist() == [1] * len(together.business.customers)


def test_what_an_end_customer_buys_directly_is_worth_the_same_with_and_without_its_own_account():
    sales = (Sale("dealer", "e1", False, 100.0), Sale("dealer", "e2", False, 100.0))
    channel = Channel(
        distributors=(Partner("dealer", "Dealer"),),
        end_customers=(Partner("e1", "E1"), Partner("e2", "E2")),
        sales=sales,
    )
    one = dealer(channel=channel)
    own = end_customer(
        id="e1", name="E1", revenue=80_000.0, margin=0.4, channel=replace(channel, sales=sales[:1])
    )
    events = (GoDirect(1, "dealer", ("e1", "e2")),)
    totals = []
    for accounts in (one, [one, own]):
        assembly = made(accounts, *events, loss=0.0, market_sd=0.0)
        arrays = empty_arrays(assembly, 20, 6)
        run_kernel(assembly, 1, 0, arrays)
        totals.append(arrays.series[:, assembly.series.index("revenue")].sum())
    assert totals[0] > 0.0
    assert totals[1] == pytest.approx(totals[0], rel=1e-12)
