"""Causes in sentences that a manager reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from simulation.comparison import Estimate
from simulation.wording import MEASURES, happened, money, named, shown, signed, words

if TYPE_CHECKING:
    from simulation.causes import Cause, Causes

NEGLIGIBLE = 0.05  # of the change: not worth a sentence
WINS = {
    "margin_total": "earns most",
    "revenue_total": "sells most",
    "account_lost": "loses the account least",
}
DIGITS = {"hours": 0, "index": 1, "months": 1}


def sentences(causes: Causes, kinds: Sequence[str]) -> list[str]:
    """Return why another strategy is best than in quiet years, or what the events change where none is."""
    if causes.best == causes.quiet_best:
        return _same_best(causes, kinds)
    best, other = named(causes.best), named(causes.quiet_best)
    ahead, behind = _range(causes.here, causes.unit), _range(_negative(causes.quiet), causes.unit)
    orders = (
        f"{best} {_wins(causes.measure)} here, {ahead} ahead of {other}; in quiet years {other} does, "
        f"{behind} ahead of {best}."
    )
    if not causes.differs:
        unsure = (
            "At least one of these two leads may be chance, its interval holds 0: the same strategy may be "
            "best in both kinds of years, so that there is no change of the order to explain."
        )
        return [orders, unsure, *_heaviest(causes)]
    change = _range(causes.swing, causes.unit)
    said = [f"{orders} What turns the lead round, a change of {change}, is explained here."]
    for index, cause in enumerate(causes.causes):
        lead = _range(_negative(cause.here), causes.unit)
        again = (
            f"{other} is ahead again by {lead}, and {100.0 * cause.taken:.0f}\u00a0% of the change is gone"
        )
        rank = "The cause" if index == 0 else "Another cause"
        if cause.parameter is None:
            said.append(f"{rank} is {cause.how}: without it {again}.")
        else:
            said.append(f"{rank} is that {cause.how}: with {_setting(cause)}, {again}.")
    if len(causes.causes) > 1:
        said.append(
            "Each was turned off alone. Causes overlap: two may explain the same part of the change, so that "
            "their shares do not add up."
        )
    if any(cause.parameter for cause in causes.causes):
        return said
    both = [one for one in causes.found if one.restores and not one.acts]
    if causes.together:
        names = " and ".join(causes.together)
        said.append(f"No single parameter restores the order; {names}, turned off together, do.")
    else:
        tried = "no mechanism that it acts by" if both else "no single mechanism"
        said.append(
            f"The cause is the event itself ({happened(kinds)}), not a parameter: {tried}, turned off, puts "
            f"{other} ahead again."
        )
    said += [
        f"The order also hangs on the fact that {one.how}: with {_setting(one)}, {other} is ahead by "
        f"{_range(_negative(one.here), causes.unit)}, but just as much more in quiet years."
        for one in both
    ]
    return [*said, *_heaviest(causes)]


def _same_best(causes: Causes, kinds: Sequence[str]) -> list[str]:
    best, change = named(causes.best), _range(causes.swing, causes.unit, sign=True)
    if causes.swing.mean == 0.0 and causes.swing.ci_low == causes.swing.ci_high:
        same = f"The events ({happened(kinds)}) change nothing for {best}"
        return [f"{same}, which {_wins(causes.measure)} here as in quiet years."]
    said = (
        f"{best} {_wins(causes.measure)} here as in quiet years. The events change its "
        f"{MEASURES.get(causes.measure, words(causes.measure))} by {change}."
    )
    itself = (
        f"That is the event itself ({happened(kinds)}): no single mechanism takes a notable part of it away."
    )
    return [said, *(_heaviest(causes) or [itself])]


def _heaviest(causes: Causes) -> list[str]:
    """Name the mechanism that takes away most of the change, where none restores the order."""
    rest = [one for one in causes.found if one.parameter and not one.restores and one.taken >= NEGLIGIBLE]
    if not rest or not causes.swings:
        return []
    most = max(rest, key=lambda one: one.taken)
    return [
        f"What weighs most is that {most.how}: with {_setting(most)}, "
        f"{_range(most.left, causes.unit, sign=True)} of the change of "
        f"{_range(causes.swing, causes.unit, sign=True)} is left."
    ]


def _setting(cause: Cause) -> str:
    lowest = ", the nearest to off that is allowed" if cause.lowest else ""
    return f"{cause.parameter} at {cause.value:g}{lowest}"


def _wins(measure: str) -> str:
    return WINS.get(measure, f"is best in {words(measure)}")


def _negative(found: Estimate) -> Estimate:
    mean, low, high = (
        None if value is None else -value for value in (found.mean, found.ci_high, found.ci_low)
    )
    return Estimate(mean, low, high)


def _range(found: Estimate, unit: str, *, sign: bool = False) -> str:
    """Return a value with its interval and unit."""
    text: Callable[[float], str] = money
    if unit != "currency":
        text = f"{{:,.{DIGITS.get(unit, 3)}f}}".format
    named_unit = "" if unit in ("1", "currency", "probability") else f" {unit}"
    return shown(found, signed(text) if sign else text) + named_unit
