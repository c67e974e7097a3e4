"""What a plan is asked for and what it says."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Literal

from graph.errors import InputError

Status = Literal["optimal", "infeasible", "time_limit", "saved"]


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

    def __post_init__(self) -> None:
        for name in ("budget", "hours", "gap", "target_gap", "time_limit"):
            value = getattr(self, name)
            if value is not None and not (isfinite(value) and value >= 0):
                raise InputError(f"{name} of a plan must be a number of at least 0, found {value}.")
        if not 1 <= self.months <= 60:
            raise InputError(f"months of a plan must lie between 1 and 60, found {self.months}.")
        if self.gap >= 1:
            raise InputError(f"gap of a plan is a share below 1, for instance 0.001, found {self.gap}.")


@dataclass(frozen=True, slots=True)
class Action:
    """One planned touchpoint: who meets whom, when, in which form.

    Attributes
    ----------
    id
        Of account, person, stakeholder, kind and day, the same whenever the same action is planned.
    month
        1 … months, counted from the plan's day.
    hours, cost
        Hours of our person; currency beside them.
    expected_gain
        How much of the weighted gap it closes at the horizon, on top of the actions before it.
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
        `bound`.
    gap_before, gap_after
        Weighted gap at the horizon if nothing is done and with the plan, by the exact rules.
    segment_error
        How far the program's own gap at the horizon lies from `gap_after`.
    schedule_loss
        How much of the objective is lost because the months cannot be spread as evenly as it takes for
        granted.
    hours, cost
        Of all actions.
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


def action_id(account: str, person: str, stakeholder: str, kind: str, due_on: date, ordinal: int) -> str:
    """Return the id of an action; `ordinal` numbers equal ones on one day from 1."""
    key = "\x1f".join((account, person, stakeholder, kind, due_on.isoformat(), str(ordinal)))
    return "action:" + hashlib.sha256(key.encode()).hexdigest()[:20]
