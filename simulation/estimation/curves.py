"""How long people stay, drawn by Kaplan and Meier from those already watched at each tenure [1]_.

References
----------
.. [1] Klein, Moeschberger, Survival Analysis, 2nd ed. (2003), section 4.6: left-truncated data.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from simulation.estimation.model import CurvePoint, TenureCurve
from simulation.estimation.turnover import YEAR, Observed, Span

WATCHED = 5  # people at risk from whom on the curve is drawn
STILL_WATCHED = 3  # people at risk below whom it ends
LONGEST = 40  # years


def tenure_curve(observed: Observed) -> TenureCurve | None:
    """Return the curve of a group; None where too few were watched whose first day is known.

    With left truncation the first tenures are watched on very few people, and one leaving among one brings
    the curve to zero for good. So it starts where enough people are at risk, is conditional on having stayed
    until then, and ends where too few are left to watch.
    """
    known = [span for span in observed.spans if span.tenure is not None]
    start = _watched_from(known)
    if start is None:
        return None
    end = _watched_until(known)
    spans = [span for span in known if _stop(span) > start and (span.tenure or 0) < end]
    left = [span.left and _stop(span) <= end for span in spans]
    if not any(left):
        return None
    from lifelines import KaplanMeierFitter
    from lifelines.exceptions import StatError
    from lifelines.utils import median_survival_times

    stops = np.array([min(_stop(span), end) - start for span in spans]) / YEAR
    entries = np.array([max(0, (span.tenure or 0) - start) for span in spans]) / YEAR
    try:
        curve = KaplanMeierFitter().fit(stops, left, entry=entries)
    except StatError:  # at some tenure nobody was watched
        return None
    rate = observed.events / observed.years
    at = np.arange(1.0, min(LONGEST, math.floor(stops.max())) + 1.0)
    bounds = curve.confidence_interval_
    points = [
        CurvePoint(
            years=float(years),
            share=float(curve.predict(years)),
            low=_step(bounds.index, bounds.iloc[:, 0], years),
            high=_step(bounds.index, bounds.iloc[:, 1], years),
            constant_rate=math.exp(-rate * float(years)),
        )
        for years in at
    ]
    ends = median_survival_times(bounds).to_numpy()[0]
    return TenureCurve(
        observed.group,
        start / YEAR,
        _finite(curve.median_survival_time_),
        _finite(ends[0]),
        _finite(ends[1]),
        tuple(points),
    )


def _stop(span: Span) -> int:
    return (span.tenure or 0) + span.exit - span.entry


def _watched_until(spans: Sequence[Span]) -> int:
    """Return the last tenure, in days, at which enough people are at risk, where there is any."""
    steps = sorted([(span.tenure or 0, 1) for span in spans] + [(_stop(span), -1) for span in spans])
    watched = end = 0
    for day, change in steps:
        if watched >= STILL_WATCHED and watched + change < STILL_WATCHED:
            end = day
        watched += change
    return end


def _watched_from(spans: Sequence[Span]) -> int | None:
    """Return the least tenure, in days, at which enough people are at risk; None if there is none."""
    steps = sorted([(span.tenure or 0, 1) for span in spans] + [(_stop(span), -1) for span in spans])
    watched = 0
    for day, change in steps:
        watched += change
        if watched >= WATCHED:
            return day
    return None


def _step(times: object, values: object, at: float) -> float:
    """Return a step function's value."""
    place = int(np.searchsorted(np.asarray(times), at, side="right")) - 1
    return float(np.asarray(values)[place])


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
