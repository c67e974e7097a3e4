"""Estimation of the simulation's parameters from the user's own history; `docs/estimation.md` argues it.

history -> turnover, tie decay, meetings -> `Estimates`, whose `parameters()` stand under a scenario's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from graph.account import Account
from graph.errors import InputError
from graph.history import History
from simulation.estimation.ends import EndRun, rankings_at_ends, told
from simulation.estimation.fading import estimate_fading, tie_persistence
from simulation.estimation.meeting import hours_of_ours, meeting_frequency
from simulation.estimation.model import (
    CurvePoint,
    Estimated,
    Estimates,
    Finding,
    HoursOfOne,
    Kept,
    TenureCurve,
)
from simulation.estimation.turnover import WHO, estimate_turnover, observe
from simulation.parameters import Parameter, parameter_table

__all__ = [
    "CurvePoint",
    "EndRun",
    "Estimated",
    "Estimates",
    "Finding",
    "HoursOfOne",
    "Kept",
    "TenureCurve",
    "estimate",
    "rankings_at_ends",
    "told",
]


def estimate(
    history: History,
    table: Mapping[str, Parameter] | None = None,
    *,
    account: Account | None = None,
    observed_from: date | None = None,
    findings: bool = True,
) -> Estimates:
    """Return what the history says about the parameters.

    Parameters
    ----------
    table
        The parameter table; the shipped one by default.
    account
        Also estimate the hours that each of ours spends with it, and limit the findings to it.
    observed_from
        Day from which on every leaving was noted; by default, the day of the first one noted.
    findings
        Whether to add findings and tenure curves, which no parameter needs.

    Returns
    -------
    Estimates
        Turnover is that of all accounts together.

    Raises
    ------
    InputError
        `observed_from` is after the history's day.
    """
    if observed_from is not None and observed_from > history.as_of:
        raise InputError(f"Leavings cannot be noted from {observed_from} on: that is after {history.as_of}.")
    table = parameter_table() if table is None else table
    turnover, unturned, cautions = estimate_turnover(history, table, observed_from)
    fading, unfaded = estimate_fading(history, table)
    hours, unspent = hours_of_ours(history, account) if account is not None else ((), ())
    found: list[Finding] = []
    curves = []
    if findings:
        from simulation.estimation.curves import tenure_curve

        found += meeting_frequency(history, None if account is None else account.id)
        persistence = tie_persistence(history)
        found += [] if persistence is None else [persistence]
        for group in WHO:
            observed = observe(history, group, observed_from)
            curve = None if observed is None else tenure_curve(observed)
            curves += [] if curve is None else [curve]
    return Estimates(
        as_of=history.as_of,
        account=None if account is None else account.id,
        rows=tuple(turnover + fading),
        kept=(*unturned, *unfaded, *unspent),
        findings=tuple(found),
        hours=hours,
        cautions=tuple(cautions),
        curves=tuple(curves),
    )
