"""Why an action is in the plan, in plain words."""

from __future__ import annotations

from graph.account import Account
from graph.plan.outlook import Outlook
from graph.policy import UNKNOWN_ROW


class Reasons:
    """What can be said about a pair before anything is done."""

    def __init__(self, outlook: Outlook) -> None:
        self._outlook = outlook
        self._account = outlook.account
        self._threads = (self._account.strength >= outlook.thread_min).sum(axis=0)

    def of(self, person: int, stakeholder: int) -> str:
        """Return the reason for meeting a stakeholder, one sentence without a full stop.

        Parameters
        ----------
        person, stakeholder
            Positions in `ours` and `theirs`.
        """
        outlook, account = self._outlook, self._account
        strength = float(account.strength[person, stakeholder])
        threads = int(self._threads[stakeholder])
        thread = strength >= outlook.thread_min
        if threads == 0:
            verb = "covers"
        elif thread:
            verb = "keeps up the thread to"
        else:
            verb = "adds a thread to"
        facts = [f"{verb} {describe(account, stakeholder)}", _count(threads)]
        if thread:
            faded = float(outlook.faded[person, stakeholder])
            facts.append(f"its strength would fade from {strength:.2f} to {faded:.2f}")
        ours, theirs = account.ours[person], account.theirs[stakeholder]
        if account.policy.same_function(ours.function, theirs.function):
            facts.append("the functions face each other")
        reach = account.policy.limits["level_reach"]
        if ours.level is not None and theirs.level is not None and abs(ours.level - theirs.level) <= reach:
            facts.append("the levels match")
        return "; ".join(facts)


def describe(account: Account, stakeholder: int) -> str:
    """Return who a stakeholder is: role and function row, and whether they are the only one."""
    person = account.theirs[stakeholder]
    row = account.row(person)
    role = (person.role or "stakeholder").replace("_", " ")
    place = "without a known function" if row == UNKNOWN_ROW else f"in {row.replace('_', ' ')}"
    alike = [
        other
        for index, other in enumerate(account.theirs)
        if other.role == person.role
        and account.row(other) == row
        and not (account.against[index] or account.placeholder[index])
    ]
    if len(alike) == 1 and person.role is not None:
        return f"the only {role} {place}"
    return f"{'an' if role[0] in 'aeio' else 'a'} {role} {place}"


def _count(threads: int) -> str:
    return "no thread today" if threads == 0 else f"{threads} thread{'s' if threads > 1 else ''} today"
