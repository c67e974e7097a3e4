"""Statistics of a run: intervals, paired differences, the worst cases, and whether a ranking is settled."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

Values = NDArray[np.float64]
Better = Literal["higher", "lower"]

LEVEL = 0.95
WORST = 0.05
REPEATED = 0.95  # of re-runs with other seeds should keep an order that is called settled


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95 % interval; None where it is undefined."""

    mean: float | None
    ci_low: float | None
    ci_high: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Strategy a against strategy b in one measure, replicate by replicate.

    Attributes
    ----------
    difference
        Mean of a - b.
    p_a_better
        Share of replicates in which a is better, ties counted half.
    correlation
        Of the two over the replicates: what the shared draws buy; None where one does not vary.
    """

    a: str
    b: str
    measure: str
    difference: float | None
    ci_low: float | None
    ci_high: float | None
    p_a_better: float
    correlation: float | None


def estimate(values: Values) -> Estimate:
    """Return mean and t interval of independent values, shape (replicates,)."""
    n = values.size
    mean = float(values.mean())
    if n < 2:
        return Estimate(mean, None, None)
    half = float(stdtrit(n - 1, (1.0 + LEVEL) / 2.0)) * float(values.std(ddof=1)) / math.sqrt(n)
    return Estimate(mean, mean - half, mean + half)


def estimate_share(values: Values) -> Estimate:
    """Return mean and Wilson interval of values that are 0 or 1, shape (replicates,)."""
    n = values.size
    share = float(values.mean())
    z = float(ndtri((1.0 + LEVEL) / 2.0))
    scale = 1.0 + z * z / n
    centre = (share + z * z / (2.0 * n)) / scale
    half = z * math.sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n)) / scale
    return Estimate(share, min(share, max(0.0, centre - half)), max(share, min(1.0, centre + half)))


def worst_mean(values: Values, better: Better) -> float:
    """Return the mean of the worst 5 % of the replicates, one at the least."""
    count = max(1, math.ceil(WORST * values.size))
    if better == "higher":
        return float(np.partition(values, count - 1)[:count].mean())
    return float(np.partition(values, values.size - count)[-count:].mean())


def compare(a: str, b: str, measure: str, one: Values, other: Values, better: Better) -> Comparison:
    """Return the paired comparison of two strategies that met the same draws."""
    difference = one - other
    found = estimate(difference)
    wins = (difference > 0.0) if better == "higher" else (difference < 0.0)
    p_better = float(wins.mean() + 0.5 * (difference == 0.0).mean())
    return Comparison(
        a, b, measure, found.mean, found.ci_low, found.ci_high, p_better, correlation(one, other)
    )


def correlation(one: Values, other: Values) -> float | None:
    """Return Pearson's correlation, None where one of the two does not vary."""
    if one.size < 2:
        return None
    x, y = one - one.mean(), other - other.mean()
    scale = math.sqrt(float(x @ x) * float(y @ y))
    # Equal values can leave a rounding error as their deviation from the mean.
    if np.ptp(one) == 0.0 or np.ptp(other) == 0.0 or scale == 0.0:
        return None
    return max(-1.0, min(1.0, float(x @ y) / scale))


def is_settled(one: Values, other: Values, pairs: int) -> bool:
    """Tell whether re-runs with other seeds would keep the order of two strategies.

    The difference of a re-run varies around the true one as this run's did, so it lies at distance
    sqrt(2) standard errors from this run's. All `pairs` neighbours of a ranking keep their order in 95 % of
    the re-runs if each does so with a chance of 1 - 5 %/pairs.
    """
    difference = one - other
    if difference.size < 2:
        return False
    error = float(difference.std(ddof=1)) / math.sqrt(difference.size)
    z = math.sqrt(2.0) * float(ndtri(1.0 - (1.0 - REPEATED) / max(1, pairs)))
    return abs(float(difference.mean())) > z * error
