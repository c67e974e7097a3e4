"""How a tie fades and how contact renews it: two scalar rules that measures and simulation share.

Plain functions of floats, with `math` only, so that the compiled simulation gives the same bits.
"""

from __future__ import annotations

from math import exp, log


def decay(s: float, scale: float, half_weak: float, half_strong: float) -> float:
    """Fade a tie by one month without contact.

    The half-life runs geometrically from `half_weak` at s = 0 to `half_strong` at s = 1, so weak ties
    die faster (Burt, *Bridge Decay*: nine in ten bridges are gone next year).

    Parameters
    ----------
    s
        Strength in [0, 1].
    scale
        Multiplies the rate; 0 turns decay off.
    half_weak, half_strong
        Half-lives in months.

    Returns
    -------
    float
        Strength a month later, in [0, s].
    """
    half_life = half_weak * exp(s * log(half_strong / half_weak))
    return s * exp(-scale * log(2.0) / half_life)


def contact(s: float, effort: float, gain: float) -> float:
    """Renew a tie by an effort: each unit closes the same share of what is missing.

    Parameters
    ----------
    s
        Strength in [0, 1].
    effort
        Effective hours, at least 0: quality x hours / sqrt(attendees) of a touchpoint.
    gain
        Share of the missing strength closed per effective hour (1/h).

    Returns
    -------
    float
        Strength afterwards, in [s, 1].
    """
    return 1.0 - (1.0 - s) * exp(-gain * effort)
