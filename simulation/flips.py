"""Where the best strategy changes: one number at a time over its range, the others as they are.

All values meet the same futures, so that a change is one of the number and not of luck.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from simulation.factors import Factor
from simulation.trials import Settings

Values = NDArray[np.float64]

Evaluate = Callable[[Sequence[Settings]], Values]

GRID = 9  # values over a range, both ends included
HALVINGS = 6  # of the step in which a change lies: to a 512th of the range
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class ScanPoint:
    """What is best at one value.

    Attributes
    ----------
    lead
        Of the strategy that is best in the scenario over the best of the others, below 0 where it is not.
    """

    value: float
    best: str
    lead: float


@dataclass(frozen=True, slots=True)
class Flip:
    """The value nearest to the scenario's own at which another strategy becomes best.

    Attributes
    ----------
    at
        The value.
    ci
        Its 95 % interval from the spread over the futures; None where the two strategies meet too flatly.
    before, after
        The best strategy on the scenario's side of the value, and beyond.
    """

    at: float
    ci: tuple[float, float] | None
    before: str
    after: str


def leads(means: Values, leader: int) -> Values:
    """Return how far a strategy is ahead of the best of the others.

    Parameters
    ----------
    means
        (…, strategies), larger is better.
    """
    others = np.delete(means, leader, axis=-1).max(axis=-1)
    found: Values = means[..., leader] - others
    return found


def winners(means: Values, leader: int) -> NDArray[np.int64]:
    """Return which strategy is best; the leader where it is among equals."""
    best = means.argmax(axis=-1)
    found: NDArray[np.int64] = np.where(leads(means, leader) >= 0.0, leader, best)
    return found


@dataclass
class _Step:
    """A step of a factor's grid in which the leader stops being best; its ends are moved together.

    Attributes
    ----------
    inner, outer
        Values with the leader best, and with another.
    beyond
        What the strategies give at the outer end.
    slope
        (strategies,) by how much each gains over the whole step as the factor grows by 1.
    """

    factor: Factor
    inner: float
    outer: float
    beyond: Values
    slope: Values

    @property
    def middle(self) -> float:
        return (self.inner + self.outer) / 2.0

    def narrow(self, values: Values, leader: int) -> None:
        """Put the half in which the change lies in the place of the step, given the values in its middle."""
        if _winner(values, leader) == leader:
            self.inner = self.middle
        else:
            self.outer, self.beyond = self.middle, values

    def flip(self, names: Sequence[str], leader: int) -> Flip:
        """Return the change that lies in the step."""
        other = _winner(self.beyond, leader)
        return Flip(self.middle, self._interval(leader, other), names[leader], names[other])

    def _interval(self, leader: int, other: int) -> tuple[float, float] | None:
        """Return where the two strategies meet, by the error of their difference over its slope."""
        differences = self.beyond[leader] - self.beyond[other]
        slope = float(self.slope[leader] - self.slope[other])
        if differences.size < 2 or slope * (self.outer - self.inner) >= 0.0:
            return None
        error = float(differences.std(ddof=1)) / math.sqrt(differences.size)
        half = float(ndtri((1.0 + LEVEL) / 2.0)) * error / abs(slope)
        return max(self.factor.low, self.middle - half), min(self.factor.high, self.middle + half)


def scan(
    factors: Sequence[Factor], evaluate: Evaluate, base: Values, names: Sequence[str], leader: int
) -> tuple[tuple[tuple[ScanPoint, ...], Flip | None], ...]:
    """Return what is best over each factor's range, and the change nearest to the scenario's value.

    Two changes within one step of the grid are not seen.

    Parameters
    ----------
    evaluate
        Takes settings, returns (settings, strategies, replicates), larger is better.
    base
        (strategies, replicates) in the scenario itself.
    leader
        The strategy that is best there.
    """
    grids = [
        [value for value in np.linspace(factor.low, factor.high, GRID).tolist() if value != factor.default]
        for factor in factors
    ]
    ran = iter(
        evaluate([factor.settings(v) for factor, grid in zip(factors, grids, strict=True) for v in grid])
    )
    lines = [
        sorted([(factor.default, base), *((value, next(ran)) for value in grid)], key=lambda point: point[0])
        for factor, grid in zip(factors, grids, strict=True)
    ]
    steps = [_steps(factor, line, leader) for factor, line in zip(factors, lines, strict=True)]
    every = [step for found in steps for step in found]
    for _ in range(HALVINGS if every else 0):
        for step, values in zip(
            every, evaluate([step.factor.settings(step.middle) for step in every]), strict=True
        ):
            step.narrow(values, leader)
    return tuple(
        (
            tuple(_point(value, values, names, leader) for value, values in line),
            min(
                (step.flip(names, leader) for step in found),
                key=lambda flip: abs(flip.at - factor.default),
                default=None,
            ),
        )
        for factor, line, found in zip(factors, lines, steps, strict=True)
    )


def _winner(values: Values, leader: int) -> int:
    return int(winners(values.mean(axis=-1), leader))


def _point(value: float, values: Values, names: Sequence[str], leader: int) -> ScanPoint:
    means = values.mean(axis=-1)
    return ScanPoint(value, names[_winner(values, leader)], float(leads(means, leader)))


def _steps(factor: Factor, line: list[tuple[float, Values]], leader: int) -> list[_Step]:
    """Return the first step with a change on either side of the scenario's value."""
    home = next(i for i, (value, _) in enumerate(line) if value == factor.default)
    found = []
    for side in (line[home::-1], line[home:]):
        for (inner, inner_values), (outer, outer_values) in pairwise(side):
            if _winner(outer_values, leader) != leader:
                rise = outer_values.mean(axis=-1) - inner_values.mean(axis=-1)
                found.append(_Step(factor, inner, outer, outer_values, rise / (outer - inner)))
                break
    return found
