"""What a run measures: its raw arrays, the measures over them, their units, and which way is better.

Series are valued at the end of each month, index 0 being the start. Revenue and margin (profit) are
currency a year, or, where no supply row tells the revenue, an index that is 100 a year at the start;
totals add up a twelfth a month. Revenue, margin, hours and the loss of the account are expectations over the
loss draw, which is valid because people and ties do not depend on it; the drawn loss is used for the worst
5 % and stands beside them in the files.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulation.comparison import Better
from simulation.state import (
    ACCESS,
    CONFLICT,
    COVERAGE,
    DISTRIBUTOR_PROFIT,
    FORECAST_ERROR,
    HOURS,
    HOURS_DRAWN,
    LOST_MONTH,
    MARGIN,
    MARGIN_DRAWN,
    REVENUE,
    REVENUE_DRAWN,
    SERIES,
    SHARE_OF_MIND,
    SUPPORT,
    SURVIVAL,
    THREADS,
    TRANSPARENCY,
)

Values = NDArray[np.float64]

RANKED_BY = "margin_total"
RECOVERED = 0.9  # of the access of the month before the first event
SHOWN = (*(name for name in SERIES if name != "hours"), "share_of_mind", "conflict", "transparency")

BETTER: Mapping[str, Better] = {
    "revenue_total": "higher",
    "margin_total": "higher",
    "coverage_end": "higher",
    "access_end": "higher",
    "support_end": "higher",
    "account_lost": "lower",
    "all_contacts_gone": "lower",
    "months_without_contact": "lower",
    "recovery_months": "lower",
    "hours_spent": "lower",
    "share_of_mind_end": "higher",
    "conflict_peak": "lower",
    "transparency_end": "higher",
    "forecast_error_mean": "lower",
    "distributor_profit_total": "higher",
}
CHANNEL_MEASURES = (
    "share_of_mind_end",
    "conflict_peak",
    "transparency_end",
    "forecast_error_mean",
    "distributor_profit_total",
)
SHARES = ("all_contacts_gone",)  # 0 or 1 in every replicate


class Arrays(NamedTuple):
    """The raw output of a run.

    Attributes
    ----------
    series
        (A, V, strategies, replicates, T + 1): of each account, the series that `series_of` names.
    drawn
        (A, len(DRAWN), strategies, replicates).
    missed
        (strategies, replicates, X).
    """

    series: Values
    drawn: Values
    missed: NDArray[np.int8]


def measure_run(arrays: Arrays, first_event: int | None, account: int = 0) -> dict[str, Values]:
    """Return every measure of one account by name, shape (strategies, replicates).

    Parameters
    ----------
    first_event
        Its month; without one there is nothing to recover from.
    """
    series = arrays.series[account]
    silent = series[THREADS][..., 1:] == 0.0
    found = {
        "revenue_total": series[REVENUE][..., 1:].sum(axis=-1) / 12.0,
        "margin_total": series[MARGIN][..., 1:].sum(axis=-1) / 12.0,
        "coverage_end": series[COVERAGE][..., -1],
        "access_end": series[ACCESS][..., -1],
        "support_end": series[SUPPORT][..., -1],
        "account_lost": 1.0 - series[SURVIVAL][..., -1],
        "all_contacts_gone": silent.any(axis=-1).astype(np.float64),
        "months_without_contact": silent.sum(axis=-1).astype(np.float64),
        "hours_spent": series[HOURS][..., 1:].sum(axis=-1),
    }
    if first_event is not None:
        found["recovery_months"] = months_to_recover(series[ACCESS], first_event)
    if series.shape[0] > len(SERIES):
        found |= {
            "share_of_mind_end": series[SHARE_OF_MIND][..., -1],
            "conflict_peak": series[CONFLICT][..., 1:].max(axis=-1),
            "transparency_end": series[TRANSPARENCY][..., -1],
            "forecast_error_mean": series[FORECAST_ERROR][..., 1:].mean(axis=-1),
            "distributor_profit_total": series[DISTRIBUTOR_PROFIT][..., 1:].sum(axis=-1) / 12.0,
        }
    return {name: found[name] for name in BETTER if name in found}


def months_to_recover(access: Values, event: int) -> Values:
    """Return the months in which access stays below 90 % of the month before an event.

    All months from the event to the horizon where it does not come back.
    """
    wanted = RECOVERED * access[..., event - 1]
    back = access[..., event:] >= wanted[..., None]
    waited = np.argmax(back, axis=-1)
    months: Values = np.where(back.any(axis=-1), waited, back.shape[-1]).astype(np.float64)
    return months


def drawn_measure(arrays: Arrays, measure: str, account: int = 0) -> Values | None:
    """Return a measure with the drawn loss, shape (strategies, replicates); None where that is the same."""
    columns = {"revenue_total": REVENUE_DRAWN, "margin_total": MARGIN_DRAWN, "hours_spent": HOURS_DRAWN}
    if measure == "account_lost":
        lost: Values = (arrays.drawn[account, LOST_MONTH] > 0.0).astype(np.float64)
        return lost
    if measure not in columns:
        return None
    found: Values = arrays.drawn[account, columns[measure]]
    return found


def units_of(*, indexed: bool) -> dict[str, str]:
    """Return the unit of every measure and series; `indexed` where nobody knows the revenue."""
    money = "index" if indexed else "currency"
    per_year = "index" if indexed else "currency/year"
    return {
        "revenue_total": money,
        "margin_total": money,
        "coverage_end": "1",
        "access_end": "1",
        "support_end": "1",
        "account_lost": "probability",
        "all_contacts_gone": "probability",
        "months_without_contact": "months",
        "recovery_months": "months",
        "hours_spent": "hours",
        "share_of_mind_end": "1",
        "conflict_peak": "1",
        "transparency_end": "1",
        "forecast_error_mean": "1",
        "distributor_profit_total": money,
        "access": "1",
        "support": "1",
        "coverage": "1",
        "threads": "threads",
        "survival": "probability",
        "revenue": per_year,
        "margin": per_year,
        "share_of_mind": "1",
        "conflict": "1",
        "transparency": "1",
        "forecast_error": "1",
        "distributor_profit": per_year,
    }
