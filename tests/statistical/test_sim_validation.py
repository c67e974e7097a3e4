"""The simulation against independent answers: closed forms, known distributions, its calibration.

Seeds are fixed. Where a random quantity is compared, the tolerance is three standard errors or a p-value of
one in a thousand, so that a wrong rule fails and a right one does not depend on luck.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from graph.account import Account, Person, Tie
from graph.strength import contact, decay
from simulation import PlannedAction, Scenario, leaving_scenario, load_scenario, plan_strategy, simulate
from simulation.answer import answer
from simulation.assembly import assemble
from simulation.run import empty_arrays, run_kernel
from simulation.scenario import HoursCut, Joins, NewKeyAccountManager, PricePressure, Reorganises
from simulation.state import ABSENT, PRESENT, THREADS, new_state
from simulation.strategies import SHIPPED

DAY = date(2026, 1, 31)
SCENARIOS = Path(__file__).parents[2] / "fixtures" / "scenarios"
UNLIKELY = 0.001
STILL = {"turnover_theirs": 0, "turnover_ours": 0}


def plain_account(theirs=1, strength=0.5, **values):
    """One of ours tied to neutral contacts."""
    people = tuple(Person(f"t{i:02}", f"T{i}", "acme", level=3) for i in range(theirs))
    return Account(
        **{
            "id": "acme",
            "name": "Acme",
            "as_of": DAY,
            "ours": (Person("kam", "Kai", "us", function="commercial", level=3, time_capacity=8.0),),
            "theirs": people,
            "ties": tuple(Tie("kam", person.id, strength) for person in people if strength > 0.0),
            **values,
        }
    )


def reference_account(hours=80.0):
    """Twelve stakeholders, four of whom decide; we know the buyer only. What the shock is calibrated on."""
    rows = ("purchasing", "executive", "technical", "marketing", "supply_chain", "finance", "operations")
    functions = [rows[i % len(rows)] for i in range(12)]
    deciding = {0: 0.75, 1: 0.9, 4: 0.85, 8: 0.85}
    roles = ("evaluator", "user", "influencer", "user")
    theirs = tuple(
        Person(
            f"t{i:02}",
            f"T{i}",
            "acme",
            function=functions[i],
            level=1 if i == 1 else 2 + i % 4,
            role="decision_maker" if i in deciding else roles[i % 4],
            influence=deciding.get(i, 0.8 - 0.05 * (i % 8)),
            orientation="ally" if i == 0 else None,
        )
        for i in range(12)
    )
    ours = tuple(
        Person(f"o{i}", f"O{i}", "us", function=function, level=level, time_capacity=hours / 7)
        for i, (function, level) in enumerate(
            [
                ("commercial", 3),
                ("executive", 1),
                ("technical", 3),
                ("marketing", 3),
                ("supply_chain", 3),
                ("finance", 3),
                ("operations", 4),
            ]
        )
    )
    return Account(
        "acme",
        "Acme",
        DAY,
        ours=ours,
        theirs=theirs,
        ties=(Tie("o0", "t00", 0.5),),
        revenue=1_200_000.0,
        margin=0.25,
    )


def history(account, scenario, strategy, months, seed=1, replicates=1):
    """Yield (replicate, month, state) of a strategy."""
    from simulation.kernel import run_block

    assembly = assemble(account, scenario, [strategy], months)
    state = new_state(assembly.case)
    arrays = empty_arrays(assembly, 1, months)
    for r in range(replicates):
        for month in range(months + 1):
            run_block(
                assembly.case,
                assembly.rates,
                assembly.levers[0],
                state,
                seed,
                r,
                1,
                month,
                month,
                True,
                *arrays,
                0,
                r,
            )
            yield r, month, state


def strengths(account, scenario, strategy, months):
    """Return the strength of the first tie by month."""
    return [float(state.strength[0, 0]) for _, _, state in history(account, scenario, strategy, months)]


# Closed forms


@pytest.mark.parametrize(("contacts", "expected"), [(1, 0.578), (3, 0.193), (5, 0.0646)])
def test_independent_contacts(contacts, expected):
    """1 - (3/4)^3 to the power of the contacts, at a quarter of the contacts leaving in a year."""
    account = plain_account(contacts)
    scenario = load_scenario(SCENARIOS / "closed_form.yaml", account)
    for name in ("do_nothing", "diamond"):
        run = simulate(account, scenario, [SHIPPED[name]], replicates=20_000)
        exact = (1.0 - 0.75**3) ** contacts
        found = run.estimate("all_contacts_gone", name).mean
        error = math.sqrt(exact * (1.0 - exact) / 20_000)
        assert exact == pytest.approx(expected, abs=0.0006)
        assert abs(found - exact) < 3.0 * error
        assert abs(found - expected) < 3.0 * error


def test_survivors_of_random_loss_are_binomial():
    account, months = plain_account(8), 24
    scenario = load_scenario(SCENARIOS / "closed_form.yaml", account)
    run = simulate(account, scenario, [SHIPPED["do_nothing"]], replicates=4000, months=months)
    counts = np.bincount(run.series("threads")[0, :, -1].astype(int), minlength=9)
    chances = stats.binom.pmf(np.arange(9), 8, 0.75 ** (months / 12))
    assert stats.chisquare(counts, 4000 * chances).pvalue > UNLIKELY


def test_decay_alone_halves_in_the_half_life():
    rates = {**STILL, "half_weak": 8, "half_strong": 8, "s_gone": 0}
    found = strengths(plain_account(strength=0.8), Scenario("d", 40, (), rates), SHIPPED["do_nothing"], 40)
    assert found == pytest.approx([0.8 * 2.0 ** (-month / 8.0) for month in range(41)], rel=1e-12)


def test_a_strong_tie_halves_in_two_years_and_a_weak_one_in_four_months():
    assert decay(1.0, 1.0, 3.6, 24.0) ** 24 == pytest.approx(0.5, rel=1e-12)
    assert decay(1e-9, 1.0, 3.6, 24.0) / 1e-9 == pytest.approx(0.5 ** (1 / 3.6), rel=1e-6)


@pytest.mark.parametrize("start", [0.05, 0.5, 0.95])
def test_the_steady_state_of_contact_does_not_depend_on_the_start(start):
    rates = {**STILL, "half_weak": 8, "half_strong": 8, "attention": 0.5}
    account = plain_account(strength=start)
    found = strengths(account, Scenario("c", 300, (), rates), SHIPPED["single_threaded"], 300)
    kept, left_open = 2.0 ** (-1 / 8), math.exp(-0.08 * (8.0 - 0.5))
    assert found[-1] == pytest.approx((1.0 - left_open) / (1.0 - left_open * kept), rel=1e-9)


@pytest.mark.parametrize(
    ("hours", "low", "high"), [(52.0 / 12.0, 0.85, 0.95), (1.0, 0.4, 0.6), (1.0 / 3.0, 0.05, 0.2)]
)
def test_the_scale_of_ties_in_words(hours, low, high):
    """A weekly hour settles at .9, a monthly hour at one half, a quarterly hour near .1."""
    kam = Person("kam", "Kai", "us", function="commercial", time_capacity=hours)
    account = plain_account(ours=(kam,))
    found = strengths(account, Scenario("s", 300, (), STILL), SHIPPED["single_threaded"], 300)
    assert low < found[-1] < high


def test_an_action_of_a_plan_gives_its_effort_and_opens_its_tie_for_certain():
    account = plain_account(strength=0.0)
    plan = plan_strategy(account, [PlannedAction("kam", "t00", "visit", 3)], horizon=4)
    found = strengths(account, Scenario("p", 4, (), STILL), plan, 4)
    limits = account.policy.limits
    opened = contact(0.10, 4 * 0.6, limits["contact_gain"])
    assert found[:3] == [0.0, 0.0, 0.0]
    assert found[3] == opened
    assert found[4] == decay(opened, 1.0, limits["half_weak"], limits["half_strong"])


def test_hours_share_by_weights_and_what_a_seat_does_not_get_is_not_lost():
    account = plain_account(4)
    run = simulate(account, Scenario("h", 12, (), STILL), [SHIPPED["diamond"]], replicates=1)
    assert run.series("hours")[0, 0, 1:] / run.series("survival")[0, 0, :-1] == pytest.approx(8.0)


def test_price_pressure_takes_the_same_off_revenue_and_profit():
    account = plain_account(revenue=100_000.0, margin=0.3)
    rates = {"market_sd": 0, "loss": 0, "hour_cost": 0}
    quiet = simulate(account, Scenario("q", 12, (), rates), [SHIPPED["do_nothing"]], replicates=2)
    pressed = simulate(
        account,
        Scenario("p", 12, (PricePressure(4, "acme", 10.0, 3),), rates),
        [SHIPPED["do_nothing"]],
        replicates=2,
    )
    off = quiet.series("revenue") - pressed.series("revenue")
    assert off == pytest.approx(quiet.series("margin") - pressed.series("margin"), rel=1e-9)
    expected = np.zeros(13)
    expected[4:7] = 0.1
    assert (off / quiet.series("revenue"))[0, 0] == pytest.approx(expected)


def test_without_any_support_the_wallet_shrinks_and_the_margin_falls_by_closed_forms():
    account = plain_account(strength=0.0, revenue=120_000.0, margin=0.3)
    rates = {**STILL, "market_sd": 0, "loss": 0}
    run = simulate(account, Scenario("w", 24, (), rates), [SHIPPED["do_nothing"]], replicates=1)
    months = np.arange(25)
    revenue = 120_000.0 * (1.0 - 0.05 / 12.0) ** months
    margin = 0.15 + (0.3 - 0.15) * (1.0 - 0.04) ** months
    assert run.series("revenue")[0, 0] == pytest.approx(revenue, rel=1e-9)
    assert run.series("margin")[0, 0] == pytest.approx(revenue * margin, rel=1e-9)
    assert run.measures["revenue_total"][0, 0] == pytest.approx(revenue[1:].sum() / 12.0, rel=1e-12)


def test_the_chance_of_loss_is_the_stated_one():
    account = plain_account(strength=0.0)
    run = simulate(account, Scenario("l", 12, (), STILL), [SHIPPED["do_nothing"]], replicates=1)
    rate = 0.045 / 12.0 * math.exp(2.0 * 0.25 + 2.0 * 0.10)
    assert run.series("survival")[0, 0] == pytest.approx(np.exp(-rate * np.arange(13)), rel=1e-9)


# Random events


def test_departures_and_arrivals_follow_their_rates():
    account = plain_account(20, 0.0)
    months, replicates = 48, 60
    present = np.array(
        [
            state.present == PRESENT
            for _, _, state in history(account, Scenario("g"), SHIPPED["do_nothing"], months, 3, replicates)
        ]
    ).reshape(replicates, months + 1, 20)
    before, after = present[:, :-1], present[:, 1:]
    # A seat that empties is filled in a later month at the earliest, so every change is seen.
    leaving = stats.binomtest(int((before & ~after).sum()), int(before.sum()), 1.0 - (1.0 - 0.16) ** (1 / 12))
    arriving = stats.binomtest(int((~before & after).sum()), int((~before).sum()), 0.33)
    assert leaving.pvalue > UNLIKELY
    assert arriving.pvalue > UNLIKELY
    gone = [int(run.argmin()) for run in present[:, :, 0] if not run.all()]
    assert len(set(gone)) > 5


def test_our_people_follow_their_rates_and_hand_over():
    ours = tuple(Person(f"o{i:02}", f"O{i}", "us", level=2) for i in range(20))
    account = plain_account(1, 0.0, ours=ours, ties=(Tie("o00", "t00", 0.8),))
    months, replicates = 48, 60
    rates = {"turnover_theirs": 0, "decay_scale": 0, "s_gone": 0}
    seen = [
        (state.present_ours.copy(), float(state.strength[0, 0]))
        for _, _, state in history(
            account, Scenario("g", 60, (), rates), SHIPPED["do_nothing"], months, 4, replicates
        )
    ]
    present = np.array([entry[0] == PRESENT for entry in seen]).reshape(replicates, months + 1, 20)
    strength = np.array([entry[1] for entry in seen]).reshape(replicates, months + 1)
    before, after = present[:, :-1], present[:, 1:]
    leaving = stats.binomtest(int((before & ~after).sum()), int(before.sum()), 1.0 - 0.8 ** (1 / 12))
    arriving = stats.binomtest(int((~before & after).sum()), int((~before).sum()), 0.5)
    assert leaving.pvalue > UNLIKELY
    assert arriving.pvalue > UNLIKELY
    left = (before & ~after)[:, :, 0]
    assert strength[:, 1:][left] == pytest.approx(0.35 * strength[:, :-1][left])
    assert np.array_equal(strength[:, 1:][~left], strength[:, :-1][~left])


def test_newcomers_are_drawn_between_mood_and_luck():
    account = plain_account(30, 0.0)
    found = {"0": [], "1": []}
    for mood in (0, 1):
        rates = {"turnover_theirs": 0.9, "mood": mood, "cool": 0, "sway": 0, "replacement": 1}
        last = np.ones(30, dtype=bool)
        for _, month, state in history(
            account, Scenario("n", 60, (), rates), SHIPPED["do_nothing"], 40, 5, 10
        ):
            here = state.present == PRESENT
            if month > 0:
                found[str(mood)].extend(state.orientation[here & ~last].tolist())
            last = here
    assert len(found["0"]) > 1000
    assert stats.kstest(found["0"], stats.uniform(-1.0, 2.0).cdf).pvalue > UNLIKELY
    assert set(found["1"]) == {0.0}


def test_a_successor_can_be_better():
    """Schmitz et al. 2020, doi 10.1177/0022242919882630: a change of people can raise performance."""
    account = plain_account(6)
    run = simulate(account, Scenario(), [SHIPPED["diamond"]], replicates=300)
    leaving = simulate(account, leaving_scenario(account, ["t00"], [6]), [SHIPPED["diamond"]], replicates=300)
    better = leaving.series("support")[0, :, 12] > run.series("support")[0, :, 12]
    assert 0.05 < better.mean() < 0.95


def test_a_reorganisation_takes_its_share():
    people = tuple(Person(f"t{i}", f"T{i}", "acme", function="technical") for i in range(10))
    account = replace(
        plain_account(strength=0.0), theirs=(*people, Person("x", "X", "acme", function="finance"))
    )
    scenario = Scenario("r", 3, (Reorganises(2, "acme", "technical", 0.3),), STILL)
    gone, other = 0, 0
    for _, month, state in history(account, scenario, SHIPPED["do_nothing"], 2, 6, 400):
        if month == 2:
            gone += int((state.present[:10] == ABSENT).sum())
            other += int(state.present[10] == ABSENT)
    assert stats.binomtest(gone, 4000, 0.3).pvalue > UNLIKELY
    assert other == 0


def test_a_seat_that_joins_is_there_from_its_month_on():
    account = plain_account(strength=0.5)
    scenario = Scenario("j", 6, (Joins(3, "acme", "technical", 2),), {**STILL, "o_base": -0.2, "cool": 0})
    for _, month, state in history(account, scenario, SHIPPED["do_nothing"], 6):
        assert state.present[1] == (PRESENT if month >= 3 else ABSENT)
    assert state.orientation[1] == pytest.approx(-0.2)
    access = simulate(account, scenario, [SHIPPED["do_nothing"]], replicates=1).series("access")[0, 0]
    assert access[3] < 0.6 * access[2]


def test_new_ties_open_at_the_stated_rate():
    account = plain_account(strength=0.0)
    rates = {**STILL, "s_new": 0.3, "referral": 0}
    opened = Counter()
    for _, month, state in history(
        account, Scenario("o", 40, (), rates), SHIPPED["single_threaded"], 12, 7, 1500
    ):
        if month == 0:
            waiting = True
        elif waiting and state.strength[0, 0] > 0.0:
            opened[month] += 1
            waiting = False
    chance = 1.0 - math.exp(-0.05 * 8.0)
    chances = [chance * (1.0 - chance) ** (month - 1) for month in range(1, 13)]
    observed = [opened[month] for month in range(1, 13)] + [1500 - sum(opened.values())]
    expected = [1500 * p for p in chances] + [1500 * (1.0 - chance) ** 12]
    assert stats.chisquare(observed, expected).pvalue > UNLIKELY


def test_an_ally_who_is_covered_speeds_up_a_new_tie():
    from graph.account import InfluenceLine

    ally = Person("ally", "Al", "acme", orientation="ally", influence=0.5)
    target = Person("target", "Ta", "acme", function="purchasing", influence=0.5)
    account = plain_account(theirs=1)
    account = replace(account, theirs=(ally, target), ties=(Tie("kam", "ally", 0.9),))
    account_with = replace(account, influences=(InfluenceLine("ally", "target"),))
    met = {}
    for name, one in (("with", account_with), ("without", account)):
        met[name] = sum(
            state.strength[1, 0] > 0.0
            for _, month, state in history(
                one, Scenario("r", 60, (), STILL), SHIPPED["single_threaded"], 1, 8, 600
            )
            if month == 1
        )
    # An ally of .6 at a coverage of .9 makes the hour 1 + 4 x .54 times as effective.
    chance = {"without": 1.0 - math.exp(-0.05 * 8.0), "with": 1.0 - math.exp(-0.05 * 8.0 * (1 + 4 * 0.54))}
    for name in met:
        assert stats.binomtest(int(met[name]), 600, chance[name]).pvalue > UNLIKELY


def test_the_market_has_the_stated_spread():
    account = plain_account(strength=0.0)
    rates = {**STILL, "loss": 0, "shrink": 0}
    run = simulate(account, Scenario("m", 12, (), rates), [SHIPPED["do_nothing"]], replicates=500)
    growth = (run.series("revenue")[0, :, 1:] / run.series("revenue")[0, :, :-1] - 1.0).ravel()
    width = 0.02 * math.sqrt(12.0)
    assert stats.kstest(growth, stats.uniform(-width / 2.0, width).cdf).pvalue > UNLIKELY


def test_the_drawn_loss_agrees_with_its_expectation():
    account = reference_account()
    run = simulate(account, Scenario(), [SHIPPED["single_threaded"]], replicates=4000)
    drawn, expected = run.downside("account_lost")[0], run.measures["account_lost"][0]
    assert abs((drawn - expected).mean()) < 3.0 * (drawn - expected).std() / math.sqrt(4000)
    for measure in ("revenue_total", "margin_total", "hours_spent"):
        difference = run.downside(measure)[0] - run.measures[measure][0]
        assert abs(difference.mean()) < 3.0 * difference.std() / math.sqrt(4000), measure
    assert expected.std() < 0.5 * drawn.std()


# What it should show


def test_losing_the_only_buyer_is_calibrated_to_about_a_quarter():
    account = reference_account()
    chosen = [SHIPPED["single_threaded"], SHIPPED["diamond"]]
    costs = answer(simulate(account, leaving_scenario(account, ["t00"], [30]), chosen)).costs
    assert costs[0].lost_within_year.mean == pytest.approx(0.26, abs=0.04)
    assert costs[1].lost_within_year.mean < 0.06


def test_a_diamond_wins_with_hours_and_loses_without():
    """The case in which more threads lose: hours spread thinner than a tie needs."""
    names = ("buyer_and_boss", "function_matching", "diamond")
    lost = {}
    for hours in (5.0, 80.0):
        run = simulate(reference_account(hours), Scenario(), [SHIPPED[name] for name in names])
        lost[hours] = [run.estimate("account_lost", name).mean for name in names]
    assert lost[5.0][2] > lost[5.0][0] + 0.05
    assert lost[80.0][2] < lost[80.0][1] < lost[80.0][0]


@pytest.mark.parametrize(("who", "month"), [(None, 1), ("t00", 6), ("t00", 30), ("o0", 2), ("o0", 30)])
@pytest.mark.parametrize("orientation", ["ally", None])
def test_no_contact_never_beats_one_contact(who, month, orientation):
    """Whoever leaves, and however faint the contact: the shock is never worse than never having had it."""
    account = reference_account()
    buyer = replace(account.theirs[0], orientation=orientation)
    account = replace(account, theirs=(buyer, *account.theirs[1:]))
    chosen = [SHIPPED[name] for name in ("do_nothing", "single_threaded", "diamond")]
    scenario = leaving_scenario(account, [who], [month]) if who else Scenario()
    without = simulate(replace(account, ties=()), scenario, chosen, replicates=300)
    for strength in (0.2, 0.5, 0.9):
        known = replace(account, ties=(Tie("o0", "t00", strength),))
        with_contact = simulate(known, scenario, chosen, replicates=300)
        difference = with_contact.measures["account_lost"] - without.measures["account_lost"]
        error = difference.std(axis=1, ddof=1) / math.sqrt(300)
        assert (difference.mean(axis=1) <= 3.0 * error + 1e-12).all()


def test_weak_ties_die_faster():
    """Burt, Bridge Decay: nine in ten weak bridges are gone the next year; strong ties mostly live."""
    kept = {}
    for strength in (0.05, 0.9):
        account = plain_account(strength=strength)
        kept[strength] = (
            strengths(account, Scenario("b", 12, (), STILL), SHIPPED["do_nothing"], 12)[-1] / strength
        )
    assert kept[0.05] < 0.15
    assert kept[0.9] > 0.5


def test_a_new_key_account_manager_keeps_a_share_of_the_ties_and_the_seat():
    account = plain_account(strength=0.8)
    rates = {**STILL, "decay_scale": 0}
    scenario = Scenario("k", 4, (NewKeyAccountManager(2, "kam"),), rates)
    found = strengths(account, scenario, SHIPPED["do_nothing"], 4)
    assert found == pytest.approx([0.8, 0.8, 0.28, 0.28, 0.28])
    for _, _, state in history(account, scenario, SHIPPED["do_nothing"], 4):
        assert state.present_ours[0] == PRESENT


def test_fewer_hours_hurt():
    account = reference_account()
    cut = Scenario("c", 60, (HoursCut(12, "acme", 0.8),))
    chosen = [SHIPPED["diamond"]]
    full = simulate(account, Scenario(), chosen, replicates=300).measures["access_end"][0]
    short = simulate(account, cut, chosen, replicates=300).measures["access_end"][0]
    assert (full - short).mean() > 5.0 * (full - short).std() / math.sqrt(300)


def test_more_influence_lines_pull_an_opponent_round():
    from graph.account import InfluenceLine

    opponent = Person("b", "B", "acme", orientation="against")
    ally = Person("a", "A", "acme", orientation="ally")
    account = replace(plain_account(strength=0.0), theirs=(ally, opponent))
    swayed = replace(account, influences=(InfluenceLine("a", "b"),))
    opposed = replace(account, influences=(InfluenceLine("a", "b", 1.0, -1),))
    end = {}
    for name, one in (("none", account), ("support", swayed), ("conflict", opposed)):
        rates = {**STILL, "cool": 0}
        for _, _, state in history(one, Scenario("i", 24, (), rates), SHIPPED["do_nothing"], 24):
            end[name] = float(state.orientation[1])
    assert end["none"] == pytest.approx(-0.6)
    assert end["support"] == pytest.approx(0.6 - 1.2 * 0.95**24)
    assert end["conflict"] == pytest.approx(-0.6)


def test_keyed_draws_pair_the_strategies():
    """Shared draws make differences sharper than independent runs would."""
    account = reference_account()
    run = simulate(account, Scenario(), [SHIPPED["function_matching"], SHIPPED["diamond"]], replicates=500)
    assert run.compare("function_matching", "diamond", "revenue_total").correlation > 0.7


def test_contact_loss_alone_leaves_orientation_and_account_alone():
    account = reference_account()
    assembly = assemble(account, Scenario(), [SHIPPED["diamond"]], 24)
    arrays = empty_arrays(assembly, 50, 24)
    run_kernel(assembly, 1, 0, arrays, whole=False)
    assert (arrays.series[0, 4] == 1.0).all()
    assert (arrays.drawn[0, 0] == 0.0).all()
    assert arrays.series[0, THREADS].max() > 1.0
