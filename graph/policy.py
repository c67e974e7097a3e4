"""The policy tables: what a team believes about functions, roles, touchpoints and targets, as data.

Each table is a CSV file in `graph/policy/`; a team edits a copy and names its folder in the settings.
Names and values are compared without regard to case, spaces, hyphens and underscores (`fold`).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from graph.errors import Fault, InputError

FOLDER = Path(__file__).parent / "policy"
UNKNOWN_ROW = "Unknown"

ROLES = ("decision_maker", "evaluator", "influencer", "user")
ORIENTATIONS = ("ally", "neutral", "against", "unknown")
# What an orientation word means as a number: the start value of the simulation's scale in [-1, 1].
ORIENTATION_VALUE = {"ally": 0.6, "neutral": 0.0, "unknown": 0.0, "against": -0.6}


def fold(text: str) -> str:
    """Return the form in which names and values are compared."""
    return re.sub(r"[\s\-_]+", "", unicodedata.normalize("NFC", text)).casefold()


@dataclass(frozen=True, slots=True)
class FunctionKind:
    """One function as the table knows it."""

    kind: str
    row: str
    faces: str


@dataclass(frozen=True, slots=True)
class TouchpointKind:
    """One form of touchpoint: hours it takes, quality of an hour, cost, and how often in a year.

    `theirs` is how many of theirs one touchpoint can reach at most.
    """

    kind: str
    hours: float
    quality: float
    cost: float
    yearly_limit: int
    theirs: int = 1


@dataclass(frozen=True, slots=True)
class TitlePattern:
    """One phrase of a job title and what it tells."""

    pattern: str
    language: str
    function: str | None
    level: int | None


@dataclass(frozen=True)
class Policy:
    """All policy tables, read once.

    Attributes
    ----------
    functions
        By function kind, in the order of the rows.
    row_weights
        Expected weight of each function row, top to bottom.
    kinds
        Touchpoint kinds by name.
    role_targets
        Target coverage by role, `unknown` among them.
    role_influence, level_influence
        Default influence by role and by level.
    role_values
        CRM value (folded) to role and orientation.
    titles
        Title phrases, longest first.
    selling_functions
        Functions of a distributor in which it is decided how our product is sold on, with a weight each.
    limits
        The named cut-offs of `measures.csv`.
    """

    functions: Mapping[str, FunctionKind]
    row_weights: Mapping[str, float]
    kinds: Mapping[str, TouchpointKind]
    role_targets: Mapping[str, float]
    role_influence: Mapping[str, float]
    level_influence: Mapping[int, float]
    role_values: Mapping[str, tuple[str | None, str | None]]
    titles: tuple[TitlePattern, ...]
    selling_functions: Mapping[str, float]
    limits: Mapping[str, float]

    def row_of(self, function: str | None) -> str:
        """Return the function row of a function: its own name outside the table, `Unknown` without one."""
        if function is None:
            return UNKNOWN_ROW
        known = self.functions.get(function)
        return known.row if known else function

    def same_function(self, one: str | None, other: str | None) -> bool:
        """Tell whether two functions are the same kind or face each other across the table."""
        if one is None or other is None:
            return False
        return one == other or self._faces(one) == other or self._faces(other) == one

    def _faces(self, function: str) -> str | None:
        known = self.functions.get(function)
        return known.faces if known else None

    def influence(self, role: str | None, level: int | None) -> float:
        """Return the influence assumed for a role and level, by role first."""
        if role is not None and role in self.role_influence:
            return self.role_influence[role]
        if level is not None and level in self.level_influence:
            return self.level_influence[level]
        return self.limits["influence_default"]

    def target(self, role: str | None, influence: float) -> float:
        """Return the coverage that a stakeholder of this role and influence should have."""
        return self.role_targets[role or "unknown"] * (0.5 + influence / 2.0)


def _rows(folder: Path, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    path = folder / name
    if not path.exists():
        path = FOLDER / name
    with path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            yield number, {key: (value or "").strip() for key, value in row.items() if key}


def _number(name: str, number: int, row: Mapping[str, str], column: str) -> float:
    try:
        return float(row[column])
    except (KeyError, ValueError):
        value = row.get(column)
        message = f"column {column} needs a number"
        raise InputError(
            f"The policy table {name}, row {number}: {message}, found {value!r}.",
            errors=[Fault(name, number, column, value, message)],
        ) from None


@lru_cache(maxsize=8)
def load_policy(folder: Path = FOLDER) -> Policy:
    """Read the policy tables of a folder; a table that it does not have is the shipped one.

    Raises
    ------
    InputError
        A table has a cell that is no number where one is needed.
    """
    functions: dict[str, FunctionKind] = {}
    weights: dict[str, float] = {}
    for number, row in _rows(folder, "functions.csv"):
        functions[row["kind"]] = FunctionKind(row["kind"], row["row"], row["faces"])
        weights.setdefault(row["row"], _number("functions.csv", number, row, "expected_weight"))
    kinds = {
        row["kind"]: TouchpointKind(
            row["kind"],
            _number("touchpoint_kinds.csv", number, row, "hours"),
            _number("touchpoint_kinds.csv", number, row, "quality"),
            _number("touchpoint_kinds.csv", number, row, "cost"),
            int(_number("touchpoint_kinds.csv", number, row, "yearly_limit")),
            int(_number("touchpoint_kinds.csv", number, row, "theirs")) if row.get("theirs") else 1,
        )
        for number, row in _rows(folder, "touchpoint_kinds.csv")
    }
    role_influence: dict[str, float] = {}
    level_influence: dict[int, float] = {}
    for number, row in _rows(folder, "defaults.csv"):
        influence = _number("defaults.csv", number, row, "influence")
        if row["by"] == "role":
            role_influence[row["value"]] = influence
        elif row["by"] == "level":
            level_influence[int(_number("defaults.csv", number, row, "value"))] = influence
    titles = [
        TitlePattern(
            row["pattern"],
            row["language"],
            row["function"] or None,
            int(_number("titles.csv", number, row, "level")) if row["level"] else None,
        )
        for number, row in _rows(folder, "titles.csv")
    ]
    return Policy(
        functions=functions,
        row_weights=weights,
        kinds=kinds,
        role_targets={
            row["role"]: _number("targets.csv", number, row, "target_coverage")
            for number, row in _rows(folder, "targets.csv")
        },
        role_influence=role_influence,
        level_influence=level_influence,
        role_values={
            fold(row["value"]): (row["role"] or None, row["orientation"] or None)
            for _, row in _rows(folder, "roles.csv")
        },
        selling_functions={
            row["function"]: _number("selling_functions.csv", number, row, "weight")
            for number, row in _rows(folder, "selling_functions.csv")
        },
        titles=tuple(sorted(titles, key=lambda title: (-len(title.pattern), title.pattern))),
        limits={
            row["name"]: _number("measures.csv", number, row, "value")
            for number, row in _rows(folder, "measures.csv")
        },
    )
