import numpy as np
import pytest
from scipy import stats

from simulation.comparison import (
    compare,
    correlation,
    estimate,
    estimate_share,
    is_settled,
    worst_mean,
)
from simulation.outcomes import months_to_recover


def test_intervals_are_students_and_wilsons():
    values = np.array([1.0, 2.0, 4.0, 9.0])
    found = estimate(values)
    low, high = stats.t.interval(0.95, 3, loc=values.mean(), scale=stats.sem(values))
    assert (found.mean, found.ci_low, found.ci_high) == pytest.approx((4.0, low, high))
    shares = np.array([1.0] * 3 + [0.0] * 17)
    exact = stats.binomtest(3, 20).proportion_ci(0.95, method="wilson")
    found = estimate_share(shares)
    assert (found.ci_low, found.ci_high) == pytest.approx((exact.low, exact.high))
    assert estimate_share(np.zeros(10)).ci_low == 0.0


def test_one_replicate_has_no_interval():
    assert estimate(np.array([3.0])).ci_low is None


def test_a_comparison_is_paired_and_counts_ties_half():
    one, other = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 2.0, 4.0, 1.0])
    found = compare("a", "b", "m", one, other, "higher")
    assert found.difference == pytest.approx(0.75)
    assert found.p_a_better == pytest.approx((2 + 0.5) / 4)
    assert compare("a", "b", "m", one, other, "lower").p_a_better == pytest.approx((1 + 0.5) / 4)
    assert found.correlation == pytest.approx(np.corrcoef(one, other)[0, 1])
    low, high = stats.t.interval(0.95, 3, loc=0.75, scale=stats.sem(one - other))
    assert (found.ci_low, found.ci_high) == pytest.approx((low, high))


def test_the_worst_twentieth_is_on_the_side_that_hurts():
    values = np.arange(40.0)
    assert worst_mean(values, "higher") == 0.5
    assert worst_mean(values, "lower") == 38.5
    assert worst_mean(np.array([7.0]), "higher") == 7.0


def test_correlation_is_undefined_without_variation():
    assert correlation(np.full(5, 0.1), np.arange(5.0)) is None


def test_settled_orders_come_again():
    """Where a difference is called settled, re-runs keep its sign in 95 % of the cases."""
    random, kept, called = np.random.default_rng(1), 0, 0
    for _ in range(3000):
        effect = random.uniform(0.0, 0.5)
        first, again = random.normal(effect, 1.0, 100), random.normal(effect, 1.0, 100)
        if is_settled(first, np.zeros(100), 1):
            called += 1
            kept += bool((first.mean() > 0.0) == (again.mean() > 0.0))
    assert called > 500
    assert kept / called > 0.95


def test_months_to_recover():
    access = np.array(
        [[[0.5, 0.5, 0.2, 0.3, 0.46, 0.1], [0.5, 0.5, 0.48, 0.1, 0.1, 0.1], [0.5, 0.5, 0.2, 0.2, 0.2, 0.2]]]
    )
    assert months_to_recover(access, 2).tolist() == [[2.0, 0.0, 4.0]]
