"""What a plan is asked for and what it says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Literal

from graph.errors import InputError

Status = Literal["optimal", "infeasible", "time_limit", "saved"]
ActionStatus = Literal["planned", "started", "done", "dropped"]


@dataclass(frozen=True, slots=True)
class Pin:
    """An action that a plan must have: one that somebody wants, or has begun.

    Attributes
    ----------
    person, stakeholder, also
        Ids of our person, of the stakeholder and of others of theirs who come, too.
    month
        1 … months of the plan.
    id, due_on, status, pinned
        Of an action that is already in the store.
    """

    person: str
    stakeholder: str
    kind: str
    month: int
    also: tuple[str, ...] = ()
    id: str | None = None
    due_on: date | None = None
    status: ActionStatus = "planned"
    pinned: bool = True


@dataclass(frozen=True, slots=True)
class Ban:
    """Actions that a plan must not have; what is None stands for any."""

    person: str | None = None
    stakeholder: str | None = None
    kind: str | None = None
    month: int | None = None


@dataclass(frozen=True, slots=True)
class PlanLimits:
    """What a plan may use, and what it must reach.

    Attributes
    ----------
    budget
        Most that all actions may cost together (currency); None without a limit.
    hours
        Cap per person and month (h); whoever has less keeps less. None without a cap.
    months
        Length of the plan, which is also the horizon of the gap.
    gap
        Relative gap up to which the plan is proved.
    target_gap
        Hard wish: the weighted gap falls to this.
    two_threads
        Hard wish: every decision maker has two threads at the horizon.
    time_limit
        Seconds for each program to be solved.
    least_gain
        What an action must add to the objective for each hour of work. None takes the policy's; but at a
        `gap` of 0, which asks for the literal best, it takes 0.
    pinned, forbidden
        What the plan must have, and what it must not.

    Raises
    ------
    InputError
        A number is out of its range.
    """

    budget: float | None = None
    hours: float | None = None
    months: int = 12
    gap: float = 0.001
    target_gap: float | None = None
    two_threads: bool = False
    time_limit: float = 60.0
    least_gain: float | None = None
    pinned: tuple[Pin, ...] = ()
    forbidden: tuple[Ban, ...] = ()

    def __post_init__(self) -> None:
        for name in ("budget", "hours", "gap", "target_gap", "time_limit", "least_gain"):
            value = getattr(self, name)
            if value is not None and not (isfinite(value) and value >= 0):
                raise InputError(f"{name} of a plan must be a number of at least 0, found {value}.")
        if not 1 <= self.months <= 60:
            raise InputError(f"months of a plan must lie between 1 and 60, found {self.months}.")
        if self.gap >= 1:
            raise InputError(f"gap of a plan is a share below 1, for instance 0.001, found {self.gap}.")
        months = [pin.month for pin in self.pinned]
        months += [ban.month for ban in self.forbidden if ban.month is not None]
        for month in months:
            if not 1 <= month <= self.months:
                raise InputError(
                    f"A pinned or forbidden month of a plan lies between 1 and {self.months}, found {month}."
                )


@dataclass(frozen=True, slots=True)
class Guest:
    """One more of theirs who comes to an action."""

    stakeholder: str
    stakeholder_name: str


@dataclass(frozen=True, slots=True)
class Action:
    """One planned touchpoint: who meets whom, when, in which form.

    Attributes
    ----------
    id
        Of account, person, stakeholder, kind and day, the same whenever the same action is planned.
    stakeholder, also
        Whom it is for; of several who come to one action, whom it brings closest to the target, then the
        others.
    month
        1 … months, counted from the plan's day.
    hours, cost
        Hours of our person; currency beside them. Spent once, whoever comes.
    expected_gain
        How much of the weighted gap it closes at the horizon, on top of the actions before it.
    path
        Ids from one of ours to the stakeholder: who can introduce our person; empty where they know each
        other, or nobody can.
    status, pinned
        What became of it; whether planning anew must keep it.
    """

    id: str
    person: str
    person_name: str
    stakeholder: str
    stakeholder_name: str
    kind: str
    due_on: date
    month: int
    hours: float
    cost: float
    expected_gain: float
    reason: str
    also: tuple[Guest, ...] = ()
    path: tuple[str, ...] = ()
    status: ActionStatus = "planned"
    pinned: bool = False

    @property
    def stakeholders(self) -> tuple[str, ...]:
        """Ids of all of theirs who are there."""
        return (self.stakeholder, *(guest.stakeholder for guest in self.also))


@dataclass(frozen=True, slots=True)
class Approach:
    """How the plan works on an opponent, who has no part in the gap: through those who sway them.

    Attributes
    ----------
    through
        Ids from the one of theirs whom we know to the opponent; empty where there is no such way.
    action
        Id of the first action of the plan with that person; None where there is none.
    surroundings
        Coverage of those who support the opponent, weighted by their lines, at the horizon: if nothing is
        done, and with the plan. None where nobody is known to.
    """

    opponent: str
    opponent_name: str
    influence: float
    through: tuple[str, ...]
    action: str | None
    surroundings: tuple[float | None, float | None]
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The exact measures of the account: today, at the horizon if nothing is done, and with the plan."""

    when: Literal["today", "nothing done", "plan done"]
    coverage: float | None
    connectivity: int
    connectivity_decision: int | None
    diamond_index: float | None
    shape: str


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One limit which, relaxed alone to `least`, lets the hard wishes come true."""

    limit: str
    least: float


@dataclass(frozen=True, slots=True)
class Plan:
    """A lobbying plan.

    Attributes
    ----------
    status
        `optimal` where the gap is proved, `time_limit` where time ran out before; `infeasible` where the
        hard wishes cannot be met; `saved` for one read back from the store.
    gap
        Relative gap between `bound` and `objective`; None where no bound is known.
    objective, bound
        Of the program that chooses the actions, with its bonuses; no plan within the limits exceeds
        `bound` unless it takes more work, and then by less than `least_gain` for each hour of that.
    gap_before, gap_after
        Weighted gap at the horizon if nothing is done and with the plan, by the exact rules.
    segment_error
        How far the program's own gap at the horizon lies from `gap_after`.
    schedule_loss
        How much of the objective is lost because the months cannot be spread as evenly as it takes for
        granted.
    hours, cost
        Of all actions.
    least_gain
        What every action had to add to the objective for each hour of work.
    approaches
        Opponents, the most influential first.
    standing
        Measures before and after.
    """

    account: str
    as_of: date
    months: int
    status: Status
    gap: float | None
    objective: float | None
    bound: float | None
    gap_before: float | None
    gap_after: float | None
    segment_error: float | None
    schedule_loss: float | None
    hours: float
    cost: float
    relax: tuple[Relaxation, ...] = ()
    actions: tuple[Action, ...] = ()
    warnings: tuple[str, ...] = ()
    least_gain: float | None = None
    approaches: tuple[Approach, ...] = ()
    standing: tuple[Standing, ...] = ()


@dataclass(frozen=True, slots=True)
class Together:
    """The plans of several accounts whose people share their hours and one budget.

    `gap`, `objective` and `bound` are those of all accounts in one program; the other figures are sums.
    """

    as_of: date
    months: int
    status: Status
    gap: float | None
    objective: float | None
    bound: float | None
    gap_before: float
    gap_after: float
    hours: float
    cost: float
    plans: tuple[Plan, ...]
    relax: tuple[Relaxation, ...] = ()
    warnings: tuple[str, ...] = ()


def action_id(account: str, person: str, whom: str, kind: str, due_on: date, ordinal: int) -> str:
    """Return the id of an action; `ordinal` numbers equal ones on one day from 1.

    Parameters
    ----------
    whom
        Ids of the stakeholders, joined.
    """
    key = "\x1f".join((account, person, whom, kind, due_on.isoformat(), str(ordinal)))
    return "action:" + hashlib.sha256(key.encode()).hexdigest()[:20]
