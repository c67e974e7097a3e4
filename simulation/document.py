"""The `simulate` document of the contract, and the warnings that go with a run."""

from __future__ import annotations

from dataclasses import fields
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.comparison import Comparison, worst_mean
from simulation.outcomes import BETTER, SHOWN
from simulation.scenario import AnnounceDirect, Event, GoDirect, Leaves, NewKeyAccountManager
from simulation.wording import MEASURES, count, named

if TYPE_CHECKING:
    from simulation.results import Simulation


def document_of(run: Simulation) -> dict[str, Any]:
    """Return the `simulate` document of the contract, plain values only, undefined ones None."""
    units, known = run.units, run.assembly.series
    strategies = []
    for s, name in enumerate(run.names):
        idle = run.assembly.pool[1:] - run.assembly.asked[s, 1:]
        results: dict[str, dict[str, float | None]] = {}
        for measure in run.told:
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
                "series": {series: _band(run, series, s) for series in SHOWN if series in known},
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
        "units": {name: units[name] for name in (*run.told, *SHOWN) if name in run.told or name in known},
        "better": {measure: BETTER[measure] for measure in run.told},
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
    return {
        "month": event.month,
        "event": event.event,
        "subject": event.subject,
        "subject_name": run.name_of(event.subject),
        **{
            one.name: getattr(event, one.name)
            for one in fields(event)
            if one.name not in ("month", "subject")
        },
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
        beyond = count(run.assembly.seating.left_out, "tie starts", "ties start")
        found.append(f"{beyond} as measured, beyond max_threads, so that no strategy works there.")
    found.extend(_about_channel(run))
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
        found.append(
            "The scenario has no event, so there is nothing to recover from: recovery_months is undefined."
        )
    if run.replicates < 2:
        found.append("One future gives no interval; ask for more replicates.")
    found.extend(_missed(run))
    found.extend(
        f"The order of {named(a)} and {named(b)} by {MEASURES[run.ranked_by]} is not settled with "
        f"{count(run.replicates, 'future')}."
        for a, b in run.unsettled()
    )
    return found


def _about_channel(run: Simulation) -> list[str]:
    """Say what of the indirect business is not part of the run, or assumed."""
    account, business = run.account, run.assembly.business
    found = []
    if "distributor" in account.kinds and not business.lots:
        found.append(
            f"No sale of {account.name} to an end customer is known; it is simulated as an account that "
            "sells to nobody, without share of mind and conflict."
        )
    elif account.channel.distributors and not business.lots:
        found.append(
            f"Distributors and end customers of {account.name} are left out: no sale from one to the other "
            "is known."
        )
    if business.assumed:
        found.append(
            f"The volume of {business.assumed} of {len(business.lots)} sales to end customers is unknown; "
            "each counts as the mean of the others."
        )
    share = run.assembly.parameters["unrecorded"]
    if business.loyal and share > 0.0:
        found.append(
            f"Nobody has recorded what {business.loyal} of {len(business.customers)} end customers buy from "
            f"rivals: it counts as {share:.0%} of what they buy (`unrecorded`)."
        )
    others = {
        sale.seller
        for sale in account.channel.sales
        if not sale.direct and sale.seller not in business.distributor_index
    }
    if business.lots and others:
        found.append(
            f"What other distributors ({len(others)}) sell to the same end customers is left out; `diamond "
            "portfolio` has it."
        )
    named = {
        customer
        for event in run.scenario.events
        if isinstance(event, AnnounceDirect | GoDirect)
        for customer in event.end_customers
    }
    strangers = named - set(business.customers)
    if strangers:
        names = ", ".join(sorted(run.name_of(one) for one in strangers))
        found.append(f"The scenario names end customers that buy nothing in this run: {names}.")
    return found


def _missed(run: Simulation) -> list[str]:
    """Say which events found nobody: people leave by chance too, whatever the strategy."""
    if not run.replicates or not run.strategies:
        return []
    shares = run.arrays.missed.mean(axis=(0, 1))
    return [
        f"In {share:.0%} of the replicates the seat of {run.name_of(one.event.subject)} is vacant "
        f"in month {one.month}, so that nobody {'leaves' if isinstance(one.event, Leaves) else 'hands over'}."
        for one, share in zip(run.assembly.happenings, shares, strict=True)
        if isinstance(one.event, Leaves | NewKeyAccountManager) and share > 0.0
    ]
