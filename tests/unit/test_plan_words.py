"""What a plan says of itself and of its next best, in words."""

from __future__ import annotations

from api.words import next_best
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
