"""Decay and contact against their formulas, and the power of two that both stand on."""

import random
from decimal import Decimal, getcontext
from math import exp, log

import numba
import pytest

from graph.strength import LEAST_POWER, contact, decay, two_to
from simulation.compiling import OPTIONS
from simulation.rules import most_opening, opening_chance

getcontext().prec = 40
LN2 = Decimal(2).ln()
POWERS = [*(random.Random(1).uniform(-60.0, 60.0) for _ in range(4000)), -0.5, 0.5, -1.5, 1e-300, -1e-17]


def test_a_power_of_two_to_the_last_places():
    for power in POWERS:
        exact = (Decimal(power) * LN2).exp()
        assert abs(Decimal(two_to(power)) / exact - 1) < Decimal("5e-16")


def test_whole_powers_are_exact_and_what_is_too_low_is_the_least():
    assert [two_to(float(k)) for k in range(-60, 61)] == [2.0**k for k in range(-60, 61)]
    assert two_to(LEAST_POWER - 1.0) == two_to(-1e9) == 2.0**LEAST_POWER


def test_a_power_below_0_never_exceeds_1():
    powers = [-random.Random(2).random() * 10.0 ** -(n % 18) for n in range(4000)]
    assert max(two_to(power) for power in powers) <= 1.0


def test_compiled_the_same_bits():
    compiled = numba.njit(**OPTIONS)(lambda power: two_to(power))
    for power in (*POWERS, -1e9, 0.0, -0.0):
        assert compiled(power) == two_to(power)


def test_decay_is_its_formula_to_the_twelfth_place_for_all_that_parameters_may_be():
    draw = random.Random(3)
    for _ in range(4000):
        s, scale = draw.random(), draw.uniform(0.0, 10.0)
        half_weak, half_strong = draw.uniform(0.5, 120.0), draw.uniform(0.5, 240.0)
        half_life = half_weak * exp(s * log(half_strong / half_weak))
        expected = s * exp(-scale * log(2.0) / half_life)
        assert decay(s, scale, half_weak, half_strong) == pytest.approx(expected, rel=1e-13, abs=0.0)


def test_contact_is_its_formula_to_the_twelfth_place():
    draw = random.Random(4)
    for _ in range(4000):
        s, effort, gain = draw.random(), draw.expovariate(0.1), draw.uniform(0.0, 2.0)
        expected = 1.0 - (1.0 - s) * exp(-gain * effort)
        assert contact(s, effort, gain) == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_no_chance_of_opening_exceeds_its_bound():
    draw = random.Random(5)
    for n in range(4000):
        hours, rate, referral = (
            draw.random() * 10.0 ** -(n % 18),
            draw.uniform(0.0, 2.0),
            draw.uniform(0.0, 50.0),
        )
        assert opening_chance(hours, 1.0, rate, referral) < most_opening(hours, rate, referral)
