"""The gap report as one page that a manager can read, send and print; it needs nothing beside itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from typing import Any

from graph.gap_changes import GapChange, GapChanges
from graph.gap_report import GapReport, ReportedGap, grouped
from graph.gap_words import GROUPS, TITLES
from visualisation.figures import day, figure
from visualisation.templating import report_environment

CHANGES_SHOWN = 8
FACTS_SHOWN = 3
GROUP_WORDS = {"severe": "Severe", "notable": "Notable", "minor": "Minor"}


def gap_report_html(found: GapReport, as_of: date, warnings: Sequence[str] = ()) -> str:
    """Return the report as HTML.

    Parameters
    ----------
    as_of
        The day that it speaks of.
    warnings
        What to know before trusting it: assumed shares, stale scores, old contacts, own policy tables.
    """
    groups = grouped(found.gaps)
    names = {gap.account_name for gap in found.gaps}
    values = {
        "account": next(iter(names))
        if found.account is not None and names
        else found.account or "All accounts",
        "portfolio": found.account is None,
        "as_of": day(as_of),
        "summary": found.summary,
        "warnings": warnings,
        "changes": _changes(found.changes) if found.changes is not None else [],
        "changes_shown": CHANGES_SHOWN,
        "groups": [(GROUP_WORDS[name], _bounds(name), [_line(gap) for gap in some]) for name, some in groups],
        "counts": [(GROUP_WORDS[name], len(some), len(some) / len(found.gaps)) for name, some in groups],
        "facts": [
            ("As of", day(as_of)),
            ("Gaps", figure(len(found.gaps), 0)),
            ("Diamond", version("diamond-kam")),
        ],
    }
    return report_environment().get_template("gap_report.html").render(values)


def _line(gap: ReportedGap) -> dict[str, Any]:
    facts = [str(fact["text"]) for fact in gap.evidence]
    return {
        "title": TITLES[gap.kind],
        "severity": figure(gap.severity),
        "bar": round(100.0 * gap.severity),
        "account": gap.account_name,
        "said": gap.said,
        "now": gap.now,
        "wanted": gap.wanted,
        "facts": facts[:FACTS_SHOWN],
        "more": len(facts) - FACTS_SHOWN,
        "closer": gap.closer,
    }


def _bounds(group: str) -> str:
    bounds = dict(GROUPS)
    above = [least for least in bounds.values() if least > bounds[group]]
    if not above:
        return f"severity {bounds[group]:g} or more"
    return f"severity below {min(above):g}" + (f", {bounds[group]:g} or more" if bounds[group] else "")


def _changes(changes: GapChanges) -> list[tuple[str, tuple[GapChange, ...], list[dict[str, str]]]]:
    return [
        (
            name,
            some,
            [
                {
                    "what": TITLES[one.kind],
                    "who": one.subject_name,
                    "before": "" if one.before is None else figure(one.before),
                    "now": "" if one.now is None else figure(one.now),
                }
                for one in some[:CHANGES_SHOWN]
            ],
        )
        for name, some in (
            ("New", changes.new),
            ("Worse", changes.worse),
            ("Better", changes.better),
            ("Closed", changes.closed),
        )
        if some
    ]
