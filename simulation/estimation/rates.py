"""Rates from counts: the Gamma prior of a parameter, its posterior, and exact intervals.

Leavings at a constant hazard over person-years are a Poisson count, and a Gamma prior stays a Gamma: shape
plus events, rate plus exposure [1]_. So few events leave the default where it is and many overrule it.

References
----------
.. [1] Gelman et al., Bayesian Data Analysis, 3rd ed. (2013), section 2.6.
.. [2] Garwood, F. (1936). Fiducial limits for the Poisson distribution. Biometrika 28, 437-442.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from simulation.parameters import Parameter

TAIL = 0.025  # on each side of a 95 % interval


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with the ends of its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Gamma:
    """A Gamma distribution of a rate: the shape counts like events, `exposure` like the time they took."""

    shape: float
    exposure: float

    def after(self, events: int, exposure: float) -> Gamma:
        """Return the posterior once these events were seen in this exposure."""
        return Gamma(self.shape + events, self.exposure + exposure)

    @property
    def interval(self) -> Interval:
        """Mean and central 95 % interval."""
        return Interval(
            self.shape / self.exposure,
            _quantile(self.shape, TAIL) / self.exposure,
            _quantile(self.shape, 1.0 - TAIL) / self.exposure,
        )


def gamma_prior(mean: float, low: float, high: float) -> Gamma:
    """Return the Gamma whose mean is the default and whose 95 % range is as wide, as a ratio, as low…high.

    The mean is held rather than the range's ends, so that without data the default is what comes out.
    """
    ratio = math.log(high / low)
    narrow, wide = math.log(1e6), math.log(1e-2)  # of log shape: the ratio falls as the shape grows
    for _ in range(100):
        middle = (narrow + wide) / 2.0
        shape = math.exp(middle)
        if math.log(_quantile(shape, 1.0 - TAIL) / _quantile(shape, TAIL)) > ratio:
            wide = middle
        else:
            narrow = middle
    shape = math.exp(narrow)
    return Gamma(shape, shape / mean)


def poisson_interval(events: int, exposure: float) -> Interval:
    """Return events / exposure with the exact 95 % interval of a Poisson count [2]_."""
    low = _quantile(events, TAIL) if events else 0.0
    return Interval(events / exposure, low / exposure, _quantile(events + 1, 1.0 - TAIL) / exposure)


def even_split(events: int, first: int, share: float) -> float:
    """Return the two-sided p-value of `first` of `events` falling where `share` of the exposure lies."""
    from scipy.special import bdtr, bdtrc

    below = float(bdtr(first, events, share))
    above = float(bdtrc(first - 1, events, share)) if first else 1.0
    return min(1.0, 2.0 * min(below, above))


def plausible(parameter: Parameter) -> tuple[float, float]:
    """Return the ends of a parameter's plausible range.

    Raises
    ------
    ValueError
        It is fixed.
    """
    kind, _, ends = parameter.distribution.partition("(")
    if kind != "uniform":
        raise ValueError(f"{parameter.name} is {parameter.distribution}: it has no plausible range")
    low, _, high = ends.rstrip(")").partition(",")
    return float(low), float(high)


def hazard(chance: float) -> float:
    """Return the constant yearly rate at which something has this chance within a year."""
    return -math.log1p(-chance)


def chance(rate: float) -> float:
    """Return the chance within a year at a constant yearly rate."""
    return -math.expm1(-rate)


def _quantile(shape: float, share: float) -> float:
    from scipy.special import gammaincinv

    return float(gammaincinv(shape, share))
