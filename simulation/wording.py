"""Numbers and names in the sentences of a run, written alike in terminal, page and report.

A space within a number or before its unit does not break a line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from graph.wording import count as count
from simulation.comparison import Comparison, Estimate

UNKNOWN = "–"
MEASURES = {"margin_total": "profit", "revenue_total": "revenue", "account_lost": "chance of loss"}
EVENTS = {
    "leaves": "leaving",
    "joins": "somebody new",
    "reorganises": "reorganisation",
    "announce_direct": "direct sales announced",
    "go_direct": "direct sales",
}


def named(strategy: str) -> str:
    """Return a strategy's name as words, marked as a name."""
    return f"“{words(strategy)}”"


def words(name: str) -> str:
    """Return a name of code as words."""
    return name.replace("_", " ")


def happened(events: Iterable[str]) -> str:
    """Return kinds of events as nouns, each once."""
    return listed(list(dict.fromkeys(EVENTS.get(event, words(event)) for event in events)))


def listed(parts: Sequence[str]) -> str:
    """Return an enumeration: a, b and c."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def money(value: float) -> str:
    """Return an amount, shortened to three figures."""
    # Rounded first: 999 999 is a million in three figures, not a thousand of thousands.
    rounded = float(f"{value:.3g}") + 0.0
    for size, letter in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if abs(rounded) >= size:
            return f"{rounded / size:.3g}\u00a0{letter}".replace("-", "−")
    return f"{rounded:.3g}".replace("-", "−")


def percent(value: float) -> str:
    """Return a share as a percentage."""
    return f"{100.0 * value:.1f}\u00a0%"


def points(value: float) -> str:
    """Return a difference of shares in percentage points."""
    return f"{100.0 * value + 0.0:.1f}"


def signed(text: Callable[[float], str]) -> Callable[[float], str]:
    """Return the same way of writing with a sign; a hyphen is none."""
    return lambda value: f"{'−' if value < 0.0 else '+'}{text(abs(value))}"


def between(found: Estimate | Comparison, text: Callable[[float], str]) -> str:
    """Return an interval in brackets after a space; nothing where there is none or where it is a point."""
    if found.ci_low is None or found.ci_high is None or text(found.ci_low) == text(found.ci_high):
        return ""
    return f" [{text(found.ci_low)}\u00a0…\u00a0{text(found.ci_high)}]"


def shown(found: Estimate, text: Callable[[float], str]) -> str:
    """Return a mean with its interval."""
    return UNKNOWN if found.mean is None else text(found.mean) + between(found, text)


def of_futures(share: float) -> str:
    """Return a share of the futures in hundreds: in 68 of 100 futures."""
    if share >= 1.0:
        return "in every future"
    if share <= 0.0:
        return "in no future"
    hundreds = round(100.0 * share)
    if hundreds >= 100:
        return "in more than 99 of 100 futures"
    if hundreds == 0:
        return "in fewer than 1 of 100 futures"
    return f"in {hundreds} of 100 futures"
