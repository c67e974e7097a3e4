"""What a scenario asks, in words: its events, and the question that they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simulation.results import Simulation
from visualisation.figures import count, percent

SHORT = {
    "joins": "somebody joins",
    "reorganises": "reorganisation",
    "rival_launch": "rival launched",
    "takeover": "taken over",
    "announce_direct": "direct announced",
    "go_direct": "direct sales",
    "price_pressure": "price falls",
    "new_key_account_manager": "handover",
    "hours_cut": "hours cut",
}
ASKED = 2  # events that fit into a question; of more it names the scenario


def question(run: Simulation, events: Sequence[Mapping[str, Any]]) -> str:
    """Return the question of a run.

    Parameters
    ----------
    events
        Those of its document, in the order of the scenario's.
    """
    if not events:
        return f"What if nothing special happens at {run.account.name}: which strategy does best?"
    told = happenings(run, events)
    if len(told) > ASKED:
        return f"What if “{run.scenario.name}” happens at {run.account.name}?"
    parts = [f"{what} in month {month}" for month, what in told]
    return f"What if {' and '.join(parts)}?"


def happenings(run: Simulation, events: Sequence[Mapping[str, Any]]) -> list[tuple[int, str]]:
    """Return month and words of every event."""
    return [
        (entry["month"], happening(event, str(entry["subject_name"] or entry["subject"] or "")))
        for event, entry in zip(run.scenario.events, events, strict=True)
    ]


def label(event: Any, who: str) -> str:
    """Return an event in the few words that fit into a chart."""
    return f"{who} leaves" if event.event == "leaves" else SHORT[event.event]


def happening(event: Any, who: str) -> str:
    """Return an event in words, without a full stop; `who` is the name of its subject."""
    if event.event == "leaves":
        return f"{who} leaves"
    if event.event == "joins":
        return f"somebody joins {who}" + (f" ({_words(event.function)})" if event.function else "")
    if event.event == "reorganises":
        return f"{who} reorganises {_words(event.function)} ({percent(event.share)} of its people go)"
    if event.event == "rival_launch":
        return f"the brand {event.brand} is launched at {who}"
    if event.event == "takeover":
        return f"{who} is taken over by {event.by}"
    if event.event in ("announce_direct", "go_direct"):
        customers = count(len(event.end_customers), "end customer", "end customers")
        verb = "announce direct business with" if event.event == "announce_direct" else "go direct with"
        return f"we {verb} {customers}"
    if event.event == "price_pressure":
        return f"the price falls by {event.percent:g}\u00a0% for {count(event.months, 'month', 'months')}"
    if event.event == "new_key_account_manager":
        return f"{who} hands over to a new key account manager"
    if event.event == "hours_cut":
        people = f" of {count(len(event.people), 'person', 'people')}" if event.people else ""
        return f"our hours{people} are cut by {percent(event.share)}"
    return f"{who} {_words(event.event)}".strip()


def _words(name: str) -> str:
    return name.replace("_", " ")
