"""Goodness of fit of every random event: what is drawn has the distribution that the model states.

Seeds are fixed; a fit is refused below p = .001.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from graph.account import Account, Channel, InfluenceLine, Partner, Person, Sale, Tie
from simulation import Scenario, simulate
from simulation.assembly import assemble
from simulation.scenario import GoDirect, Leaves, Reorganises
from simulation.state import ABSENT, HOURS_DRAWN, LOST_MONTH, MARKET_SIZE, PRESENT
from simulation.strategies import SHIPPED
from tests.validation.cases import (
    DAY,
    IDLE,
    STILL,
    history,
    months_of,
    plain_account,
    presence,
    reference_account,
)
from tests.validation.scale import ERRORS, UNLIKELY, replicates

LEVELS = (1, 2, 3, 4, 5, None)
TURNOVER = (0.1, 0.2, 0.3, 0.45, 0.6, 0.75)
FILLED = (0.2, 0.6)  # chance a month that a seat of theirs, of ours, is filled
SINGLE = SHIPPED["single_threaded"]


def fits(happened: int, tried: int, chance: float) -> bool:
    """Tell whether so many of so many is a likely number at a chance."""
    return bool(stats.binomtest(happened, tried, chance).pvalue > UNLIKELY)


def fits_geometric(waited: list[int], chance: float, last: int) -> bool:
    """Tell whether waiting times of 1 … `last`, else none until then, have the chance at every month.

    Months are taken together until five are expected.
    """
    counts = np.bincount(np.minimum(waited, last + 1), minlength=last + 2)[1:]
    expected = len(waited) * np.array(
        [chance * (1.0 - chance) ** (month - 1) for month in range(1, last + 1)] + [(1.0 - chance) ** last]
    )
    pooled: list[list[float]] = [[0.0, 0.0]]
    for observed, wanted in zip(counts, expected, strict=True):
        if pooled[-1][1] >= 5.0:
            pooled.append([0.0, 0.0])
        pooled[-1][0] += observed
        pooled[-1][1] += wanted
    if len(pooled) > 1 and pooled[-1][1] < 5.0:
        rest = pooled.pop()
        pooled[-1] = [pooled[-1][0] + rest[0], pooled[-1][1] + rest[1]]
    table = np.array(pooled)
    return bool(stats.chisquare(table[:, 0], table[:, 1]).pvalue > UNLIKELY)


# People


@pytest.fixture(scope="module")
def turned_over():
    """Who is there, theirs and ours, 2 of each level, each level with a turnover of its own."""
    theirs = tuple(
        Person(f"t{n:02}", f"T{n}", "acme", level=LEVELS[n // 2], influence=0.5) for n in range(12)
    )
    ours = tuple(Person(f"o{n:02}", f"O{n}", "us", level=LEVELS[n // 2]) for n in range(12))
    account = replace(plain_account(strength=0.0), theirs=theirs, ours=ours)
    rates = {"replacement.theirs": FILLED[0], "replacement.ours": FILLED[1]}
    for level, chance in zip(LEVELS, TURNOVER, strict=True):
        name = "unknown" if level is None else f"level{level}"
        rates |= {f"turnover_theirs.{name}": chance, f"turnover_ours.{name}": 0.85 - chance}
    scenario, draws = Scenario("t", 48, (), rates), replicates(300, 10)
    return {
        side: presence(account, scenario, 48, 3, draws, ours=side == "ours") for side in ("theirs", "ours")
    }


@pytest.mark.parametrize("side", ["theirs", "ours"])
@pytest.mark.parametrize("number", range(6))
def test_departures_by_side_and_level(turned_over, side, number):
    there = turned_over[side][:, :, 2 * number : 2 * number + 2] == PRESENT
    before, after = there[:, :-1], there[:, 1:]
    yearly = TURNOVER[number] if side == "theirs" else 0.85 - TURNOVER[number]
    assert fits(int((before & ~after).sum()), int(before.sum()), 1.0 - (1.0 - yearly) ** (1 / 12))


@pytest.mark.parametrize("side", ["theirs", "ours"])
def test_arrivals_by_side(turned_over, side):
    there = turned_over[side] == PRESENT
    # A seat that empties is filled in a later month at the earliest, so every change is seen.
    before, after = there[:, :-1], there[:, 1:]
    assert fits(int((~before & after).sum()), int((~before).sum()), FILLED[side == "ours"])


@pytest.mark.parametrize("side", ["theirs", "ours"])
def test_months_until_the_first_departure_are_geometric(turned_over, side):
    for number, yearly in enumerate(TURNOVER):
        there = turned_over[side][:, :, 2 * number : 2 * number + 2] == PRESENT
        runs = there.transpose(0, 2, 1).reshape(-1, there.shape[1])
        waited = [int(run.argmin()) if not run.all() else 49 for run in runs]
        chance = yearly if side == "theirs" else 0.85 - yearly
        assert fits_geometric(waited, 1.0 - (1.0 - chance) ** (1 / 12), 48), number


def test_departures_of_colleagues_are_independent(turned_over):
    """The number of twelve who are gone in a month varies as independent leavers would have it."""
    there = turned_over["theirs"] == PRESENT
    left = (there[:, :-1] & ~there[:, 1:]).astype(float)
    matrix = np.corrcoef(left.reshape(-1, 12).T)
    apart = matrix[np.triu_indices(12, 1)]
    assert abs(apart).max() < 4.5 / math.sqrt(left.shape[0] * left.shape[1])  # 66 pairs


def test_a_distributors_people_have_a_turnover_of_their_own():
    account = replace(plain_account(10, 0.0), kinds=("distributor",))
    rates = {"turnover_distributor": 0.5, "turnover_theirs": 0.9}
    there = presence(account, Scenario("d", 24, (), rates), 24, 5, replicates(60)) == PRESENT
    before, after = there[:, :-1], there[:, 1:]
    assert fits(int((before & ~after).sum()), int(before.sum()), 1.0 - 0.5 ** (1 / 12))


def test_who_leaves_takes_the_ties_and_who_comes_has_none():
    account = plain_account(1, 0.8)
    rates = {"turnover_ours": 0, "turnover_theirs": 0.9, "decay_scale": 0}
    last = None
    for _, month, state in history(account, Scenario("g", 24, (), rates), IDLE, 24, 2, replicates(60)):
        if month == 0:
            gone = False
        gone = gone or state.present[0] == ABSENT
        assert state.strength[0, 0] == (0.0 if gone else 0.8)
        last = gone if last is None else last or gone
    assert last


def test_our_leavers_hand_over_a_share_of_each_tie():
    ours = tuple(Person(f"o{i:02}", f"O{i}", "us", level=2) for i in range(4))
    account = plain_account(1, 0.0, ours=ours, ties=(Tie("o00", "t00", 0.8),))
    rates = {"turnover_theirs": 0, "decay_scale": 0, "s_gone": 0}
    months, draws = 48, replicates(60, 20)
    seen = [
        (state.present_ours.copy(), float(state.strength[0, 0]))
        for _, _, state in history(account, Scenario("g", 60, (), rates), IDLE, months, 4, draws)
    ]
    present = np.array([entry[0] == PRESENT for entry in seen]).reshape(draws, months + 1, 4)
    strength = np.array([entry[1] for entry in seen]).reshape(draws, months + 1)
    left = (present[:, :-1] & ~present[:, 1:])[:, :, 0]
    assert left.any()
    assert strength[:, 1:][left] == pytest.approx(0.35 * strength[:, :-1][left])
    assert np.array_equal(strength[:, 1:][~left], strength[:, :-1][~left])


@pytest.mark.parametrize("mood", [0.0, 0.4, 1.0])
def test_newcomers_are_uniform_around_the_mood_of_those_who_stayed(mood):
    """An ally and an opponent stay, of weights 6 and 2: their mean is .3."""
    people = (
        Person("a", "A", "acme", orientation="ally", influence=0.6),
        Person("b", "B", "acme", orientation="against", influence=0.2),
        Person("x", "X", "acme", influence=0.9),
    )
    account = replace(plain_account(strength=0.0), theirs=people)
    rates = {**STILL, "mood": mood, "cool": 0, "replacement": 1}
    scenario = Scenario("n", 2, (Leaves(1, "x"),), rates)
    found = [
        float(state.orientation[2])
        for _, month, state in history(account, scenario, IDLE, 2, 5, replicates(1500, 60))
        if month == 2
    ]
    middle, reach = mood * 0.3, 1.0 - mood
    if reach == 0.0:
        assert found == pytest.approx([middle] * len(found))
    else:
        fit = stats.kstest(found, stats.uniform(middle - reach, 2.0 * reach).cdf)
        assert fit.pvalue > UNLIKELY


def test_a_reorganisation_takes_its_share_of_the_function_alone():
    people = tuple(Person(f"t{i}", f"T{i}", "acme", function="technical") for i in range(10))
    account = replace(
        plain_account(strength=0.0), theirs=(*people, Person("x", "X", "acme", function="finance"))
    )
    scenario = Scenario("r", 3, (Reorganises(2, "acme", "technical", 0.3),), STILL)
    gone, other, draws = [], 0, replicates(1000, 40)
    for _, month, state in history(account, scenario, IDLE, 2, 6, draws):
        assert month == 2 or (state.present == PRESENT).all()
        if month == 2:
            gone.append(int((state.present[:10] == ABSENT).sum()))
            other += int(state.present[10] == ABSENT)
    assert other == 0
    assert fits(sum(gone), 10 * draws, 0.3)
    # Independently of each other: as spread as a binomial number is.
    spread = np.var(gone, ddof=1) * (draws - 1) / (10 * 0.3 * 0.7)
    assert UNLIKELY < stats.chi2.sf(spread, draws - 1) < 1.0 - UNLIKELY


# Ties


def first_months(account: Account, rates: dict, months: int, seed: int, draws: int, seat: int = 0):
    """Return the month in which each replicate's wanted tie opened, `months` + 1 where it did not."""
    waited = []
    for _, month, state in history(account, Scenario("o", 60, (), rates), SINGLE, months, seed, draws):
        if month == 0:
            opened = months + 1
        elif opened > months and state.strength[seat, 0] > 0.0:
            opened = month
        if month == months:
            waited.append(opened)
    return waited


def test_new_ties_open_at_the_stated_rate():
    rates = {**STILL, "s_new": 0.3, "referral": 0}
    waited = first_months(plain_account(strength=0.0), rates, 12, 7, replicates(1500, 80))
    assert fits_geometric(waited, 1.0 - math.exp(-0.05 * 8.0), 12)


def test_an_ally_who_is_covered_speeds_up_a_new_tie():
    ally = Person("ally", "Al", "acme", orientation="ally", influence=0.5)
    target = Person("target", "Ta", "acme", function="purchasing", influence=0.5)
    alone = replace(plain_account(), theirs=(ally, target), ties=(Tie("kam", "ally", 0.9),))
    referred = replace(alone, influences=(InfluenceLine("ally", "target"),))
    draws = replicates(800, 100)
    # An ally of .6 at a coverage of .9 makes the hour 1 + 4 x .54 times as effective.
    for account, reach in ((alone, 0.0), (referred, 0.54)):
        waited = first_months(account, STILL, 1, 8, draws, seat=1)
        assert fits(waited.count(1), draws, 1.0 - math.exp(-0.05 * 8.0 * (1.0 + 4.0 * reach)))


def test_allies_add_up():
    """Two allies of pull one half, covered .9 and .4: a reach of .5 x .6 x 1.3 = .39."""
    people = tuple(Person(one, one, "acme", orientation="ally", influence=0.5) for one in ("a", "b"))
    target = Person("target", "Ta", "acme", function="purchasing", influence=0.5)
    account = replace(
        plain_account(),
        theirs=(*people, target),
        ties=(Tie("kam", "a", 0.9), Tie("kam", "b", 0.4)),
        influences=(InfluenceLine("a", "target"), InfluenceLine("b", "target")),
    )
    draws, rates = replicates(800, 150), {**STILL, "new_tie_rate": 0.0045, "referral": 50}
    waited = first_months(account, rates, 1, 8, draws, seat=2)
    assert fits(waited.count(1), draws, 1.0 - math.exp(-0.0045 * 8.0 * (1.0 + 50.0 * 0.39)))


# The account


def test_the_market_moves_by_its_spread_and_forgets():
    account, draws = plain_account(strength=0.0), replicates(400, 20)
    seen = [
        float(state.level[0, MARKET_SIZE])
        for _, _, state in history(account, Scenario("m", 12, (), STILL), IDLE, 12, 1, draws)
    ]
    size = np.array(seen).reshape(draws, 13)
    growth = size[:, 1:] / size[:, :-1] - 1.0
    width = 0.02 * math.sqrt(12.0)
    assert stats.kstest(growth.ravel(), stats.uniform(-width / 2.0, width).cdf).pvalue > UNLIKELY
    assert (growth**2).mean() == pytest.approx(0.02**2, rel=ERRORS * 0.894 / math.sqrt(growth.size))
    assert stats.pearsonr(growth[:, :-1].ravel(), growth[:, 1:].ravel()).pvalue > UNLIKELY


def test_the_month_of_the_drawn_loss_is_geometric():
    account, draws = plain_account(strength=0.0), replicates(3000, 200)
    rates = {**STILL, "loss": 0.6}
    run = simulate(account, Scenario("l", 24, (), rates), [IDLE], replicates=draws)
    waited = [int(month) or 25 for month in run.arrays.drawn[0, LOST_MONTH, 0]]
    assert fits_geometric(waited, 1.0 - math.exp(-0.05 * math.exp(2.0 * 0.25 + 2.0 * 0.1)), 24)


def test_hours_are_spent_in_the_month_of_the_loss_and_not_after():
    account, months = plain_account(strength=0.5), 12
    run = simulate(account, Scenario("l", 12, (), {**STILL, "loss": 2}), [SINGLE], replicates=40)
    lost, hours = run.arrays.drawn[0, LOST_MONTH, 0], run.arrays.drawn[0, HOURS_DRAWN, 0]
    assert 0 < (lost > 0.0).sum() < 40
    assert hours == pytest.approx(8.0 * np.where(lost > 0.0, lost, months))


def test_the_drawn_loss_agrees_with_its_expectation():
    account, draws = reference_account(), replicates(4000, 60)
    run = simulate(account, Scenario(), [SINGLE], replicates=draws)
    drawn, expected = run.downside("account_lost")[0], run.measures["account_lost"][0]
    assert abs((drawn - expected).mean()) < ERRORS * (drawn - expected).std() / math.sqrt(draws)
    for measure in ("revenue_total", "margin_total", "hours_spent"):
        difference = run.downside(measure)[0] - run.measures[measure][0]
        assert abs(difference.mean()) < ERRORS * difference.std() / math.sqrt(draws), measure
    assert expected.std() < 0.5 * drawn.std()


# End customers


def dealer(lots: int, sellers: tuple[str, ...] = ("dealer",), known: bool = True) -> Account:
    """Return a distributor with end customers of one unit each, all bought from it today."""
    customers = tuple(Partner(f"e{n:03}", f"E{n}", known) for n in range(lots))
    return Account(
        "dealer",
        "Dealer",
        DAY,
        kinds=("distributor",),
        revenue=100.0,
        margin=0.3,
        channel=Channel(
            distributors=tuple(Partner(one, one) for one in sellers),
            end_customers=customers,
            sales=tuple(Sale(sellers[0], one.id, False, 1.0) for one in customers),
        ),
    )


def until(account: Account, rates: dict, months: int, seed: int, draws: int, seen) -> list[int]:
    """Return for every end customer or lot the first month in which `seen` is true, `months` + 1 if never."""
    waited: list[int] = []
    assembly = assemble(account, Scenario("c", months, (), rates), [IDLE], months)
    for _, month, state in months_of(assembly, months, seed, draws):
        if month == 0:
            first = np.full(seen(state).size, months + 1)
        else:
            first[(first > months) & seen(state)] = month
        if month == months:
            waited.extend(first.tolist())
    return waited


def test_hidden_end_customers_show_at_the_stated_rate():
    """With transparency held at .8 and `reveal` .25: a fifth of them a month."""
    rates = {"reveal": 0.25, "transparency_start": 0.8, "open_rate": 0}
    waited = until(dealer(20, known=False), rates, 12, 9, replicates(60, 10), lambda state: state.known == 1)
    assert fits_geometric(waited, 0.2, 12)
    hidden = until(
        dealer(5, known=False), rates | {"transparency_start": 0}, 12, 9, 4, lambda s: s.known == 1
    )
    assert set(hidden) == {13}


def test_orders_come_at_the_stated_rate():
    """Whoever orders takes the rival's, whose offer leaves e^-10 for ours: the first change is the order."""
    rates = {"order": 0.3, "rival": 10, "b_habit": 0, "b_known": 0, "b_effort": 0, "b_price": 0}
    rates |= {"standing": 0, "unrecorded": 0}
    waited = until(dealer(20), rates, 12, 10, replicates(60, 10), lambda state: state.last == 2)
    assert fits_geometric(waited, 0.3 / (1.0 + math.exp(-10.0)), 12)


@pytest.mark.parametrize("opened", [False, True])
def test_choices_follow_the_logit(opened):
    """One order of each of 60 end customers between direct, home, two other distributors and the rival's."""
    sellers = ("dealer", "east", "west")
    account = dealer(60, sellers)
    customers = tuple(partner.id for partner in account.channel.end_customers)
    extra = {one: tuple(Sale(one, customer, False, 0.01) for customer in customers) for one in sellers[1:]}
    every = (*account.channel.sales, *(sale for some in extra.values() for sale in some))
    account = replace(account, channel=replace(account.channel, sales=every))
    events = (GoDirect(1, "us", customers),) if opened else ()
    rates = {
        "order": 1,
        "b_effort": 0,
        "price_rate": 0,
        "b_price": 6,
        "p_direct": 0.9,
        "accept": 0.8,
        "b_accept": 3,
        "b_known": 0.3,
        "spill": 0.4,
        "b_hop": 0.7,
        "b_habit": 0.5,
        "rival": 0.2,
        "standing": 0,
        "unrecorded": 0,
    }
    others = [
        replace(account, id=one, name=one, revenue=None, channel=replace(account.channel, sales=sales))
        for one, sales in extra.items()
    ]
    assembly = assemble([account, *others], Scenario("x", 1, events, rates), [IDLE], 1)
    assert assembly.business.distributors == sellers
    lots = [n for n, lot in enumerate(assembly.business.lots) if lot.seller == "dealer"]
    chosen = np.zeros(5)
    for _, month, state in months_of(assembly, 1, 11, replicates(200, 10)):
        if month == 1:
            chosen += np.bincount(state.last[lots], minlength=5)
    spill = 0.4 * opened
    odds = np.exp(
        [
            6.0 * (1.0 - 0.9) + 3.0 * (0.8 - 1.0) if opened else -math.inf,
            0.3 + spill + 0.5,  # at home, and its last choice
            0.3 + spill - 0.7,
            0.3 + spill - 0.7,
            0.2,
        ]
    )
    if not opened:
        assert chosen[0] == 0.0
        chosen, odds = chosen[1:], odds[1:]
    assert stats.chisquare(chosen, chosen.sum() * odds / odds.sum()).pvalue > UNLIKELY
