"""Rules of people, ties, orientation and account against numbers worked out from their definitions by hand.

The first column of every table is the rule, the last the arithmetic. Nothing here is drawn or compiled.
"""

from __future__ import annotations

import math

import pytest

from graph.strength import contact, decay
from simulation import rules
from simulation.rules import RULES

WARMING = (0.06, 0.4, 0.7, 0.02, -0.1, 0.05)  # warm, warm_block, fit, cool, o_base, sway
LOSING = (0.045, 2.0, 3.0, 0.25, 0.1, 18.0)  # loss, loss_A, loss_S, A_ref, S_ref, shock
E1 = math.e**-1
LN2 = math.log(2.0)

TABLE = [
    # A tie of strength 1/2 between half-lives of 4 and 16 months halves in sqrt(4 * 16) = 8 months.
    (decay, (0.5, 1.0, 4.0, 16.0), 0.5 * 2.0 ** (-1.0 / 8.0)),
    (decay, (1.0, 1.0, 4.0, 16.0), 2.0 ** (-1.0 / 16.0)),
    (decay, (0.5, 3.0, 4.0, 16.0), 0.5 * 2.0 ** (-3.0 / 8.0)),
    (decay, (0.25, 1.0, 1.0, 16.0), 0.25 / math.sqrt(2.0)),  # 16^(1/4) = 2 months
    (decay, (0.7, 0.0, 4.0, 16.0), 0.7),
    (decay, (0.0, 1.0, 4.0, 16.0), 0.0),
    # Ten units of .1 close 1 - 1/e of what is missing.
    (contact, (0.0, 10.0, 0.1), 1.0 - E1),
    (contact, (0.5, 10.0, 0.1), 1.0 - 0.5 * E1),
    (contact, (0.3, LN2, 1.0), 0.65),
    (contact, (0.3, 0.0, 1.0), 0.3),
    (rules.monthly_chance, (1.0 - 2.0**-12,), 0.5),  # half of those left go each month
    (rules.monthly_chance, (0.0,), 0.0),
    (rules.monthly_chance, (1.0,), 1.0),
    (rules.ratio, (3.0, 4.0), 0.75),
    (rules.ratio, (-3.0, 4.0), -0.75),
    (rules.ratio, (3.0, 0.0), 0.0),
    (rules.ratio, (0.25, 0.5), 0.5),
    (rules.ratio, (0.0, 0.5), 0.0),
    (rules.newcomer_orientation, (0.6, 0.75, 0.25), 0.25 * 0.6 + 0.75 * 0.5),
    (rules.newcomer_orientation, (-0.4, 0.0, 0.25), -0.1 - 0.75),
    (rules.newcomer_orientation, (0.6, 1.0, 0.0), 1.0),
    (rules.newcomer_orientation, (0.6, 1.0, 1.0), 0.6),
    (rules.hit_of_leavers, (0.4, 0.75), 0.1),
    (rules.hit_of_leavers, (0.4, 0.0), 0.4),
    (rules.hit_of_leavers, (1.5, 0.5), 0.5),
    (rules.hit_of_leavers, (0.4, 1.0), 0.0),
    (rules.hit_of_ours, (0.5, 0.2, 0.3, 1.0), 0.06),  # .3 * .3 / 1.5
    (rules.hit_of_ours, (0.5, 0.0, 1.0, 0.5), 0.5),
    (rules.hit_of_ours, (0.4, 0.4, 1.0, 0.5), 0.0),
    (rules.shock_after, (0.6, 0.0, 6.0), 0.5),
    (rules.shock_after, (0.6, 0.4, 6.0), 0.7),  # .5 + .5 * .4
    (rules.shock_after, (0.6, 1.0, 6.0), 1.0),
    (rules.shock_after, (0.6, 0.25, 1.0), 0.25),  # a fade of one month keeps nothing
    (rules.has_ended, (0.019, 0.02, 1.0), True),
    (rules.has_ended, (0.02, 0.02, 1.0), False),
    (rules.has_ended, (0.019, 0.02, 0.0), False),
    (rules.has_ended, (0.0, 0.0, 1.0), False),
    (rules.wish, (2.0, 0.5, 0.2), 2.8),  # 2 * (1 + .5 * .8)
    (rules.wish, (2.0, 0.0, 0.2), 2.0),
    (rules.wish, (2.0, 3.0, 1.0), 2.0),
    (rules.tie_hours, (10.0, 1.0, 4.0), 2.5),
    (rules.tie_hours, (10.0, 4.0, 4.0), 10.0),
    (rules.effort, (2.5, 0.1), 2.4),
    (rules.effort, (0.05, 0.1), 0.0),
    (rules.effort, (0.3, 0.3), 0.0),
    (rules.most_opening, (2.0, 0.05, 4.0), 0.5 + 1e-9),  # the exponent, with a reach of 1
    (rules.opening_chance, (2.0, 0.25, 0.25, 4.0), 1.0 - E1),  # .25 * 2 * (1 + 4 * .25) = 1
    (rules.opening_chance, (4.0, 0.0, 0.25, 4.0), 1.0 - E1),
    (rules.opening_chance, (0.0, 1.0, 0.25, 4.0), 0.0),
    (rules.referral_reach, (-0.5, 0.8, 0.6), 0.24),
    (rules.referral_reach, (0.5, 0.8, 0.6), 0.24),
    (rules.referral_reach, (0.5, 0.8, -0.6), 0.0),
    (rules.sway_of, (0.5, 0.6, 0.2), 0.2),  # .5 * (.6 - .2)
    (rules.sway_of, (-0.5, 0.6, 0.2), -0.4),  # .5 * (-.6 - .2)
    (rules.is_against, (-0.34, -0.33), True),
    (rules.is_against, (-0.33, -0.33), False),
    (rules.is_against, (0.34, -0.33), False),
    # .2 + .06 * .75 * (.7 - .2) - .02 * .25 * (.2 + .1) + .05 * .3
    (rules.orientation_after, (0.2, 0.75, 0.3, False, *WARMING), 0.2 + 0.0225 - 0.0015 + 0.015),
    # -.5 + .024 * .75 * 1.2 + .02 * .25 * .4
    (rules.orientation_after, (-0.5, 0.75, 0.0, True, *WARMING), -0.5 + 0.0216 + 0.002),
    (rules.orientation_after, (0.9, 1.0, 0.0, False, *WARMING), 0.9 - 0.012),  # beyond the fit it falls
    (rules.orientation_after, (0.9, 0.0, 0.0, False, *WARMING), 0.88),  # .9 - .02 * 1
    (rules.is_thread, (0.2, 0.2), True),
    (rules.is_thread, (0.199, 0.2), False),
    (rules.is_thread, (0.9, 0.2), True),
    (rules.market_after, (2.0, 0.5, 0.02), 2.0),
    (rules.market_after, (2.0, 1.0, 0.1), 2.0 + 0.2 * math.sqrt(3.0)),
    (rules.market_after, (2.0, 0.0, 0.1), 2.0 - 0.2 * math.sqrt(3.0)),
    # A rate of .045 / 12 a month at the reference; twice, e^-1 and e^-.6 of it by shock, access, support.
    (rules.loss_chance, (0.25, 0.1, 0.0, *LOSING), 1.0 - math.exp(-0.00375)),
    (rules.loss_chance, (0.25, 0.1, 0.5, *LOSING), 1.0 - math.exp(-0.0375)),  # 1 + 18 / 2 = 10 times
    (rules.loss_chance, (0.75, 0.1, 0.0, *LOSING), 1.0 - math.exp(-0.00375 * E1)),
    (rules.loss_chance, (0.25, 0.3, 0.0, *LOSING), 1.0 - math.exp(-0.00375 * math.exp(-0.6))),
    (rules.wallet_after, (0.4, 0.2, 0.3, 0.05, 0.9), 0.4 + (0.03 - 0.02) / 12.0),
    (rules.wallet_after, (0.4, -0.2, 0.3, 0.05, 0.9), 0.4 - 0.02 / 12.0),
    (rules.wallet_after, (0.9, 1.0, 0.3, 0.0, 0.9), 0.9),
    (rules.margin_after, (0.25, 0.6, 0.04, 0.15, 0.4), 0.252),  # towards .15 + .25 * .6 = .3
    (rules.margin_after, (0.25, 0.0, 1.0, 0.15, 0.4), 0.15),
    (rules.margin_after, (0.25, 1.0, 1.0, 0.15, 0.4), 0.4),
    (rules.profit_of, (1000.0, 0.25, 1.0), 250.0),
    (rules.profit_of, (1000.0, 0.25, 0.9), 150.0),
    (rules.learning_hours, (8.0, 0.25), 2.0),
    (rules.towards, (0.2, 0.6, 0.25), 0.3),
]


@pytest.mark.parametrize(
    ("rule", "given", "expected"), TABLE, ids=[f"{row[0].__name__}-{n}" for n, row in enumerate(TABLE)]
)
def test_a_rule_gives_what_its_definition_says(rule, given, expected):
    found = rule(*given)
    if isinstance(expected, bool):
        assert found is expected
    else:
        assert found == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_every_rule_outside_the_channel_has_a_row():
    before_the_channel = RULES[: RULES.index(rules.learning_hours) + 1]
    assert set(before_the_channel) <= {row[0] for row in TABLE}


def grid(steps=11):
    return [n / (steps - 1) for n in range(steps)]


def test_a_half_life_is_the_time_in_which_half_is_left():
    """With one half-life for all strengths, months add up; whatever the half-life."""
    for half in (1.0, 3.6, 24.0):
        s = 0.8
        for _ in range(48):
            s = decay(s, 1.0, half, half)
        assert s == pytest.approx(0.8 * 0.5 ** (48.0 / half), rel=1e-12)


def test_two_short_meetings_do_what_one_long_one_does():
    for s in grid():
        twice = contact(contact(s, 1.5, 0.08), 2.5, 0.08)
        assert twice == pytest.approx(contact(s, 4.0, 0.08), rel=1e-12)


def test_signs_of_the_rules():
    """What raises what: the direction of every rule in every argument that has one, by differences."""
    up, down = 1, -1
    signs = [
        (decay, (0.5, 1.0, 4.0, 16.0), (up, down, up, up)),
        (contact, (0.5, 2.0, 0.1), (up, up, up)),
        (rules.monthly_chance, (0.3,), (up,)),
        (rules.newcomer_orientation, (0.2, 0.3, 0.5), (up, up, up)),
        (rules.hit_of_leavers, (0.4, 0.5), (up, down)),
        (rules.hit_of_ours, (0.5, 0.2, 0.3, 1.0), (up, down, up, down)),
        (rules.shock_after, (0.5, 0.3, 6.0), (up, up, up)),
        (rules.wish, (2.0, 0.5, 0.2), (up, up, down)),
        (rules.tie_hours, (10.0, 1.0, 4.0), (up, up, down)),
        (rules.effort, (2.0, 0.1), (up, down)),
        (rules.opening_chance, (2.0, 0.3, 0.05, 4.0), (up, up, up, up)),
        (rules.referral_reach, (0.5, 0.5, 0.5), (up, up, up)),
        (rules.sway_of, (0.5, 0.6, 0.2), (up, up, down)),
        (rules.loss_chance, (0.5, 0.3, 0.1, *LOSING), (down, down, up, up, down, down, up, up, up)),
        (rules.wallet_after, (0.4, 0.3, 0.3, 0.05, 0.9), (up, up, up, down, up)),
        (rules.margin_after, (0.2, 0.6, 0.04, 0.15, 0.4), (up, up, up, up, up)),
        (rules.profit_of, (1000.0, 0.25, 0.9), (up, up, up)),
    ]
    for rule, at, directions in signs:
        for place, direction in enumerate(directions):
            step = 1e-6 * max(1.0, abs(at[place]))
            more = tuple(v + step * (n == place) for n, v in enumerate(at))
            assert direction * (rule(*more) - rule(*at)) > 0.0, (rule.__name__, place)


def test_orientation_stays_between_all_that_pulls_at_it():
    """Convex for max(warm, cool) + sway <= 1: never outside the span of its own, fit, base and colleagues."""
    for o in (-1.0, -0.5, 0.0, 0.5, 1.0):
        for cov in grid(5):
            for colleague in (-1.0, 0.0, 1.0):
                for pull in (-1.0, -0.3, 0.0, 0.3, 1.0):
                    found = rules.orientation_after(
                        o, cov, rules.sway_of(pull, colleague, o), o < -0.33, 0.5, 0.4, 0.7, 0.5, -0.2, 0.5
                    )
                    heard = [math.copysign(1.0, pull) * colleague] if pull else []
                    pulls = [o, 0.7, -0.2, *heard]
                    assert min(pulls) - 1e-12 <= found <= max(pulls) + 1e-12


def test_no_contact_is_no_worse_a_shock_than_one_contact():
    """A leaver whom we knew leaves no larger shock than the same leaver whom we never knew."""
    for share in grid():
        for others in grid():
            assert rules.hit_of_leavers(share, others) <= rules.hit_of_leavers(share, 0.0)
