"""The lobbying plan: choose the actions, give them months, check them by the exact rules.

One account or several whose people share their hours: either way one program chooses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graph.account import Account
from graph.errors import InputError
from graph.plan.draft import Draft, pursue
from graph.plan.model import Action, Plan, PlanLimits, Together
from graph.plan.outlook import Outlook
from graph.plan.program import Allowance, Frame, Program, Wishes
from graph.plan.relax import relaxations
from graph.plan.schedule import counts_of
from graph.plan.settled import frame_of
from graph.plan.telling import Chosen, infeasible_warnings, told, warnings_of
from graph.plan.together import Merged, merge


def propose(account: Account, limits: PlanLimits | None = None) -> Plan:
    """Propose who of ours meets whom, in which form and month, within the limits.

    The choice maximises influence x (gap closed) / target, with small bonuses for facing functions, near
    levels and a decision maker's second thread (`graph.plan.program`), among actions that are worth their
    while; it is solved by HiGHS to a proved relative gap. The months keep everybody's monthly hours
    (`graph.plan.schedule`). The gap before and after is that of the exact rules, and the actions' gains add
    up to their difference.

    Returns
    -------
    Plan
        `infeasible` with `relax` where the hard wishes cannot be met; empty, with a warning, where there
        is nothing to do or nobody to do it.

    Raises
    ------
    InputError
        The policy's target of a stakeholder cannot be reached by any plan; an action is pinned that nobody
        can do, or that is forbidden, too.

    References
    ----------
    Huangfu & Hall (2018), Parallelizing the dual revised simplex method, doi:10.1007/s12532-017-0130-5
    (HiGHS).
    """
    limits = limits or PlanLimits()
    draft = _draft(account, limits, frame_of([account], limits))
    if draft.infeasible:
        return _infeasible(draft.program, limits)
    return told(account, limits, Chosen.of(draft), warnings_of(draft, limits))


def propose_together(accounts: Sequence[Account], limits: PlanLimits | None = None) -> Together:
    """Propose the plans of several accounts in one: the caps on hours and the budget hold over all of them.

    Raises
    ------
    InputError
        As `propose`; or there is no account, or one twice.
    """
    limits = limits or PlanLimits()
    if not accounts or len({account.id for account in accounts}) < len(accounts):
        raise InputError("Plans together need at least one account, and each of them once.")
    accounts = sorted(accounts, key=lambda account: account.id)
    merged = merge(accounts)
    draft = _draft(merged.account, limits, frame_of(accounts, limits, merged))
    if draft.infeasible:
        plan = _infeasible(draft.program, limits)
        return _sums(plan, (), draft, limits)
    plans = tuple(
        told(account, limits, _part(draft, merged, number), ())
        for number, account in enumerate(merged.accounts)
    )
    return _sums(None, plans, draft, limits)


def objective_of(account: Account, limits: PlanLimits, actions: Iterable[Action]) -> float:
    """Return the objective of actions, with the bonuses, as the program that chooses them counts it."""
    outlook = Outlook(account, limits.months)
    placed = [
        (
            (
                account.our_index[action.person],
                tuple(sorted(account.their_index[one] for one in action.stakeholders)),
                action.kind,
            ),
            action.month,
        )
        for action in actions
    ]
    return Program(outlook, Allowance.of(outlook, limits), Wishes()).objective(counts_of(placed))


def _draft(account: Account, limits: PlanLimits, frame: Frame) -> Draft:
    outlook = Outlook(account, limits.months)
    wishes = Wishes(limits.target_gap, limits.two_threads)
    return pursue(Program(outlook, Allowance.of(outlook, limits), wishes, frame), limits)


def _part(draft: Draft, merged: Merged, number: int) -> Chosen:
    """Return what a draft of several accounts has for one of them, in the positions of its own people."""
    account, everybody = merged.accounts[number], merged.account
    theirs = {merged.stakeholder(number, person.id): index for index, person in enumerate(account.theirs)}
    ours = {everybody.our_index[person.id]: index for index, person in enumerate(account.ours)}
    whole = Chosen.of(draft)
    kept = [index for index, (meeting, _) in enumerate(whole.placed) if meeting[1][0] in theirs]
    placed = []
    for index in kept:
        (person, stakeholders, kind), month = whole.placed[index]
        placed.append(((ours[person], tuple(sorted(theirs[one] for one in stakeholders)), kind), month))
    program = draft.program
    mine = {triple: count for triple, count in whole.counts.items() if triple[1] in theirs}
    objective = sum(
        program.worth_of(index, {(j, form): n for (j, i, form), n in mine.items() if i == index})
        for index in program.outlook.eligible
        if index in theirs
    )
    efforts = program.efforts(mine)
    closed = sum(program.segments[i].at(efforts[i]) for i in program.outlook.eligible if i in theirs)
    return Chosen(
        placed=tuple(placed),
        pins=tuple(whole.pins[index] for index in kept),
        gains=tuple(whole.gains[index] for index in kept),
        counts=mine,
        objective=objective,
        closed=closed,
        least_gain=whole.least_gain,
        status=whole.status,
    )


def _sums(infeasible: Plan | None, plans: tuple[Plan, ...], draft: Draft, limits: PlanLimits) -> Together:
    choice, outlook = draft.choice, draft.program.outlook
    return Together(
        as_of=outlook.account.as_of,
        months=limits.months,
        status="infeasible" if infeasible else "optimal" if choice.proved else "time_limit",
        gap=None if infeasible else choice.gap,
        objective=None if infeasible else choice.objective,
        bound=None if infeasible else choice.bound,
        gap_before=outlook.gap_before,
        gap_after=outlook.gap_before if infeasible else draft.gap_after,
        hours=sum(plan.hours for plan in plans),
        cost=sum(plan.cost for plan in plans),
        plans=plans,
        relax=infeasible.relax if infeasible else (),
        warnings=infeasible.warnings if infeasible else tuple(warnings_of(draft, limits)),
    )


def _infeasible(program: Program, limits: PlanLimits) -> Plan:
    outlook = program.outlook
    found = relaxations(program, limits)
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
        warnings=infeasible_warnings(outlook, limits, found),
        least_gain=program.frame.least_gain,
    )
