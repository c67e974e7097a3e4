"""What is settled before a plan is chosen: pinned and forbidden actions, and when one is worth its while."""

from __future__ import annotations

from collections.abc import Sequence

from graph.account import Account
from graph.errors import InputError
from graph.plan.forms import Placed
from graph.plan.model import Ban, Pin, PlanLimits
from graph.plan.program import Banned, Frame
from graph.plan.together import Merged


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
    for pin, ((person, stakeholders, kind), month) in zip(limits.pinned, fixed, strict=True):
        if any(frame.bans(person, one, kind) or frame.bans(person, one, kind, month) for one in stakeholders):
            raise InputError(f"{_words(pin)} is pinned and forbidden at once.")
    return frame


def _placed(accounts: Sequence[Account], pin: Pin, merged: Merged | None) -> Placed:
    if pin.kind not in accounts[0].policy.kinds:
        kinds = ", ".join(accounts[0].policy.kinds)
        raise InputError(f"{_words(pin)} is pinned; kinds of touchpoints are {kinds}.")
    people = (pin.stakeholder, *pin.also)
    for number, account in enumerate(accounts):
        if pin.person in account.our_index and all(one in account.their_index for one in people):
            if merged is None:
                person, theirs = account.our_index[pin.person], [account.their_index[one] for one in people]
            else:
                person = merged.account.our_index[pin.person]
                theirs = [merged.stakeholder(number, one) for one in people]
            return (person, tuple(sorted(set(theirs))), pin.kind), pin.month
    raise InputError(f"{_words(pin)} is pinned; both must be in post, one of ours and one of theirs.")


def _banned(accounts: Sequence[Account], ban: Ban, merged: Merged | None) -> list[Banned]:
    whole = merged.account if merged else accounts[0]
    if ban.person is not None and ban.person not in whole.our_index:
        raise InputError(f"{ban.person} is forbidden to meet anybody and is none of ours in post.")
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
        raise InputError(f"Meeting {ban.stakeholder} is forbidden, who is none of theirs in post.")
    return [(person, index, ban.kind, ban.month) for index in found]


def _words(pin: Pin) -> str:
    return f"The {pin.kind} of {pin.person} with {pin.stakeholder} in month {pin.month}"
