"""A portfolio in sentences: what to know before trusting its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from graph.wording import count
from simulation.comparison import is_settled
from simulation.outcomes import RANKED_BY
from simulation.wording import MEASURES, named

if TYPE_CHECKING:
    from simulation.rollup import Portfolio

NAMED = 5  # accounts that a warning names


def warnings_of(found: Portfolio) -> Iterator[str]:
    """Yield what a reader of a portfolio should know before trusting the numbers."""
    accounts = found.accounts
    silent = [one.name for one in accounts if not one.theirs]
    if silent:
        yield f"No stakeholder is known at {_some(silent)}; coverage is undefined there."
    alone = [one.name for one in accounts if not one.ours]
    if alone:
        yield f"Nobody of ours is known at {_some(alone)}; no strategy can meet anybody there."
    unstated = {who.id for one in accounts for who in one.ours if who.time_capacity is None}
    if unstated:
        yield (
            f"Nobody has stated the hours of {len(unstated)} of ours; each has "
            f"{accounts[0].policy.limits['hours_default']:g} a month for every account that they serve."
        )
    if found.assumed:
        yield (
            f"No supply row tells the revenue of {_some(found.assumed)}; each counts with "
            f"{found.parameters['revenue_assumed']:,.0f} a year (the parameter revenue_assumed)."
        )
    if found.valued:
        yield (
            f"No supply row tells the revenue of {_some(found.valued)}; what they buy directly counts at the "
            "price of their distributor."
        )
    if found.absent:
        yield (
            f"Selling to these accounts, but not among them, so that nobody is met there: "
            f"{count(len(found.absent), 'distributor')} ({_some(sorted(found.absent))})."
        )
    if found.left_out:
        yield (
            f"{count(found.left_out, 'tie')} beyond max_threads: the start is as measured, but no strategy "
            "works on it."
        )
    if found.first_event is None:
        yield "The scenario has no event, so there is nothing to recover from: recovery_months is undefined."
    if found.replicates < 2:
        yield "One future gives no interval; ask for more replicates."
    names = {one.id: one.name for account in accounts for one in account.people.values()}
    runs = found.replicates * len(found.names)
    vacant = {who: missed for part in found.parts for who, missed in part.missed.items()}
    for (month, who), missed in sorted(vacant.items()):
        if missed:
            yield (
                f"In {missed / runs:.0%} of the futures the seat of {names.get(who, who)} is vacant "
                f"in month {month}, so that nobody leaves."
            )
    order = found.ranking(found.total)
    values = dict(zip(found.names, found.sum_of(found.total, RANKED_BY), strict=True))
    for a, b in pairwise(order):
        one, other = values[a], values[b]
        if not np.array_equal(one, other) and not is_settled(one, other, len(order) - 1):
            yield (
                f"The order of {named(a)} and {named(b)} by {MEASURES[RANKED_BY]} of the portfolio is not "
                f"settled with {count(found.replicates, 'future')}."
            )


def _some(names: Sequence[str]) -> str:
    """Return the first names of a list."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
