"""The simulation against closed forms: one mechanism at a time, everything else turned off."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import optimize, stats

from graph.account import InfluenceLine, Person, Tie
from graph.measures import measure
from graph.removal import remove
from graph.strength import contact, decay
from simulation import PlannedAction, Scenario, load_scenario, plan_strategy, simulate
from simulation.scenario import Joins, Leaves, NewKeyAccountManager, PricePressure, Reorganises
from simulation.state import ABSENT, COVERAGE, PRESENT, SHOCK, THREADS
from simulation.strategies import SHIPPED
from tests.validation.cases import IDLE, SCENARIOS, STILL, history, plain_account, strengths
from tests.validation.scale import ERRORS, UNLIKELY, replicates

SINGLE = SHIPPED["single_threaded"]
FROZEN = {**STILL, "decay_scale": 0, "cool": 0, "market_sd": 0}


# Contact loss


@pytest.mark.parametrize(("contacts", "expected"), [(1, 0.578), (3, 0.193), (5, 0.0646)])
def test_independent_contacts(contacts, expected):
    """1 - (3/4)^3 to the power of the contacts, at a quarter of the contacts leaving in a year."""
    account, draws = plain_account(contacts), replicates(20_000)
    scenario = load_scenario(SCENARIOS / "closed_form.yaml", account)
    exact = (1.0 - 0.75**3) ** contacts
    assert exact == pytest.approx(expected, abs=0.0006)
    error = math.sqrt(exact * (1.0 - exact) / draws)
    run = simulate(account, scenario, [IDLE, SHIPPED["diamond"]], replicates=draws)
    for name in run.names:
        found = run.estimate("all_contacts_gone", name).mean
        assert abs(found - exact) < ERRORS * error
        assert abs(found - expected) < ERRORS * error


def test_survivors_of_random_loss_are_binomial():
    account, months, draws = plain_account(8), 24, replicates(4000)
    scenario = load_scenario(SCENARIOS / "closed_form.yaml", account)
    run = simulate(account, scenario, [IDLE], replicates=draws, months=months)
    counts = np.bincount(run.series("threads")[0, :, -1].astype(int), minlength=9)
    chances = stats.binom.pmf(np.arange(9), 8, 0.75 ** (months / 12))
    assert stats.chisquare(counts, draws * chances).pvalue > UNLIKELY


def removable():
    """Return five contacts of one function, unlike in influence and strength, and one of another."""
    strength, influence = (0.3, 0.5, 0.7, 0.8, 0.9), (0.9, 0.6, 0.5, 0.4, 0.8)
    people = tuple(
        Person(f"t{i}", f"T{i}", "acme", function="technical", influence=influence[i]) for i in range(5)
    )
    stays = Person("x", "X", "acme", function="finance", influence=0.7)
    ties = (*(Tie("kam", f"t{i}", strength[i]) for i in range(5)), Tie("kam", "x", 0.4))
    return replace(plain_account(strength=0.0), theirs=(*people, stays), ties=ties)


def test_random_node_removal():
    """Each of n contacts removed with chance p: the expected coverage, and the chance that all are gone."""
    account, p, draws = removable(), 0.6, replicates(10_000)
    scenario = Scenario("r", 1, (Reorganises(1, "acme", "technical", p),), FROZEN)
    run = simulate(account, scenario, [IDLE], replicates=draws)
    coverage = run.series("coverage")[0, :, 1]
    parts = account.influence * account.strength[0] / account.influence.sum()
    mean = parts[5] + (1.0 - p) * parts[:5].sum()
    error = math.sqrt(p * (1.0 - p) * (parts[:5] ** 2).sum() / draws)
    assert abs(coverage.mean() - mean) < ERRORS * error
    threads = run.series("threads")[0, :, 1]  # the one at finance is left in any case
    chances = stats.binom.pmf(np.arange(6), 5, 1.0 - p)
    counts = np.bincount(threads.astype(int) - 1, minlength=6)
    assert stats.chisquare(counts, draws * chances).pvalue > UNLIKELY
    gone = (threads == 1.0).mean()
    assert abs(gone - p**5) < ERRORS * math.sqrt(p**5 * (1.0 - p**5) / draws)


def test_removal_by_a_scenario_is_removal_on_paper():
    """Who leaves in the simulation leaves the threads that `without` leaves, and their part of coverage."""
    account = removable()
    for who in (("t0",), ("t1", "t4"), ("t0", "t2", "x")):
        scenario = Scenario("l", 1, tuple(Leaves(1, one) for one in who), FROZEN)
        run = simulate(account, scenario, [IDLE], replicates=1)
        left = remove(account, who)
        assert run.series("threads")[0, 0, 1] == len(measure(left).threads)
        assert run.series("coverage")[0, 0, 1] == pytest.approx(measure(left).coverage, rel=1e-12)


# Ties


def test_decay_alone_halves_in_the_half_life():
    rates = {**STILL, "half_weak": 8, "half_strong": 8, "s_gone": 0}
    found = strengths(plain_account(strength=0.8), Scenario("d", 40, (), rates), IDLE, 40)
    assert found == pytest.approx([0.8 * 2.0 ** (-month / 8.0) for month in range(41)], rel=1e-12)


def test_decay_by_strength_until_the_tie_ends():
    """half_weak^(1-s) half_strong^s by powers of the two half-lives; below s_gone the tie is over."""
    found = strengths(plain_account(strength=0.9), Scenario("d", 60, (), STILL), IDLE, 60)
    expected = [0.9]
    for _ in range(60):
        s = expected[-1]
        s *= 2.0 ** (-1.0 / (3.6 ** (1.0 - s) * 24.0**s)) if s else 0.0
        expected.append(s if s >= 0.02 else 0.0)
    assert found == pytest.approx(expected, rel=1e-12)
    assert found[-1] == 0.0 < found[20]


def test_a_strong_tie_halves_in_two_years_and_a_weak_one_in_four_months():
    assert decay(1.0, 1.0, 3.6, 24.0) ** 24 == pytest.approx(0.5, rel=1e-12)
    assert decay(1e-9, 1.0, 3.6, 24.0) / 1e-9 == pytest.approx(0.5 ** (1 / 3.6), rel=1e-6)


@pytest.mark.parametrize("start", [0.05, 0.5, 0.95])
def test_the_steady_state_of_contact_does_not_depend_on_the_start(start):
    rates = {**STILL, "half_weak": 8, "half_strong": 8, "attention": 0.5}
    account = plain_account(strength=start)
    found = strengths(account, Scenario("c", 300, (), rates), SINGLE, 300)
    kept, left_open = 2.0 ** (-1 / 8), math.exp(-0.08 * (8.0 - 0.5))
    assert found[-1] == pytest.approx((1.0 - left_open) / (1.0 - left_open * kept), rel=1e-9)


@pytest.mark.parametrize("hours", [0.5, 1.0, 2.0, 4.0])
@pytest.mark.parametrize("start", [0.05, 0.95])
def test_the_steady_state_is_the_fixed_point_for_half_lives_that_depend_on_strength(hours, start):
    def step(s):
        kept = s * 2.0 ** (-1.0 / (3.6 ** (1.0 - s) * 24.0**s))
        return 1.0 - (1.0 - kept) * math.exp(-0.08 * (hours - 0.1)) - s

    kam = Person("kam", "Kai", "us", function="commercial", time_capacity=hours)
    found = strengths(plain_account(strength=start, ours=(kam,)), Scenario("c", 600, (), STILL), SINGLE, 600)
    assert found[-1] == pytest.approx(optimize.brentq(step, 0.02, 1.0, xtol=1e-14), rel=1e-6)


@pytest.mark.parametrize(
    ("hours", "settles"), [(52.0 / 12.0, 0.9), (1.0, 0.5), (1.0 / 3.0, 0.1)], ids=["week", "month", "quarter"]
)
def test_the_scale_of_ties_in_words(hours, settles):
    """A weekly hour settles at .9, a monthly hour at one half, a quarterly hour near .1."""
    kam = Person("kam", "Kai", "us", function="commercial", time_capacity=hours)
    found = strengths(plain_account(ours=(kam,)), Scenario("s", 300, (), STILL), SINGLE, 300)
    assert found[-1] == pytest.approx(settles, abs=0.05)


def test_hours_too_few_to_count_are_spent_for_nothing():
    """Below `attention` a tie fades as if nobody had come; the hours are spent all the same."""
    kam = Person("kam", "Kai", "us", function="commercial", time_capacity=0.25)
    account, rates = plain_account(ours=(kam,)), {**STILL, "attention": 0.3, "loss": 0}
    met = strengths(account, Scenario("a", 12, (), rates), SINGLE, 12)
    assert met == strengths(account, Scenario("a", 12, (), rates), IDLE, 12)
    run = simulate(account, Scenario("a", 12, (), rates), [SINGLE], replicates=1)
    assert run.measures["hours_spent"][0, 0] == pytest.approx(3.0)


def test_weak_ties_get_more_of_the_hours_by_their_preference():
    """Two ties of .2 and .8 with weights 1 and 1 and a preference of 3: hours as 3.4 to 1.6."""
    account = plain_account(2, strength=0.2)
    account = replace(account, ties=(Tie("kam", "t00", 0.2), Tie("kam", "t01", 0.8)))
    both = replace(SHIPPED["diamond"], weak=3.0)
    for _, month, state in history(account, Scenario("w", 1, (), FROZEN), both, 1):
        if month == 1:
            first, second = state.strength[:, 0]
    assert first == pytest.approx(1.0 - 0.8 * math.exp(-0.08 * (8.0 * 3.4 / 5.0 - 0.1)), rel=1e-12)
    assert second == pytest.approx(1.0 - 0.2 * math.exp(-0.08 * (8.0 * 1.6 / 5.0 - 0.1)), rel=1e-12)


def test_an_action_of_a_plan_gives_its_effort_and_opens_its_tie_for_certain():
    account = plain_account(strength=0.0)
    plan = plan_strategy(account, [PlannedAction("kam", "t00", "visit", 3)], horizon=4)
    found = strengths(account, Scenario("p", 4, (), STILL), plan, 4)
    limits = account.policy.limits
    opened = contact(0.0, 4 * 0.6, limits["contact_gain"])
    assert found[:3] == [0.0, 0.0, 0.0]
    assert found[3] == opened
    assert found[4] == decay(opened, 1.0, limits["half_weak"], limits["half_strong"])


def test_a_new_key_account_manager_keeps_a_share_of_the_ties_and_the_seat():
    account = plain_account(strength=0.8)
    scenario = Scenario("k", 4, (NewKeyAccountManager(2, "kam"),), {**STILL, "decay_scale": 0})
    assert strengths(account, scenario, IDLE, 4) == pytest.approx([0.8, 0.8, 0.28, 0.28, 0.28])
    for _, _, state in history(account, scenario, IDLE, 4):
        assert state.present_ours[0] == PRESENT


def test_a_faint_tie_lives_as_long_as_it_is_met():
    """Below s_gone, and still below it after the month's hundredth of an hour: only silence ends it."""
    kam = Person("kam", "Kai", "us", function="commercial", time_capacity=0.11)
    account, scenario = plain_account(strength=0.019, ours=(kam,)), Scenario("f", 3, (), STILL)
    assert 0.0 < strengths(account, scenario, SINGLE, 3)[-1] < 0.02
    assert strengths(account, scenario, IDLE, 3)[-1] == 0.0


def test_whoever_of_ours_is_gone_meets_nobody_and_makes_no_thread():
    account = plain_account(strength=0.8)
    rates = {**FROZEN, "replacement": 0, "handover": 1, "loss": 0}
    run = simulate(account, Scenario("o", 4, (Leaves(2, "kam"),), rates), [SINGLE], replicates=1)
    assert run.series("hours")[0, 0].tolist() == pytest.approx([0.0, 8.0, 0.0, 0.0, 0.0])
    assert run.series("threads")[0, 0].tolist() == [1.0, 1.0, 0.0, 0.0, 0.0]
    access = run.series("access")[0, 0]  # the tie itself is handed over whole
    assert access[1:] == pytest.approx([access[1]] * 4)


def test_a_seat_is_vacant_for_a_month_at_least_and_covered_by_nobody():
    account = plain_account(strength=0.8)
    scenario = Scenario("v", 4, (Leaves(2, "t00"),), {**FROZEN, "replacement": 1})
    seen = [
        (int(state.present[0]), float(state.coverage[0]))
        for _, _, state in history(account, scenario, IDLE, 4)
    ]
    assert [there for there, _ in seen] == [PRESENT, PRESENT, ABSENT, PRESENT, PRESENT]
    assert [cov for _, cov in seen] == pytest.approx([0.8, 0.8, 0.0, 0.0, 0.0])


# Orientation


def test_everybody_hears_what_the_others_thought_last_month():
    """Along a -> b -> c the ally's opinion takes two months to c."""
    people = tuple(
        Person(one, one, "acme", orientation=o) for one, o in (("a", "ally"), ("b", None), ("c", None))
    )
    lines = (InfluenceLine("a", "b"), InfluenceLine("b", "c"))
    account = replace(plain_account(strength=0.0), theirs=people, influences=lines)
    seen = [
        tuple(float(o) for o in state.orientation)
        for _, _, state in history(account, Scenario("h", 2, (), {**STILL, "cool": 0}), IDLE, 2)
    ]
    assert seen[1] == pytest.approx((0.6, 0.03, 0.0), abs=1e-15)
    assert seen[2] == pytest.approx((0.6, 0.03 + 0.05 * 0.57, 0.05 * 0.03), abs=1e-15)


def test_full_silence_cools_by_a_geometric_series():
    account = plain_account(strength=0.0)
    account = replace(account, theirs=(Person("t00", "T", "acme", orientation="ally"),))
    rates = {**STILL, "cool": 0.1, "o_base": -0.2}
    for _, month, state in history(account, Scenario("c", 24, (), rates), IDLE, 24):
        assert state.orientation[0] == pytest.approx(-0.2 + 0.8 * 0.9**month, rel=1e-12)


def test_contact_warms_to_the_balance_of_fit_and_base():
    """At a coverage held at c, o ends at (warm c fit + cool (1-c) o_base) / (warm c + cool (1-c))."""
    account = plain_account(strength=0.75)
    rates = {**FROZEN, "warm": 0.1, "cool": 0.04, "o_base": -0.3, "fit": 0.6}
    for _, _, state in history(account, Scenario("w", 240, (), rates), IDLE, 240):
        end = state.orientation[0]
    assert end == pytest.approx((0.1 * 0.75 * 0.6 - 0.04 * 0.25 * 0.3) / (0.1 * 0.75 + 0.04 * 0.25), rel=1e-6)


def test_opponents_warm_at_a_share_of_the_pace():
    account = plain_account(strength=0.75)
    account = replace(account, theirs=(Person("t00", "T", "acme", orientation="against"),))
    rates = {**FROZEN, "warm": 0.1, "warm_block": 0.25}
    for _, month, state in history(account, Scenario("b", 4, (), rates), IDLE, 4):
        assert state.orientation[0] == pytest.approx(0.7 - 1.3 * (1.0 - 0.025 * 0.75) ** month, rel=1e-12)


def test_influence_lines_pull_towards_support_and_away_from_conflict():
    opponent = Person("b", "B", "acme", orientation="against")
    ally = Person("a", "A", "acme", orientation="ally")
    account = replace(plain_account(strength=0.0), theirs=(ally, opponent))
    swayed = replace(account, influences=(InfluenceLine("a", "b"),))
    opposed = replace(account, influences=(InfluenceLine("a", "b", 0.5, -1),))
    end = {}
    for name, one in (("none", account), ("support", swayed), ("conflict", opposed)):
        rates = {**STILL, "cool": 0}
        for _, _, state in history(one, Scenario("i", 24, (), rates), IDLE, 24):
            end[name] = float(state.orientation[1])
    assert end["none"] == pytest.approx(-0.6)
    assert end["support"] == pytest.approx(0.6 - 1.2 * 0.95**24)
    assert end["conflict"] == pytest.approx(-0.6)  # already where a conflict with an ally pulls to


def test_an_ally_who_is_gone_sways_nobody():
    ally, other = (Person(one, one, "acme", orientation=o) for one, o in (("a", "ally"), ("b", None)))
    account = replace(
        plain_account(strength=0.0), theirs=(ally, other), influences=(InfluenceLine("a", "b"),)
    )
    scenario = Scenario("g", 4, (Leaves(3, "a"),), {**STILL, "cool": 0, "replacement": 0})
    seen = [float(state.orientation[1]) for _, _, state in history(account, scenario, IDLE, 4)]
    assert seen == pytest.approx(
        [0.0, 0.6 * 0.05, 0.6 * (1 - 0.95**2), 0.6 * (1 - 0.95**2), 0.6 * (1 - 0.95**2)]
    )


# The account


def test_the_chance_of_loss_is_the_stated_one():
    account = plain_account(strength=0.0)
    run = simulate(account, Scenario("l", 12, (), STILL), [IDLE], replicates=1)
    rate = 0.045 / 12.0 * math.exp(2.0 * 0.25 + 2.0 * 0.10)
    assert run.series("survival")[0, 0] == pytest.approx(np.exp(-rate * np.arange(13)), rel=1e-9)


def test_the_shock_of_a_decision_maker_and_its_fading():
    """One of two deciders, .6 of their weight, leaves; the other is covered at .5."""
    people = (
        Person("a", "A", "acme", role="decision_maker", influence=0.9),
        Person("b", "B", "acme", role="decision_maker", influence=0.6),
    )
    account = replace(plain_account(strength=0.0), theirs=people, ties=(Tie("kam", "b", 0.5),))
    scenario = Scenario("s", 5, (Leaves(2, "a"),), {**FROZEN, "warm": 0, "replacement": 0, "shock_fade": 4})
    # Access of the others counts the leaver's empty seat: .6 * .5 / 1.5 = .2.
    hit = 0.6 * (1.0 - 0.2)
    seen = [float(state.level[0, SHOCK]) for _, _, state in history(account, scenario, IDLE, 5)]
    assert seen == pytest.approx([0.0, 0.0, hit, hit * 0.75, hit * 0.75**2, hit * 0.75**3])
    run = simulate(account, scenario, [IDLE], replicates=1)
    survival = run.series("survival")[0, 0]
    rate = 0.045 / 12.0 * math.exp(-2.0 * (0.2 - 0.25) - 2.0 * (0.0 - 0.1))
    assert survival[2] / survival[1] == pytest.approx(math.exp(-rate * (1.0 + 18.0 * hit)), rel=1e-12)


def test_who_does_not_decide_shocks_nobody_where_somebody_does():
    people = (
        Person("a", "A", "acme", role="user", influence=0.9),
        Person("b", "B", "acme", role="decision_maker", influence=0.6),
    )
    account = replace(plain_account(strength=0.0), theirs=people)
    for _, _, state in history(account, Scenario("u", 2, (Leaves(1, "a"),), FROZEN), IDLE, 2):
        assert state.level[0, SHOCK] == 0.0


def test_the_shock_of_one_of_ours():
    """The relation to an ally goes to .35 of itself; what we have with an opponent is no relation."""
    ally = Person("a", "A", "acme", orientation="ally", influence=0.9)
    opponent = Person("b", "B", "acme", orientation="against", influence=0.9)
    account = replace(
        plain_account(strength=0.0),
        theirs=(ally, opponent),
        ties=(Tie("kam", "a", 0.8), Tie("kam", "b", 0.5)),
    )
    scenario = Scenario("o", 2, (Leaves(1, "kam"),), {**FROZEN, "warm": 0})
    before = 0.5 * 0.8 * 0.6  # half the weight
    hit = 0.3 * 0.65 * before / (before + 1.0)
    for _, month, state in history(account, scenario, IDLE, 2):
        if month == 1:
            assert state.level[0, SHOCK] == pytest.approx(hit, rel=1e-12)
            assert state.strength[0, 0] == pytest.approx(0.35 * 0.8)
            assert state.present_ours[0] == ABSENT


def test_without_any_support_the_wallet_shrinks_and_the_margin_falls_by_closed_forms():
    account = plain_account(strength=0.0, revenue=120_000.0, margin=0.3)
    rates = {**STILL, "market_sd": 0, "loss": 0}
    run = simulate(account, Scenario("w", 24, (), rates), [IDLE], replicates=1)
    months = np.arange(25)
    revenue = 120_000.0 * (1.0 - 0.05 / 12.0) ** months
    margin = 0.15 + (0.3 - 0.15) * (1.0 - 0.04) ** months
    assert run.series("revenue")[0, 0] == pytest.approx(revenue, rel=1e-9)
    assert run.series("margin")[0, 0] == pytest.approx(revenue * margin, rel=1e-9)
    assert run.measures["revenue_total"][0, 0] == pytest.approx(revenue[1:].sum() / 12.0, rel=1e-12)


def test_support_wins_the_wallet_and_access_to_those_who_value_the_margin():
    """Held at .8 x .6, an ally in a technical seat: both end where their rules balance.

    A neutral at purchasing, where the talk is of prices, has half the weight and says nothing of value.
    """
    ally = Person("a", "A", "acme", orientation="ally", influence=0.9, function="technical")
    buyer = Person("b", "B", "acme", influence=0.9, function="purchasing")
    account = replace(
        plain_account(strength=0.0),
        theirs=(ally, buyer),
        ties=(Tie("kam", "a", 0.8), Tie("kam", "b", 0.3)),
        revenue=1.0,
        margin=0.3,
    )
    rates = {**FROZEN, "warm": 0, "loss": 0, "grow": 2, "shrink": 0.3}
    run = simulate(account, Scenario("g", 400, (), rates), [IDLE], replicates=1)
    revenue, margin = run.series("revenue")[0, 0], run.series("margin")[0, 0]
    support = 0.5 * 0.8 * 0.6
    won = 2.0 * support * 0.9 / (2.0 * support + 0.3)
    assert revenue[-1] == pytest.approx(won / 0.4, rel=1e-6)
    assert margin[-1] / revenue[-1] == pytest.approx(0.15 + 0.25 * 0.8, rel=1e-6)
    assert revenue[1] == pytest.approx((0.4 + (2.0 * support * 0.5 - 0.3 * 0.4) / 12.0) / 0.4, rel=1e-12)


def test_price_pressure_takes_the_same_off_revenue_and_profit():
    account = plain_account(revenue=100_000.0, margin=0.3)
    rates = {"market_sd": 0, "loss": 0, "hour_cost": 0}
    quiet = simulate(account, Scenario("q", 12, (), rates), [IDLE], replicates=2)
    pressed = simulate(
        account, Scenario("p", 12, (PricePressure(4, "acme", 10.0, 3),), rates), [IDLE], replicates=2
    )
    off = quiet.series("revenue") - pressed.series("revenue")
    assert off == pytest.approx(quiet.series("margin") - pressed.series("margin"), rel=1e-9)
    expected = np.zeros(13)
    expected[4:7] = 0.1
    assert (off / quiet.series("revenue"))[0, 0] == pytest.approx(expected)


def test_hours_cost_money_only_where_they_are_spent():
    account = plain_account(4, revenue=100_000.0, margin=0.3)
    dear, free = ({**FROZEN, "loss": 0, "hour_cost": cost} for cost in (100, 0))
    spent = {
        cost: simulate(account, Scenario("h", 12, (), rates), [SHIPPED["diamond"], IDLE], replicates=1)
        for cost, rates in (("dear", dear), ("free", free))
    }
    costs = spent["free"].measures["margin_total"] - spent["dear"].measures["margin_total"]
    assert costs[:, 0] == pytest.approx([12 * 8.0 * 100.0, 0.0])
    assert spent["dear"].measures["hours_spent"][:, 0] == pytest.approx([96.0, 0.0])


def test_hours_stop_with_the_account():
    account = plain_account(4)
    run = simulate(account, Scenario("h", 12, (), STILL), [SHIPPED["diamond"]], replicates=1)
    assert run.series("hours")[0, 0, 1:] / run.series("survival")[0, 0, :-1] == pytest.approx(8.0)


def test_a_seat_that_joins_is_there_from_its_month_on():
    account = plain_account(strength=0.5)
    scenario = Scenario("j", 6, (Joins(3, "acme", "technical", 2),), {**STILL, "o_base": -0.2, "cool": 0})
    for _, month, state in history(account, scenario, IDLE, 6):
        assert state.present[1] == (PRESENT if month >= 3 else ABSENT)
    assert state.orientation[1] == pytest.approx(-0.2)
    access = simulate(account, scenario, [IDLE], replicates=1).series("access")[0, 0]
    assert access[3] < 0.6 * access[2]


def test_measured_at_the_start_is_what_the_graph_measures():
    account = removable()
    opponent = Person("y", "Y", "acme", role="user", orientation="against", influence=0.8)
    account = replace(account, theirs=(*account.theirs, opponent), ties=(*account.ties, Tie("kam", "y", 0.9)))
    for _, month, state in history(account, Scenario("m", 1), IDLE, 0):
        assert month == 0
        assert state.now[0, COVERAGE] == pytest.approx(measure(account).coverage, rel=1e-12)
        assert state.now[0, THREADS] == len(measure(account).threads)
