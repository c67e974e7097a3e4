"""Every rule against a number worked out by hand from its definition."""

from math import exp, sqrt

import pytest

from simulation import rules


def test_a_yearly_chance_becomes_a_monthly_one():
    assert (1.0 - rules.monthly_chance(0.25)) ** 12 == pytest.approx(0.75)
    assert rules.monthly_chance(0.0) == 0.0
    assert rules.monthly_chance(1.0) == 1.0


def test_a_ratio_of_nothing_is_nothing():
    assert rules.ratio(1.0, 4.0) == 0.25
    assert rules.ratio(0.0, 0.0) == 0.0


def test_a_newcomer_between_mood_and_luck():
    assert rules.newcomer_orientation(0.6, 0.75, 0.5) == pytest.approx(0.5 * 0.6 + 0.5 * 0.5)


def test_leaving_deciders_are_buffered_by_who_else_we_know():
    assert rules.hit_of_leavers(0.4, 0.0) == pytest.approx(0.4)
    assert rules.hit_of_leavers(0.4, 0.75) == pytest.approx(0.1)
    assert rules.hit_of_leavers(1.5, 0.5) == pytest.approx(0.5)


def test_a_relation_that_leaves_with_one_of_ours():
    assert rules.hit_of_ours(0.5, 0.2, 0.3, 1.0) == pytest.approx(0.3 * 0.3 / 1.5)


def test_a_shock_fades_and_a_hit_takes_its_share_of_the_rest():
    assert rules.shock_after(0.6, 0.0, 6.0) == pytest.approx(0.5)
    assert rules.shock_after(0.6, 0.4, 6.0) == pytest.approx(0.5 + 0.5 * 0.4)


def test_weak_ties_are_wished_for_more():
    assert rules.wish(2.0, 0.5, 0.2) == pytest.approx(2.0 * 1.4)
    assert rules.wish(2.0, 0.0, 0.2) == 2.0


def test_hours_follow_wishes_and_lose_what_attention_takes():
    assert rules.tie_hours(10.0, 1.0, 4.0) == 2.5
    assert rules.effort(2.5, 0.1) == pytest.approx(2.4)
    assert rules.effort(0.05, 0.1) == 0.0


def test_hours_and_allies_open_ties():
    assert rules.opening_chance(2.0, 0.25, 0.05, 4.0) == pytest.approx(1.0 - exp(-0.05 * 2.0 * 2.0))
    assert rules.referral_reach(-0.5, 0.8, 0.6) == pytest.approx(0.5 * 0.8 * 0.6)
    assert rules.referral_reach(0.5, 0.8, -0.6) == 0.0


def test_support_pulls_towards_a_colleague_and_conflict_away():
    assert rules.sway_of(0.5, 0.6, 0.2) == pytest.approx(0.5 * (0.6 - 0.2))
    assert rules.sway_of(-0.5, 0.6, 0.2) == pytest.approx(0.5 * (-0.6 - 0.2))


def test_orientation_warms_cools_and_is_swayed():
    rates = {"warm": 0.06, "warm_block": 0.4, "fit": 0.7, "cool": 0.02, "o_base": -0.1, "sway": 0.05}
    friendly = rules.orientation_after(0.2, 0.75, 0.3, False, **rates)
    assert friendly == pytest.approx(0.2 + 0.06 * 0.75 * 0.5 - 0.02 * 0.25 * 0.3 + 0.05 * 0.3)
    hostile = rules.orientation_after(-0.5, 0.75, 0.0, True, **rates)
    assert hostile == pytest.approx(-0.5 + 0.4 * 0.06 * 0.75 * 1.2 - 0.02 * 0.25 * -0.4)


def test_against_and_threads_have_their_cut_offs():
    assert rules.is_against(-0.34, -0.33)
    assert not rules.is_against(-0.33, -0.33)
    assert rules.is_thread(0.2, 0.2)
    assert not rules.is_thread(0.199, 0.2)


def test_the_market_moves_by_its_standard_deviation():
    assert rules.market_after(2.0, 0.5, 0.02) == 2.0
    assert rules.market_after(2.0, 1.0, 0.02) == pytest.approx(2.0 * (1.0 + 0.02 * sqrt(12.0) / 2.0))


def test_the_chance_of_loss():
    found = rules.loss_chance(0.5, 0.3, 0.1, 0.045, 2.0, 3.0, 0.25, 0.1, 18.0)
    assert found == pytest.approx(1.0 - exp(-0.045 / 12.0 * exp(-2.0 * 0.25 - 3.0 * 0.2) * 2.8))


def test_wallet_and_margin():
    assert rules.wallet_after(0.4, 0.2, 0.3, 0.05, 0.9) == pytest.approx(
        0.4 + (0.3 * 0.2 * 0.5 - 0.02) / 12.0
    )
    assert rules.wallet_after(0.4, -0.2, 0.3, 0.05, 0.9) == pytest.approx(0.4 - 0.02 / 12.0)
    assert rules.margin_after(0.25, 0.6, 0.04, 0.15, 0.4) == pytest.approx(0.25 + 0.04 * (0.3 - 0.25))


def test_a_lower_price_costs_profit_what_it_costs_revenue():
    assert rules.profit_of(1000.0, 0.25, 1.0) == pytest.approx(250.0)
    assert rules.profit_of(1000.0, 0.25, 0.9) == pytest.approx(150.0)


def test_every_rule_is_registered_once():
    functions = {
        value
        for value in vars(rules).values()
        if callable(value)
        and getattr(value, "__module__", "") == rules.__name__
        and not isinstance(value, type)
    }
    assert functions < set(rules.RULES)
    assert len(set(rules.RULES)) == len(rules.RULES)


def test_a_tie_ends_by_fading_only_where_ties_fade():
    assert rules.has_ended(0.01, 0.02, 1.0)
    assert not rules.has_ended(0.02, 0.02, 1.0)
    assert not rules.has_ended(0.01, 0.02, 0.0)
