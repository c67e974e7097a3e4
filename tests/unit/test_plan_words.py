"""What a plan says of itself and of its next best, in words."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from api.plans import Effect, Simulated
from api.words import next_best, simulated
from graph.plan import Ban, Instead
from graph.plan.weighing import Change

LESS = (Change("a", "A", "x", "X", "meeting", -1),)


def test_a_next_best_with_a_smaller_gap_is_not_called_better():
    worse = Instead(Ban("a"), (1.0, 0.9), (0.12, 0.2), 0.1, LESS)
    assert next_best(worse) == (
        "The next best leaves a weighted gap of 0.200 instead of 0.120. "
        "All weighed together, the plan is better by at most 0.1000."
    )
    odd = Instead(Ban("a"), (1.0, 0.9), (0.12, 0.07), 0.0071, LESS)
    assert "0.070 instead of 0.120, yet by more work than that is worth" in next_best(odd)
    assert next_best(Instead(Ban("a"), (1.0, 1.0), (0.1, 0.1), 0.0, ())).startswith("Nothing changes")


def test_where_the_revenue_is_an_index_nobody_earns_more_than_the_plan():
    def said(*effects: Effect) -> str:
        none = Effect("plan", "coverage_end", 0.4, 0.4, 0.4)
        run: Any = Simulated(100, 12, 1, 10.0, 0.4, none, none, effects)
        return " ".join(simulated(SimpleNamespace(simulated=run)))  # type: ignore[arg-type]

    covered = [Effect(name, "coverage_end", 0.4, 0.4, 0.4) for name in ("plan", "do_nothing", "diamond")]
    lost = (
        Effect("plan", "account_lost", 0.2, 0.19, 0.21),
        Effect("diamond", "account_lost", 0.1, 0.09, 0.11),
    )
    index = said(*covered, *lost)
    assert "“diamond” loses the account less often than the plan" in index and "it is an index" in index
    earned = (
        Effect("plan", "margin_total", 5.0, 4.0, 6.0),
        Effect("diamond", "margin_total", 9.0, 8.0, 10.0),
    )
    told = said(*covered, *lost, *earned)
    assert "“diamond” earns more than the plan" in told and "index" not in told
