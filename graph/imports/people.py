"""People: where they work, what their titles tell, and the opinions about them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from graph.imports.assembly import Assembly, given, sorted_entries
from graph.imports.cells import Stated, read_number, shown
from graph.imports.entries import Entry
from graph.imports.forms import score_rule
from graph.imports.records import AssessmentRecord, PersonRecord, Properties
from graph.imports.report import Duplicate
from graph.imports.titles import TitleReader
from graph.people.proposals import Entry as Person
from graph.people.proposals import propose
from graph.policy import ORIENTATIONS, ROLES, fold

SCORES = ("influence", "proximity")
ATTRIBUTES = ("role", "influence", "orientation", "proximity")
LEVELS = "1 (board) to 5 (staff)"


def assemble_people(assembly: Assembly) -> None:
    """Add the people that rows describe, with function, level and what the row says about them."""
    titles = TitleReader(assembly.policy)
    functions = _FunctionNames(assembly)
    for entry in sorted_entries(assembly.entries["people"]):
        subject = assembly.subject("people", entry)
        organisation = assembly.organisation(entry, "organisation", subject)
        if organisation is None:
            continue
        id_ = entry.values["id"]
        properties = given(
            entry, "name", "title", "email", "phone", "time_capacity", "placeholder", "confidence"
        )
        since, until = entry.get("started_on"), entry.get("left_on")
        if since and until and until < since:
            assembly.ledger.ask(
                entry.places, "left_on", until.isoformat(), f"{id_} would leave before starting on {since}."
            )
        level, function = _level(assembly, entry), entry.get("function")
        kind = functions.kind(entry, function) if function is not None else None
        if "title" in entry.values and (level is None or kind is None):
            told = titles.read(entry.values["title"])
            level, kind = level or told.level, kind or told.function
            if told.empty:
                title = entry.values["title"]
                assembly.ledger.ask(
                    entry.places,
                    "title",
                    title,
                    f"What function and level does the title {shown(title)!r} stand for?",
                )
        if level is not None:
            properties["level"] = level
        verified = entry.get("verified_on")
        if assembly.in_future(entry, "verified_on", verified, subject):
            # What is said about the person waits for that day; the person is there.
            opinions: dict[str, Any] = {}
        else:
            opinions = _opinions(assembly, entry)
            assembly.brought(subject)
            if verified is not None:
                properties["verified_on"] = verified
        person = PersonRecord(properties, organisation, since, until)
        if kind is not None:
            person.function = functions.node(organisation, kind)
        assembly.add_person(id_, person)
        for attribute, value in opinions.items():
            assembly.records.assessments.append(
                AssessmentRecord(
                    id_,
                    attribute,
                    verified,
                    {"value": value, **given(entry, "confidence")},
                    from_row=True,
                )
            )


def _level(assembly: Assembly, entry: Entry) -> int | None:
    text = entry.get("level")
    if text is None:
        return None
    number = text.removesuffix(".0")
    if len(number) == 1 and number.isdecimal() and int(number) in assembly.policy.level_influence:
        return int(number)
    assembly.ledger.ask(
        entry.places,
        "level",
        text,
        f"The level {text!r} is none of {LEVELS}; it stays empty. Which is meant?",
    )
    return None


def _opinions(assembly: Assembly, entry: Entry) -> dict[str, Any]:
    """Return what a row says about role, orientation, influence and proximity."""
    opinions: dict[str, Any] = {name: entry.values[name] for name in SCORES if name in entry.values}
    if "role" in entry.values:
        opinions |= _role(assembly, entry, "role")
    if "orientation" in entry.values:
        opinions |= _orientation(assembly, entry, "orientation")
    return opinions


def _role(assembly: Assembly, entry: Entry, column: str) -> dict[str, Any]:
    word = entry.values[column]
    known = assembly.policy.role_values.get(fold(word))
    if known is None:
        roles = ", ".join(ROLES)
        assembly.ledger.ask(
            entry.places,
            column,
            word,
            f"The role {word!r} is not in the table of roles; it stays empty. Is it one of {roles}?",
        )
        return {}
    role, orientation = known
    return {
        name: value for name, value in (("role", role), ("orientation", orientation)) if value is not None
    }


def _orientation(assembly: Assembly, entry: Entry, column: str) -> dict[str, Any]:
    word = entry.values[column]
    if fold(word) in ORIENTATIONS:
        return {"orientation": fold(word)}
    role, orientation = assembly.policy.role_values.get(fold(word), (None, None))
    if role is None and orientation is not None:
        return {"orientation": orientation}
    choices = ", ".join(ORIENTATIONS)
    assembly.ledger.ask(
        entry.places,
        column,
        word,
        f"The orientation {word!r} is none of {choices}; it stays empty. Which is meant?",
    )
    return {}


class _FunctionNames:
    """Kinds of function: those of the policy table, else one spelling for each name of its own."""

    def __init__(self, assembly: Assembly) -> None:
        self._assembly = assembly
        self._kinds = {fold(kind): kind for kind in assembly.policy.functions}
        own: dict[str, str] = {}
        for entry in assembly.entries["people"].values():
            if (name := entry.get("function")) is not None:
                own[fold(name)] = min(name, own.get(fold(name), name))
        self._own = own | {fold(kind): kind for kind in assembly.known.functions.values()} | self._kinds
        self._titles = TitleReader(assembly.policy)

    def kind(self, entry: Entry, name: str) -> str:
        """Return the kind; one outside the table is asked about unless the mapping chose it."""
        kind = str(self._own[fold(name)])
        if fold(name) not in self._kinds and not isinstance(name, Stated):
            near = self._titles.read(name).function
            hint = f"; is it {near}?" if near else "; is it one of " + ", ".join(self._kinds.values()) + "?"
            self._assembly.ledger.ask(
                entry.places,
                "function",
                name,
                f"The function {name!r} is not in the table and is kept as a row of its own{hint}",
            )
        return kind

    def node(self, organisation: str, kind: str) -> str:
        """Return the id of the organisation's function of this kind, added where it is new."""
        id_ = f"{organisation}/{kind}"
        name = kind.replace("_", " ") if kind in self._assembly.policy.functions else kind
        properties = {"name": name, "kind": kind, "organisation": organisation}
        self._assembly.records.functions.setdefault(id_, properties)
        return id_


def assemble_team(assembly: Assembly) -> None:
    """Add who of ours is in the team of which account."""
    for entry in sorted_entries(assembly.entries["team"]):
        subject = assembly.subject("team", entry)
        account = assembly.organisation(entry, "account", subject)
        person = assembly.person(entry, "person", subject, assembly.ours)
        if account is None or person is None:
            continue
        assembly.brought(subject)
        team = f"{account}/team"
        name = f"{assembly.name_of(account)} team"
        assembly.add_node(assembly.records.teams, team, {"name": name}, entry)
        assembly.add_line("OF_ACCOUNT", team, account, {}, entry)
        assembly.add_line("MEMBER_OF", person, team, given(entry, "core", "share_of_time"), entry)


def assemble_assessments(assembly: Assembly) -> None:
    """Add the dated opinions; what a role says about orientation gives way to a row about orientation."""
    said: dict[tuple[str, str, date, str], tuple[bool, AssessmentRecord]] = {}
    for entry in sorted_entries(assembly.entries["assessments"]):
        subject = assembly.subject("assessments", entry)
        attribute = fold(entry.values["attribute"])
        if attribute not in ATTRIBUTES:
            place = entry.places[0]
            assembly.ledger.fault(
                place.file,
                place.row,
                place.heading("attribute"),
                entry.values["attribute"],
                f"{entry.values['attribute']!r} is none of {', '.join(ATTRIBUTES)}",
            )
            continue
        person = assembly.person(entry, "person", subject, assembly.ours)
        future = assembly.in_future(entry, "on", entry.values["on"], subject)
        if person is None or future:
            continue
        assembly.brought(subject)
        for name, value in _assessed(assembly, entry, attribute).items():
            properties: Properties = {
                "value": value,
                **given(entry, "evidence", "confidence", "expires_on"),
            }
            key = (person, name, entry.values["on"], entry.get("by") or "")
            record = AssessmentRecord(person, name, key[2], properties, by=key[3])
            explicit = name == attribute
            if key not in said or (explicit and not said[key][0]):
                said[key] = (explicit, record)
            elif explicit and said[key][1].properties != properties:
                place = entry.places[0]
                message = f"{person} has another {name} of the same day in another row"
                assembly.ledger.fault(
                    place.file, place.row, place.heading("value"), entry.values["value"], message
                )
    assembly.records.assessments += [record for _, record in said.values()]


def _assessed(assembly: Assembly, entry: Entry, attribute: str) -> dict[str, Any]:
    readers: dict[str, Callable[[Assembly, Entry, str], dict[str, Any]]] = {
        "role": _role,
        "orientation": _orientation,
    }
    if attribute in readers:
        return readers[attribute](assembly, entry, "value")
    try:
        return {attribute: read_number(entry.values["value"], score_rule(attribute))}
    except ValueError as error:
        place, text = entry.places[0], entry.values["value"]
        assembly.ledger.fault(place.file, place.row, place.heading("value"), text, f"{text!r} {error}")
        return {}


def propose_duplicates(assembly: Assembly) -> None:
    """Propose people of this import who may be one, with each other or with people of the store.

    Two of a name with different e-mails are doubtful, and asked about; who merely has a like name, or the
    same one elsewhere, is left to the command that lists all proposals.
    """
    records, known = assembly.records.people, assembly.known
    entries = []
    for id_ in sorted({*records, *known.people} - {*known.merged}):
        record, stored = records.get(id_), known.people.get(id_)
        properties = record.properties if record else {}
        if properties.get("placeholder") or (stored is not None and stored.placeholder):
            continue
        entries.append(
            Person(
                id=id_,
                name=properties.get("name") or (stored.name if stored else id_),
                organisation=(house := assembly.employer(id_)),
                organisation_name=None if house is None else assembly.name_of(house),
                email=properties.get("email") or (stored.email if stored else None),
                phone=properties.get("phone") or (stored.phone if stored else None),
            )
        )
    rows = {entry.values["id"]: entry for entry in assembly.entries["people"].values()}
    told = []
    for one in propose(entries, among=records.keys(), distinct=known.distinct):
        doubtful = one.confidence == "doubtful"
        together = assembly.employer(one.a) == assembly.employer(one.b)
        if doubtful and "same_email" not in one.reasons and not (together and "same_name" in one.reasons):
            continue
        told.append(Duplicate(one.a, one.b, one.why, one.confidence, one.a_name, one.b_name))
        row = rows.get(one.b, rows.get(one.a))
        if doubtful and "same_email" not in one.reasons and row is not None:
            question = f"Are {one.a_name} ({one.a}) and {one.b_name} ({one.b}) the same person?"
            assembly.ledger.ask(row.places, "name", row.values["name"], question)
    assembly.records.duplicates = sorted(told, key=lambda one: (one.a, one.b))
