"""The `simulate` document of the contract, and the warnings that go with a run."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.comparison import Comparison, worst_mean
from simulation.outcomes import BETTER, RANKED_BY, SHOWN
from simulation.scenario import Event

if TYPE_CHECKING:
    from simulation.results import Simulation

# Events that the kernel carries out, in whose order it reports those that found nobody.
PEOPLE_EVENTS = ("leaves", "new_key_account_manager", "reorganises")


def document_of(run: Simulation) -> dict[str, Any]:
    """Return the `simulate` document of the contract, plain values only, undefined ones None."""
    units = run.units
    strategies = []
    for s, name in enumerate(run.names):
        idle = run.assembly.pool[1:] - run.assembly.asked[s, 1:]
        results: dict[str, dict[str, float | None]] = {}
        for measure in BETTER:
            found = run.estimate(measure, name)
            results[measure] = {
                "mean": found.mean,
                "ci_low": found.ci_low,
                "ci_high": found.ci_high,
                "worst_5_percent": worst_mean(run.downside(measure)[s], BETTER[measure])
                if measure in run.measures
                else None,
            }
        strategies.append(
            {
                "name": name,
                "hours_spent": results["hours_spent"]["mean"],
                "hours_idle": float(idle.sum()),
                "results": results,
                "series": {series: _band(run, series, s) for series in SHOWN},
            }
        )
    comparisons = [
        run.compare(a, b, measure) for a, b in combinations(run.names, 2) for measure in run.measures
    ]
    return {
        "account": run.account.id,
        "as_of": run.account.as_of.isoformat(),
        "scenario": run.scenario.name,
        "seed": run.seed,
        "replicates": run.replicates,
        "months": run.months,
        "engine": run.engine,
        "hours_available": float(run.assembly.pool[1:].sum()),
        "events": [event_entry(run, event) for event in run.scenario.events],
        "units": units,
        "better": dict(BETTER),
        "strategies": strategies,
        "comparisons": [
            {name: getattr(comparison, name) for name in Comparison.__slots__} for comparison in comparisons
        ],
        "warnings": list(run.warnings),
    }


def _band(run: Simulation, name: str, strategy: int) -> dict[str, list[float] | list[None]]:
    if name == "coverage" and not run.assembly.seating.seats:
        undefined = [None] * (run.months + 1)
        return {"mean": undefined, "p5": undefined, "p95": undefined}
    values = run.series(name)[strategy]
    low, high = np.quantile(values, (0.05, 0.95), axis=0)
    return {"mean": values.mean(axis=0).tolist(), "p5": low.tolist(), "p95": high.tolist()}


def event_entry(run: Simulation, event: Event) -> dict[str, Any]:
    """Return an event as the document lists it."""
    person = run.account.people.get(event.subject)
    return {
        "month": event.month,
        "event": event.event,
        "subject": event.subject,
        "subject_name": person.name if person else run.account.name,
    }


def warnings_of(run: Simulation) -> list[str]:
    """Return what a reader should know before trusting the numbers of a run."""
    account, found = run.account, []
    if not run.assembly.seating.seats:
        found.append(f"No stakeholder of {account.name} is known; coverage is undefined.")
    if not account.ours:
        found.append(f"Nobody of ours is known at {account.name}; no strategy can meet anybody.")
    elif not account.ties:
        found.append(f"{account.name} starts without any tie.")
    if run.assembly.seating.left_out:
        found.append(
            f"{run.assembly.seating.left_out} ties beyond max_threads start as measured, "
            "but no strategy works on them."
        )
    if account.channel.distributors or "distributor" in account.kinds:
        found.append(
            "Distributors and end customers are not part of this simulation; only people and ties are."
        )
    given = run.scenario.parameters
    if (
        "distributor" in account.kinds
        and "turnover_distributor" not in given
        and any(name.startswith("turnover_theirs") for name in given)
    ):
        found.append(
            f"{account.name} is a distributor: its people follow turnover_distributor, not turnover_theirs."
        )
    if account.revenue is None:
        found.append("No supply row tells the revenue; it is an index, 100 a year at the start.")
    if "recovery_months" not in run.measures:
        found.append("The scenario has no event, so recovery_months is undefined.")
    if run.replicates < 2:
        found.append("One replicate gives no interval; ask for more.")
    found.extend(_missed(run))
    found.extend(
        f"The order of {a} and {b} in {RANKED_BY} is not settled with {run.replicates:,} replicates."
        for a, b in run.unsettled()
    )
    return found


def _missed(run: Simulation) -> list[str]:
    """Say which events found nobody: people leave by chance too, whatever the strategy."""
    if not run.replicates or not run.strategies:
        return []
    shares = run.arrays.missed.mean(axis=(0, 1))
    people = [event for event in run.scenario.events if event.event in PEOPLE_EVENTS]
    return [
        f"In {share:.0%} of the replicates the seat of {run.account.people[event.subject].name} is vacant "
        f"in month {event.month}, so that nobody leaves."
        for event, share in zip(people, shares, strict=True)
        if event.event == "leaves" and share > 0.0
    ]
