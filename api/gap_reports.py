"""The verb of the gap report: of one account or of all, with what changed since, kept, and as a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

from api.caveats import caveats, portfolio_caveats
from api.workspace import Result, Workspace
from graph.account import Account
from graph.errors import InputError
from graph.gap_changes import GapChanges, Standing, compare, standing
from graph.gap_groundwork import groundwork
from graph.gap_report import GapReport, report, report_csv, report_workbook, reported
from graph.gap_similar import peer_of
from graph.gaps import Gap
from graph.measures import Measures, measure
from graph.store.gap_reports import last_report, save_report

LAST = "last"
ENDINGS = (".csv", ".xlsx", ".html")
Since = date | Literal["last"]
Found = Mapping[str, tuple[Measures, tuple[Gap, ...]]]


def gaps(
    work: Workspace,
    name: str | None = None,
    as_of: date | None = None,
    *,
    since: Since | None = None,
    save: bool = False,
) -> Result[GapReport]:
    """Return what is missing, worst first.

    Parameters
    ----------
    name
        An account; None for all.
    since
        Say what changed since this day, from the records as of it, or since the last report that was kept.
    save
        Keep this report, so that a later one can be compared with it.

    Raises
    ------
    InputError
        There is nothing to compare with: no report was kept, or the day is not before the report's.
    """
    day = as_of or work.today
    if isinstance(since, date) and since >= day:
        raise InputError(f"--since {since} is not before {day}, the day of the report: name an earlier day.")
    found = _found(work, name, as_of)
    measured = [measures for measures, _ in found.values()]
    warnings = list(caveats(measured[0]) if name is not None else portfolio_caveats(measured))
    now = {account: [standing(gap) for gap in some] for account, (_, some) in found.items()}
    changes = None
    if since == LAST:
        changes = _since_last(work, now, day)
        if changes is None and not save:
            raise InputError(
                "No report was kept yet to compare with: --save keeps this one, and --since 2026-01-31 "
                "compares with the records of a day."
            )
        if changes is None:
            warnings.append("No report was kept before this one, so nothing is compared.")
    elif isinstance(since, date):
        past = _found(work, name, since)
        before = {account: [standing(gap) for gap in some] for account, (_, some) in past.items()}
        changes = compare(since, "history", before, now, work.policy.limits["gap_change"])
    if save:
        for account, some in now.items():
            save_report(work.store, account, day, some)
    body = report(
        measured[0].account.name if name is not None else "",
        [gap for measures, some in found.values() for gap in reported(measures, some)],
        changes,
        account=measured[0].account.id if name is not None else None,
        accounts=len(found),
        before=groundwork(measured),
    )
    return Result(day, tuple(warnings), body)


def gaps_file(result: Result[GapReport], ending: str) -> bytes:
    """Return a report as the file of an ending: .csv, .xlsx or .html.

    Raises
    ------
    InputError
        The ending is none of these.
    """
    if ending == ".csv":
        return report_csv(result.body).encode("utf-8-sig")
    if ending == ".xlsx":
        return report_workbook(result.body, result.as_of, result.warnings)
    if ending == ".html":
        from visualisation.gap_report import gap_report_html

        return gap_report_html(result.body, result.as_of, result.warnings).encode()
    raise InputError(f"A gap report is written as .csv, .xlsx or .html, not as {ending or 'a file without'}.")


def _found(work: Workspace, name: str | None, day: date | None) -> Found:
    """Return the gaps of an account, or of each, as of a day."""
    if name is not None:
        measures = measure(work.account(name, day))
        return {measures.account.id: (measures, work.gaps(measures))}
    accounts: Sequence[Account] = work.portfolio(day)
    peers = [peer_of(account) for account in accounts]
    found = {account.id: measure(account) for account in accounts}
    return {account: (measures, work.gaps(measures, peers)) for account, measures in found.items()}


def _since_last(work: Workspace, now: Mapping[str, Sequence[Standing]], day: date) -> GapChanges | None:
    """Return what changed since the newest report of each account; the day is that of the oldest of them."""
    kept = {account: last_report(work.store, account, day) for account in now}
    before = {account: one for account, one in kept.items() if one is not None}
    if not before:
        return None
    return compare(
        min(on for on, _ in before.values()),
        "saved",
        {account: gaps for account, (_, gaps) in before.items()},
        {account: gaps for account, gaps in now.items() if account in before},
        work.policy.limits["gap_change"],
    )
