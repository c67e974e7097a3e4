"""What else could be done: the next best without an action, and what one more hour or coin would buy.

Both are found by solving again, not from prices of the limits: actions are whole, so what a limit is worth
comes in steps. Plans are compared by what their choice maximises: the objective less what their actions are
asked for, without which a plan with more work would always seem the better one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import isfinite

from graph.account import Account
from graph.plan.model import Ban, Plan, PlanLimits
from graph.plan.program import HOUR_COST
from graph.plan.propose import propose


@dataclass(frozen=True, slots=True)
class Change:
    """How many more (or fewer) actions of a kind two people have in the other plan."""

    person: str
    person_name: str
    stakeholder: str
    stakeholder_name: str
    kind: str
    change: int


@dataclass(frozen=True, slots=True)
class Instead:
    """The plan without some actions, beside the one with them.

    Attributes
    ----------
    without, person_name, stakeholder_name
        Which actions it may not have, and the names of those who are in `without`.
    objective, gap_after
        With them and without.
    at_most
        The most that they can be worth beyond what is asked for them, given how far the plan is proved.
    changes
        What the other plan does more and less of.
    """

    without: Ban
    objective: tuple[float, float]
    gap_after: tuple[float, float]
    at_most: float
    changes: tuple[Change, ...]
    person_name: str | None = None
    stakeholder_name: str | None = None


@dataclass(frozen=True, slots=True)
class More:
    """What one more of a limit buys.

    Attributes
    ----------
    limit
        `budget`, `hours` (of everybody), or `hours.PERSON`: an hour more in each month.
    amount
        How much more: 1, and for the budget also the least that a touchpoint costs.
    objective
        By how much more than its actions are asked for it has of the objective, as found by solving again.
        Not below 0, nor below what less of the limit buys: what was possible still is.
    at_least, at_most
        Between what, given how far both plans are proved.
    person_name
        Whose hours; None where it is not the hours of one.
    """

    limit: str
    amount: float
    objective: float
    at_least: float
    at_most: float
    person_name: str | None = None


def next_best(account: Account, limits: PlanLimits, plan: Plan, without: Ban) -> Instead:
    """Solve again without some actions, and say what takes their place.

    Parameters
    ----------
    plan
        As proposed within the limits.
    """
    other = propose(account, replace(limits, forbidden=(*limits.forbidden, without)))
    before, after = _counts(plan), _counts(other)
    people = account.people
    changes = tuple(
        Change(
            person, people[person].name, stakeholder, people[stakeholder].name, kind, after[key] - before[key]
        )
        for key in sorted({*before, *after}, key=lambda key: (before[key] - after[key], key))
        for person, stakeholder, kind in [key]
        if after[key] != before[key]
    )
    return Instead(
        without=without,
        objective=(plan.objective or 0.0, other.objective or 0.0),
        gap_after=(plan.gap_after or 0.0, other.gap_after or 0.0),
        at_most=max(0.0, _worth(account, plan)[1] - _worth(account, other)[0]),
        changes=changes,
        person_name=None if without.person is None else people[without.person].name,
        stakeholder_name=None if without.stakeholder is None else people[without.stakeholder].name,
    )


def one_more(account: Account, limits: PlanLimits, plan: Plan) -> tuple[More, ...]:
    """Solve again with one more of each limit, the one worth most first."""
    names = {f"hours.{person.id}": person.name for person in account.ours}
    before, most_before = _worth(account, plan)
    found: list[More] = []
    for limit, amount, richer, wider in _richer(account, limits):
        after, most_after = _worth(account, propose(richer, wider))
        less = [one for one in found if one.limit == limit or one.limit.startswith(f"{limit}.")]
        gained = max([0.0, after - before, *(one.objective for one in less)])
        found.append(
            More(
                limit=limit,
                amount=amount,
                objective=gained,
                at_least=max([0.0, after - most_before, *(one.at_least for one in less)]),
                at_most=max(most_after - before, gained),
                person_name=names.get(limit),
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.objective, one.limit, one.amount)))


def _worth(account: Account, plan: Plan) -> tuple[float, float]:
    """Return what a plan has of the objective beyond what its actions are asked for, and the bound on it."""
    work = plan.hours + account.policy.limits["preparation"] * len(plan.actions) + plan.cost / HOUR_COST
    asked = (plan.least_gain or 0.0) * work
    objective = plan.objective or 0.0
    return objective - asked, (objective if plan.bound is None else plan.bound) - asked


def _richer(account: Account, limits: PlanLimits) -> Iterator[tuple[str, float, Account, PlanLimits]]:
    """Yield each limit that is there with one more of it; what holds another comes after it."""
    if limits.budget is not None and isfinite(limits.budget):
        costs = [kind.cost for kind in account.policy.kinds.values() if kind.cost > 0]
        for amount in sorted({1.0, min(costs, default=1.0)}):
            yield "budget", amount, account, replace(limits, budget=limits.budget + amount)
    for person in account.ours:
        richer = _with_hours(account, limits, [person.id])
        yield f"hours.{person.id}", 1.0, richer, replace(limits, hours=None)
    more = replace(limits, hours=None if limits.hours is None else limits.hours + 1.0)
    yield "hours", 1.0, _with_hours(account, limits, [person.id for person in account.ours]), more


def _with_hours(account: Account, limits: PlanLimits, people: list[str]) -> Account:
    """Return the account in which some have an hour a month more than the plan allows them now."""
    cap = limits.hours
    hours = {
        person.id: (float(own) if cap is None else min(float(own), cap)) + (person.id in people)
        for person, own in zip(account.ours, account.hours, strict=True)
    }
    return replace(
        account,
        ours=tuple(replace(person, time_capacity=hours[person.id]) for person in account.ours),
        share_of_time={},
        accounts_of={},
    )


def _counts(plan: Plan) -> Counter[tuple[str, str, str]]:
    return Counter((one.person, whom, one.kind) for one in plan.actions for whom in one.stakeholders)
