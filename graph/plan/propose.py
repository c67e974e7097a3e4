"""The lobbying plan of an account: choose the actions, give them months, check them by the exact rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from graph.account import Account
from graph.plan.days import days_of
from graph.plan.draft import Draft, pursue
from graph.plan.model import Action, Plan, PlanLimits, action_id
from graph.plan.outlook import Outlook, Triple
from graph.plan.program import Allowance, Counts, Program, Wishes
from graph.plan.reasons import Reasons
from graph.plan.relax import relaxations


def propose(account: Account, limits: PlanLimits | None = None) -> Plan:
    """Propose who of ours meets whom, in which form and month, within the limits.

    The choice maximises influence x (gap closed) / target, with small bonuses for facing functions, near
    levels and a decision maker's second thread (`graph.plan.program`); it is solved by HiGHS to a proved
    relative gap. The months keep everybody's monthly hours (`graph.plan.schedule`). The gap before and
    after is that of the exact rules, and the actions' gains add up to their difference.

    Returns
    -------
    Plan
        `infeasible` with `relax` where the hard wishes cannot be met; empty, with a warning, where there
        is nothing to do or nobody to do it.

    Raises
    ------
    InputError
        The policy's target of a stakeholder cannot be reached by any plan.

    References
    ----------
    Huangfu & Hall (2018), Parallelizing the dual revised simplex method, doi:10.1007/s12532-017-0130-5
    (HiGHS).
    """
    limits = limits or PlanLimits()
    outlook = Outlook(account, limits.months)
    allowance = Allowance.of(outlook, limits)
    draft = pursue(Program(outlook, allowance, Wishes(limits.target_gap, limits.two_threads)), limits)
    return _infeasible(draft.program, limits) if draft.infeasible else _plan(draft, limits)


def objective_of(account: Account, limits: PlanLimits, actions: Iterable[Action]) -> float:
    """Return the objective of actions, with the bonuses, as the program that chooses them counts it."""
    outlook = Outlook(account, limits.months)
    counts: Counts = Counter(
        (account.our_index[action.person], account.their_index[action.stakeholder], action.kind)
        for action in actions
    )
    return Program(outlook, Allowance.of(outlook, limits), Wishes()).objective(counts)


def _plan(draft: Draft, limits: PlanLimits) -> Plan:
    program, choice, outlook = draft.program, draft.choice, draft.program.outlook
    account, reasons = outlook.account, Reasons(outlook)
    seen: Counter[tuple[Triple, date]] = Counter()
    actions = []
    days = days_of(account.as_of, draft.placed)
    for ((person, stakeholder, kind), month), day, gain in zip(draft.placed, days, draft.gains, strict=True):
        ours, theirs = account.ours[person], account.theirs[stakeholder]
        seen[(person, stakeholder, kind), day] += 1
        ordinal = seen[(person, stakeholder, kind), day]
        actions.append(
            Action(
                id=action_id(account.id, ours.id, theirs.id, kind, day, ordinal),
                person=ours.id,
                person_name=ours.name,
                stakeholder=theirs.id,
                stakeholder_name=theirs.name,
                kind=kind,
                due_on=day,
                month=month,
                hours=program.kinds[kind].hours,
                cost=program.kinds[kind].cost,
                expected_gain=gain,
                reason=reasons.of(person, stakeholder),
            )
        )
    counts = choice.counts or {}
    return Plan(
        account=account.id,
        as_of=account.as_of,
        months=limits.months,
        status="optimal" if choice.proved else "time_limit",
        gap=choice.gap,
        objective=choice.objective,
        bound=choice.bound,
        gap_before=outlook.gap_before,
        gap_after=draft.gap_after,
        segment_error=abs(outlook.gap_before - program.closed(counts) - draft.gap_after),
        schedule_loss=draft.calendar.loss,
        hours=sum(action.hours for action in actions),
        cost=sum(action.cost for action in actions),
        actions=tuple(
            sorted(actions, key=lambda one: (one.due_on, one.person, one.stakeholder, one.kind, one.id))
        ),
        warnings=tuple(_warnings(draft, limits)),
    )


def _warnings(draft: Draft, limits: PlanLimits) -> Iterable[str]:
    program, choice = draft.program, draft.choice
    outlook = program.outlook
    account = outlook.account
    if not choice.proved:
        yield (
            f"The time limit of {limits.time_limit:g} s came before the proof: a better plan may exist, "
            + ("with no known bound." if choice.bound is None else f"of at most {choice.bound:.4f}.")
        )
    if not draft.placed and choice.proved:
        yield f"Nothing to plan: {_why_nothing(program)}."
    if draft.calendar.left_out:
        yield (
            f"{draft.calendar.left_out} of {sum((choice.counts or {}).values())} actions fit nobody's month "
            "as whole touchpoints and are left out."
        )
    if draft.calendar.loss > limits.gap * choice.objective + 1e-9:
        yield (
            f"The months keep all but {draft.calendar.loss:.4f} of the objective "
            f"({draft.calendar.loss / choice.objective:.2%}), because whole touchpoints do not spread evenly."
        )
    assumed = sum(person.time_capacity is None for person in account.ours)
    if assumed:
        yield (
            f"{assumed} of {len(account.ours)} of ours have no time_capacity: "
            f"{account.policy.limits['hours_default']:g} h a month are assumed."
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
    if not program.triples:
        return "nobody of ours has the hours for any touchpoint"
    return "no touchpoint within the limits closes any of the gap"


def _infeasible(program: Program, limits: PlanLimits) -> Plan:
    outlook = program.outlook
    found = relaxations(program, limits)
    wishes = []
    if limits.target_gap is not None:
        wishes.append(f"a gap of {limits.target_gap:g} (without a plan {outlook.gap_before:.4f})")
    if limits.two_threads:
        wishes.append("two threads to every decision maker")
    warnings = [f"No plan within the limits reaches {' and '.join(wishes)}."]
    if not found:
        warnings.append("No single limit relaxed alone helps.")
    return Plan(
        account=outlook.account.id,
        as_of=outlook.account.as_of,
        months=limits.months,
        status="infeasible",
        gap=None,
        objective=None,
        bound=None,
        gap_before=outlook.gap_before,
        gap_after=outlook.gap_before,
        segment_error=0.0,
        schedule_loss=0.0,
        hours=0.0,
        cost=0.0,
        relax=found,
        warnings=tuple(warnings),
    )
