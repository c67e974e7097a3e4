"""How the account stands at the horizon: if nothing is done, and with actions in given months.

Two ways to look at it. The exact one replays every tie month by month, as the measures do. The program's
is a straight line inside an exponential: each effort is worth a fixed share of itself at the horizon,
efforts of everybody add up, and the gap they close is cut into segments (`Segments`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil, exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

from graph.account import Account
from graph.errors import InputError
from graph.plan.forms import Placed, effort_of, form_name, parts_of
from graph.replay import EMAIL
from graph.strength import contact, decay

# Segments are as many as it takes to be off by at most this much of a stakeholder's weighted gap.
SEGMENT_TOLERANCE = 5e-4

Triple = tuple[int, int, str]  # positions of our person and of the stakeholder, and the form of the action


@dataclass(frozen=True, slots=True)
class Segments:
    """A stakeholder's weighted gap that effort closes, as a concave chain of straight lines.

    Attributes
    ----------
    effort
        Breakpoints (effective hours at the horizon), from 0 on.
    closed
        Weighted gap closed at each breakpoint, from 0 on.
    """

    effort: NDArray[np.float64]
    closed: NDArray[np.float64]

    def at(self, effort: float) -> float:
        """Return the weighted gap closed by an effort; beyond the last breakpoint nothing more."""
        return float(np.interp(effort, self.effort, self.closed))


class Outlook:
    """An account at a horizon of some months.

    Attributes
    ----------
    months
        The horizon; month m's contacts fade for months - m months.
    faded
        Strengths at the horizon if nothing is done, shape (ours, theirs).
    eligible
        Positions of the stakeholders who count: neither against nor a placeholder.
    weight
        influence / target by stakeholder, 0 for those who do not count.
    before
        Weighted gap at the horizon by stakeholder if nothing is done.
    """

    def __init__(self, account: Account, months: int) -> None:
        self.account = account
        self.months = months
        limits = account.policy.limits
        self._decay = (limits["decay_scale"], limits["half_weak"], limits["half_strong"])
        self.contact_gain = limits["contact_gain"]
        self.thread_min = limits["thread_min"]
        self.faded = self._fade(account.strength)
        counts = ~account.against & ~account.placeholder & (account.target > 0)
        self.eligible = [int(index) for index in np.flatnonzero(counts)]
        for index in self.eligible:
            if account.target[index] >= 1:
                raise InputError(
                    f"The target coverage of {account.theirs[index].id} is {account.target[index]:g}, which "
                    "no plan can reach: lower it below 1 in the policy table targets.csv."
                )
        self.weight = np.zeros(len(account.theirs))
        self.weight[counts] = account.influence[counts] / account.target[counts]
        self.base = np.prod(1.0 - self.faded, axis=0) if account.ours else np.ones(len(account.theirs))
        self.before = self.weight * np.maximum(account.target - (1.0 - self.base), 0.0)
        self.gap_before = float(self.before.sum())

    def _month(self, strength: float) -> float:
        return decay(strength, *self._decay)

    def _fade(self, strength: NDArray[np.float64]) -> NDArray[np.float64]:
        faded = strength.copy()
        for place in zip(*np.nonzero(faded), strict=True):
            for _ in range(self.months):
                faded[place] = self._month(float(faded[place]))
        return faded

    def keep(self, strength: float) -> NDArray[np.float64]:
        """Return what is left at the horizon of one hour of effort made in each month, shape (months,).

        Effort fades as that of a tie at this strength does: a tie of strength s is an effort of
        -log(1 - s) / contact_gain, before and after a month.
        """
        rate = log(1.0 - self._month(strength)) / log(1.0 - strength) if strength > 0 else 1.0
        return np.array([rate ** (self.months - month) for month in range(1, self.months + 1)])

    def effort(self, form: str) -> float:
        """Return the effective hours of one action with each of theirs who is there."""
        kind, size = parts_of(form)
        return effort_of(self.account.policy.kinds[kind], size)

    def needed(self, base: float, coverage: float) -> float:
        """Return the effort that brings a coverage of 1 - base to `coverage`, at least 0."""
        if 1.0 - base >= coverage:
            return 0.0
        return log(base / (1.0 - coverage)) / self.contact_gain if self.contact_gain > 0 else float("inf")

    def segments(self, stakeholder: int, most: float) -> Segments:
        """Cut the gap that up to `most` effort closes for a stakeholder.

        The breakpoints are even in exp(-contact_gain * effort / 2), which makes the largest error of a
        chord the same in every segment: half the square of the step, times base and weight.
        """
        base, weight = float(self.base[stakeholder]), float(self.weight[stakeholder])
        most = min(most, self.needed(base, float(self.account.target[stakeholder])))
        if most <= 0 or weight <= 0 or self.contact_gain <= 0:
            return Segments(np.zeros(1), np.zeros(1))
        last = exp(-self.contact_gain * most / 2.0)
        pieces = max(1, ceil((1.0 - last) * sqrt(base * weight / (2.0 * SEGMENT_TOLERANCE))))
        roots = np.linspace(1.0, last, pieces + 1)
        effort = -2.0 * np.log(roots) / self.contact_gain
        closed = weight * base * (1.0 - roots**2)
        effort[0] = closed[0] = 0.0
        return Segments(effort, closed)

    def strength_with(self, pair: tuple[int, int], by_month: Mapping[int, Mapping[str, int]]) -> float:
        """Return a tie's strength at the horizon with its actions, by the exact rules."""
        strength = float(self.account.strength[pair])
        mails = int(self.account.policy.limits["emails_per_step"])
        for month in range(1, self.months + 1):
            strength = self._month(strength)
            for form, count in sorted(by_month.get(month, {}).items()):
                counted = min(count, mails) if form == EMAIL else count
                strength = contact(strength, counted * self.effort(form), self.contact_gain)
        return strength

    def gap_of(self, stakeholder: int, strengths: Mapping[int, float]) -> float:
        """Return a stakeholder's weighted gap at the horizon; ties not given fade."""
        open_share = 1.0
        for person in range(len(self.account.ours)):
            open_share *= 1.0 - strengths.get(person, float(self.faded[person, stakeholder]))
        shortfall = float(self.account.target[stakeholder]) - (1.0 - open_share)
        return float(self.weight[stakeholder]) * max(shortfall, 0.0)

    def strengths(self, placed: Iterable[Placed]) -> dict[tuple[int, int], float]:
        """Return the strength at the horizon of every tie that has actions, by the exact rules."""
        plan: ByPair = {}
        for meeting, month in placed:
            for pair, form in _ties_of(meeting):
                _count(plan, pair, month, form)
        return {pair: self.strength_with(pair, by_month) for pair, by_month in sorted(plan.items())}

    def marginal_gains(self, placed: Iterable[Placed]) -> tuple[list[float], float]:
        """Return what each action adds to those before it in the sequence, and the gap with all of them.

        Parameters
        ----------
        placed
            Each action's person, stakeholders and kind, with its month.
        """
        plan: ByPair = {}
        strengths: defaultdict[int, dict[int, float]] = defaultdict(dict)
        gap = {index: self.gap_of(index, {}) for index in self.eligible}
        gains = []
        for meeting, month in placed:
            gain = 0.0
            for (person, stakeholder), form in _ties_of(meeting):
                _count(plan, (person, stakeholder), month, form)
                if stakeholder not in gap:
                    continue
                strengths[stakeholder][person] = self.strength_with(
                    (person, stakeholder), plan[person, stakeholder]
                )
                now = self.gap_of(stakeholder, strengths[stakeholder])
                gain += gap[stakeholder] - now
                gap[stakeholder] = now
            gains.append(gain)
        return gains, sum(gap.values())


ByPair = dict[tuple[int, int], dict[int, dict[str, int]]]  # actions by pair, month and form


def _ties_of(meeting: tuple[int, tuple[int, ...], str]) -> Iterable[tuple[tuple[int, int], str]]:
    """Return the ties that an action renews, and its form."""
    person, stakeholders, kind = meeting
    form = form_name(kind, len(stakeholders))
    return [((person, stakeholder), form) for stakeholder in stakeholders]


def _count(plan: ByPair, pair: tuple[int, int], month: int, form: str) -> None:
    in_month = plan.setdefault(pair, {}).setdefault(month, {})
    in_month[form] = in_month.get(form, 0) + 1
