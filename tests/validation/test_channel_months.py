"""What reaches a distributor's month from elsewhere: leavers, losses, prices, the market, direct sales.

Each beside the model: from what is in the state, from a run that differs in one thing, or from exact chances.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import softmax
from scipy.stats import binom, chisquare

from graph.account import Account, Carried, Partner, Sale
from simulation import Scenario, simulate
from simulation.assembly import assemble
from simulation.scenario import AnnounceDirect, GoDirect, Leaves, PricePressure
from simulation.state import KNOWLEDGE, MARKET_SIZE, OPEN, TENSION
from simulation.strategies import SHIPPED
from tests.validation.cases import history, months_of
from tests.validation.channel_worlds import DISTRIBUTOR, distributor, everybody
from tests.validation.scale import UNLIKELY, replicates
from tests.validation.test_channel_closed_forms import IDLE, LOYAL, STEADY, STILL, only_ours, states

EXACT = 1e-12


def also_direct(account: Account, *customers: str) -> Account:
    """Return the account with some end customers buying as much from us directly."""
    sales = account.channel.sales
    more = tuple(
        Sale("us", sale.end_customer, True, sale.volume, "Ours")
        for sale in sales
        if sale.end_customer in customers
    )
    return replace(account, channel=replace(account.channel, sales=(*sales, *more)))


def end_customer(account: Account) -> Account:
    """Return the account of an end customer that buys from two distributors."""
    one, other = account.channel.distributors[0], Partner("other", "Other")
    buyer = account.channel.end_customers[0].id
    return replace(
        account,
        id=buyer,
        kinds=("end_customer",),
        theirs=tuple(replace(person, organisation=buyer) for person in account.theirs),
        channel=replace(
            account.channel,
            distributors=(one, other),
            sales=(Sale(one.id, buyer, False, 3.0, "Ours"), Sale(other.id, buyer, False, 1.0, "Ours")),
            carried=tuple(Carried(d.id, "Ours", "Ours", True, share_of_mind=0.5) for d in (one, other)),
        ),
    )


# From elsewhere --------------------------------------------------------------------------------------------


def test_conflict_starts_where_todays_direct_sales_have_brought_it():
    account = only_ours(distributor(20))
    size = {sale.end_customer: sale.volume or 0.0 for sale in account.channel.sales}
    both = ("c00", "c05", "c11")
    expected = sum(size[one] for one in both) / sum(size.values())
    given = {**LOYAL, "b_accept": 20.0, "accept": 1.0, "p_direct": 1.0}
    found = [float(state.feature[0, TENSION]) for _, state in states(also_direct(account, *both), given, 6)]
    assert found[:2] == pytest.approx([expected] * 2, rel=EXACT)


def test_what_was_learned_goes_with_the_share_of_influence_that_leaves():
    account = distributor(21)
    roles = {"decision_maker": 1.0, "evaluator": 0.6, "user": 0.3}
    weight = {one.id: (one.influence or 0.0) * roles[one.role or ""] for one in account.theirs}
    share = weight["t1"] / sum(weight.values())
    given = {"forget": 0.1, "enablement_start": 0.5, "replacement.theirs": 0.0}
    found = [
        float(state.feature[0, KNOWLEDGE]) for _, state in states(account, given, 4, events=[Leaves(3, "t1")])
    ]
    assert found == pytest.approx(
        [0.5, 0.45, 0.405, 0.9 * 0.405 * (1.0 - share), 0.81 * 0.405 * (1.0 - share)], rel=EXACT
    )


def test_hidden_end_customers_show_by_what_the_distributor_tells():
    account = distributor(22, known=0.0)
    given = {"reveal": 0.25, "transparency_start": 0.6, "open_rate": 0.0}
    run = assemble(account, Scenario(parameters={**STILL, **given}), [IDLE], 12)
    hidden = shown = 0
    before = np.zeros(0)
    for _, month, state in months_of(run, 12, seed=7, replicates=replicates(60, 4)):
        if month > 0:
            hidden += int((before == 0).sum())
            shown += int(((before == 0) & (state.known == 1)).sum())
        before = state.known.copy()
    tail = 2.0 * min(binom.cdf(shown, hidden, 0.15), binom.sf(shown - 1, hidden, 0.15))
    assert tail > UNLIKELY, (shown, hidden)


@pytest.mark.parametrize("relief", [0.0, 0.12])
def test_habit_and_relief_in_the_chances_of_every_choice_after_every_other(relief):
    account = distributor(23, mind=0.5)
    habit = 1.2
    scenario = Scenario(
        parameters={**STILL, **STEADY, "b_habit": habit, "passed": 1.0, "a_margin": 0.0},
        events=(GoDirect(1, DISTRIBUTOR, everybody(account)),),
    )
    values = np.array([5.0 * 0.1 - 2.0 * 0.2, 5.0 * relief + 3.0 * (0.5 - 1.0 / 3.0) + 0.4 + 0.6, 0.2])
    strategy = replace(IDLE, relief=relief)
    seen = np.zeros((3, 3))
    last = np.zeros(0, dtype=int)
    run = assemble(account, scenario, [strategy], 24)
    for _, month, state in months_of(run, 24, seed=8, replicates=replicates(60, 4)):
        if month > 0:
            np.add.at(seen, (last, state.last), 1)
        last = state.last.copy()
    for choice, row in enumerate(seen):
        chances = softmax(values + habit * (np.arange(3) == choice))
        assert chisquare(row, row.sum() * chances).pvalue > UNLIKELY, (choice, row, chances)


def test_a_strategy_that_sells_directly_opens_to_the_largest_from_the_first_month():
    account = only_ours(distributor(24))
    size = {sale.end_customer: sale.volume or 0.0 for sale in account.channel.sales}
    names = everybody(account)
    largest = set(sorted(names, key=lambda one: -size[one])[:6])
    months = [
        {one for one, offer in zip(names, state.offer.tolist(), strict=True) if offer == OPEN}
        for _, _, state in history(account, Scenario(parameters=STILL), replace(IDLE, direct=0.25), 2)
    ]
    assert months == [set(), largest, largest]


def test_an_opened_offer_is_not_closed_by_an_announcement():
    account = only_ours(distributor(25))
    events = (GoDirect(1, DISTRIBUTOR, ("c03",)), AnnounceDirect(2, DISTRIBUTOR, ("c03", "c04")))
    seen = [Counter(state.offer.tolist()) for _, state in states(account, {}, 2, events=events)]
    assert seen == [Counter({0: 24}), Counter({0: 23, 2: 1}), Counter({0: 22, 2: 1, 1: 1})]


# Money -----------------------------------------------------------------------------------------------------

MONEY = ("revenue", "margin")


def test_what_goes_through_a_lost_distributor_is_lost_and_direct_sales_are_not():
    account = also_direct(only_ours(distributor(26)), "c02", "c07")
    given = {**STILL, **LOYAL, "order": 1.0, "loss_A": 0.0, "loss_S": 0.0, "shock": 0.0, "err_cost": 0.0}
    stays = simulate(account, Scenario(parameters=given), [IDLE], replicates=1, months=24)
    goes = simulate(account, Scenario(parameters={**given, "loss": 0.6}), [IDLE], replicates=1, months=24)
    left = np.exp(-0.6 / 12.0 * np.arange(25))
    assert goes.series("survival")[0, 0] == pytest.approx(left, rel=EXACT)
    for name in MONEY:
        kept, all_of_it = goes.series(name)[0, 0], stays.series(name)[0, 0]
        through = (all_of_it - kept)[1:] / (1.0 - left)[1:]
        assert through == pytest.approx(np.full(24, through[0]), rel=1e-9)
        assert 0.0 < through[0] < all_of_it[1]
    # Two of 24 end customers buy as much again directly, at the price of an end customer.
    size = {sale.end_customer: sale.volume or 0.0 for sale in account.channel.sales if not sale.direct}
    direct = 0.97 * 1.3 * (size["c02"] + size["c07"])
    part = sum(size.values()) / (sum(size.values()) + direct)
    lost = stays.series("revenue")[0, 0] - goes.series("revenue")[0, 0]
    assert lost == pytest.approx(1_000_000.0 * part * (1.0 - left), rel=1e-9, abs=1e-6)


def test_what_a_lost_end_customer_buys_is_lost_through_every_distributor():
    account = end_customer(distributor(27))
    given = {**STILL, **LOYAL, "order": 1.0, "loss_A": 0.0, "loss_S": 0.0, "shock": 0.0, "loss": 0.6}
    run = simulate(account, Scenario(parameters=given), [IDLE], replicates=1, months=24)
    left = np.exp(-0.6 / 12.0 * np.arange(25))
    assert run.series("revenue")[0, 0] == pytest.approx(1_000_000.0 * left, rel=1e-9)


def test_a_lower_price_takes_the_same_off_revenue_and_profit():
    account = only_ours(distributor(28))
    given = {**STILL, "order": 1.0}
    usual = simulate(account, Scenario(parameters=given), [IDLE], replicates=3, months=12)
    events = (PricePressure(4, DISTRIBUTOR, 10.0, 5),)
    lower = simulate(account, Scenario(parameters=given, events=events), [IDLE], replicates=3, months=12)
    off = np.array([0.1 * (4 <= month < 9) for month in range(13)])
    revenue = usual.series("revenue")
    assert lower.series("revenue") == pytest.approx(revenue * (1.0 - off), rel=EXACT)
    assert lower.series("margin") == pytest.approx(usual.series("margin") - revenue * off, rel=1e-9)
    drawn = [run.downside("margin_total") for run in (usual, lower)]
    assert drawn[1] == pytest.approx(drawn[0] - (revenue * off).sum(axis=-1) / 12.0, rel=1e-9)


def test_everybody_earns_with_the_market():
    account = only_ours(distributor(29))
    given = {**STILL, **LOYAL, "order": 1.0}
    steady = simulate(account, Scenario(parameters=given), [IDLE], replicates=1, months=12)
    moving = {**given, "market_sd": 0.1}
    size = [
        float(state.level[0, MARKET_SIZE])
        for _, _, state in history(account, Scenario(parameters=moving), IDLE, 12)
    ]
    run = simulate(account, Scenario(parameters=moving), [IDLE], replicates=1, months=12)
    assert len(set(size)) == 13
    for name in ("revenue", "margin", "distributor_profit"):
        assert run.series(name)[0, 0] == pytest.approx(steady.series(name)[0, 0] * size, rel=EXACT)


def test_the_drawn_loss_agrees_with_the_expected_one():
    account = also_direct(distributor(30), "c02", "c07")
    given = {"market_sd": 0.0, "loss": 0.4}
    run = simulate(account, Scenario(parameters=given), [IDLE], replicates=replicates(2000), months=36)
    for measure in ("revenue_total", "margin_total"):
        difference = (run.downside(measure) - run.measures[measure])[0]
        error = float(difference.std(ddof=1)) / math.sqrt(difference.size)
        assert abs(float(difference.mean())) <= 4.0 * error


def test_an_account_shows_its_worst_conflict_and_the_mean_of_the_rest():
    account = end_customer(distributor(31))
    names = (account.id,)
    given = {**STILL, **LOYAL, "reveal": 0.0, "conflict_rate": 0.3, "announce": 1.0, "soothe_comm": 0.0}
    events = (AnnounceDirect(1, DISTRIBUTOR, names),)
    scenario = Scenario(parameters=given, events=events)
    run = simulate(account, scenario, [SHIPPED["do_nothing"]], replicates=1, months=12)
    assert run.series("conflict")[0, 0] == pytest.approx(1.0 - 0.7 ** np.arange(13), rel=1e-9)
    for _, month, state in history(account, scenario, IDLE, 12):
        shares = state.minds[:, 0]
        assert len(shares) == 2
        assert run.series("share_of_mind")[0, 0, month] == pytest.approx(float(shares.mean()), rel=EXACT)
