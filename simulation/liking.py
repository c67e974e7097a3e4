"""What end customers like beside what the rules see, fitted to what they buy today.

A choice model that knows price, effort and habit alone would have part of today's business leave in the
first months, or come, whatever happens: the start would be no steady state. As is usual with such models, a
constant is added to each alternative, fitted so that the shares to be expected are those of today (Train
2009, *Discrete Choice Methods with Simulation*, 2nd ed., section 2.8, doi 10.1017/CBO9780511805271); to be
expected, with habit, is what the chain of a lot's choices settles at.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulation.rules import ChannelRates, direct_value, distributor_value, offer_of, offer_via
from simulation.state import OPEN

ROUNDS = 1000
CLOSE = 1e-10
DAMPING = 0.5  # with much habit a share answers to a constant up to twice as strongly as in a plain logit


def fitted(
    rates: ChannelRates,
    volumes: Sequence[float],
    customer: Sequence[int],
    last: Sequence[int],
    minds: Sequence[float],
    markups: Sequence[float],
    known: NDArray[np.int8],
    offer: NDArray[np.int8],
    homes: Sequence[int],
    sells: NDArray[np.int8],
) -> NDArray[np.float64]:
    """Return the constants of buying directly and from each distributor, shape (D + 1,); a rival's is 0.

    Parameters
    ----------
    volumes, customer, last
        Of each lot: units a year, end customer, choice today (0 direct, 1 … D a distributor, D + 1 a rival).
    minds, markups
        Of each distributor at the start.
    known, offer, homes, sells
        Of each end customer, as in `Market`.

    Notes
    -----
    The choices of a lot are a reversible chain: with weights w, W their sum and h = exp(`b_habit`), it
    settles at shares in proportion to w (W + (h - 1) w).
    """
    rival = len(minds) + 1
    today = np.bincount(last, weights=volumes, minlength=rival + 1)
    constants = np.zeros(rival)
    bought = np.flatnonzero(today[:rival])
    if not bought.size or today[rival] == 0.0:  # nothing of ours, or nothing to compare it with
        return constants
    bought_by = np.bincount(customer, weights=volumes, minlength=len(homes))
    weights = _weights(rates, minds, markups, known, offer, homes, sells)
    habit = math.exp(rates.b_habit) - 1.0
    for _ in range(ROUNDS):
        odds = weights * np.exp(np.append(constants, 0.0))
        settled = odds * (odds.sum(axis=1, keepdims=True) + habit * odds)
        expected = bought_by @ (settled / settled.sum(axis=1, keepdims=True))
        # A rival's constant stays 0: what it has too much or too little of moves all the others.
        step = np.log(today[bought] / expected[bought]) - np.log(today[rival] / expected[rival])
        constants[bought] += DAMPING * step
        if np.abs(step).max() < CLOSE:
            break
    return constants


def _weights(
    rates: ChannelRates,
    minds: Sequence[float],
    markups: Sequence[float],
    known: NDArray[np.int8],
    offer: NDArray[np.int8],
    homes: Sequence[int],
    sells: NDArray[np.int8],
) -> NDArray[np.float64]:
    """Return the weight of every alternative for every end customer without habit, shape (C, D + 2)."""
    values = [
        distributor_value(markup, markup, 0.0, mind, rates.b_price, rates.b_effort)
        for mind, markup in zip(minds, markups, strict=True)
    ]
    directly = direct_value(rates.p_direct, rates.accept, rates.b_price, rates.b_accept)
    weights = np.zeros((len(homes), len(minds) + 2))
    weights[:, -1] = offer_of(rates.rival, False, rates.b_habit)
    for c, home in enumerate(homes):
        met, opened = bool(known[c]), bool(offer[c] == OPEN)
        if met and opened:
            weights[c, 0] = offer_of(directly, False, rates.b_habit)
        for d in np.flatnonzero(sells[c]):
            weights[c, d + 1] = offer_via(values[d], met, opened, d == home, False, rates)
    return weights
