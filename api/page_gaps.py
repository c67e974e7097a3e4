"""The gap report on an account's page: what is missing, what changed since, and the report kept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from api import gap_reports
from api.gap_reports import Since
from api.workspace import Workspace
from graph.store.gap_reports import last_report


def gap_report(
    work: Workspace,
    account: str,
    as_of: date | None = None,
    *,
    since: Since | None = None,
    save: bool = False,
) -> dict[str, Any]:
    """Return what the template of the gap report shows of an account, by its id."""
    found = gap_reports.gaps(work, account, as_of, since=since, save=save)
    kept = last_report(work.store, account, found.as_of)
    asked = {"since": since, "as_of": as_of}
    query = urlencode({name: str(value) for name, value in asked.items() if value is not None})
    return {
        "report": found.body,
        "as_of": found.as_of,
        "since": since if isinstance(since, date) else None,
        "day_before": found.as_of - timedelta(days=1),
        "kept_on": kept[0] if kept is not None else None,
        "asked": f"?{query}" if query else "",
        "saved": save,
    }
