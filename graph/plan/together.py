"""Several accounts as one: the people of ours in all of them are the same people with the same hours.

The accounts are put side by side in one account, whose stakeholders carry their account in their id, so that
the one program of a plan serves a portfolio, too. Nobody meets people of an account they do not serve, and an
action brings together people of one account only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from graph.account import Account, Person

MARK = "\x1f"


@dataclass(frozen=True)
class Merged:
    """Several accounts as one.

    Attributes
    ----------
    account
        Everybody of all accounts.
    circle
        By stakeholder of it: which of the accounts.
    reach
        Who of ours serves whom, shape (ours, theirs).
    shares
        Hours a month of a person (position) in an account (number), where the team has said so.
    """

    accounts: tuple[Account, ...]
    account: Account
    circle: tuple[int, ...]
    reach: NDArray[np.bool_]
    shares: dict[tuple[int, int], float]

    def stakeholder(self, number: int, person: str) -> int:
        """Return the position of somebody of one of the accounts."""
        return self.account.their_index[_id(self.accounts[number], person)]


def merge(accounts: Sequence[Account]) -> Merged:
    """Put accounts of one day and policy side by side.

    A person's hours for all of them are their whole time; without a known one the policy's default for each
    account where they have ties.
    """
    ours: dict[str, Person] = {}
    known: dict[str, int] = {}
    for account in accounts:
        for person in account.ours:
            ours[person.id] = person
            known[person.id] = max(known.get(person.id, 1), account.accounts_of.get(person.id, 1))
    first = accounts[0]
    default = first.policy.limits["hours_default"]
    merged = replace(
        first,
        id=MARK.join(account.id for account in accounts),
        name=", ".join(account.name for account in accounts),
        ours=tuple(
            person
            if person.time_capacity is not None
            else replace(person, time_capacity=default * min(known[id], len(accounts)))
            for id, person in ours.items()
        ),
        theirs=tuple(replace(one, id=_id(account, one.id)) for account in accounts for one in account.theirs),
        ties=tuple(
            replace(tie, stakeholder=_id(account, tie.stakeholder))
            for account in accounts
            for tie in account.ties
        ),
        reports_to=(),
        influences=tuple(
            replace(line, source=_id(account, line.source), target=_id(account, line.target))
            for account in accounts
            for line in account.influences
            if line.source in account.their_index and line.target in account.their_index
        ),
        share_of_time={},
        accounts_of={},
    )
    number = {account.id: index for index, account in enumerate(accounts)}
    circle = tuple(number[one.id.split(MARK, 1)[0]] for one in merged.theirs)
    reach = np.zeros((len(merged.ours), len(merged.theirs)), dtype=bool)
    shares = {}
    columns = np.array(circle, dtype=int)
    for index, account in enumerate(accounts):
        for person in account.ours:
            row = merged.our_index[person.id]
            reach[row, columns == index] = True
            if person.time_capacity is not None and person.id in account.share_of_time:
                shares[row, index] = person.time_capacity * account.share_of_time[person.id]
    return Merged(tuple(accounts), merged, circle, reach, shares)


def _id(account: Account, person: str) -> str:
    return f"{account.id}{MARK}{person}"
