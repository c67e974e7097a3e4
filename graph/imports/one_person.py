"""Rows that name an id which was merged: they reach the person kept.

The rows are read under the ids they give, so that touchpoints and opinions keep the ids they had before the
merge and the same file twice changes nothing. Only at the end everything moves to the person kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from graph.imports.records import Known, LineKey, PersonRecord, Properties, Records
from graph.imports.report import Duplicate
from graph.schema import load_schema


def settle_merged(records: Records, known: Known) -> None:
    """Give what an import brings in under a merged id to the person kept."""
    if not known.merged:
        return
    groups: dict[str, list[str]] = defaultdict(list)
    for id_ in records.people:
        groups[known.meant(id_)].append(id_)
    records.people = {
        kept: _as_one(kept, {id_: records.people[id_] for id_ in ids}) for kept, ids in groups.items()
    }
    records.assessments = [
        one
        if known.meant(one.person) == one.person
        else replace(one, person=known.meant(one.person), said_of=one.person)
        for one in records.assessments
    ]
    for touchpoint in records.touchpoints.values():
        touchpoint.attendees = tuple(sorted({known.meant(person) for person in touchpoint.attendees}))
    for kind, lines in records.lines.items():
        records.lines[kind] = _moved(kind, lines, known)
    records.restated["REPORTS_TO"] = {known.meant(id_) for id_ in records.restated["REPORTS_TO"]}


def still_two(proposed: Iterable[Duplicate], known: Known) -> list[Duplicate]:
    """Return the proposals about people who are neither one already nor said to be two."""
    found = []
    for one in proposed:
        a, b = known.meant(one.a), known.meant(one.b)
        if a != b and (min(a, b), max(a, b)) not in known.distinct:
            found.append(replace(one, a=a, b=b))
    return found


def _as_one(kept: str, rows: dict[str, PersonRecord]) -> PersonRecord:
    """Return the rows about one person as one: the newer verified goes before, the others fill its gaps.

    A row under the id kept that says no day speaks of today; one under a merged id, of no day.
    """

    def order(id_: str) -> tuple[int, str]:
        day = rows[id_].properties.get("verified_on") or (date.max if id_ == kept else date.min)
        return -day.toordinal(), "" if id_ == kept else id_

    ids = sorted(rows, key=order)
    first = rows[ids[0]]
    properties: Properties = {}
    for id_ in ids:
        properties = {**rows[id_].properties, **properties}
    if "verified_on" not in first.properties:  # what fills gaps does not date the rest
        properties.pop("verified_on", None)
    passing = ids[0] != kept and "verified_on" not in first.properties
    return replace(first, properties=properties, passing=passing)


def _moved(kind: str, lines: dict[LineKey, Properties], known: Known) -> dict[LineKey, Properties]:
    entity = load_schema().entities[kind]
    from_person, to_person = entity.source == "Person", entity.target == "Person"
    if not from_person and not to_person:
        return lines
    moved: dict[LineKey, Properties] = {}
    # Those under the ids kept come first, and keep their values.
    for source, target, key in sorted(
        lines, key=lambda one: (one[0] in known.merged, one[1] in known.merged, one)
    ):
        one = known.meant(source) if from_person else source
        other = known.meant(target) if to_person else target
        if one != other:
            before = moved.get((one, other, key), {})
            moved[one, other, key] = {**lines[source, target, key], **before}
    return moved
