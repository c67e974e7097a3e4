"""A plan as files for other programs: a table, and entries for a calendar."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from graph.exports import csv_table, printable
from graph.plan.model import Action, Plan
from graph.wording import spelt

# What a table says of an action, whether it is proposed or under way: who meets whom, how, and what for.
MEETING = (
    "person",
    "person_name",
    "stakeholder",
    "stakeholder_name",
    "also",
    "also_names",
    "kind",
    "hours",
    "cost",
    "expected_gain",
)
COLUMNS = ("due_on", *MEETING, "status", "pinned", "path", "reason", "id", "account")


def plan_csv(*plans: Plan) -> str:
    """Return the actions as CSV, one a line, in the order of the plans."""
    rows = (
        [plan.account if column == "account" else _cell(action, column) for column in COLUMNS]
        for plan in plans
        for action in plan.actions
    )
    return csv_table(COLUMNS, rows)


def _names(action: Action) -> str:
    return ", ".join((action.stakeholder_name, *(guest.stakeholder_name for guest in action.also)))


def _cell(action: Action, column: str) -> object:
    if column == "also":
        return "; ".join(guest.stakeholder for guest in action.also)
    if column == "also_names":
        return "; ".join(guest.stakeholder_name for guest in action.also)
    if column == "path":
        return " > ".join(action.path)
    return getattr(action, column)


def plan_ics(*plans: Plan) -> bytes:
    """Return the actions as an iCalendar file (RFC 5545): one all-day entry each, that blocks no time.

    The same plan gives the same bytes: ids come from the actions, stamps from the plan's day.
    """
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//Diamond//Lobbying plan//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    for one, action in ((plan, action) for plan in plans for action in plan.actions):
        stamp = datetime.combine(one.as_of, time(), tzinfo=UTC)
        event = Event()
        event.add("uid", f"{action.id}@diamond")
        event.add("dtstamp", stamp)
        event.add("dtstart", action.due_on)
        event.add("dtend", action.due_on + timedelta(days=1))
        kind = spelt(action.kind)
        who = f"{action.person_name} and {_names(action)}"
        event.add("summary", printable(f"{kind[:1].upper()}{kind[1:]}: {who}"))
        event.add("description", printable(f"{action.reason} ({action.hours:g} h)"))
        event.add("categories", [action.kind])
        event.add("transp", "TRANSPARENT")
        if action.status == "dropped":  # a calendar that has it takes it out
            event.add("status", "CANCELLED")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
