"""What may be planned and what it is worth: the terms of the program that chooses the actions.

Every contact is taken as spread evenly over the months, so that an hour of it is worth its mean over the
months at the horizon. That keeps the months out of the choice; `graph.plan.schedule` finds them afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import floor, isfinite

import numpy as np
from numpy.typing import NDArray

from graph.plan.model import PlanLimits
from graph.plan.outlook import Outlook, Segments, Triple

Counts = dict[Triple, int]
Pair = tuple[int, int]
Part = dict[tuple[int, str], int]  # one stakeholder's share of the counts: person and kind -> count

# HiGHS takes a row as kept when it is broken by no more than this.
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Allowance:
    """Upper limits of a plan, resolved for one account.

    Attributes
    ----------
    caps
        Hours per person and month, shape (ours,).
    budget
        Currency; infinite without a limit.
    yearly
        Touchpoints of a kind with one stakeholder in a year, all of ours together.
    """

    caps: NDArray[np.float64]
    budget: float
    yearly: Mapping[str, float]

    @classmethod
    def of(cls, outlook: Outlook, limits: PlanLimits) -> Allowance:
        """Take the account's hours and the policy's yearly limits, under the plan's own."""
        account = outlook.account
        caps = account.hours if limits.hours is None else np.minimum(account.hours, limits.hours)
        yearly = {name: float(kind.yearly_limit) for name, kind in account.policy.kinds.items()}
        return cls(caps, np.inf if limits.budget is None else limits.budget, yearly)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a plan must reach.

    Attributes
    ----------
    gap
        Largest weighted gap at the horizon.
    two_threads
        Whether every decision maker must have two threads then.
    margin
        At least 1: effort counts for this much less than the program thinks, in case the exact rules ask
        for more than it does.
    """

    gap: float | None = None
    two_threads: bool = False
    margin: float = 1.0

    def __bool__(self) -> bool:
        return self.gap is not None or self.two_threads


class Program:
    """The choice of one account: horizon, limits and wishes.

    Attributes
    ----------
    triples
        What may be planned, sorted: person, stakeholder and kind.
    most
        By kind: how often with one stakeholder over the months, all of ours together.
    worth
        By stakeholder: what an hour of effort, evenly spread, is worth at the horizon.
    segments
        By stakeholder: the gap that effort closes.
    """

    def __init__(self, outlook: Outlook, allowance: Allowance, wishes: Wishes) -> None:
        self.outlook = outlook
        self.allowance = allowance
        self.wishes = wishes
        account, kinds = outlook.account, outlook.account.policy.kinds
        self.kinds = {name: kinds[name] for name in sorted(kinds) if outlook.effort(name) > 0}
        self.most = {name: floor(allowance.yearly[name] * outlook.months / 12 + 1e-9) for name in self.kinds}
        self.worth = {
            index: float(outlook.keep(float(account.target[index])).mean()) / wishes.margin
            for index in outlook.eligible
        }
        self.triples: list[Triple] = [
            (person, stakeholder, name)
            for person, cap in enumerate(allowance.caps)
            for stakeholder in outlook.eligible
            if outlook.weight[stakeholder] > 0
            for name, kind in self.kinds.items()
            if self.most[name] > 0 and kind.hours <= cap + 1e-9
        ]
        usable = {name for _, _, name in self.triples}
        hours = sum(self.most[name] * outlook.effort(name) for name in sorted(usable))
        self.segments: dict[int, Segments] = {
            index: outlook.segments(index, self.worth[index] * hours) for index in outlook.eligible
        }

    @cached_property
    def pair_bonus(self) -> dict[Pair, float]:
        """What a new thread of each pair is worth beside coverage: same function, and near in level.

        A tie earns it in the share that its effort makes of a thread, so that the bonus asks for no count
        of its own and one e-mail earns next to nothing.
        """
        account = self.outlook.account
        policy, bonus = account.policy, account.policy.limits["pair_bonus"]
        worth = {}
        for person, stakeholder in dict.fromkeys((j, i) for j, i, _ in self.triples):
            ours, theirs = account.ours[person], account.theirs[stakeholder]
            near = (
                ours.level is not None
                and theirs.level is not None
                and abs(ours.level - theirs.level) <= policy.limits["level_reach"]
            )
            matches = policy.same_function(ours.function, theirs.function) + near
            worth[person, stakeholder] = bonus * matches * float(account.influence[stakeholder])
        return worth

    @cached_property
    def threads_kept(self) -> dict[int, int]:
        """Threads of each stakeholder at the horizon if nothing is done."""
        kept = (self.outlook.faded >= self.outlook.thread_min).sum(axis=0)
        return {index: int(kept[index]) for index in self.outlook.eligible}

    @cached_property
    def second_bonus(self) -> dict[int, float]:
        """What a second thread is worth, for each decision maker who would be left with fewer."""
        account = self.outlook.account
        bonus = account.policy.limits["second_thread_bonus"]
        return {
            index: bonus * float(account.influence[index])
            for index in self.outlook.eligible
            if account.theirs[index].role == "decision_maker" and self.threads_kept[index] < 2
        }

    @cached_property
    def thread_effort(self) -> dict[Pair, float]:
        """Effective hours, unfaded, that make a thread of each pair that would be none and counts as one.

        The effort fades as that of a tie at the thread's own strength, which is faster than at the target.
        """
        worth = float(self.outlook.keep(self.outlook.thread_min).mean()) / self.wishes.margin
        faded = self.outlook.faded
        needed = {
            pair: self.outlook.needed(1.0 - float(faded[pair]), self.outlook.thread_min) / worth
            for pair, bonus in self.pair_bonus.items()
            if faded[pair] < self.outlook.thread_min and (bonus > 0 or pair[1] in self.second_bonus)
        }
        return {pair: effort for pair, effort in needed.items() if isfinite(effort)}

    def efforts(self, counts: Counts) -> dict[int, float]:
        """Return each stakeholder's effort at the horizon, evenly spread."""
        total = dict.fromkeys(self.outlook.eligible, 0.0)
        for (_, stakeholder, kind), count in sorted(counts.items()):
            total[stakeholder] += self.worth[stakeholder] * self.outlook.effort(kind) * count
        return total

    def closed(self, counts: Counts) -> float:
        """Return the weighted gap that the counts close, by the segments."""
        return sum(self.segments[index].at(effort) for index, effort in self.efforts(counts).items())

    def bonus(self, counts: Counts) -> float:
        """Return what the counts' ties are worth beside coverage."""
        return sum(self._bonus_of(index, part) for index, part in self._parts(counts).items())

    def objective(self, counts: Counts) -> float:
        """Return what the program maximises: the gap closed and the bonuses."""
        return sum(self.worth_of(index, part) for index, part in self._parts(counts).items())

    def worth_of(self, stakeholder: int, part: Part) -> float:
        """Return a stakeholder's share of the objective, which hangs on nobody else's actions."""
        hours = sum(self.outlook.effort(kind) * count for (_, kind), count in sorted(part.items()))
        closed = self.segments[stakeholder].at(self.worth[stakeholder] * hours)
        return closed + self._bonus_of(stakeholder, part)

    def _bonus_of(self, stakeholder: int, part: Part) -> float:
        effort: dict[int, float] = {}
        for (person, kind), count in sorted(part.items()):
            effort[person] = effort.get(person, 0.0) + self.outlook.effort(kind) * count
        value, threads = 0.0, self.threads_kept[stakeholder]
        for person, spent in effort.items():
            need = self.thread_effort.get((person, stakeholder))
            if need is not None:
                value += self.pair_bonus[person, stakeholder] * min(1.0, spent / need)
                threads += spent >= need - TOLERANCE
        return value + (self.second_bonus.get(stakeholder, 0.0) if threads >= 2 else 0.0)

    def _parts(self, counts: Counts) -> dict[int, Part]:
        parts: dict[int, Part] = {}
        for (person, stakeholder, kind), count in sorted(counts.items()):
            parts.setdefault(stakeholder, {})[person, kind] = count
        return parts
