"""The strength of a tie as of a day: its touchpoints replayed on a grid of months.

The grid is counted back from the day itself, so the same log gives the same strength whatever else is in
the store. In each step the tie first fades, then all touchpoints of the step renew it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import floor, sqrt

from graph.policy import Policy
from graph.strength import contact, decay

EMAIL = "e_mail"


@dataclass(frozen=True, slots=True)
class Contact:
    """One touchpoint as one tie sees it: when, in which form, shared with how many of theirs."""

    on: date
    touchpoint: str
    kind: str
    minutes: float | None
    attendees: int

    def effort(self, policy: Policy) -> float:
        """Return quality x hours / sqrt(their attendees); a kind that the policy does not know is 0."""
        kind = policy.kinds.get(self.kind)
        if kind is None:
            return 0.0
        hours = kind.hours if self.minutes is None else self.minutes / 60.0
        return kind.quality * hours / sqrt(max(1, self.attendees))


@dataclass(frozen=True, slots=True)
class Given:
    """A strength stated in a file: it replaces every touchpoint up to its day."""

    strength: float
    on: date


def strength_on(day: date, contacts: Iterable[Contact], policy: Policy, given: Given | None = None) -> float:
    """Return the strength of one tie as of `day`, in [0, 1].

    Parameters
    ----------
    contacts
        The touchpoints that both attended, in any order; later ones than `day` are left out.
    given
        A stated strength; one stated after `day` is not known yet and left out.
    """
    limits = policy.limits
    step_days = limits["step_days"]

    def step_of(on: date) -> int:
        return floor((day - on).days / step_days)

    if given is not None and given.on > day:
        given = None
    log = sorted(
        (one for one in contacts if one.on <= day and (given is None or one.on > given.on)),
        key=lambda one: (one.on, one.touchpoint),
    )
    strength = given.strength if given else 0.0
    at = step_of(given.on) if given else (step_of(log[0].on) if log else 0)
    mails: Counter[int] = Counter()
    for one in log:
        step = step_of(one.on)
        strength, at = _faded(strength, at - step, policy), step
        if one.kind == EMAIL:
            mails[step] += 1
            if mails[step] > limits["emails_per_step"]:
                continue
        strength = contact(strength, one.effort(policy), limits["contact_gain"])
    return _faded(strength, at, policy)


def _faded(strength: float, steps: int, policy: Policy) -> float:
    limits = policy.limits
    for _ in range(steps):
        strength = decay(strength, limits["decay_scale"], limits["half_weak"], limits["half_strong"])
    return strength
