"""What an import brings in, in the shape of the graph, and what the store knew before.

Plain data between the files and the store: `assembly` makes `Records` from rows, `writing` compares them
with the store and writes what differs.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from graph.imports.report import Duplicate, StoredFinding
from graph.policy import fold

Properties = dict[str, Any]
LineKey = tuple[str, str, str]

# Kinds of the form and the labels they stand for, both compared by `fold`.
KIND_LABELS = {
    fold(label): label for label in ("Supplier", "KeyAccount", "Distributor", "EndCustomer", "Competitor")
}


@dataclass(slots=True)
class OrganisationRecord:
    """An organisation; `stated` where a row says its kinds, which then replace the stored ones."""

    properties: Properties
    labels: set[str] = field(default_factory=set)
    stated: bool = False


@dataclass(slots=True)
class PersonRecord:
    """A person, their organisation and, where known, the id of their function.

    Attributes
    ----------
    passing
        True for an undated row under an id that was merged: it only fills what nobody has said.
    """

    properties: Properties
    organisation: str
    since: date | None = None
    until: date | None = None
    function: str | None = None
    passing: bool = False


@dataclass(slots=True)
class AssessmentRecord:
    """An opinion about a person.

    Attributes
    ----------
    on
        None where nobody said: then the import's day, unless the store holds the same opinion already.
    said_of
        The id in the file where that was merged into `person`.
    """

    person: str
    attribute: str
    on: date | None
    properties: Properties
    by: str = ""
    from_row: bool = False
    said_of: str | None = None


@dataclass(slots=True)
class TouchpointRecord:
    """A touchpoint and the ids of those who were there."""

    properties: Properties
    attendees: tuple[str, ...]


@dataclass
class Records:
    """Everything an import brings in, by id.

    Attributes
    ----------
    lines
        Relationship type to (source, target, what tells several apart) to properties.
    restated
        Relationship type to the sources all of whose lines this import states.
    subjects
        What the rows that came in are about; stored findings about them are mended.
    sources
        The very files that were read; stored findings of theirs are replaced.
    """

    organisations: dict[str, OrganisationRecord] = field(default_factory=dict)
    functions: dict[str, Properties] = field(default_factory=dict)
    people: dict[str, PersonRecord] = field(default_factory=dict)
    assessments: list[AssessmentRecord] = field(default_factory=list)
    brands: dict[str, Properties] = field(default_factory=dict)
    teams: dict[str, Properties] = field(default_factory=dict)
    touchpoints: dict[str, TouchpointRecord] = field(default_factory=dict)
    lines: dict[str, dict[LineKey, Properties]] = field(default_factory=lambda: defaultdict(dict))
    restated: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    findings: list[StoredFinding] = field(default_factory=list)
    duplicates: list[Duplicate] = field(default_factory=list)
    subjects: set[str] = field(default_factory=set)
    sources: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class KnownOrganisation:
    """An organisation of the store."""

    name: str
    labels: frozenset[str]


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """A person of the store."""

    name: str
    email: str | None
    organisation: str | None
    phone: str | None = None
    placeholder: bool = False


@dataclass(frozen=True)
class Known:
    """What the store knew before the import, as far as rows may refer to it.

    Attributes
    ----------
    people
        Those that were merged into others among them, since rows may still name them.
    merged
        Of every id that was merged the id of the person kept.
    distinct
        Pairs of whom somebody has said that they are two people, lower id first.
    withdrawn
        The merges that stood and the imports that were undone.
    """

    organisations: Mapping[str, KnownOrganisation] = field(default_factory=dict)
    people: Mapping[str, KnownPerson] = field(default_factory=dict)
    functions: Mapping[str, str] = field(default_factory=dict)
    brands: Mapping[str, str] = field(default_factory=dict)
    managers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    merged: Mapping[str, str] = field(default_factory=dict)
    distinct: frozenset[tuple[str, str]] = frozenset()
    withdrawn: frozenset[str] = frozenset()

    def meant(self, person: str) -> str:
        """Return the id of the person whom an id means."""
        return self.merged.get(person, person)


def subject_of(form: str, *key: object) -> str:
    """Return what a row is about, as one text."""
    return json.dumps([form, *(None if one is None else str(one) for one in key)], ensure_ascii=False)
