"""How ties fade without contact, from what people said of the same tie on two days with no meeting between.

Only such pairs of statements tell it. How long a pair keeps meeting is something else, a finding and no
parameter: ties that are in use are kept up by their use, and taking their persistence for decay makes weak
ties die that an hour a month would hold.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from graph.history import History
from graph.strength import decay
from simulation.estimation.model import Estimated, Finding, Kept
from simulation.estimation.rates import plausible
from simulation.parameters import Parameter

Values = NDArray[np.float64]

HALF_LIVES = ("half_weak", "half_strong")
ENOUGH = 8  # pairs of statements from which on the half-lives are estimated
STEPS = 41  # points of the grid in each half-life
WIDTH = 4.0  # the grid's reach on each side, in standard deviations of the prior
JUDGEMENT = 0.1  # standard deviation of a statement: half a step of the scale from 0 to 5
JUDGEMENT_WEIGHT = 4.0  # how many statements that assumption counts like
KEPT_MONTHS = 12
METHOD = "repeated statements without contact between, by the decay of the model, with the defaults as prior"


@dataclass(frozen=True, slots=True)
class Fading:
    """Two statements about one tie, and the months between them in which nobody met."""

    before: float
    after: float
    months: float


def fadings(history: History) -> tuple[Fading, ...]:
    """Return neighbouring statements by the same person with no touchpoint of anybody of ours between them.

    The log must have begun before the first and go on after the second: without a log "no touchpoint" says
    nothing. A tie that was at 0 cannot fade and is left out.
    """
    if not history.meetings:
        return ()
    first, last = history.meetings[0].on, history.meetings[-1].on
    met: dict[str, list[date]] = defaultdict(list)
    for meeting in history.meetings:
        for person in meeting.theirs:
            met[person].append(meeting.on)
    step = history.policy.limits["step_days"]
    found = []
    for one, other in pairwise(history.statements):
        same = (one.person, one.by) == (other.person, other.by)
        if not same or one.strength <= 0.0 or one.on < first or other.on > last:
            continue
        days = met[one.person]
        if bisect_left(days, one.on) == bisect_right(days, other.on):
            found.append(Fading(one.strength, other.strength, (other.on - one.on).days / step))
    return tuple(found)


def estimate_fading(history: History, table: Mapping[str, Parameter]) -> tuple[list[Estimated], list[Kept]]:
    """Return both half-lives where repeated statements tell them, else why they keep their defaults."""
    found = fadings(history)
    if len(found) < ENOUGH:
        counted = "only 1 pair" if len(found) == 1 else f"only {len(found)} pairs" if found else "no pair"
        sentence = (
            f"There is {counted} of statements on the proximity of one person with no contact between "
            f"({ENOUGH} are needed): half_weak and half_strong stay at their defaults."
        )
        return [], [Kept("half_weak", sentence), Kept("half_strong", sentence)]
    defaults = {name: history.policy.limits[name] for name in HALF_LIVES}
    centres, spreads = zip(*(_prior(defaults[name], table[name]) for name in HALF_LIVES), strict=True)
    axes = [
        np.exp(centre + spread * np.linspace(-WIDTH, WIDTH, STEPS))
        for centre, spread in zip(centres, spreads, strict=True)
    ]
    log_chance = _log_likelihood(found, axes[0], axes[1])
    standard = np.linspace(-WIDTH, WIDTH, STEPS)
    log_chance -= 0.5 * (standard[:, None] ** 2 + standard[None, :] ** 2)
    weight = np.exp(log_chance - log_chance.max())
    months = sum(one.months for one in found)
    rows = []
    for axis, name in enumerate(HALF_LIVES):
        low, value, high = _quantiles(axes[axis], weight.sum(axis=1 - axis))
        default = defaults[name]
        sentence = (
            f"{name} {value:.1f} months (95 % {low:.1f} to {high:.1f}) in place of {default:g}: "
            f"{len(found)} pairs of statements on the proximity of one person, {months:,.0f} months without "
            "a logged contact between; contacts that nobody logged would make it too long."
        )
        unit = table[name].unit
        rows.append(Estimated(name, value, low, high, default, unit, len(found), months, METHOD, sentence))
    return rows, []


def _prior(default: float, parameter: Parameter) -> tuple[float, float]:
    """Return mean and standard deviation of a half-life's logarithm: the policy's, the plausible range."""
    low, high = plausible(parameter)
    return math.log(default), math.log(high / low) / (2.0 * 1.96)


def _log_likelihood(found: Sequence[Fading], weak: Values, strong: Values) -> Values:
    """Return the log-likelihood on the grid, shape (weak, strong), up to a constant.

    Statements are off by a normal error whose variance is unknown and integrated out, as in
    Gelman et al., Bayesian Data Analysis, 3rd ed. (2013), section 3.2.
    """
    starts = sorted({one.before for one in found})
    longest = math.ceil(max(one.months for one in found))
    grid = np.empty((len(weak), len(strong)))
    for i, half_weak in enumerate(weak.tolist()):
        for j, half_strong in enumerate(strong.tolist()):
            paths = {}
            for start in starts:
                path = [start]
                for _ in range(longest):
                    path.append(decay(path[-1], 1.0, half_weak, half_strong))
                paths[start] = path
            squares = sum((one.after - _between(paths[one.before], one.months)) ** 2 for one in found)
            scale = JUDGEMENT_WEIGHT * JUDGEMENT**2 + squares
            grid[i, j] = -0.5 * (JUDGEMENT_WEIGHT + len(found)) * math.log(scale)
    return grid


def _between(path: Sequence[float], months: float) -> float:
    whole = min(int(months), len(path) - 1)
    if whole == len(path) - 1:
        return path[whole]
    return path[whole] + (months - whole) * (path[whole + 1] - path[whole])


def _quantiles(points: Values, weight: Values) -> tuple[float, float, float]:
    """Return the ends of the 95 % interval with the median between, interpolated in the logarithm."""
    share = (np.cumsum(weight) - 0.5 * weight) / weight.sum()
    low, middle, high = np.exp(np.interp((0.025, 0.5, 0.975), share, np.log(points)))
    return float(low), float(middle), float(high)


def tie_persistence(history: History) -> Finding | None:
    """Return the share of pairs that still meet a year after their first meeting, by Kaplan and Meier.

    A pair has stopped when it has not met for `stale_after` days; until so long before the end of the log
    one can tell. Who met once and never again stopped at once. A pair whose stakeholder or seller has left
    is watched until then.
    """
    days: dict[tuple[str, str], list[date]] = defaultdict(list)
    for meeting in history.meetings:
        for one in meeting.ours:
            for other in meeting.theirs:
                days[one, other].append(meeting.on)
    if not days:
        return None
    quiet = timedelta(days=history.policy.limits["stale_after"])
    log_end, left = history.meetings[-1].on, history.last_days
    durations, stopped = [], []
    for pair, met in days.items():
        gone = [left[person] for person in pair if person in left]
        known_until = min([log_end, *gone]) - quiet
        if met[0] > known_until:
            continue
        ended = met[-1] <= known_until
        # lifelines takes a duration of 0 for a subject who was never there; half a day is its day.
        durations.append(max(((met[-1] if ended else known_until) - met[0]).days, 0.5))
        stopped.append(ended)
    if sum(stopped) < ENOUGH:
        return None
    from lifelines import KaplanMeierFitter

    month = history.policy.limits["step_days"]
    curve = KaplanMeierFitter().fit(np.array(durations) / month, stopped)
    if float(max(durations)) / month < KEPT_MONTHS:
        return None
    bounds = curve.confidence_interval_
    place = int(np.searchsorted(bounds.index, KEPT_MONTHS, side="right")) - 1
    low, high = (float(bounds.iloc[place, end]) for end in (0, 1))
    share = float(curve.predict(KEPT_MONTHS))
    months = sum(durations) / month
    sentence = (
        f"{share:.0%} of the pairs that meet still do a year after their first meeting (95 % {low:.0%} to "
        f"{high:.0%}): {len(durations)} pairs, {sum(stopped)} of which have stopped (not met for "
        f"{quiet.days} days). It is the persistence of ties in use, not their decay without contact."
    )
    return Finding("tie_persistence", share, low, high, "1", sum(stopped), months, sentence)
