"""Lines between people, ties across the table, and touchpoints."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from datetime import date, datetime
from typing import Any

from graph.imports.assembly import Assembly, given, sorted_entries
from graph.imports.cycles import edges_in_cycles
from graph.imports.entries import Entry
from graph.imports.records import Properties, TouchpointRecord, subject_of
from graph.policy import fold


def _pair(
    assembly: Assembly, form: str, entry: Entry, source: str, target: str, employer: str | None = None
) -> tuple[str, str] | None:
    subject = assembly.subject(form, entry)
    one = assembly.person(entry, source, subject, employer)
    other = assembly.person(entry, target, subject, colleague=one if form == "reports_to" else None)
    if one is None or other is None:
        return None
    if one == other:
        assembly.ledger.find(entry.places, target, entry.values[target], "self", subject)
        return None
    return one, other


def assemble_lines(assembly: Assembly) -> None:
    """Add who reports to whom, without the circles, and who influences whom."""
    lines: dict[tuple[str, str], Entry] = {}
    restated = assembly.records.restated["REPORTS_TO"]
    for entry in sorted_entries(assembly.entries["reports_to"]):
        pair = _pair(assembly, "reports_to", entry, "person", "manager")
        if pair is not None:
            lines[pair] = entry
        person = pair[0] if pair else entry.values["person"]
        restated.add(person)
    stored = {
        (person, manager)
        for person, managers in assembly.known.managers.items()
        if person not in restated
        for manager in managers
    }
    round_and_round = edges_in_cycles({*lines, *stored})
    for (person, manager), entry in lines.items():
        subject = assembly.subject("reports_to", entry)
        if (person, manager) in round_and_round:
            assembly.ledger.find(entry.places, "manager", entry.values["manager"], "cycle", subject)
        else:
            assembly.brought(subject)
            assembly.add_line("REPORTS_TO", person, manager, {}, entry)
    for entry in sorted_entries(assembly.entries["influences"]):
        pair = _pair(assembly, "influences", entry, "from", "to")
        if pair is not None:
            assembly.brought(assembly.subject("influences", entry))
            assembly.add_line("INFLUENCES", *pair, given(entry, "weight", "sign"), entry)


def assemble_ties(assembly: Assembly) -> None:
    """Add the ties that rows name, with the strength they start from.

    A tie that says nothing about its strength starts from the policy's default, marked as assumed: the
    first touchpoint of the two takes its place.
    """
    told = assembly.someone_is_ours()
    for entry in sorted_entries(assembly.entries["ties"]):
        subject = assembly.subject("ties", entry)
        pair = _pair(assembly, "ties", entry, "ours", "stakeholder", assembly.ours)
        future = assembly.in_future(entry, "last_on", entry.get("last_on"), subject)
        if pair is None or future:
            continue
        if assembly.is_ours(pair[1]):  # one of ours is nobody whom a tie of ours could reach
            assembly.ledger.find(entry.places, "stakeholder", entry.values["stakeholder"], "nobody", subject)
            continue
        assembly.brought(subject)
        properties = _tie(assembly, entry)
        if told and not assembly.is_ours(pair[0]):
            employer = assembly.employer(pair[0])
            assembly.ledger.ask(
                entry.places,
                "ours",
                entry.values["ours"],
                f"{pair[0]} works for {employer}, which is no supplier: the tie does not count. Who is ours?",
            )
        assembly.add_line("ENGAGES", *pair, properties, entry)


def _tie(assembly: Assembly, entry: Entry) -> Properties:
    strength, proximity = entry.get("strength"), entry.get("proximity")
    assumed = strength is None and proximity is None
    if strength is None:
        strength = assembly.policy.limits["tie_default"] if proximity is None else proximity / 5.0
    properties: Properties = {"given_strength": strength, "assumed": assumed, **given(entry, "desired")}
    if (last_on := entry.get("last_on")) is not None:
        properties |= {"given_on": last_on, "last_on": last_on}
    return properties


def warn_without_ours(assembly: Assembly) -> None:
    """Warn where nothing says who we are."""
    if assembly.records.people and not assembly.someone_is_ours():
        assembly.ledger.warnings.append(
            "Nothing says who we are, so nobody is on our side: give an organisation the kind supplier, "
            "or name us, with --ours NAME or ours: in a mapping file."
        )


def assemble_touchpoints(assembly: Assembly) -> None:
    """Add the touchpoints that rows describe."""
    kinds = {fold(kind): kind for kind in assembly.policy.kinds}
    same: dict[str, list[TouchpointRecord]] = defaultdict(list)
    for key, entry in assembly.entries["touchpoints"].items():
        record = _touchpoint(assembly, entry, kinds)
        if record is None:
            continue
        if len(key) == 1:
            assembly.records.touchpoints[key[0]] = record
            assembly.brought(subject_of("touchpoints", key[0]))
        else:
            same[_content(record)].append(record)
    for content, records in same.items():
        for number, record in enumerate(sorted(records, key=_rank), start=1):
            assembly.records.touchpoints[_hash(content, number)] = record
        assembly.brought(subject_of("touchpoints", content))


def _touchpoint(assembly: Assembly, entry: Entry, kinds: dict[str, str]) -> TouchpointRecord | None:
    on, at = entry.values["on"]
    word = entry.values["kind"]
    kind = kinds.get(fold(word))
    subject = subject_of("touchpoints", entry.get("id") or _row_content(entry, kind or word))
    people = [assembly.person(entry, "attendees", subject, text=text) for text in entry.values["attendees"]]
    future = assembly.in_future(entry, "on", on, subject)
    if future or None in people:
        return None
    if kind is None:
        known = ", ".join(kinds.values())
        assembly.ledger.ask(
            entry.places,
            "kind",
            word,
            f"The kind {word!r} is not in the table of touchpoints; it stays. Is it one of {known}?",
        )
    properties: Properties = {
        "kind": kind or word,
        "on": on,
        "source": min(place.file for place in entry.places),
        **given(entry, "minutes", "initiator", "subject"),
    }
    if at is not None:
        properties["at"] = at
    attendees = tuple(sorted({person for person in people if person is not None}))
    return TouchpointRecord(properties, attendees)


def _rank(record: TouchpointRecord) -> tuple[str, float, str, str]:
    """Return what orders touchpoints of one content, so that their numbers depend on no order of rows."""
    at, properties = record.properties.get("at"), record.properties
    clock = at.isoformat() if isinstance(at, datetime) else ""
    return clock, properties.get("minutes", -1.0), properties.get("initiator", ""), properties["source"]


def _content(record: TouchpointRecord) -> str:
    properties = record.properties
    return _text(properties["on"], properties["kind"], record.attendees, properties.get("subject"))


def _row_content(entry: Entry, kind: str) -> str:
    attendees = tuple(sorted(entry.values["attendees"]))
    return _text(entry.values["on"][0], kind, attendees, entry.get("subject"))


def _text(on: date, kind: str, attendees: tuple[str, ...], subject: Any) -> str:
    return json.dumps([on.isoformat(), kind, attendees, subject], ensure_ascii=False)


def _hash(content: str, number: int) -> str:
    return hashlib.blake2b(f"{content}#{number}".encode(), digest_size=12).hexdigest()


def engage(assembly: Assembly) -> None:
    """Add a tie for each of ours who met one of theirs."""
    ours: dict[str, bool] = {}
    pairs: set[tuple[str, str]] = set()
    for record in assembly.records.touchpoints.values():
        for person in record.attendees:
            if person not in ours:
                ours[person] = assembly.is_ours(person)
        theirs = [person for person in record.attendees if not ours[person]]
        pairs |= {(one, other) for one in record.attendees if ours[one] for other in theirs}
    for one, other in sorted(pairs):
        assembly.records.lines["ENGAGES"].setdefault((one, other, ""), {})
