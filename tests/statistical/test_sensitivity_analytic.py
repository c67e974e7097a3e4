"""The sensitivity analysis against functions whose answers are known.

Seeds are fixed; estimates of variance shares must lie within 0.05 of the exact ones at 1,024 base points,
where their standard error is about 0.015.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest
from SALib.analyze import morris

from simulation.analysis import analyse
from simulation.factors import Factor
from simulation.screening import elementary_effects, screen, trajectories, variance_points, variance_shares
from simulation.trials import Effort

NEAR = 0.05


class Known:
    """Trials of strategies that are plain functions of the parameters."""

    def __init__(self, *strategies: Callable[[Mapping[str, float]], float], noise: float = 0.0) -> None:
        self.strategies = strategies
        self.noise = noise
        self.defaults: dict[str, float] = {}

    def means(self, stage: str, settings: Sequence[Mapping[str, float]], replicates: int) -> np.ndarray:
        return self.each(stage, settings, replicates).mean(axis=2)

    def each(self, stage: str, settings: Sequence[Mapping[str, float]], replicates: int) -> np.ndarray:
        """The same noise under all settings: the same futures."""
        noise = np.random.default_rng(0).normal(0.0, self.noise, (len(self.strategies), replicates))
        found = np.array(
            [[one({**self.defaults, **setting}) for one in self.strategies] for setting in settings]
        )
        return found.reshape(len(settings), len(self.strategies), 1) + noise


def factor(name: str, default: float, low: float, high: float) -> Factor:
    return Factor(name, name, "1", (name,), (default,), low, high)


def analysed(trials: Known, factors: Sequence[Factor], seed: int = 1, **effort: int):
    size = Effort(**{"trajectories": 8, "replicates": 2, "samples": 64, "scan_replicates": 2, **effort})
    trials.defaults = {one.name: one.default for one in factors}
    base = trials.each("", [{}], size.scan_replicates)[0]
    names = [f"s{i}" for i in range(len(trials.strategies))]
    found = analyse(trials, factors, names, base, size, seed)
    return found, {one.name: one for one in found.parameters}


def ishigami(x: Mapping[str, float]) -> float:
    return math.sin(x["a"]) + 7.0 * math.sin(x["b"]) ** 2 + 0.1 * x["c"] ** 4 * math.sin(x["a"])


CUBE = [factor(name, 0.5, -math.pi, math.pi) for name in "abc"]


def test_shares_of_variance_of_the_ishigami_function():
    _, found = analysed(Known(ishigami, lambda x: -100.0), CUBE, samples=1024)
    first = {"a": 0.3139, "b": 0.4424, "c": 0.0}
    total = {"a": 0.5576, "b": 0.4424, "c": 0.2437}
    for name, one in found.items():
        assert one.first_order.value == pytest.approx(first[name], abs=NEAR)
        assert one.total.value == pytest.approx(total[name], abs=NEAR)
        for share in (one.first_order, one.total):
            assert share.ci[0] <= share.value <= share.ci[1]
            assert share.ci[1] - share.ci[0] < 0.4


def test_bootstrap_intervals_hold_the_truth():
    points = variance_points(3, 128, 0)
    exact = ((0.3139, 0.5576), (0.4424, 0.4424), (0.0, 0.2437))
    held = asked = 0
    for seed in range(20):
        points = variance_points(3, 128, seed)
        values = np.array(
            [ishigami(dict(zip("abc", math.pi * (2 * point - 1), strict=True))) for point in points]
        )
        for found, truths in zip(variance_shares(3, values, seed), exact, strict=True):
            for share, truth in zip(found, truths, strict=True):
                asked += 1
                held += share.ci[0] <= truth <= share.ci[1]
    assert held / asked > 0.85


def test_effects_of_a_linear_function_are_exact():
    slopes = {"a": 3.0, "b": -0.5, "c": 0.0, "d": 20.0}
    factors = [factor("a", 1, 0, 2), factor("b", 0, -1, 1), factor("c", 1, 0, 9), factor("d", 0, 0, 0.1)]
    linear = Known(lambda x: 100.0 + sum(slopes[name] * x[name] for name in slopes), lambda x: 0.0)
    found, by_name = analysed(linear, factors)
    for one in factors:
        exact = abs(slopes[one.name]) * (one.high - one.low)
        assert by_name[one.name].mu_star == pytest.approx(exact, abs=1e-12)
        assert by_name[one.name].mu_star_ci == pytest.approx((exact, exact), abs=1e-12)
        assert by_name[one.name].sigma == pytest.approx(0.0, abs=1e-9)
    assert [one.name for one in found.parameters] == ["a", "d", "b", "c"]
    assert by_name["c"].mu_star == 0.0
    assert by_name["c"].first_order is None
    assert by_name["c"].scan == ()
    assert found.best == {"s0": 1.0, "s1": 0.0}


def test_effects_agree_with_salib():
    points = trajectories(3, 12, 5)
    values = np.array(
        [
            ishigami(dict(zip("abc", math.pi * (2 * point - 1), strict=True)))
            for point in points.reshape(-1, 3)
        ]
    )
    found = screen(elementary_effects(points, values.reshape(12, 4)), 1)
    problem = {"num_vars": 3, "names": list("abc"), "bounds": [[0.0, 1.0]] * 3}
    other = morris.analyze(problem, points.reshape(-1, 3), values, seed=1)
    assert found.mu_star == pytest.approx(np.asarray(other["mu_star"], dtype=float))
    assert found.sigma == pytest.approx(np.asarray(other["sigma"], dtype=float))
    assert (found.low <= found.mu_star).all() and (found.mu_star <= found.high).all()


def test_trajectories_move_one_input_at_a_time_and_each_once():
    points = trajectories(7, 6, 2)
    assert points.shape == (6, 8, 7)
    moved = np.diff(points, axis=1) != 0.0
    assert (moved.sum(axis=2) == 1).all()
    assert (moved.sum(axis=1) == 1).all()
    assert points.min() >= 0.0 and points.max() <= 1.0


def test_winners_and_the_place_of_the_change():
    """Line against constant: they cross at 3, and in 30 % of the range the line wins."""
    factors = [factor("x", 1.0, 0.0, 10.0), factor("idle", 0.0, -1.0, 1.0)]
    found, by_name = analysed(
        Known(lambda x: 3.0 - x["x"], lambda x: 0.0, noise=0.3), factors, scan_replicates=400
    )
    one = by_name["x"]
    assert (found.leader, found.runner_up) == ("s0", "s1")
    assert (one.flips_from, one.flips_to) == ("s0", "s1")
    shift = np.subtract(*np.random.default_rng(0).normal(0.0, 0.3, (2, 400)).mean(axis=1))
    assert one.flips_at == pytest.approx(3.0 + shift, abs=10 / 512)
    low, high = one.flips_ci
    assert low < 3.0 < high
    assert high - low == pytest.approx(2 * 1.96 * 0.3 * math.sqrt(2 / 400), rel=0.15)
    assert one.winner_changes > 0.0
    assert [point.best for point in one.scan] == ["s0" if p.value < 3.0 else "s1" for p in one.scan]
    assert one.scan[0].lead == pytest.approx(3.0 + shift)
    assert (by_name["idle"].mu_star, by_name["idle"].winner_changes) == (0.0, 0.0)
    assert (by_name["idle"].flips_at, by_name["idle"].flips_to) == (None, None)


@pytest.mark.parametrize(("default", "at", "to"), [(4.0, 3.0, "s1"), (6.0, 7.0, "s2")])
def test_the_nearest_change_is_told_on_either_side(default: float, at: float, to: str):
    factors = [factor("x", default, 0.0, 10.0)]
    trials = Known(lambda x: 0.0, lambda x: 3.0 - x["x"], lambda x: x["x"] - 7.0)
    one = analysed(trials, factors)[1]["x"]
    assert one.flips_at == pytest.approx(at, abs=10 / 512)
    assert (one.flips_from, one.flips_to) == ("s0", to)


def test_a_strategy_that_is_never_beaten_has_no_change():
    found, by_name = analysed(Known(lambda x: 5.0 + x["x"], lambda x: x["x"] ** 2), [factor("x", 1, 0, 2)])
    assert (by_name["x"].flips_at, by_name["x"].flips_ci, by_name["x"].winner_changes) == (None, None, 0.0)
    assert found.best["s0"] == 1.0


def test_a_lead_that_does_not_vary_has_no_shares_and_says_so():
    found, by_name = analysed(Known(lambda x: 1.0 + x["x"], lambda x: x["x"]), [factor("x", 1, 0, 2)])
    assert by_name["x"].total is None
    assert found.warnings
    assert variance_shares(1, np.full(12, 3.0), 1) is None
