"""The table of a run: what was wanted, what was measured, whether it was reached."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes
    ----------
    value, limit
        In `unit`; without a limit the row is told, not judged.
    at_least
        The limit is a lower one.
    detail
        The times behind the value.
    """

    goal: str
    value: float
    unit: str = ""
    limit: float | None = None
    at_least: bool = False
    detail: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the goal holds; None where none is set."""
        if self.limit is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    @property
    def wanted(self) -> str:
        """The limit in words."""
        if self.limit is None:
            return ""
        return f"{'≥' if self.at_least else '≤'} {self.limit:g}{self.unit}"

    @property
    def measured(self) -> str:
        """The value with its unit."""
        return f"{self.value:.3g}{self.unit}"

    def document(self) -> dict[str, Any]:
        """Return the row as JSON takes it."""
        return {**asdict(self), "reached": self.reached}


@dataclass(frozen=True)
class Check:
    """Whether two ways of computing the same agree."""

    what: str
    agrees: bool
    detail: str = ""


def table(rows: list[Row]) -> str:
    """Return the rows as a Markdown table, which is also what a terminal shows."""
    verdicts = {True: "yes", False: "**NO**", None: "told"}
    cells = [("goal", "wanted", "measured", "reached", "behind it")]
    cells += [(row.goal, row.wanted, row.measured, verdicts[row.reached], row.detail) for row in rows]
    widths = [max(len(line[column]) for line in cells) for column in range(5)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in cells
    ]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)
