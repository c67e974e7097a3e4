"""Every rule of distributors and end customers against a reference written another way, at random points.

References are the economics: prices of buyer and seller, softmax over utilities by SciPy, closed forms of
what a month repeated leads to, marginal effects by differences. Each test goes over the plausible ranges, and
over the cases at which a rule turns.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from scipy.special import logsumexp, softmax

from simulation import rules
from simulation.parameters import parameter_table
from tests.validation.channel_worlds import uncertain

POINTS = 40
DEFAULTS = rules.ChannelRates(
    **{name: parameter_table()[name].default for name in rules.ChannelRates._fields}
)


def points(seed: int, *names: str) -> Iterator[tuple[float, ...]]:
    """Yield random values of parameters from their ranges; of a state or lever, from 0 to 1."""
    ranges = uncertain()
    rng = np.random.default_rng(seed)
    for _ in range(POINTS):
        yield tuple(float(rng.uniform(*ranges.get(name, (0.0, 1.0)))) for name in names)


# Focus: what a distributor does -----------------------------------------------------------------------------


def test_hours_split_into_training_and_talk():
    for hours, training in points(1, "hours", "training"):
        assert rules.learning_hours(hours, training) + hours * (1.0 - training) == pytest.approx(hours)
    assert rules.learning_hours(10.0, 0.3) == pytest.approx(3.0)


def test_a_value_closes_its_distance_to_the_target_geometrically():
    for start, target, rate in points(2, "start", "target", "conflict_rate"):
        value = start
        for _ in range(7):
            value = rules.towards(value, target, rate)
        assert value - target == pytest.approx((start - target) * (1.0 - rate) ** 7)


def test_a_full_commission_and_registration_each_take_their_share_of_the_conflict():
    assert rules.soothed(0.0, 0.0, 0.6, 0.4, 0.1) == 1.0
    for of_commission, of_registration, full, part in points(
        3, "soothe_comm", "soothe_reg", "comm_full", "p"
    ):
        sooth = (of_commission, of_registration, full)
        assert rules.soothed(full, 0.0, *sooth) == pytest.approx(1.0 - of_commission)
        assert rules.soothed(2.5 * full, 0.0, *sooth) == pytest.approx(1.0 - of_commission)
        assert rules.soothed(part * full, 0.0, *sooth) == pytest.approx(1.0 - part * of_commission)
        assert rules.soothed(0.0, 1.0, *sooth) == pytest.approx(1.0 - of_registration)
        both = rules.soothed(part * full, 1.0, *sooth)
        assert both == pytest.approx((1.0 - part * of_commission) * (1.0 - of_registration))


def test_trust_settles_where_what_conflict_destroys_is_what_access_builds():
    for conflict, access, fall, start in points(4, "conflict", "access", "trust_fall", "start"):
        rise = 0.07
        trust = start
        for _ in range(5):
            trust = rules.trust_after(trust, conflict, access, fall, rise)
        balance = rise * access / (rise * access + fall * conflict)
        shrinks = 1.0 - fall * conflict - rise * access
        assert trust == pytest.approx(balance + (start - balance) * shrinks**5)
    assert rules.trust_after(0.8, 1.0, 0.0, 0.25, 0.1) == pytest.approx(0.6)
    assert rules.trust_after(0.8, 0.0, 1.0, 0.25, 0.1) == pytest.approx(0.82)


def test_the_forecast_error_falls_from_what_is_hidden_to_what_nobody_can_know():
    for most, least, openness in points(5, "err_max", "err_min", "openness"):
        assert rules.forecast_error(0.0, most, least) == pytest.approx(least + most)
        assert rules.forecast_error(1.0, most, least) == pytest.approx(least)
        middle = rules.forecast_error(openness, most, least)
        assert (middle - least) / most == pytest.approx(1.0 - openness)


def test_a_threatened_distributor_that_depends_on_us_cuts_its_markup():
    for markup, threat, depend, fight in points(6, "markup", "threat", "depend", "fight_price"):
        wanted = rules.markup_wanted(markup, threat, depend, 0.0, fight, 0.5)
        assert (markup - wanted) / markup == pytest.approx(fight * depend * threat)


def test_what_a_distributor_does_not_pass_on_of_a_relief_it_keeps():
    for markup, relief, passed in points(7, "markup", "relief", "passed"):
        relief *= 0.3
        wanted = rules.markup_wanted(markup, 0.0, 0.5, relief, 0.6, passed)
        shelf = (1.0 - relief) * (1.0 + wanted)
        assert (1.0 + markup) - shelf == pytest.approx(passed * relief * (1.0 + markup))
    threatened = rules.markup_wanted(0.3, 0.5, 0.8, 0.1, 0.6, 0.25)
    assert threatened == pytest.approx(0.3 * 0.76 + 0.75 * 1.3 / 9.0)


def test_what_was_learned_leaves_with_people_and_is_forgotten_and_training_closes_gaps():
    for known, left, hours, forget, learn in points(8, "known", "left", "hours", "forget", "learn"):
        kept = rules.enablement_after(known, left, 0.0, forget, learn)
        assert kept == pytest.approx(known - known * left - (known - known * left) * forget)
        gap = 1.0 - rules.enablement_after(known, left, 10.0 * hours, forget, learn)
        assert math.log(gap / (1.0 - kept)) == pytest.approx(-learn * 10.0 * hours)


def test_news_fades_to_a_third_in_its_time():
    assert rules.novelty(0.0, 12.0) == 1.0
    for age, fade in points(9, "age", "novel_fade"):
        assert rules.novelty(fade, fade) == pytest.approx(math.exp(-1.0))
        assert rules.novelty(20.0 * age, fade) == pytest.approx(0.5 ** (20.0 * age / (fade * math.log(2.0))))


PULLS = (
    "markup", "access", "known", "trust", "threat", "depend", "conflict", "markup_rival",
    "a_margin", "a_rel", "a_enable", "a_trust", "fight_effort", "a_fear",
)  # fmt: skip


def test_what_draws_a_distributor_is_a_sum_of_six_pulls():
    assert rules.pull_of_ours(0.3, 0.0, 0.0, 0.5, 0.0, 0.5, 0.0, 0.3, *([2.0] * 6)) == 0.0
    for point in points(10, *PULLS):
        at = dict(zip(PULLS, point, strict=True))
        margin = 1.0 / (1.0 + at["markup_rival"]) - 1.0 / (1.0 + at["markup"])
        pulls = np.array(
            [margin, at["access"], at["known"], at["trust"] - 0.5, at["depend"] * at["threat"],
             (at["depend"] - 1.0) * at["conflict"]]
        )  # fmt: skip
        assert rules.pull_of_ours(*point) == pytest.approx(float(pulls @ np.array(point[8:])))


@pytest.mark.parametrize(
    ("name", "sign"),
    [("markup", 1), ("access", 1), ("known", 1), ("trust", 1), ("threat", 1), ("conflict", -1),
     ("markup_rival", -1), ("depend", 1)],
)  # fmt: skip
def test_what_raises_and_what_lowers_effort(name, sign):
    """Effort rises with identification (Hughes & Ahearne 2010) and under threat (Tsay & Agrawal 2004)."""
    for point in points(11, *PULLS):
        at = dict(zip(PULLS, point, strict=True))
        more = at | {name: at[name] + 0.01}
        assert sign * (rules.pull_of_ours(**more) - rules.pull_of_ours(**at)) > 0.0


def test_effort_is_shared_by_three_brands_as_a_softmax():
    for one, other in points(12, "b_price", "b_effort"):
        utilities = np.array([one - 5.0, other - 3.0, 0.0])
        shares = [rules.share_of_three(one - 5.0, other - 3.0, own) for own in utilities]
        assert shares == pytest.approx(softmax(utilities).tolist())


# Channel: what end customers choose, and who earns what ----------------------------------------------------


def test_direct_sales_are_worth_their_price_and_how_well_they_are_accepted():
    assert rules.direct_value(1.0, 1.0, 6.0, 3.0) == 0.0
    for price, accept, b_price, b_accept in points(13, "p_direct", "accept", "b_price", "b_accept"):
        value = rules.direct_value(price, accept, b_price, b_accept)
        assert value == pytest.approx(b_price - b_price * price - b_accept + b_accept * accept)


def test_a_distributor_is_worth_its_price_against_the_start_and_its_effort():
    assert rules.distributor_value(0.3, 0.3, 0.0, 1.0 / 3.0, 6.0, 2.5) == 0.0
    for markup, start, relief, effort, b_price, b_effort in points(
        14, "markup", "markup", "relief", "effort", "b_price", "b_effort"
    ):
        shelf, before = (1.0 - relief) * (1.0 + markup), 1.0 + start
        value = rules.distributor_value(markup, start, relief, effort, b_price, b_effort)
        assert value == pytest.approx(
            b_price * (before - shelf) / before + b_effort * (3.0 * effort - 1.0) / 3.0
        )


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("opened", [False, True])
@pytest.mark.parametrize("home", [False, True])
@pytest.mark.parametrize("last", [False, True])
def test_a_distributors_offer_by_what_is_true_of_the_end_customer(known, opened, home, last):
    rates = DEFAULTS._replace(b_known=0.2, spill=0.7, b_hop=1.6, b_habit=3.2)
    weight = rules.offer_via(-0.4, known, opened, home, last, rates)
    bonus = np.dot([known, opened, not home, last], [0.2, 0.7, -1.6, 3.2])
    assert math.log(weight) == pytest.approx(-0.4 + float(bonus))


def test_habit_favours_the_last_choice_alone():
    for value, habit in points(15, "value", "b_habit"):
        assert math.log(rules.offer_of(value, False, habit)) == pytest.approx(value)
        assert math.log(rules.offer_of(value, True, habit)) == pytest.approx(value + habit)
    weights = [rules.offer_of(value, False, 1.0) for value in (0.1, -2.0, 1.5)]
    assert math.log(sum(weights)) == pytest.approx(float(logsumexp([0.1, -2.0, 1.5])))


def test_what_the_end_customer_pays_for_an_indirect_unit_is_what_everybody_gets():
    """Shelf price = our profit + our costs + what the distributor keeps."""
    for relief, markup, error, cost, of_registration, of_error in points(
        16, "relief", "markup", "error", "cost", "reg_cost", "err_cost"
    ):
        for registered in (0.0, 1.0):
            profit = rules.earned_via(relief, registered, error, cost, of_registration, of_error)
            spent = cost + of_registration * registered + of_error * error
            shelf = (1.0 - relief) * (1.0 + markup)
            assert profit + spent + rules.resold(relief, markup) == pytest.approx(shelf)


def test_what_the_end_customer_pays_for_a_direct_unit_is_what_everybody_gets():
    """Direct price = our profit + our costs + the distributor's commission."""
    for p_direct, markup, commission, cost, serve in points(
        17, "p_direct", "markup", "commission", "cost", "serve"
    ):
        price = rules.direct_price(p_direct, markup, commission)
        paid = rules.commission_of(p_direct, markup, commission)
        assert price + paid == pytest.approx(p_direct * (1.0 + markup))
        assert paid / (price + paid) == pytest.approx(commission)
        assert rules.earned_direct(price, cost, serve) + cost + serve + paid == pytest.approx(price + paid)


def test_a_distributor_sells_a_share_of_the_rivals_units_at_its_markup_on_them():
    for share, markup in points(18, "rival_share", "markup_rival"):
        sold = rules.resold_rival(share, markup)
        assert sold / markup == pytest.approx(share)
        assert rules.resold_rival(1.0, markup) == pytest.approx(rules.resold(0.0, markup))
