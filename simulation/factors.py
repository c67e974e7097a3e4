"""What is uncertain about an account: the parameters that a sensitivity analysis varies, and how far."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph.account import Account
from graph.errors import InputError
from simulation.parameters import Parameter, families, parameter_table, resolve_parameters
from simulation.scenario import Scenario

# The levels of a family are uncertain for one reason, so they move together, as a scenario file sets them.
TOGETHER = {
    "turnover_theirs": "chance that a stakeholder leaves within a year, all levels alike",
    "turnover_ours": "chance that one of ours leaves within a year, all levels alike",
}
CHANNEL_PARTS = ("focus", "channel")
UNIFORM = re.compile(r"uniform\(\s*([^,\s]+)\s*,\s*([^)\s]+)\s*\)")


@dataclass(frozen=True, slots=True)
class Factor:
    """One uncertain number.

    Attributes
    ----------
    name
        Of a row of the parameter table, or of a family whose rows move together.
    rows, values
        The rows that it sets, and their values in the scenario.
    low, high
        Ends of what is plausible.
    """

    name: str
    description: str
    unit: str
    rows: tuple[str, ...]
    values: tuple[float, ...]
    low: float
    high: float

    @property
    def default(self) -> float:
        """Its value in the scenario; the mean of the rows where they differ."""
        first = self.values[0]
        return first + math.fsum(value - first for value in self.values) / len(self.values)

    def at(self, share: float) -> float:
        """Return the value at a share of the range, 0 being the low end."""
        return min(self.high, self.low + share * (self.high - self.low))

    def settings(self, value: float) -> dict[str, float]:
        """Return what a scenario has to set for the factor to have this value."""
        return dict.fromkeys(self.rows, value)

    def as_it_is(self) -> dict[str, float]:
        """Return what sets the rows to the values that they have."""
        return dict(zip(self.rows, self.values, strict=True))


def factors_of(
    account: Account,
    scenario: Scenario,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    partners: Sequence[Account] = (),
) -> tuple[Factor, ...]:
    """Return what is uncertain, in the order of the parameter table.

    What the scenario sets is given, not uncertain, unless `ranges` names it; parameters of the indirect
    business are left out where there is none.

    Parameters
    ----------
    ranges
        Intervals by row or family, such as those of an estimate from the user's own data; they replace the
        plausible range of the table.
    partners
        Accounts of distributors in the same run.

    Raises
    ------
    InputError
        An unknown name, or an interval that is none or leaves what the table allows.
    """
    values = resolve_parameters(scenario.parameters, account.policy)
    indirect = has_channel(account, *partners)
    own = dict(ranges or {})
    for end in (0, 1):
        resolve_parameters({name: interval[end] for name, interval in own.items()})
    for name, (low, high) in own.items():
        if low >= high:
            raise InputError(f"The range of {name} is {low!r} to {high!r}; it needs a lower end first.")
    found: list[Factor] = []
    for family, rows in families().items():
        apart = [row for row in rows if row.name in own]
        found.extend(_factor(row.name, (row,), values, own[row.name]) for row in apart)
        rest = tuple(row for row in rows if row not in apart)
        if family in own:
            if rest:
                found.append(_factor(family, rest, values, own[family]))
            continue
        free = tuple(row for row in rest if _is_open(row, scenario, indirect))
        if family in TOGETHER and free:
            spans = [span for row in free if (span := plausible(row)) is not None]
            span = min(low for low, _ in spans), max(high for _, high in spans)
            found.append(_factor(family, free, values, span))
        else:
            found.extend(
                _factor(row.name, (row,), values, span)
                for row in free
                if (span := plausible(row)) is not None
            )
    order = list(parameter_table())
    return tuple(sorted(found, key=lambda factor: order.index(factor.rows[0])))


def has_channel(*organisations: Account) -> bool:
    """Tell whether there is indirect business, so that distributors and their customers matter."""
    return any(one.channel.distributors or "distributor" in one.kinds for one in organisations)


def plausible(row: Parameter) -> tuple[float, float] | None:
    """Return the range that the table calls plausible; None for a fixed row."""
    found = UNIFORM.fullmatch(row.distribution)
    return (float(found[1]), float(found[2])) if found else None


def _is_open(row: Parameter, scenario: Scenario, indirect: bool) -> bool:
    if row.name in scenario.parameters or row.family in scenario.parameters or plausible(row) is None:
        return False
    return indirect or row.part not in CHANNEL_PARTS


def _factor(
    name: str, rows: tuple[Parameter, ...], values: Mapping[str, float], span: tuple[float, float]
) -> Factor:
    first = families()[rows[0].family][0]
    words = rows[0].description
    if name in TOGETHER:
        words = TOGETHER[name]
    elif words.startswith("the same"):
        words = f"{first.description}; {words}"
    names = tuple(row.name for row in rows)
    return Factor(name, words, rows[0].unit, names, tuple(values[row] for row in names), *span)
