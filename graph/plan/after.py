"""A plan seen from a later day: what of it is still to come, and where it leads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from graph.account import Account
from graph.plan.days import month_of
from graph.plan.model import Plan
from graph.plan.outlook import Outlook


def upcoming(account: Account, plan: Plan) -> Plan:
    """Return what of a plan is still to come: due after the account's day, between people in post.

    Months count from the account's day. A warning says what was left out.
    """
    kinds = account.policy.kinds
    actions = tuple(
        replace(action, month=month_of(account.as_of, action.due_on))
        for action in plan.actions
        if action.due_on > account.as_of
        and action.person in account.our_index
        and all(one in account.their_index for one in action.stakeholders)
        and action.kind in kinds
    )
    left_out = len(plan.actions) - len(actions)
    warning = (
        f"{left_out} of {len(plan.actions)} actions of the plan are over, or somebody in them has left.",
    )
    return replace(
        plan,
        as_of=account.as_of,
        months=max((action.month for action in actions), default=0),
        hours=sum(action.hours for action in actions),
        cost=sum(action.cost for action in actions),
        actions=actions,
        warnings=plan.warnings + (warning if left_out else ()),
    )


def strengths_after(account: Account, plan: Plan) -> NDArray[np.float64]:
    """Return every tie's strength at the end of a plan by the exact rules, shape (ours, theirs).

    Ties without actions fade.
    """
    to_come = upcoming(account, plan)
    outlook = Outlook(account, to_come.months)
    strength = outlook.faded.copy()
    placed = [
        (
            (
                account.our_index[action.person],
                tuple(sorted(account.their_index[one] for one in action.stakeholders)),
                action.kind,
            ),
            action.month,
        )
        for action in to_come.actions
    ]
    for pair, value in outlook.strengths(placed).items():
        strength[pair] = value
    return strength
