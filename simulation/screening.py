"""Which inputs of a function matter: elementary effects for many, shares of variance for few.

Inputs run from 0 to 1. The designs and the estimators of the shares are SALib's; nothing here knows what the
function is.

References
----------
Morris, M. D. (1991). Factorial sampling plans for preliminary computational experiments. Technometrics 33(2),
161-174. doi:10.1080/00401706.1991.10484804
Campolongo, F., Cariboni, J., Saltelli, A. (2007). An effective screening design for sensitivity analysis of
large models. Environmental Modelling & Software 22(10), 1509-1518. doi:10.1016/j.envsoft.2006.10.004
Sobol, I. M. (2001). Global sensitivity indices for nonlinear mathematical models and their Monte Carlo
estimates. Mathematics and Computers in Simulation 55, 271-280. doi:10.1016/S0378-4754(00)00270-6
Saltelli, A., Annoni, P., Azzini, I., Campolongo, F., Ratto, M., Tarantola, S. (2010). Variance based
sensitivity analysis of model output. Computer Physics Communications 181(2), 259-270.
doi:10.1016/j.cpc.2009.09.018
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVELS = 4  # of the grid on which trajectories walk
RESAMPLES = 1000
INTERVAL = (0.025, 0.975)
FEW_SAMPLES = 16  # base points below which a bootstrap over them says nothing
WIDEST = 0.5  # of the interval of a share that still says something


@dataclass(frozen=True, slots=True)
class Screened:
    """Elementary effects, one entry for each input.

    Attributes
    ----------
    mu_star
        Mean absolute effect of the whole range of an input: 0 only if it does nothing.
    low, high
        Of its 95 % bootstrap interval over the trajectories.
    sigma
        Standard deviation of the effects: large where the effect hangs on the other inputs.
    """

    mu_star: Floats
    low: Floats
    high: Floats
    sigma: Floats


@dataclass(frozen=True, slots=True)
class Share:
    """A share of the variance of the output with its 95 % bootstrap interval.

    With few samples an estimate can lie far below 0 or above 1; nothing is cut off there.

    Attributes
    ----------
    ci
        None with fewer than 16 base points, or where the output does not vary within some bootstrap sample.
    """

    value: float
    ci: tuple[float, float] | None

    @property
    def tells(self) -> bool:
        """Whether the samples are enough to tell it: a share that can be, in an interval that is no guess."""
        return self.ci is not None and 0.0 <= self.value <= 1.0 and self.ci[1] - self.ci[0] <= WIDEST


def trajectories(inputs: int, count: int, seed: int) -> Floats:
    """Return walks through the cube in which each step moves one input, each once.

    Returns
    -------
    array (count, inputs + 1, inputs)
    """
    from SALib.sample import morris

    # Trajectories picked to lie far apart crowd into the corners: effects inside would be missed, and shares
    # of wins would not be those of the whole range.
    points: Floats = morris.sample(_problem(inputs), count, num_levels=LEVELS, seed=seed)
    return points.reshape(count, inputs + 1, inputs)


def elementary_effects(points: Floats, values: Floats) -> Floats:
    """Return the change of the output in each step over the change of the input that moved.

    Parameters
    ----------
    points
        (trajectories, inputs + 1, inputs), as `trajectories` makes them.
    values
        (trajectories, inputs + 1)

    Returns
    -------
    array (inputs, trajectories)
    """
    moves = np.diff(points, axis=1)
    moved = np.abs(moves).argmax(axis=2)
    step = np.take_along_axis(moves, moved[..., None], axis=2)[..., 0]
    return _by_input(moved, np.diff(values, axis=1) / step)


def change_shares(points: Floats, labels: NDArray[np.int64]) -> Floats:
    """Return in which share of its steps an input changes the label, shape (inputs,)."""
    moved = np.abs(np.diff(points, axis=1)).argmax(axis=2)
    changed = (np.diff(labels, axis=1) != 0).astype(np.float64)
    shares: Floats = _by_input(moved, changed).mean(axis=1)
    return shares


def _by_input(moved: NDArray[np.int64], steps: Floats) -> Floats:
    """Sort what the steps of each trajectory give by the input that moved."""
    order = np.argsort(moved, axis=1)
    return np.take_along_axis(steps, order, axis=1).T


def screen(effects: Floats, seed: int) -> Screened:
    """Return means, intervals and spread of elementary effects, shape (inputs, trajectories)."""
    size = np.abs(effects)
    count = effects.shape[1]
    picked = np.random.default_rng(seed).integers(count, size=(RESAMPLES, count))
    again = size[:, picked].mean(axis=2)
    low, high = np.quantile(again, INTERVAL, axis=1)
    return Screened(size.mean(axis=1), low, high, effects.std(axis=1, ddof=1))


def variance_points(inputs: int, samples: int, seed: int) -> Floats:
    """Return the design for `variance_shares`, shape (samples · (inputs + 2), inputs).

    Parameters
    ----------
    samples
        A power of two.
    """
    from SALib.sample import sobol

    points: Floats = sobol.sample(_problem(inputs), samples, calc_second_order=False, seed=seed)
    return points


def variance_shares(inputs: int, values: Floats, seed: int) -> tuple[tuple[Share, Share], ...] | None:
    """Return of each input the share of the variance it makes alone, and that in which it takes part.

    Parameters
    ----------
    values
        Of the points that `variance_points` made.

    Returns
    -------
    tuple of (first-order share, total share), or None where the output does not vary.
    """
    if np.ptp(values) <= 1e-12 * np.abs(values).max():
        return None
    from SALib.analyze import sobol

    found = sobol.analyze(
        _problem(inputs),
        values,
        calc_second_order=False,
        num_resamples=RESAMPLES,
        keep_resamples=True,
        seed=seed + 1,  # SALib takes a seed of 0 for none
    )
    # In a bootstrap sample that does not vary SALib calls all shares 0.
    void = ((found["S1_conf_all"] == 0.0) & (found["ST_conf_all"] == 0.0)).all(axis=1)
    enough = values.size >= FEW_SAMPLES * (inputs + 2) and not void.any()
    return tuple(
        (
            _share(found["S1"][i], found["S1_conf_all"][:, i] if enough else None),
            _share(found["ST"][i], found["ST_conf_all"][:, i] if enough else None),
        )
        for i in range(inputs)
    )


def _share(value: float, again: Floats | None) -> Share:
    if again is None:
        return Share(float(value), None)
    low, high = np.quantile(again, INTERVAL)
    return Share(float(value), (float(low), float(high)))


def _problem(inputs: int) -> dict[str, Any]:
    return {
        "num_vars": inputs,
        "names": [f"x{i}" for i in range(inputs)],
        "bounds": [[0.0, 1.0]] * inputs,
    }
