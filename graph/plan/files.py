"""A plan as files for other programs: a table, and entries for a calendar."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, time, timedelta

from graph.plan.model import Plan

COLUMNS = (
    "due_on",
    "person",
    "person_name",
    "stakeholder",
    "stakeholder_name",
    "kind",
    "hours",
    "cost",
    "expected_gain",
    "reason",
)
# A spreadsheet takes a cell that starts like this for a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(value: object) -> str:
    """Return a cell's text; one that a spreadsheet would run as a formula gets a leading apostrophe."""
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA_STARTS) else text


def plan_csv(plan: Plan) -> str:
    """Return the actions as CSV, one a line, in the order of the plan."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for action in plan.actions:
        writer.writerow([safe_cell(getattr(action, column)) for column in COLUMNS])
    return text.getvalue()


def plan_ics(plan: Plan) -> bytes:
    """Return the actions as an iCalendar file (RFC 5545): one all-day entry each, that blocks no time.

    The same plan gives the same bytes: ids come from the actions, stamps from the plan's day.
    """
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//Diamond//Lobbying plan//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    stamp = datetime.combine(plan.as_of, time(), tzinfo=UTC)
    for action in plan.actions:
        event = Event()
        event.add("uid", f"{action.id}@diamond")
        event.add("dtstamp", stamp)
        event.add("dtstart", action.due_on)
        event.add("dtend", action.due_on + timedelta(days=1))
        kind = action.kind.replace("_", " ").capitalize()
        event.add("summary", f"{kind}: {action.person_name} and {action.stakeholder_name}")
        event.add("description", f"{action.reason} ({action.hours:g} h)")
        event.add("categories", [action.kind])
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
