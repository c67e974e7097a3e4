"""Strengths from the log, against the table of settled values."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from graph.policy import load_policy
from graph.replay import Contact, Given, strength_on

DAY = date(2026, 1, 31)
POLICY = load_policy()


def every(days: float, kind: str, attendees: int = 1, count: int = 2500) -> list[Contact]:
    return [
        Contact(DAY - timedelta(days=round(days * n)), f"t{n}", kind, None, attendees)
        for n in range(min(count, int(3650 / days)))
    ]


@pytest.mark.parametrize(
    ("rhythm", "kind", "attendees", "settles"),
    [
        (30.4375, "e_mail", 1, 0.01),
        (7, "e_mail", 1, 0.06),
        (30.4375 / 20, "e_mail", 1, 0.34),
        (7, "call", 1, 0.52),
        (30.4375, "call", 1, 0.11),
        (30.4375, "meeting", 1, 0.52),
        (15.22, "meeting", 1, 0.78),
        (91.3125, "meeting", 1, 0.15),
        (91.3125, "visit", 1, 0.46),
        (182.625, "visit", 1, 0.21),
        (91.3125, "review", 4, 0.15),
        (182.625, "training", 8, 0.05),
        (182.625, "event", 2, 0.09),
        (365.25, "dinner", 1, 0.09),
        (91.3125, "dinner", 1, 0.40),
        (365.25, "plant_tour", 1, 0.16),
    ],
)
def test_settled_strengths(rhythm, kind, attendees, settles):
    # Averaged over a whole rhythm, since a strength swings between two touchpoints of a rare kind.
    found = [
        strength_on(DAY + timedelta(days=late), every(rhythm, kind, attendees), POLICY)
        for late in range(0, max(31, int(rhythm)), 5)
    ]
    assert min(found) - 0.03 <= settles <= max(found) + 0.03


def test_given_strength_replaces_what_was_before_it():
    log = every(7, "meeting")
    assert strength_on(DAY, log, POLICY, Given(0.8, DAY)) == 0.8
    later = DAY + timedelta(days=61)
    assert strength_on(later, log, POLICY, Given(0.8, DAY)) == strength_on(later, [], POLICY, Given(0.8, DAY))
    assert strength_on(DAY, log, POLICY, Given(0.8, later)) == strength_on(DAY, log, POLICY)


def test_a_given_strength_fades_by_whole_steps():
    given = Given(0.5, DAY)
    assert strength_on(DAY + timedelta(days=30), [], POLICY, given) == 0.5
    assert strength_on(DAY + timedelta(days=31), [], POLICY, given) < 0.5


def test_future_touchpoints_and_unknown_kinds_count_for_nothing():
    assert strength_on(DAY, [Contact(DAY + timedelta(days=1), "t", "visit", None, 1)], POLICY) == 0.0
    assert strength_on(DAY, [Contact(DAY, "t", "seance", 600, 1)], POLICY) == 0.0


def test_twenty_emails_a_step_are_the_most_that_count():
    mails = [Contact(DAY, f"m{n:03}", "e_mail", None, 1) for n in range(200)]
    assert strength_on(DAY, mails, POLICY) == strength_on(DAY, mails[:20], POLICY)


def test_the_order_of_the_log_does_not_matter():
    log = every(11, "call", count=30)
    assert strength_on(DAY, log, POLICY) == strength_on(DAY, list(reversed(log)), POLICY)
