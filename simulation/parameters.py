"""The parameter table: every number of the model, with unit, default, range, uncertainty and source.

`parameters.csv` is the one definition; validation, the reference in `docs/` and the simulation read it.
A name with a dot belongs to a family: `turnover_theirs` sets all its rows, `turnover_theirs.level1` one.
`python -m simulation.reference` prints the page in `docs/`.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from graph.errors import Candidate, Fault, InputError, UnknownName
from graph.policy import Policy
from simulation.reading import number_hint, shown

TABLE = Path(__file__).parent / "parameters.csv"

# The measures and the simulation age ties alike, so a team's policy table gives these defaults.
SHARED_WITH_MEASURES = ("contact_gain", "decay_scale", "half_weak", "half_strong")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One row of the table.

    Attributes
    ----------
    part
        What it belongs to: people, ties, orientation, account, and, where there are distributors, focus and
        channel.
    low, high
        Ends of what a scenario may set, both allowed; every state of the model stays in its bounds within.
    distribution
        What is plausible, for sensitivity analysis: `uniform(low, high)` or `fixed`.
    source
        Where the default comes from; "assumption" where nobody has measured it.
    """

    name: str
    part: str
    unit: str
    default: float
    low: float
    high: float
    distribution: str
    source: str
    description: str

    @property
    def family(self) -> str:
        """The name before the dot: what sets this row together with its siblings."""
        return self.name.partition(".")[0]

    def check(self, value: object, *, given_as: str | None = None, file: str | None = None) -> float:
        """Return the value as a number, or say what would be right.

        Raises
        ------
        InputError
            It is no number, out of range, or not whole where only whole ties count.
        """
        name = given_as or self.name
        span = f"{self.low:g} to {self.high:g}"
        number = value if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
        if not self.low <= number <= self.high:
            message = f"needs a number from {span} ({self.unit}){number_hint(value)}"
        elif self.unit == "ties" and number != int(number):
            message = f"needs a whole number from {span}"
        else:
            return float(number)
        raise InputError(
            f"The parameter {name} is {shown(value)}; it {message}.",
            errors=[Fault(file, None, f"parameters.{name}", shown(value), message)],
        )


@lru_cache(maxsize=1)
def parameter_table() -> Mapping[str, Parameter]:
    """Return the rows of the table by name, in its order."""
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return {
            row["name"]: Parameter(
                row["name"],
                row["part"],
                row["unit"],
                float(row["default"]),
                float(row["low"]),
                float(row["high"]),
                row["distribution"],
                row["source"],
                row["description"],
            )
            for row in csv.DictReader(lines)
        }


def families() -> Mapping[str, tuple[Parameter, ...]]:
    """Return the rows of each family, single rows under their own name."""
    grouped: dict[str, list[Parameter]] = {}
    for row in parameter_table().values():
        grouped.setdefault(row.family, []).append(row)
    return {family: tuple(rows) for family, rows in grouped.items()}


def resolve_parameters(
    given: Mapping[str, object], policy: Policy | None = None, *, file: str | None = None
) -> dict[str, float]:
    """Return the value of every row: what is given, else the policy's, else the default.

    Parameters
    ----------
    given
        By row or family name; a row beats its family, whatever the order.
    policy
        Its limits replace the defaults of decay and contact.
    file
        Named in errors.

    Raises
    ------
    UnknownName
        A name that the table does not have; the nearest ones are the candidates.
    InputError
        A value that is no number or out of its range.
    """
    table, groups = parameter_table(), families()
    values = {name: row.default for name, row in table.items()}
    if policy is not None:
        for name in SHARED_WITH_MEASURES:
            values[name] = table[name].check(policy.limits[name])
    for name in given:
        if name not in table and name not in groups:
            raise _unknown(name, [*groups, *table], file)
    for name, value in given.items():
        if name not in table:
            for row in groups[name]:
                values[row.name] = row.check(value, given_as=name, file=file)
    for name, value in given.items():
        if name in table:
            values[name] = table[name].check(value, file=file)
    return values


def _unknown(name: object, known: list[str], file: str | None) -> UnknownName:
    near = get_close_matches(str(name), known, n=3, cutoff=0.4)
    hint = f"; the nearest is {near[0]}" if near else "; the parameter table lists all"
    return UnknownName(
        f"There is no parameter {name!r}{hint}.",
        errors=[Fault(file, None, "parameters", str(name), "unknown parameter")],
        candidates=[Candidate(other, other) for other in near],
    )
