"""Rows to records: references found, words read by the policy tables, what nobody knows asked about.

An `Assembly` holds what all forms share: who is known, who we are, and how a reference is found. The steps
stand in `organisations`, `people` and `contacts`, and run in that order, since each refers to the one
before. Nothing depends on the order of rows or files.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from datetime import date
from typing import Any

from graph.imports.cells import Key
from graph.imports.entries import Entry
from graph.imports.forms import FORMS
from graph.imports.mail.options import comparable_address
from graph.imports.records import (
    Known,
    OrganisationRecord,
    PersonRecord,
    Properties,
    Records,
    subject_of,
)
from graph.imports.report import Ledger, Place
from graph.policy import Policy, fold

Entries = Mapping[str, Mapping[tuple[Any, ...], Entry]]


class Assembly:
    """What the steps share.

    Parameters
    ----------
    ours
        Who we are, by id or name, where the mapping says so.
    """

    def __init__(
        self,
        entries: Entries,
        known: Known,
        policy: Policy,
        today: date,
        ledger: Ledger,
        ours: str | None = None,
    ) -> None:
        self.entries = entries
        self.known = known
        self.policy = policy
        self.today = today
        self.ledger = ledger
        self.records = Records()
        # Without a list of organisations the cells of a generic file hold names.
        self.by_name = not entries["organisations"]
        self._organisation_names = _names((id_, one.name) for id_, one in known.organisations.items())
        self._people_names = _names((id_, one.name) for id_, one in known.people.items())
        self._spellings = _spellings(entries)
        # Whose an e-mail address is, in comparable form; of several who have it the lowest id.
        self.addresses: dict[str, str] = {}
        for id_, one in known.people.items():
            self._note_address(one.email, id_)
        self.ours = ours
        # Set where `ours` was said as a domain of e-mail addresses.
        self.own_domain: str | None = None

    def organisation(self, entry: Entry, column: str, subject: str) -> str | None:
        """Return the id of the organisation in a cell; nobody is a finding."""
        text = entry.get(column)
        if text is None:
            return None
        found = self.find_organisation(text)
        if found is None and (entry.mapped or self.by_name) and not isinstance(text, Key):
            found = self.create_organisation(text)
        if found is None:
            self.ledger.find(entry.places, column, text, "nobody", subject)
        return found

    def find_organisation(self, text: str) -> str | None:
        """Return the id of the organisation with this id or unique name; one of this import goes before."""
        for id_ in ids_of(text):
            if id_ in self.records.organisations or id_ in self.known.organisations:
                return id_
        ids = _rather(self._organisation_names.get(fold(text), set()), self.records.organisations)
        return next(iter(ids)) if len(ids) == 1 else None

    def create_organisation(self, text: str) -> str:
        """Add an organisation of which only the name is known; every spelling means the same one."""
        name = self._spellings["organisation"].get(fold(text), text)
        self.add_organisation(name, OrganisationRecord({"name": name}))
        return name

    def add_organisation(self, id_: str, record: OrganisationRecord) -> None:
        """Add an organisation that a row describes."""
        self.records.organisations[id_] = record
        self._organisation_names[fold(record.properties["name"])].add(id_)

    def label(self, organisation: str, label: str) -> None:
        """Say of what kind an organisation is, as the place where it is named shows."""
        known = self.known.organisations.get(organisation)
        record = self.records.organisations.get(organisation)
        if record is None:
            if known is not None and label in known.labels:
                return
            record = self.records.organisations[organisation] = OrganisationRecord({})
        record.labels.add(label)

    def name_of(self, organisation: str) -> str:
        """Return the name of an organisation after this import."""
        record = self.records.organisations.get(organisation)
        known = self.known.organisations.get(organisation)
        stored = known.name if known is not None else organisation
        return str(record.properties.get("name", stored)) if record is not None else stored

    def someone_is_ours(self) -> bool:
        """Tell whether any organisation is a supplier."""
        return any(
            "Supplier" in self.labels_of(id_)
            for id_ in {*self.records.organisations, *self.known.organisations}
        )

    def labels_of(self, organisation: str) -> frozenset[str]:
        """Return the kinds of an organisation, as labels, after this import."""
        known = self.known.organisations.get(organisation)
        record = self.records.organisations.get(organisation)
        stored = known.labels if known is not None and not (record and record.stated) else frozenset()
        return stored | (record.labels if record else set())

    def person(
        self,
        entry: Entry,
        column: str,
        subject: str,
        employer: str | None = None,
        text: str | None = None,
        colleague: str | None = None,
    ) -> str | None:
        """Return the id of the person in a cell; nobody is a finding.

        Parameters
        ----------
        employer
            Where a person of whom only the name is known would belong.
        text
            One of several in the cell.
        colleague
            In whose house a name is looked for first, where several have it.
        """
        text = entry.get(column) if text is None else text
        if text is None:
            return None
        for id_ in ids_of(text):
            is_there = id_ in self.records.people or id_ in self.known.people
            if is_there and not (entry.mapped and employer is not None and self._is_namesake(id_)):
                return id_
        if (address := comparable_address(text)) is not None and address in self.addresses:
            return self.addresses[address]
        if entry.mapped and not isinstance(text, Key):
            ids = self._people_names.get(fold(text), set())
            if employer is not None:
                ids = {id_ for id_ in ids if self.is_ours(id_)}
            ids = _rather(ids, self.records.people)
            if colleague is not None:
                house = self.employer(colleague)
                ids = _rather(ids, {id_ for id_ in ids if self.employer(id_) == house})
            if len({self.known.meant(id_) for id_ in ids}) == 1:
                return min(ids)
            if not ids and employer is not None and any(char.isalpha() for char in text):
                return self._create_person(self._spellings["person"].get(fold(text), text), employer)
        self.ledger.find(entry.places, column, text, "nobody", subject)
        return None

    def _is_namesake(self, id_: str) -> bool:
        """Tell whether somebody of theirs, known by name only, may just be called like one of ours."""
        record, known = self.records.people.get(id_), self.known.people.get(id_)
        name = record.properties["name"] if record else known.name if known else None
        return name is not None and fold(name) == fold(id_) and not self.is_ours(id_)

    def _create_person(self, name: str, employer: str) -> str:
        """Add one of ours of whom only the name is known; a namesake among theirs stays who they are."""
        taken = name in self.records.people or name in self.known.people
        id_ = f"{name} ({self.name_of(employer)})" if taken else name
        self.add_person(id_, PersonRecord({"name": name}, employer))
        return id_

    def person_called(self, text: str) -> str | None:
        """Return the id of the person with this id or unique name."""
        if text in self.records.people or text in self.known.people:
            return text
        ids = self._people_names.get(fold(text), set())
        return min(ids) if len({self.known.meant(id_) for id_ in ids}) == 1 else None

    def add_person(self, id_: str, record: PersonRecord) -> None:
        """Add a person."""
        self.records.people[id_] = record
        self._people_names[fold(record.properties["name"])].add(id_)
        self._note_address(record.properties.get("email"), id_)

    def _note_address(self, email: str | None, person: str) -> None:
        address = comparable_address(email)
        if address is not None:
            self.addresses[address] = min(person, self.addresses.get(address, person))

    def employer(self, person: str) -> str | None:
        """Return the id of a person's organisation after this import."""
        meant = self.known.meant(person)
        record = self.records.people.get(meant) or self.records.people.get(person)
        if record is not None:
            return record.organisation
        known = self.known.people.get(meant)
        return known.organisation if known else None

    def is_ours(self, person: str) -> bool:
        """Tell whether a person works for a supplier."""
        employer = self.employer(person)
        return employer is not None and "Supplier" in self.labels_of(employer)

    def add_line(
        self, kind: str, source: str, target: str, properties: Properties, entry: Entry, key: str = ""
    ) -> None:
        """Add a relationship; two that contradict each other are a fault."""
        known = self.records.lines[kind].setdefault((source, target, key), properties)
        for name, value in properties.items():
            if known.setdefault(name, value) != value:
                self._contradiction(entry.places[0], name, value, f"{source} and {target}", known[name])

    def add_node(self, nodes: dict[str, Properties], id_: str, properties: Properties, entry: Entry) -> None:
        """Add a node that several rows describe; two that contradict each other are a fault."""
        known = nodes.setdefault(id_, dict(properties))
        for name, value in properties.items():
            if known.setdefault(name, value) != value:
                self._contradiction(entry.places[0], name, value, id_, known[name])

    def _contradiction(self, place: Place, name: str, value: object, what: str, other: object) -> None:
        message = f"{what} has {other!r} in another row"
        self.ledger.fault(place.file, place.row, place.heading(name), str(value), message)

    def in_future(self, entry: Entry, column: str, day: date | None, subject: str) -> bool:
        """Tell whether something is said to have happened after today, which is a finding."""
        if day is None or day <= self.today:
            return False
        self.ledger.find(entry.places, column, day.isoformat(), "future", subject)
        return True

    def brought(self, subject: str) -> None:
        """Note that a row came in."""
        self.records.subjects.add(subject)

    def subject(self, form: str, entry: Entry) -> str:
        """Return what a row is about."""
        return subject_of(form, *(entry.get(column) for column in FORMS[form].key))


def ids_of(text: str) -> tuple[str, ...]:
    """Return the ids that a reference may mean: as it stands, and a whole number written with a fraction.

    A column of whole numbers that has empty cells often leaves other programs as 2.0.
    """
    whole = text.removesuffix(".0")
    return (text, whole) if whole != text and whole[-1:].isdecimal() else (text,)


def given(entry: Entry, *columns: str) -> Properties:
    """Return the columns that were filled."""
    return {column: entry.values[column] for column in columns if column in entry.values}


def sorted_entries(entries: Mapping[tuple[Any, ...], Entry]) -> list[Entry]:
    """Return the rows of a form in an order that no file decides."""
    return [entries[key] for key in sorted(entries, key=lambda key: tuple(map(str, key)))]


def _rather(ids: set[str], described: Container[str]) -> set[str]:
    """Return of several of a name those that this import describes, if any: files mean their own."""
    own = {id_ for id_ in ids if id_ in described}
    return own if len(ids) > 1 and own else ids


def _names(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    names: dict[str, set[str]] = defaultdict(set)
    for id_, name in pairs:
        names[fold(name)].add(id_)
    return names


def _spellings(entries: Entries) -> dict[str, dict[str, str]]:
    """Return, of people and organisations named in cells, the spelling that stands for all of a name."""
    spellings: dict[str, dict[str, str]] = {"person": {}, "organisation": {}}
    for name, rows in entries.items():
        columns = [one for one in FORMS[name].columns.values() if one.holds in spellings]
        for entry in rows.values() if columns else ():
            for column in columns:
                text = entry.values.get(column.name)
                if text is not None:
                    known = spellings[column.holds].setdefault(fold(text), text)
                    if text < known:
                        spellings[column.holds][fold(text)] = text
    return spellings
