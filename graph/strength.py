"""How a tie fades and how contact renews it: two scalar rules that measures and simulation share.

Plain functions of floats, with `math` only, so that the compiled simulation gives the same bits. Decay, which
meets every tie every month, stands on sums and products alone: the compiler takes several ties at once.
"""

from __future__ import annotations

from math import ldexp, log

PER_OCTAVE = 1.4426950408889634  # 1 / ln 2
LEAST_POWER = -1020.0
WHOLE = 1.5 * 2.0**52  # a smaller number added to it is rounded to a whole one, which the last bits hold


def two_to_whole(shifted: float) -> float:
    """Return 2^k, k being the whole number that was added to `WHOLE`."""
    return ldexp(1.0, int(shifted - WHOLE))


def two_to(power: float) -> float:
    """Return 2^power, for a power below 1,000, to 5e-16 of itself; 2^-1020 for anything lower.

    The power's whole part gives the exponent, the rest r in [-1/2, 1/2] a polynomial: the one of degree 10
    that meets 2^r in the 11 Chebyshev points, 0 among them.
    """
    power = power if power > LEAST_POWER else LEAST_POWER
    shifted = power + WHOLE
    r = power - (shifted - WHOLE)
    q = r * r
    even = 7.072585949269223e-09
    even = even * q + 1.321544258792169e-06
    even = even * q + 0.0001540353044173605
    even = even * q + 0.009618129107606888
    even = even * q + 0.24022650695910097
    even = even * q + 1.0
    odd = 1.0208690299958306e-07
    odd = odd * q + 1.5252657260200837e-05
    odd = odd * q + 0.0013333558230164974
    odd = odd * q + 0.05550410866444772
    odd = odd * q + 0.69314718055995
    return (even + odd * r) * two_to_whole(shifted)


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
    octaves = log(half_strong / half_weak) * PER_OCTAVE
    return s * two_to(-(scale / half_weak) * two_to(-octaves * s))


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
    return 1.0 - (1.0 - s) * two_to(-PER_OCTAVE * gain * effort)
