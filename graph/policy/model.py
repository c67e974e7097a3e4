"""What the policy tables say, read and checked, and what follows from it for a person.

Names and values are compared without regard to case, spaces, hyphens and underscores (`fold`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

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
    folder
        Of a team's own tables; None for the shipped ones.
    own_tables
        Which of them say something else than the shipped ones.
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
    folder: Path | None = None
    own_tables: tuple[str, ...] = ()

    @property
    def note(self) -> str | None:
        """Say which tables are used where they are not the shipped ones."""
        if self.folder is None:
            return None
        names = ", ".join(name.removesuffix(".csv") for name in self.own_tables)
        what = f"other than shipped: {names}" if names else "all as shipped"
        return f"The policy tables of {self.folder} are used ({what})."

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
