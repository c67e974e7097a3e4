"""What is settled before a plan is chosen: pinned and forbidden actions, and when one is worth its while."""

from __future__ import annotations

from collections.abc import Sequence

from graph.account import Account
from graph.errors import InputError
from graph.plan.forms import Placed
from graph.plan.model import Ban, Pin, PlanLimits
from graph.plan.program import Banned, Frame
from graph.plan.together import Merged
from graph.wording import count, listed, spelt


def frame_of(accounts: Sequence[Account], limits: PlanLimits, merged: Merged | None = None) -> Frame:
    """Return what a plan's limits settle, by the positions of people in the account that is planned.

    Raises
    ------
    InputError
        Somebody is not in post, a kind is not in the policy, or an action is both pinned and forbidden.
    """
    whole = merged.account if merged else accounts[0]
    policy = whole.policy
    fixed = tuple(_placed(accounts, pin, merged) for pin in limits.pinned)
    banned = frozenset(one for ban in limits.forbidden for one in _banned(accounts, ban, merged))
    least = limits.least_gain
    if least is None:
        least = policy.limits["least_gain"] if limits.gap > 0 else 0.0
    frame = Frame(
        fixed=fixed,
        banned=banned,
        circle=merged.circle if merged else (),
        reach=merged.reach if merged else None,
        shares=merged.shares if merged else {},
        least_gain=least,
        preparation=policy.limits["preparation"],
    )
    both = [
        pin
        for pin, ((person, stakeholders, kind), month) in zip(limits.pinned, fixed, strict=True)
        if any(frame.bans(person, one, kind) or frame.bans(person, one, kind, month) for one in stakeholders)
    ]
    if both:
        raise InputError(_contradicted(accounts, both))
    return frame


def _contradicted(accounts: Sequence[Account], pins: Sequence[Pin]) -> str:
    """Return why a plan cannot be without what it is to keep, and what would be right."""
    pin, *others = pins
    so = f" ({count(len(others), 'other')} likewise)" if others else ""
    if pin.status == "started":
        why, way = "has begun, so every plan keeps it", "Drop or reopen it first"
    elif pin.id is not None:
        why, way = "is pinned in the saved plan, so every plan keeps it", "Unpin or drop it first"
    else:
        why, way = "is pinned and forbidden at once", "Pin it no more"
    return (
        f"{_words(accounts, pin)} {why}{so}, and no plan can be without it. {way}, or ask for a plan without "
        "something else."
    )


def _placed(accounts: Sequence[Account], pin: Pin, merged: Merged | None) -> Placed:
    if pin.kind not in accounts[0].policy.kinds:
        kinds = ", ".join(accounts[0].policy.kinds)
        raise InputError(f"{_words(accounts, pin)} is pinned; kinds of touchpoints are {kinds}.")
    people = (pin.stakeholder, *pin.also)
    for number, account in enumerate(accounts):
        if pin.person in account.our_index and all(one in account.their_index for one in people):
            if merged is None:
                person, theirs = account.our_index[pin.person], [account.their_index[one] for one in people]
            else:
                person = merged.account.our_index[pin.person]
                theirs = [merged.stakeholder(number, one) for one in people]
            return (person, tuple(sorted(set(theirs))), pin.kind), pin.month
    raise InputError(
        f"{_words(accounts, pin)} is pinned; both must be in post, one of ours and one of theirs."
    )


def _banned(accounts: Sequence[Account], ban: Ban, merged: Merged | None) -> list[Banned]:
    whole = merged.account if merged else accounts[0]
    if ban.person is not None and ban.person not in whole.our_index:
        name = _name(accounts, ban.person)
        raise InputError(f"{name} is forbidden to meet anybody and is none of ours in post.")
    if ban.kind is not None and ban.kind not in whole.policy.kinds:
        kinds = ", ".join(whole.policy.kinds)
        raise InputError(f"The kind {ban.kind} is forbidden; kinds of touchpoints are {kinds}.")
    person = None if ban.person is None else whole.our_index[ban.person]
    if ban.stakeholder is None:
        return [(person, None, ban.kind, ban.month)]
    if merged is None:
        found = [index for index in [whole.their_index.get(ban.stakeholder)] if index is not None]
    else:
        found = [
            merged.stakeholder(number, ban.stakeholder)
            for number, account in enumerate(accounts)
            if ban.stakeholder in account.their_index
        ]
    if not found:
        name = _name(accounts, ban.stakeholder)
        raise InputError(f"Meeting {name} is forbidden, who is none of theirs in post.")
    return [(person, index, ban.kind, ban.month) for index in found]


def _words(accounts: Sequence[Account], pin: Pin) -> str:
    theirs = listed(_name(accounts, one) for one in (pin.stakeholder, *pin.also))
    when = f"due on {pin.due_on}" if pin.due_on is not None else f"in month {pin.month}"
    return f"The {spelt(pin.kind)} of {_name(accounts, pin.person)} with {theirs} {when}"


def _name(accounts: Sequence[Account], person: str) -> str:
    return next((one.people[person].name for one in accounts if person in one.people), person)
