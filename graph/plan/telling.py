"""A draft as a plan: actions with their days and reasons, opponents, measures before and after, warnings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from graph.account import Account, Tie
from graph.measures import measure
from graph.plan.days import days_of
from graph.plan.draft import Draft
from graph.plan.forms import Placed
from graph.plan.model import (
    Action,
    Guest,
    Pin,
    Plan,
    PlanLimits,
    Relaxation,
    Standing,
    Status,
    action_id,
)
from graph.plan.outlook import Outlook
from graph.plan.program import Counts, Program
from graph.plan.reasons import Reasons


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was chosen for one account, in the positions of its own people.

    Attributes
    ----------
    pins
        By action: the number of the pin that it is, else None.
    objective, closed
        Of the program for this account, and the part of it that is gap; `bound`, `gap` and `loss` are known
        only where the account was planned alone.
    """

    placed: tuple[Placed, ...]
    pins: tuple[int | None, ...]
    gains: tuple[float, ...]
    counts: Counts
    objective: float
    closed: float
    least_gain: float
    status: Status
    bound: float | None = None
    gap: float | None = None
    loss: float | None = None

    @classmethod
    def of(cls, draft: Draft) -> Chosen:
        """Take a whole draft."""
        choice, counts = draft.choice, draft.choice.counts or {}
        waiting: dict[Placed, list[int]] = {}
        for number, one in enumerate(draft.program.frame.fixed):
            waiting.setdefault(one, []).append(number)
        # Those that were chosen come after those that were fixed, should they be the same.
        pins = tuple(waiting[one].pop(0) if waiting.get(one) else None for one in draft.placed)
        return cls(
            placed=draft.placed,
            pins=pins,
            gains=tuple(draft.gains),
            counts=counts,
            objective=choice.objective,
            closed=draft.program.closed(counts),
            least_gain=draft.program.frame.least_gain,
            status="optimal" if choice.proved else "time_limit",
            bound=choice.bound,
            gap=choice.gap,
            loss=draft.calendar.loss,
        )


def told(account: Account, limits: PlanLimits, chosen: Chosen, warnings: Iterable[str]) -> Plan:
    """Return a plan of one account with all that it says."""
    outlook = Outlook(account, limits.months)
    strength = outlook.faded.copy()
    for pair, value in outlook.strengths(chosen.placed).items():
        strength[pair] = value
    reasons = Reasons(outlook, strength)
    actions = _actions(account, limits, chosen, outlook, reasons)
    first: dict[int, str] = {}
    for action in actions:
        for one in action.stakeholders:
            first.setdefault(account.their_index[one], action.id)
    gap_after = outlook.gap_before - sum(chosen.gains)
    return Plan(
        account=account.id,
        as_of=account.as_of,
        months=limits.months,
        status=chosen.status,
        gap=chosen.gap,
        objective=chosen.objective,
        bound=chosen.bound,
        gap_before=outlook.gap_before,
        gap_after=gap_after,
        segment_error=abs(outlook.gap_before - chosen.closed - gap_after),
        schedule_loss=chosen.loss,
        hours=sum(action.hours for action in actions),
        cost=sum(action.cost for action in actions),
        actions=actions,
        warnings=tuple(warnings),
        least_gain=chosen.least_gain,
        approaches=reasons.approaches(strength, first),
        standing=(
            _standing("today", account, account.strength),
            _standing("nothing done", account, outlook.faded),
            _standing("plan done", account, strength),
        ),
    )


def _actions(
    account: Account, limits: PlanLimits, chosen: Chosen, outlook: Outlook, reasons: Reasons
) -> tuple[Action, ...]:
    seen: Counter[tuple[Placed, date]] = Counter()
    actions = []
    days = days_of(account.as_of, chosen.placed)
    kinds = account.policy.kinds
    for one, number, gain, day in zip(chosen.placed, chosen.pins, chosen.gains, days, strict=True):
        (person, stakeholders, kind), month = one
        pin = None if number is None else limits.pinned[number]
        due = day if pin is None or pin.due_on is None else pin.due_on
        seen[one, due] += 1
        # Of several, the one with the largest weighted gap is whom it is about.
        ranked = sorted(stakeholders, key=lambda index: (-float(outlook.before[index]), index))
        whom = [account.theirs[index] for index in ranked]
        ours = account.ours[person]
        reason, path = reasons.of(person, ranked)
        joined = "\x1e".join(person.id for person in whom)
        actions.append(
            Action(
                id=action_id(account.id, ours.id, joined, kind, due, seen[one, due])
                if pin is None or pin.id is None
                else pin.id,
                person=ours.id,
                person_name=ours.name,
                stakeholder=whom[0].id,
                stakeholder_name=whom[0].name,
                kind=kind,
                due_on=due,
                month=month,
                hours=kinds[kind].hours,
                cost=kinds[kind].cost,
                expected_gain=gain,
                reason=f"{_because(pin)}{reason}",
                also=tuple(Guest(person.id, person.name) for person in whom[1:]),
                path=path,
                status="planned" if pin is None else pin.status,
                pinned=pin is not None and pin.pinned,
            )
        )
    return tuple(sorted(actions, key=lambda one: (one.due_on, one.person, one.stakeholder, one.kind, one.id)))


def _because(pin: Pin | None) -> str:
    if pin is None:
        return ""
    return "has begun; " if pin.status == "started" else "is pinned; "


def with_strengths(account: Account, strength: NDArray[np.float64]) -> Account:
    """Return the account with other strengths, shape (ours, theirs)."""
    known = {(tie.ours, tie.stakeholder): tie for tie in account.ties}
    ties = []
    for j, ours in enumerate(account.ours):
        for i, theirs in enumerate(account.theirs):
            tie = known.get((ours.id, theirs.id))
            if tie is not None or strength[j, i] > 0:
                tie = tie or Tie(ours.id, theirs.id, 0.0)
                ties.append(replace(tie, strength=float(strength[j, i])))
    return replace(account, ties=tuple(ties))


def _standing(when: object, account: Account, strength: NDArray[np.float64]) -> Standing:
    found = measure(with_strengths(account, strength))
    return Standing(
        when=when,  # type: ignore[arg-type]
        coverage=found.coverage,
        connectivity=found.connectivity,
        connectivity_decision=found.connectivity_decision,
        diamond_index=found.diamond_index,
        shape=found.shape,
    )


def warnings_of(draft: Draft, limits: PlanLimits) -> tuple[str, ...]:
    """Return what to know before trusting a plan."""
    return tuple(_warnings(draft, limits))


def _warnings(draft: Draft, limits: PlanLimits) -> Iterable[str]:
    program, choice = draft.program, draft.choice
    account = program.outlook.account
    if not choice.proved:
        yield (
            f"The time limit of {limits.time_limit:g} s came before the proof: a better plan may exist, "
            + ("with no known bound." if choice.bound is None else f"of at most {choice.bound:.4f}.")
        )
    if not draft.placed and choice.proved:
        yield f"Nothing to plan: {_why_nothing(program)}."
    yield from _broken(program)
    if draft.calendar.left_out:
        planned = len(draft.calendar.placed) + draft.calendar.left_out
        yield (
            f"{draft.calendar.left_out} of {planned} actions fit nobody's month "
            "as whole touchpoints and are left out."
        )
    if draft.calendar.loss > limits.gap * choice.objective + 1e-9:
        yield (
            "Whole touchpoints do not spread evenly over the months: that costs "
            f"{draft.calendar.loss:.4f} of the objective ({draft.calendar.loss / choice.objective:.2%})."
        )
    assumed = sum(person.time_capacity is None for person in account.ours)
    if assumed:
        yield (
            f"{assumed} of {len(account.ours)} of ours have no time_capacity (hours a month for customers): "
            f"{account.policy.limits['hours_default']:g} are assumed."
        )


def _broken(program: Program) -> Iterable[str]:
    """Say which limits the pinned actions break: they are kept all the same."""
    account, allowance = program.outlook.account, program.allowance
    hours: Counter[tuple[int, int]] = Counter()
    uses: Counter[tuple[int, str]] = Counter()
    cost = 0.0
    for (person, stakeholders, kind), month in program.frame.fixed:
        known = account.policy.kinds[kind]
        hours[person, month] += known.hours  # type: ignore[assignment]
        cost += known.cost
        uses.update((stakeholder, kind) for stakeholder in stakeholders)
    for (person, month), spent in sorted(hours.items()):
        if spent > allowance.caps[person] + 1e-9:
            yield (
                f"Pinned and begun actions take {spent:g} h of {account.ours[person].name} in month {month}, "
                f"who has {allowance.caps[person]:g} h."
            )
    if isfinite(allowance.budget) and cost > allowance.budget:
        yield f"Pinned and begun actions cost {cost:g}, above the budget of {allowance.budget:g}."
    for (stakeholder, kind), count in sorted(uses.items()):
        if count > program.most.get(kind, count):
            yield (
                f"Pinned and begun actions have {count} × {kind} with {account.theirs[stakeholder].name}, "
                f"above the limit of {program.most[kind]}."
            )


def _why_nothing(program: Program) -> str:
    account = program.outlook.account
    if not account.ours:
        return "nobody of ours is known"
    if not account.theirs:
        return "nobody of theirs is known"
    if not program.outlook.eligible:
        return "all of theirs are against or placeholders"
    if program.outlook.gap_before <= 0:
        return "no gap is left at the horizon"
    if not program.triples and not program.gatherings:
        return "nobody of ours has the hours for any touchpoint"
    return "no touchpoint within the limits closes enough of the gap to be worth its hours"


def infeasible_warnings(
    outlook: Outlook, limits: PlanLimits, found: tuple[Relaxation, ...]
) -> tuple[str, ...]:
    """Return which wishes no plan reaches, and whether a single limit could help."""
    wishes = []
    if limits.target_gap is not None:
        wishes.append(f"a gap of {limits.target_gap:g} (without a plan {outlook.gap_before:.4f})")
    if limits.two_threads:
        wishes.append("two threads to every decision maker")
    warnings = [f"No plan within the limits reaches {' and '.join(wishes)}."]
    if not found:
        warnings.append("No single limit relaxed alone helps.")
    return tuple(warnings)
