"""What may be planned and what it is worth: the terms of the program that chooses the actions.

Every contact is taken as spread evenly over the months, so that an hour of it is worth its mean over the
months at the horizon. That keeps the months out of the choice; `graph.plan.schedule` finds them afterwards.
What is fixed beforehand (`Frame`) has its month, so its hours are taken from that month and its effort is
worth what it is worth from there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import floor, inf, isfinite

import numpy as np
from numpy.typing import NDArray

from graph.account import Account
from graph.plan.forms import Form, Placed, effort_of, forms_of
from graph.plan.model import PlanLimits
from graph.plan.outlook import Outlook, Segments, Triple

Counts = dict[Triple, int]  # by form: how often a stakeholder is there
Pair = tuple[int, int]
Part = dict[tuple[int, str], int]  # one stakeholder's share of the counts: person and form -> count
Session = tuple[int, int, str]  # our person, circle, form: an action that several of a circle come to

# What an hour counts beside money where two choices reach the same (currency/h): an assumption.
HOUR_COST = 80.0
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


@dataclass(frozen=True, slots=True)
class Gathering:
    """A form of action for several, with those of ours who can hold it for the same of theirs."""

    form: str
    hosts: tuple[int, ...]
    guests: tuple[int, ...]


Banned = tuple[int | None, int | None, str | None, int | None]


@dataclass(frozen=True)
class Frame:
    """What is settled before anything is chosen; people by their positions.

    Attributes
    ----------
    fixed
        Actions that the plan must have.
    banned
        Person, stakeholder, kind and month that it must not have; None stands for any.
    circle
        By stakeholder: whom an action can bring together, which are those of one number. All, if empty.
    reach
        Who of ours may meet whom, shape (ours, theirs); everybody everybody, if None.
    shares
        Most hours a month of a person in a circle, on average over the months.
    least_gain, preparation
        What an action must add to the objective for each hour of work to be worth its while; money counts
        at `HOUR_COST`, and each action takes some hours of preparation that fill nobody's month.
    """

    fixed: tuple[Placed, ...] = ()
    banned: frozenset[Banned] = frozenset()
    circle: tuple[int, ...] = ()
    reach: NDArray[np.bool_] | None = None
    shares: Mapping[Pair, float] = field(default_factory=dict)
    least_gain: float = 0.0
    preparation: float = 0.0

    def circle_of(self, stakeholder: int) -> int:
        """Return the circle of a stakeholder."""
        return self.circle[stakeholder] if self.circle else 0

    def bans(self, person: int, stakeholder: int, kind: str, month: int | None = None) -> bool:
        """Tell whether an action is banned in every month, or in the one given."""
        return any(
            one in (None, person)
            and other in (None, stakeholder)
            and form in (None, kind)
            and (when is None if month is None else when in (None, month))
            for one, other, form, when in self.banned
        )

    def bans_some_month(self, person: int, stakeholder: int, kind: str) -> bool:
        """Tell whether an action is banned in one month or another."""
        return any(
            when is not None
            and one in (None, person)
            and other in (None, stakeholder)
            and form in (None, kind)
            for one, other, form, when in self.banned
        )

    def may_meet(self, person: int, stakeholder: int) -> bool:
        """Tell whether two may meet at all."""
        return self.reach is None or bool(self.reach[person, stakeholder])


class Program:
    """The choice of one account: horizon, limits and wishes.

    Attributes
    ----------
    kinds
        Forms of actions that are worth anything, by name.
    triples
        What two may do together alone, sorted: person, stakeholder and form.
    gatherings
        What several of theirs may come to.
    most
        By form: how often with one stakeholder over the months, all of ours together.
    room
        Hours of each of ours in each month that nothing fixed takes, shape (ours, months).
    money
        Budget that nothing fixed takes.
    worth
        By stakeholder: what an hour of effort, evenly spread, is worth at the horizon.
    segments
        By stakeholder: the gap that effort closes.
    """

    def __init__(
        self, outlook: Outlook, allowance: Allowance, wishes: Wishes, frame: Frame | None = None
    ) -> None:
        self.outlook = outlook
        self.allowance = allowance
        self.wishes = wishes
        self.frame = frame = frame or Frame()
        policy = outlook.account.policy
        self.kinds: dict[str, Form] = {
            name: form
            for kind in sorted(policy.kinds)
            for name, form in forms_of(policy.kinds[kind])
            if form.effort > 0
        }
        months = outlook.months
        self.most = {
            name: floor(allowance.yearly[form.kind] * months / 12 + 1e-9) for name, form in self.kinds.items()
        }
        self._fix(outlook.account)
        self.worth = {
            index: float(outlook.keep(float(outlook.account.target[index])).mean()) / wishes.margin
            for index in outlook.eligible
        }
        self.triples: list[Triple] = list(self._triples())
        self.gatherings: list[Gathering] = list(self._gatherings())
        names = {*(name for _, _, name in self.triples), *(one.form for one in self.gatherings)}
        usable = {self.kinds[name].kind for name in names}
        best: defaultdict[str, float] = defaultdict(float)
        for form in self.kinds.values():
            if form.kind in usable:
                best[form.kind] = max(best[form.kind], form.effort)
        hours = sum(self.most[kind] * effort for kind, effort in sorted(best.items()))
        self.segments: dict[int, Segments] = {
            index: outlook.segments(index, self.worth[index] * hours + self.fixed_effort[index])
            for index in outlook.eligible
        }

    def _fix(self, account: Account) -> None:
        """Take what is fixed out of hours, money and yearly limits, and see what it is worth."""
        outlook, policy, margin = self.outlook, account.policy, self.wishes.margin
        self.room = np.tile(self.allowance.caps[:, None], (1, outlook.months)).astype(float)
        self.money = self.allowance.budget
        self._used: defaultdict[tuple[int, str], int] = defaultdict(int)
        self.fixed_effort = dict.fromkeys(range(len(account.theirs)), 0.0)
        self.fixed_thread: defaultdict[Pair, float] = defaultdict(float)
        at_thread = outlook.keep(outlook.thread_min)
        for (person, stakeholders, name), month in self.frame.fixed:
            kind = policy.kinds[name]
            effort = effort_of(kind, len(stakeholders))
            self.room[person, month - 1] -= kind.hours
            alone = len(stakeholders) == 1
            self.money -= kind.cost
            for stakeholder in stakeholders:
                self._used[stakeholder, name] += 1
                kept = outlook.keep(float(account.target[stakeholder]))[month - 1]
                self.fixed_effort[stakeholder] += effort * float(kept) / margin
                if alone:
                    self.fixed_thread[person, stakeholder] += effort * float(at_thread[month - 1]) / margin
        self.room = np.maximum(self.room, 0.0)
        self.money = max(self.money, 0.0)

    def _triples(self) -> Iterator[Triple]:
        for person in range(len(self.allowance.caps)):
            for stakeholder in self.outlook.eligible:
                for name, form in self.kinds.items():
                    if form.size == 1 and self._possible(person, stakeholder, form):
                        yield person, stakeholder, name

    def _possible(self, person: int, stakeholder: int, form: Form) -> bool:
        return (
            float(self.outlook.weight[stakeholder]) > 0
            and form.length <= float(self.room[person].max(initial=0.0)) + 1e-9
            and self.left(stakeholder, form.kind) > 0
            and self.frame.may_meet(person, stakeholder)
            and not self.frame.bans(person, stakeholder, form.kind)
        )

    def _gatherings(self) -> Iterator[Gathering]:
        """Yield who of ours can host whom: people with the same guests stand for each other."""
        for name, form in self.kinds.items():
            if form.size == 1:
                continue
            hosts: dict[tuple[int, ...], list[int]] = {}
            for person in range(len(self.allowance.caps)):
                guests: dict[int, list[int]] = {}
                for stakeholder in self.outlook.eligible:
                    # A month that is banned for one would have to be for all: they come in other forms.
                    if self._possible(person, stakeholder, form) and not self.frame.bans_some_month(
                        person, stakeholder, form.kind
                    ):
                        guests.setdefault(self.frame.circle_of(stakeholder), []).append(stakeholder)
                for known in guests.values():
                    if len(known) >= form.size:
                        hosts.setdefault(tuple(known), []).append(person)
            for group, people in hosts.items():
                yield Gathering(name, tuple(people), group)

    def left(self, stakeholder: int, kind: str) -> int:
        """Return how often a kind may still be planned with a stakeholder."""
        return max(0, self.most.get(kind, 0) - self._used.get((stakeholder, kind), 0))

    def sessions(self, counts: Counts) -> dict[Session, int]:
        """Return how many actions of each form that several come to the counts are."""
        seats: defaultdict[Session, int] = defaultdict(int)
        for (person, stakeholder, name), count in sorted(counts.items()):
            if self.kinds[name].size > 1:
                seats[person, self.frame.circle_of(stakeholder), name] += count
        return {session: count // self.kinds[session[2]].size for session, count in seats.items()}

    def asked(self, name: str) -> float:
        """Return what an action of a form must add to the objective to be worth its while."""
        form = self.kinds[name]
        work = form.length + self.frame.preparation + form.price / HOUR_COST
        return self.frame.least_gain * work

    def asked_of(self, counts: Counts) -> float:
        """Return what all actions of the counts must add to be worth their while."""
        alone = (self.asked(name) * n for (_, _, name), n in counts.items() if self.kinds[name].size == 1)
        return sum(alone) + sum(self.asked(name) * n for (_, _, name), n in self.sessions(counts).items())

    @cached_property
    def pair_bonus(self) -> dict[Pair, float]:
        """What a new thread of each pair is worth beside coverage: same function, and near in level.

        A tie earns it in the share that its effort makes of a thread, so that the bonus asks for no count
        of its own and one e-mail earns next to nothing. It counts what two do together alone: among several
        it is left open whose thread it becomes.
        """
        account = self.outlook.account
        policy, bonus = account.policy, account.policy.limits["pair_bonus"]
        worth = {}
        for person, stakeholder in dict.fromkeys([*((j, i) for j, i, _ in self.triples), *self.fixed_thread]):
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
    def thread_worth(self) -> float:
        """What an hour of effort, evenly spread, is worth at the horizon in a tie at a thread's strength."""
        return float(self.outlook.keep(self.outlook.thread_min).mean()) / self.wishes.margin

    @cached_property
    def thread_effort(self) -> dict[Pair, float]:
        """Effective hours, unfaded, that make a thread of each pair that would be none and counts as one.

        The effort fades as that of a tie at the thread's own strength, which is faster than at the target.
        """
        faded = self.outlook.faded
        needed = {
            pair: self.outlook.needed(1.0 - float(faded[pair]), self.outlook.thread_min) / self.thread_worth
            for pair, bonus in self.pair_bonus.items()
            if faded[pair] < self.outlook.thread_min and (bonus > 0 or pair[1] in self.second_bonus)
        }
        return {pair: effort for pair, effort in needed.items() if isfinite(effort) and effort > 0}

    def fixed_share(self, pair: Pair) -> float:
        """Return the effort, unfaded, that what is fixed puts into a pair's thread."""
        return self.fixed_thread.get(pair, 0.0) / self.thread_worth if pair in self.fixed_thread else 0.0

    def efforts(self, counts: Counts) -> dict[int, float]:
        """Return each stakeholder's effort at the horizon, evenly spread, with what is fixed."""
        total = {index: self.fixed_effort[index] for index in self.outlook.eligible}
        for (_, stakeholder, name), count in sorted(counts.items()):
            total[stakeholder] += self.worth[stakeholder] * self.kinds[name].effort * count
        return total

    def closed(self, counts: Counts) -> float:
        """Return the weighted gap that the counts close, by the segments."""
        return sum(self.segments[index].at(effort) for index, effort in self.efforts(counts).items())

    def bonus(self, counts: Counts) -> float:
        """Return what the counts' ties are worth beside coverage."""
        parts = self._parts(counts)
        return sum(self._bonus_of(index, parts.get(index, {})) for index in self.outlook.eligible)

    def objective(self, counts: Counts) -> float:
        """Return what the program maximises: the gap closed and the bonuses."""
        parts = self._parts(counts)
        return sum(self.worth_of(index, parts.get(index, {})) for index in self.outlook.eligible)

    def worth_of(self, stakeholder: int, part: Part) -> float:
        """Return a stakeholder's share of the objective, which hangs on nobody else's actions."""
        hours = sum(self.kinds[name].effort * count for (_, name), count in sorted(part.items()))
        effort = self.worth[stakeholder] * hours + self.fixed_effort[stakeholder]
        return self.segments[stakeholder].at(effort) + self._bonus_of(stakeholder, part)

    def _bonus_of(self, stakeholder: int, part: Part) -> float:
        effort: dict[int, float] = {
            person: self.fixed_share((person, other))
            for person, other in self.fixed_thread
            if other == stakeholder
        }
        for (person, name), count in sorted(part.items()):
            if self.kinds[name].size == 1:
                effort[person] = effort.get(person, 0.0) + self.kinds[name].effort * count
        value, threads = 0.0, self.threads_kept[stakeholder]
        for person, spent in sorted(effort.items()):
            need = self.thread_effort.get((person, stakeholder))
            if need is not None:
                value += self.pair_bonus[person, stakeholder] * min(1.0, spent / need)
                threads += spent >= need - TOLERANCE
        return value + (self.second_bonus.get(stakeholder, 0.0) if threads >= 2 else 0.0)

    def _parts(self, counts: Counts) -> dict[int, Part]:
        parts: dict[int, Part] = {}
        for (person, stakeholder, name), count in sorted(counts.items()):
            parts.setdefault(stakeholder, {})[person, name] = count
        return parts

    def share_cap(self, person: int, circle: int) -> float:
        """Return the hours that a person may spend in a circle over all months."""
        return self.frame.shares.get((person, circle), inf) * self.outlook.months
