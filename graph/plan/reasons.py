"""Why an action is in the plan, in plain words and figures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from graph.account import Account, Tie
from graph.measures import coverage_of_strengths
from graph.plan.model import Approach
from graph.plan.outlook import Outlook
from graph.plan.ways import Ways, opponents
from graph.policy import UNKNOWN_ROW
from graph.wording import spelt


class Reasons:
    """What can be said about an account before anything is done, and with the plan done.

    Parameters
    ----------
    strength
        Of every tie at the horizon with the plan, shape (ours, theirs).
    """

    def __init__(self, outlook: Outlook, strength: NDArray[np.float64]) -> None:
        self._outlook = outlook
        self._account = outlook.account
        self._threads = (self._account.strength >= outlook.thread_min).sum(axis=0)
        self._after = coverage_of_strengths(strength) if len(strength) else np.zeros(strength.shape[1])
        self._ways = Ways(outlook.account)
        self._said: dict[tuple[int, int], tuple[str, tuple[str, ...]]] = {}

    @cached_property
    def _sways(self) -> dict[int, list[str]]:
        """Whom of the opponents a stakeholder is a way to."""
        found: dict[int, list[str]] = {}
        for opponent in opponents(self._account):
            person = self._account.theirs[opponent]
            route = self._ways.approach(person.id)
            if route is not None:
                found.setdefault(self._account.their_index[route.chain[0]], []).append(person.name)
        return found

    def of(self, person: int, stakeholders: Sequence[int]) -> tuple[str, tuple[str, ...]]:
        """Return the reason for a meeting, one sentence without a full stop, and who introduces our person.

        Parameters
        ----------
        person, stakeholders
            Positions in `ours` and `theirs`; the first stakeholder is the one it is about.
        """
        said, path = self._of_pair(person, stakeholders[0])
        if len(stakeholders) > 1:
            names = [self._account.theirs[one].name for one in stakeholders[1:]]
            said = f"brings {len(stakeholders)} of theirs together, {', '.join(names)} too; {said}"
        return said, path

    def _of_pair(self, person: int, stakeholder: int) -> tuple[str, tuple[str, ...]]:
        if (person, stakeholder) not in self._said:
            self._said[person, stakeholder] = self._say(person, stakeholder)
        return self._said[person, stakeholder]

    def _say(self, person: int, stakeholder: int) -> tuple[str, tuple[str, ...]]:
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
        facts = [f"{verb} {describe(account, stakeholder)}", _count(threads), self._coverage(stakeholder)]
        path: tuple[str, ...] = ()
        if thread:
            faded = float(outlook.faded[person, stakeholder])
            facts.append(f"its strength would fade from {strength:.2f} to {faded:.2f}")
        else:
            way, path = self._introduced(person, stakeholder)
            facts.append(way)
        ours, theirs = account.ours[person], account.theirs[stakeholder]
        if account.policy.same_function(ours.function, theirs.function):
            facts.append("the functions face each other")
        reach = account.policy.limits["level_reach"]
        if ours.level is not None and theirs.level is not None and abs(ours.level - theirs.level) <= reach:
            facts.append("the levels match")
        facts += [f"a way to {name}, who is against" for name in self._sways.get(stakeholder, ())]
        return "; ".join(facts), path

    def _coverage(self, stakeholder: int) -> str:
        outlook, account = self._outlook, self._account
        influence = f"influence {float(account.influence[stakeholder]):.2f}"
        if account.against[stakeholder]:
            return f"{influence}, against"
        before, after = 1.0 - float(outlook.base[stakeholder]), float(self._after[stakeholder])
        target = float(account.target[stakeholder])
        return (
            f"{influence}, coverage in {outlook.months} months {after:.2f} instead of {before:.2f} "
            f"for a target of {target:.2f}"
        )

    def _introduced(self, person: int, stakeholder: int) -> tuple[str, tuple[str, ...]]:
        account = self._account
        ours = account.ours[person]
        found = self._ways.introduction(ours.id, account.theirs[stakeholder].id)
        if found is None:
            return "nobody is known who could introduce them", ()
        thread, chain = found
        return f"introduced {_by(account, ours.id, thread, chain)}", (thread.ours, *chain)

    def approaches(self, strength: NDArray[np.float64], actions: dict[int, str]) -> tuple[Approach, ...]:
        """Return how the plan works on each opponent.

        Parameters
        ----------
        strength
            Of every tie at the horizon with the plan, shape (ours, theirs).
        actions
            Id of the first action by stakeholder.
        """
        account = self._account
        found = []
        for index in opponents(account):
            person = account.theirs[index]
            route = self._ways.approach(person.id)
            around = (
                self._around(person.id, self._outlook.faded),
                self._around(person.id, strength),
            )
            through = route.chain if route else ()
            action = actions.get(account.their_index[through[0]]) if through else None
            reason = "nobody is known who supports them and whom we know: find one who does"
            if route is not None:
                ally = account.people[through[0]]
                word = "an ally" if ally.orientation == "ally" else "not against"
                reason = f"through {_by(account, route.thread.ours, route.thread, through, word)}"
                if action is None:
                    reason += "; the limits leave no hour for a talk with them"
            if around[0] is not None and around[1] is not None:
                reason += f"; coverage of those who support them {around[1]:.2f} instead of {around[0]:.2f}"
            found.append(
                Approach(
                    opponent=person.id,
                    opponent_name=person.name,
                    influence=float(account.influence[index]),
                    through=through,
                    action=action,
                    surroundings=around,
                    reason=reason,
                )
            )
        return tuple(found)

    def _around(self, opponent: str, strength: NDArray[np.float64]) -> float | None:
        """Return the coverage of those who support an opponent, weighted by their lines."""
        account = self._account
        weight = covered = 0.0
        coverage = coverage_of_strengths(strength) if len(strength) else np.zeros(strength.shape[1])
        for line in account.influences:
            source = account.their_index.get(line.source)
            if line.target == opponent and line.sign > 0 and source is not None:
                if account.against[source] or account.placeholder[source]:
                    continue
                weight += abs(line.weight)
                covered += abs(line.weight) * float(coverage[source])
        return covered / weight if weight > 0 else None


def _by(account: Account, person: str, thread: Tie, chain: Sequence[str], word: str = "") -> str:
    """Return who leads to the last of a chain: `by Bert, known to Anna (0.60), by way of Carla`."""
    people = account.people
    if len(chain) == 1:
        return f"by {people[thread.ours].name}, whose thread has {thread.strength:.2f}"
    known = "whom they know" if thread.ours == person and not word else f"known to {people[thread.ours].name}"
    first = people[chain[0]].name
    said = (
        f"{first}, {word}, {known} ({thread.strength:.2f})"
        if word
        else f"by {first}, {known} ({thread.strength:.2f})"
    )
    between = [people[one].name for one in chain[1:-1]]
    return f"{said}, by way of {', '.join(between)}" if between else said


def describe(account: Account, stakeholder: int) -> str:
    """Return who a stakeholder is: role and function row, and whether they are the only one."""
    person = account.theirs[stakeholder]
    row = account.row(person)
    role = spelt(person.role or "stakeholder")
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
