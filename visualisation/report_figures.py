"""How a report writes numbers: amounts in one unit, intervals, thousands apart, no break within a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from simulation.comparison import Comparison, Estimate
from simulation.outcomes import RANKED_BY
from simulation.results import Simulation
from visualisation.figures import UNKNOWN, figure, percent

THOUSANDS_FROM = 1e5  # amounts are shown in thousands where the largest is above


class Amounts:
    """Amounts of a run: all in the same unit, so that columns compare at a glance."""

    def __init__(self, run: Simulation) -> None:
        indexed = run.units[RANKED_BY] == "index"
        largest = max(abs(run.measures["revenue_total"]).max(), abs(run.measures[RANKED_BY]).max(), 0.0)
        thousands = not indexed and largest >= THOUSANDS_FROM
        self.scale, self.digits = (1000.0 if thousands else 1.0), (1 if indexed else 0)
        self.unit = "index" if indexed else "thousand" if thousands else "currency"
        self.said = (
            "Amounts are an index: 100 is the revenue of a year at the start, because no supply row tells it."
            if indexed
            else f"Amounts are in {'thousands of ' if thousands else ''}the currency of your data."
        )

    def __call__(self, value: float) -> str:
        """Return an amount in this unit."""
        return signed(figure(value / self.scale + 0.0, self.digits))


def signed(text: str) -> str:
    """Return a number with a minus sign instead of a hyphen."""
    return text.replace("-", "−")


def tick(value: float) -> str:
    """Return a value of an axis."""
    return signed(f"{value:,.10g}".replace(",", "\u202f"))


def spaced(sentences: Iterable[str]) -> list[str]:
    """Return sentences whose numbers are set as everywhere on the page: thousands apart, no break within."""
    apart = [re.sub(r"(?<=\d),(?=\d{3})", "\u202f", sentence) for sentence in sentences]
    return [re.sub(r"(?<=\d) ?(?=%)|(?<=\d) (?=…)|(?<=…) (?=[-+\d])", "\u00a0", one) for one in apart]


def share(value: float) -> str:
    """Return a share as a percentage."""
    return percent(value, 1)


def points(value: float) -> str:
    """Return a difference of shares in percentage points."""
    return signed(figure(100.0 * value + 0.0, 1))


def interval(found: Estimate | Comparison, text: Callable[[float], str]) -> str:
    """Return an interval; empty where there is none or where it is a point."""
    if found.ci_low is None or found.ci_high is None or found.ci_low == found.ci_high:
        return ""
    return f"{text(found.ci_low)}\u00a0…\u00a0{text(found.ci_high)}"


def cell(found: Estimate, text: Callable[[float], str]) -> tuple[str, str]:
    """Return a mean and its interval."""
    return UNKNOWN if found.mean is None else text(found.mean), interval(found, text)
