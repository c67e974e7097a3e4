"""Strategies: how a supplier spreads the same pool of hours over the people of an account.

A strategy is an object with a name, weights over the possible threads, and levers. Every strategy has the
same pool; people's hours follow the weights, up to `max_person_hours` each, and what it cannot use is idle.
Custom ones come from a file (`strategy_file.py`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graph.account import Account
from graph.errors import Candidate, InputError, UnknownName
from simulation.seating import Seating

Weights = NDArray[np.float64]
Weigh = Callable[[Seating], Weights]

NAMES = ("do_nothing", "single_threaded", "buyer_and_boss", "function_matching", "diamond", "plan")
CHANNEL_NAMES = ("distributor_first", "conflict_averse")
TRAINING = "training"  # the kind of touchpoint that teaches a distributor's people

# Shares of attention inside a strategy; assumptions.
BUYER_SHARE = 0.6
MATCHING_BUYER = 0.5
DIAMOND_DECIDERS = 0.6
DIAMOND_SECOND = 0.5
DIAMOND_LEVEL = 3
DIAMOND_WEAK = 0.5
AT_DISTRIBUTORS = 0.25
DISTRIBUTORS_FIRST = 0.6
SOME_TRAINING = 0.1
MUCH_TRAINING = 0.3
SOOTHING_COMMISSION = 0.1


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """One action of a lobbying plan: who meets whom, in which form, in which month from now.

    `attendees` is how many of theirs are there: each is a planned action of its own, with its share of the
    hours.
    """

    person: str
    stakeholder: str
    kind: str
    month: int
    attendees: int = 1


@dataclass(frozen=True)
class Strategy:
    """A way of spreading hours.

    Attributes
    ----------
    weigh
        Gives the weights over the slots of a seating, shape (seats, slots).
    weak
        Preference for weak ties: the weight of a tie is multiplied by 1 + weak (1 - s).
    handover
        Share of a tie that a successor on our side takes over; None takes the parameter.
    reassign
        Whether the hours of a vacant seat go to the owner's other stakeholders.
    hours
        Hours a month by person of ours; None staffs by the weights.
    actions, horizon
        Planned actions, which alone are done in the months 1 … horizon; shortened in a month in which
        they would take more hours than the pool has.
    pairs
        (one of ours, stakeholder) that need a slot beside the usual ones.
    distributor_share, distributors_first
        Share of the hours that goes to the distributors of an end customer's account; in a portfolio every
        account has the share of today, unless distributors come first.
    training
        Share of the hours at a distributor that goes into training.
    direct
        Share of the end customers, the largest first, that we offer to sell to directly from the start.
    commission, registration
        Commission for a distributor whose end customer buys directly, as a share of the price; whether
        deals are registered, 0 or 1.
    relief
        Relief on the wholesale price.
    """

    name: str
    weigh: Weigh = field(repr=False)
    weak: float = 0.0
    handover: float | None = None
    reassign: bool = True
    hours: Mapping[str, float] | None = None
    actions: tuple[PlannedAction, ...] = ()
    horizon: int = 0
    pairs: tuple[tuple[str, str], ...] = ()
    distributor_share: float = AT_DISTRIBUTORS
    distributors_first: bool = False
    training: float = 0.0
    direct: float = 0.0
    commission: float = 0.0
    registration: float = 0.0
    relief: float = 0.0


def no_weights(seating: Seating) -> Weights:
    """Return weights of 0: nobody is met."""
    return np.zeros((len(seating.seats), seating.width))


def single_thread(seating: Seating) -> Weights:
    """Return all weight on the key account manager and the buyer."""
    weights = no_weights(seating)
    put_weight(weights, seating, seating.buyer, seating.manager, 1.0)
    return weights


def buyer_and_boss(seating: Seating) -> Weights:
    """Return weight on the buyer, and on the boss through whoever of ours stands at that level."""
    weights = no_weights(seating)
    put_weight(weights, seating, seating.buyer, seating.manager, BUYER_SHARE)
    boss = seating.boss
    if boss is not None:
        peer = next((slot.owner for slot in seating.slots[boss] if slot.level_peer and slot.open), None)
        peer = peer if peer is not None else _function_peer(seating, boss)
        put_weight(weights, seating, boss, seating.manager if peer is None else peer, 1.0 - BUYER_SHARE)
    return weights


def function_matching(seating: Seating) -> Weights:
    """Return weight on the weightiest person of each function row, through the facing function of ours."""
    weights = no_weights(seating)
    best: dict[str, int] = {}
    for i, seat in enumerate(seating.seats):
        row = seating.account.policy.row_of(seat.function)
        if seat.joined > 0 or _function_peer(seating, i) is None:
            continue
        if row not in best or seat.weight > seating.seats[best[row]].weight:
            best[row] = i
    for i in best.values():
        put_weight(weights, seating, i, _function_peer(seating, i), seating.seats[i].weight)
    if seating.buyer is not None:
        weight = MATCHING_BUYER * seating.seats[seating.buyer].weight
        put_weight(weights, seating, seating.buyer, seating.manager, weight)
    return weights


def diamond(seating: Seating) -> Weights:
    """Return weight on everybody: the facing function first, then levels, deciders and living threads."""
    weights = no_weights(seating)
    thread_min = seating.account.policy.limits["thread_min"]
    for i, seat in enumerate(seating.seats):
        open_slots = [(k, slot) for k, slot in enumerate(seating.slots[i]) if slot.open]
        if not open_slots:
            continue
        first = next(
            (k for k, slot in open_slots if slot.function_peer),
            max(open_slots, key=lambda entry: (entry[1].strength, entry[1].level_peer, -entry[0]))[0],
        )
        for k, slot in open_slots:
            high = slot.level_peer and (seat.level or DIAMOND_LEVEL + 1) <= DIAMOND_LEVEL
            if k == first:
                share = 1.0
            elif slot.manager and seat.role == "decision_maker":
                share = DIAMOND_DECIDERS
            elif high or slot.strength >= thread_min:
                share = DIAMOND_SECOND
            else:
                share = 0.0
            weights[i, k] = share * seat.weight
    return weights


SHIPPED: Mapping[str, Strategy] = {
    "do_nothing": Strategy("do_nothing", no_weights),
    "single_threaded": Strategy("single_threaded", single_thread),
    "buyer_and_boss": Strategy("buyer_and_boss", buyer_and_boss),
    "function_matching": Strategy("function_matching", function_matching, training=SOME_TRAINING),
    "diamond": Strategy("diamond", diamond, weak=DIAMOND_WEAK, training=SOME_TRAINING),
    "distributor_first": Strategy(
        "distributor_first",
        function_matching,
        distributor_share=DISTRIBUTORS_FIRST,
        distributors_first=True,
        training=MUCH_TRAINING,
    ),
    "conflict_averse": Strategy(
        "conflict_averse",
        diamond,
        weak=DIAMOND_WEAK,
        training=SOME_TRAINING,
        commission=SOOTHING_COMMISSION,
        registration=1.0,
    ),
}


def names_for(*accounts: Account) -> tuple[str, ...]:
    """Return the shipped strategies that make sense: all eight where distributors are part of the run."""
    indirect = any("distributor" in account.kinds or account.channel.distributors for account in accounts)
    return (*NAMES, *CHANNEL_NAMES) if indirect else NAMES


def plan_strategy(
    account: Account, actions: Iterable[Any], *, horizon: int | None = None, name: str = "plan"
) -> Strategy:
    """Return the strategy that carries out a plan and goes on as `diamond` after its horizon.

    Parameters
    ----------
    actions
        `PlannedAction`s, or anything with `person`, `stakeholder`, `kind` and either `month` or `due_on`
        (counted from the account's day); several of theirs as its `stakeholders`.
    horizon
        Months in which nothing but the plan is done; that of the last action by default.

    Raises
    ------
    InputError
        An action with somebody who is not in post, or of a kind that the policy does not have.
    """
    planned = tuple(sorted((one for action in actions for one in _planned(account, action)), key=_order))
    for action in planned:
        if action.person not in account.our_index or action.stakeholder not in account.their_index:
            raise InputError(
                f"The plan has {action.person} meet {action.stakeholder}; "
                "both must be in post, one of ours and one of theirs."
            )
        if action.kind not in account.policy.kinds:
            raise InputError(
                f"The plan has an action of the kind {action.kind!r}; "
                f"kinds are {', '.join(account.policy.kinds)}."
            )
    last = max((action.month for action in planned), default=0)
    pairs = tuple(sorted({(action.person, action.stakeholder) for action in planned}))
    return replace(
        SHIPPED["diamond"], name=name, actions=planned, horizon=max(last, horizon or 0), pairs=pairs
    )


def strategies_for(
    account: Account,
    plan: Iterable[Any] | None = None,
    names: Sequence[str] | None = None,
    *,
    horizon: int | None = None,
) -> tuple[Strategy, ...]:
    """Return the strategies of an account by name; by default all eight, or the six without distributors.

    Parameters
    ----------
    plan
        The actions of the plan; None has them proposed (`graph.plan.propose`) if `plan` is among the names.
    horizon
        Months of the plan, those until its last action by default.

    Raises
    ------
    InputError
        An unknown name, or one that needs a distributor.
    """
    chosen = []
    known = names_for(account)
    for name in dict.fromkeys(names if names is not None else known):
        if name in CHANNEL_NAMES and name not in known:
            raise InputError(
                f"The strategy {name} works through distributors, and {account.name} has none. "
                f"Strategies are {', '.join(known)}."
            )
        if name == "plan":
            if plan is None:
                chosen.append(_proposed(account))
            else:
                chosen.append(plan_strategy(account, plan, horizon=horizon))
        elif name in SHIPPED:
            chosen.append(SHIPPED[name])
        else:
            raise _unknown_strategy(name, known)
    if not chosen:
        raise InputError(f"No strategy is named; strategies are {', '.join(known)}.")
    return tuple(chosen)


def _proposed(account: Account) -> Strategy:
    from graph.plan import propose

    plan = propose(account)
    return plan_strategy(account, plan.actions, horizon=plan.months)


def _planned(account: Account, action: Any) -> Iterable[PlannedAction]:
    month = getattr(action, "month", None)
    if month is None:
        month = _months_from(account.as_of, action.due_on, account.policy.limits["step_days"])
    if isinstance(action, PlannedAction):
        return [replace(action, month=max(1, int(month)))]
    together = getattr(action, "stakeholders", (action.stakeholder,))
    return [
        PlannedAction(action.person, one, action.kind, max(1, int(month)), len(together)) for one in together
    ]


def _months_from(start: date, due_on: date, days: float) -> int:
    return math.ceil((due_on - start).days / days)


def _order(action: PlannedAction) -> tuple[int, str, str, str]:
    return action.month, action.person, action.stakeholder, action.kind


def _function_peer(seating: Seating, i: int) -> int | None:
    return next((slot.owner for slot in seating.slots[i] if slot.function_peer and slot.open), None)


def put_weight(weights: Weights, seating: Seating, i: int | None, owner: int | None, weight: float) -> None:
    """Give a thread its weight; where the owner has no slot at the seat, the strongest tie has it."""
    if i is None or not seating.slots[i]:
        return
    k = seating.slot(i, owner)
    k = 0 if k is None else k
    weights[i, k] = max(weights[i, k], weight)


def _unknown_strategy(name: str, known: Sequence[str]) -> InputError:
    near = get_close_matches(name, known, n=1, cutoff=0.3)
    hint = f"; the nearest is {near[0]}" if near else ""
    return UnknownName(
        f"There is no strategy {name!r}{hint}. Strategies are {', '.join(known)}, or a file of your own.",
        candidates=[Candidate(other, other) for other in near],
    )
