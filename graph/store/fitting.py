"""Values as the schema allows them: one that cannot be counts as unknown, and `check` shows it.

An import lets nothing else in; who writes to the graph by Cypher meets no such check.
"""

from __future__ import annotations

from datetime import date, datetime
from math import isfinite
from typing import Any

from graph.policy import ORIENTATIONS, ROLES
from graph.schema import Property, load_schema

Row = dict[str, Any]
# The schema keeps the values of all attributes of an assessment in one property.
WORDS = {"role": ROLES, "orientation": ORIENTATIONS}
HIGHEST = {"influence": 1.0, "proximity": 5.0}


def fitting(owner: str, row: Row) -> Row:
    """Return a row with None for each of the owner's properties whose value the schema does not allow."""
    properties = load_schema().entities[owner].properties
    return {
        name: None if name in properties and not _fits(properties[name], value) else value
        for name, value in row.items()
    }


def fitting_value(owner: str, name: str, value: Any) -> Any:
    """Return a value of one property, None if the schema does not allow it."""
    return value if _fits(load_schema().property(owner, name), value) else None


def fitting_assessment(row: Row) -> bool:
    """Tell whether an assessment says something that its attribute can be."""
    attribute, value = row["attribute"], row["value"]
    if attribute in WORDS:
        return value in WORDS[attribute]
    return _is_number(value) and 0.0 <= value <= HIGHEST.get(attribute, value)


def _fits(rule: Property, value: Any) -> bool:
    if value is None:
        return True
    if rule.values and str(value) not in rule.values:
        return False
    if rule.type in ("number", "integer"):
        if not _is_number(value) or (rule.type == "integer" and not isinstance(value, int)):
            return False
        low, high = rule.minimum, rule.maximum
        return (low is None or value >= low) and (high is None or value <= high)
    if rule.type == "date":
        return isinstance(value, date) and not isinstance(value, datetime)
    if rule.type == "text":
        return isinstance(value, str)
    return isinstance(value, bool) if rule.type == "boolean" else True


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)
