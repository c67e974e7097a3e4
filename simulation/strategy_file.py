"""Custom strategies from a YAML or JSON file.

strategies:
- name: two by two
like: diamond            # weights of a shipped strategy, or
threads:                 # weights of its own
- {ours: anna, stakeholder: boss, weight: 2}
weak: 0.5                # preference for weak ties
handover: 0.6            # share of a tie that a successor on our side takes over
reassign: true           # hours of a vacant seat go to the other stakeholders
hours: {anna: 12}        # instead of staffing by the weights
distributor_share: 0.4   # of the hours of an end customer's account
training: 0.2            # share of the hours at distributors that goes into training
direct: 0.3              # share of the end customers offered direct from the start, largest first
commission: 0.05         # for a distributor whose end customer buys directly
registration: 1          # whether deals are registered
relief: 0.02             # on the wholesale price
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from graph.account import Account
from graph.policy import fold
from simulation.reading import find_person, name_of, number, read_mapping, shown, whole, wrong
from simulation.seating import Seating
from simulation.strategies import (
    CHANNEL_NAMES,
    NAMES,
    SHIPPED,
    Strategy,
    Weights,
    names_for,
    no_weights,
    put_weight,
)

# Highest value of each lever of the indirect business; all start at 0.
CHANNEL_LEVERS: Mapping[str, float] = {
    "distributor_share": 1.0,
    "training": 1.0,
    "direct": 1.0,
    "commission": 1.0,
    "registration": 1.0,
    "relief": 0.5,
}


def load_strategies(path: Path, account: Account) -> tuple[Strategy, ...]:
    """Read custom strategies from a YAML or JSON file.

    Raises
    ------
    InputError
        The file cannot be read, names nobody, or spends more hours than there are.
    """
    data = read_mapping(path, "strategies")
    entries = data.get("strategies", [data] if "name" in data else None)
    if not isinstance(entries, Sequence) or isinstance(entries, str) or not entries:
        raise wrong("strategies", entries, "needs a list of strategies", path.name)
    strategies = tuple(_custom(entry, account, path.name) for entry in entries)
    names = [fold(strategy.name) for strategy in strategies]
    for strategy in strategies:
        if names.count(fold(strategy.name)) > 1:
            raise wrong("name", strategy.name, "is used twice; every strategy needs its own name", path.name)
    return strategies


def _custom(entry: Any, account: Account, file: str) -> Strategy:
    fields = ("name", "like", "threads", "weak", "handover", "reassign", "hours", *CHANNEL_LEVERS)
    if not isinstance(entry, Mapping):
        raise wrong("strategies", entry, "needs a name and weights", file)
    for key in entry:
        if key not in fields:
            raise wrong(
                shown(key), entry[key], f"is no field of a strategy; fields are {', '.join(fields)}", file
            )
    name = name_of(entry.get("name"), "name", file)
    if fold(name) in [fold(one) for one in (*NAMES, *CHANNEL_NAMES)]:
        raise wrong("name", name, "is that of a shipped strategy; your own needs another one", file)
    if ("like" in entry) == ("threads" in entry):
        raise wrong(name, sorted(entry), "needs either `like`, the name of a strategy, or `threads`", file)
    if "like" in entry:
        if not isinstance(entry["like"], str) or entry["like"] not in SHIPPED:
            raise wrong("like", entry["like"], f"needs one of {', '.join(SHIPPED)}", file)
        base = replace(SHIPPED[entry["like"]], name=name)
    else:
        base = _threads(name, entry["threads"], account, file)
    reassign = entry.get("reassign", base.reassign)
    if not isinstance(reassign, bool):
        raise wrong("reassign", reassign, "needs true or false", file)
    handover = entry.get("handover")
    levers: dict[str, Any] = _channel(entry, base, account, file)
    return replace(
        base,
        weak=number(entry.get("weak", base.weak), 0.0, 10.0, "weak", file),
        handover=None if handover is None else number(handover, 0.0, 1.0, "handover", file),
        reassign=reassign,
        hours=_hours(entry["hours"], account, file) if "hours" in entry else None,
        distributors_first="distributor_share" in entry or base.distributors_first,
        **levers,
    )


def _channel(entry: Any, base: Strategy, account: Account, file: str) -> dict[str, float]:
    levers = {}
    for name, most in CHANNEL_LEVERS.items():
        if name in entry and names_for(account) == NAMES:
            raise wrong(name, entry[name], f"works through distributors, and {account.name} has none", file)
        if name == "registration":
            levers[name] = float(whole(entry.get(name, int(base.registration)), 0, 1, name, file))
        else:
            levers[name] = number(entry.get(name, getattr(base, name)), 0.0, most, name, file)
    return levers


def _threads(name: str, threads: Any, account: Account, file: str) -> Strategy:
    if not isinstance(threads, Sequence) or isinstance(threads, str) or not threads:
        raise wrong("threads", threads, "needs a list of {ours, stakeholder, weight}", file)
    wanted: dict[tuple[str, str], float] = {}
    for thread in threads:
        if not isinstance(thread, Mapping) or not {"ours", "stakeholder"} <= set(thread):
            raise wrong("threads", thread, "needs {ours: PERSON, stakeholder: PERSON, weight: NUMBER}", file)
        ours = find_person(account, thread["ours"], "threads.ours", file=file)
        theirs = find_person(account, thread["stakeholder"], "threads.stakeholder", file=file)
        if ours.id not in account.our_index or theirs.id not in account.their_index:
            raise wrong("threads", f"{ours.id}, {theirs.id}", "needs one of ours and one of theirs", file)
        if (ours.id, theirs.id) in wanted:
            message = "stands twice; give each thread once, with its weight"
            raise wrong("threads", f"{ours.id}, {theirs.id}", message, file)
        weight = number(thread.get("weight", 1.0), 0.0, 1e6, "threads.weight", file)
        wanted[(ours.id, theirs.id)] = weight

    def weigh(seating: Seating) -> Weights:
        weights = no_weights(seating)
        for (ours, stakeholder), weight in wanted.items():
            if stakeholder in seating.index and ours in seating.account.our_index:
                i = seating.index[stakeholder]
                put_weight(weights, seating, i, seating.account.our_index[ours], weight)
        return weights

    return Strategy(name, weigh, pairs=tuple(sorted(wanted)))


def _hours(hours: Any, account: Account, file: str) -> dict[str, float]:
    if not isinstance(hours, Mapping):
        raise wrong("hours", hours, "needs hours a month by person, such as {anna: 12}", file)
    given: dict[str, float] = {}
    for who, value in hours.items():
        person = find_person(account, who, "hours", file=file)
        if person.id not in account.our_index:
            raise wrong("hours", who, "needs somebody of ours", file)
        if person.id in given:
            raise wrong("hours", who, f"names {person.id} a second time", file)
        given[person.id] = number(value, 0.0, 744.0, f"hours.{person.id}", file)
    pool, spent = float(account.hours.sum()), sum(given.values())
    if spent > pool * (1.0 + 1e-9):
        raise wrong(
            "hours", f"{spent:g}", f"spends more hours than there are: the pool has {pool:g} h a month", file
        )
    return given
