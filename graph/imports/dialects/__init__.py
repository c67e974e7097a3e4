"""The dialects: whose export a file is, recognised by its headings or its content, said with the reason.

`DIALECTS` in the order in which they are asked; a new one is a class of the shape `dialect.Dialect`.
"""

from __future__ import annotations

from graph.imports.dialects.calendar import Calendar
from graph.imports.dialects.dialect import (
    Context,
    Dialect,
    Headings,
    Made,
    Offer,
    fill,
    fill_ready,
    refuse_unrecognised,
)
from graph.imports.dialects.dynamics import Dynamics
from graph.imports.dialects.hubspot import HubSpot
from graph.imports.dialects.mail import Mail
from graph.imports.dialects.salesforce import Salesforce

__all__ = [
    "DIALECTS",
    "GENERIC",
    "NAMES",
    "Context",
    "Dialect",
    "Headings",
    "Made",
    "Offer",
    "fill",
    "fill_ready",
    "refuse_unrecognised",
]

GENERIC = "generic"
# What `--dialect` may say; those without an entry below are still to come.
NAMES = ("auto", GENERIC, "hubspot", "salesforce", "dynamics", "mail", "calendar")
DIALECTS: tuple[Dialect, ...] = (HubSpot(), Dynamics(), Salesforce(), Mail(), Calendar())
