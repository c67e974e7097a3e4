"""The generic form as a table: its files, their columns, what each holds, and which must be there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from graph.policy import fold
from graph.schema import Property, load_schema

# What a column holds. Words of a policy table are read later, since an unknown one is a question.
Holds = Literal[
    "id", "text", "word", "person", "people", "organisation", "kinds", "date", "moment", "number", "boolean"
]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a form.

    Attributes
    ----------
    rule
        The schema's property whose bounds the value keeps; None for text.
    """

    name: str
    holds: Holds
    required: bool
    rule: Property | None


@dataclass(frozen=True, slots=True)
class Form:
    """One file of the generic form; `key` columns tell its rows apart."""

    name: str
    columns: Mapping[str, Column]
    key: tuple[str, ...]


# Per form: key columns; then column, what it holds (* required), and the schema's property for numbers.
_TABLE = {
    "organisations": (
        "id",
        "id id*, name text*, kind kinds, parent organisation, country text, region text, industry text, "
        "category_volume number Organisation.category_volume",
    ),
    "people": (
        "id",
        "id id*, name text*, organisation organisation*, function word, title text, level word, "
        "email text, phone text, "
        "started_on date, left_on date, role word, influence number influence, orientation word, "
        "proximity number proximity, verified_on date, confidence number Person.confidence, "
        "time_capacity number Person.time_capacity, placeholder boolean",
    ),
    "reports_to": ("person manager", "person person*, manager person*"),
    "influences": (
        "from to",
        "from person*, to person*, weight number INFLUENCES.weight, sign number INFLUENCES.sign",
    ),
    "ties": (
        "ours stakeholder",
        "ours person*, stakeholder person*, strength number ENGAGES.given_strength, "
        "proximity number proximity, last_on date, desired number ENGAGES.desired",
    ),
    "supplies": (
        "supplier account",
        "supplier organisation*, account organisation*, revenue number SUPPLIES.revenue, "
        "margin number SUPPLIES.margin, stage word, since date",
    ),
    "distributes_through": (
        "supplier distributor",
        "supplier organisation*, distributor organisation*, since date, territory text, "
        "transparency number DISTRIBUTES_THROUGH.transparency, exclusive boolean",
    ),
    "carries": (
        "distributor brand",
        "distributor organisation*, brand id*, owner text, share_of_mind number CARRIES.share_of_mind, "
        "margin number CARRIES.margin, launched_on date, price number Brand.price, since date",
    ),
    "sales": (
        "seller end_customer brand",
        "seller organisation*, end_customer organisation*, brand text, volume number SELLS_TO.volume",
    ),
    "team": (
        "account person",
        "account organisation*, person person*, core boolean, share_of_time number MEMBER_OF.share_of_time",
    ),
    "assessments": (
        "person attribute on by",
        "person person*, attribute word*, value text*, on date*, by text, evidence text, "
        "confidence number Assessment.confidence, expires_on date",
    ),
    "touchpoints": (
        "id",
        "on moment*, kind word*, attendees people*, id id, initiator text, "
        "minutes number Touchpoint.minutes, subject text",
    ),
}


def score_rule(attribute: str) -> Property:
    """Return the bounds of a score, which the schema keeps in one property of words and numbers."""
    high = {"influence": 1.0, "proximity": 5.0}[attribute]
    return Property(
        "Assessment", attribute, "number", "1", 0.0, high, (), False, "", True, "", "Score of a person"
    )


def _column(words: str) -> Column:
    name, holds, *rest = words.split()
    required = holds.endswith("*")
    rule = None
    if rest:
        owner, _, item = rest[0].partition(".")
        rule = load_schema().property(owner, item) if item else score_rule(owner)
    return Column(name, holds.removesuffix("*"), required, rule)  # type: ignore[arg-type]


FORMS: Mapping[str, Form] = {
    name: Form(
        name, {column.name: column for column in map(_column, columns.split(", "))}, tuple(key.split())
    )
    for name, (key, columns) in _TABLE.items()
}
_BY_NAME = {fold(name): form for name, form in FORMS.items()}


def form_named(name: str) -> Form | None:
    """Return the form of this name, compared by `fold`."""
    return _BY_NAME.get(fold(name))
