"""What is kept of two entries that are one person, and how to take that back.

A merge is a list of changes at the person kept. Each says what stood there before, what the other had, and
what stands there now: undone, the first two come back, and what was learnt meanwhile stays with the person
kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from graph.people.proposals import Conflict

Properties = dict[str, Any]

# Of a tie, what is derived from the log: made anew after every merge.
DERIVED = ("strength", "strength_on", "contacted_on", "touchpoints")
GIVEN = ("given_strength", "given_on", "assumed")
DAYS = ("verified_on", "stated_on", "confidence")  # of the row, not of the person
EMPLOYMENT = "EMPLOYED_BY"
POSTS = (EMPLOYMENT, "WORKS_IN")


@dataclass(frozen=True, slots=True)
class Place:
    """Where lines of a person lead: their type and direction, and the label and id of the other end."""

    type: str
    outwards: bool
    label: str
    end: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A person of the store with everything that hangs on them."""

    id: str
    properties: Properties
    lines: Mapping[Place, tuple[Properties, ...]]


@dataclass(frozen=True, slots=True)
class Change:
    """Lines at one place: those that the kept and the merged had, and those the kept has now."""

    place: Place
    kept: tuple[Properties, ...]
    merged: tuple[Properties, ...]
    after: tuple[Properties, ...]


@dataclass(frozen=True, slots=True)
class Combined:
    """Two entries as one.

    Attributes
    ----------
    before, after
        The properties of the person kept.
    merged
        The properties of the other.
    """

    before: Properties
    after: Properties
    merged: Properties
    changes: tuple[Change, ...]
    conflicts: tuple[Conflict, ...]


def combine(kept: Stored, merged: Stored, today: date) -> Combined:
    """Make two entries one: of single values the newer verified wins, histories are joined.

    Parameters
    ----------
    today
        The day on which a post ends that gives way to another, where nothing says when that one began.
    """
    newer = _day(merged) > _day(kept)
    first, second = (merged, kept) if newer else (kept, merged)
    after = {**second.properties, **first.properties, "id": kept.id}
    changes: dict[Place, Change] = {}
    for place in sorted({*kept.lines, *merged.lines}, key=_order):
        mine, others = kept.lines.get(place, ()), merged.lines.get(place, ())
        if place.end in (kept.id, merged.id) and place.label == "Person":
            # Nobody has a line to themselves; a line between the two is seen from the one kept.
            if place.end == merged.id or not mine:
                changes[place] = Change(place, mine, others if place.end == merged.id else (), ())
            continue
        joined = _joined(place.type, *((others, mine) if newer else (mine, others)))
        changes[place] = Change(place, mine, others, joined)
    conflicts = [
        Conflict(name, str(kept.properties[name]), str(merged.properties[name]))
        for name in sorted({*kept.properties} & {*merged.properties} - {"id", *DAYS})
        if kept.properties[name] != merged.properties[name]
    ]
    for kind in POSTS:
        conflicts += _settle_posts(kind, changes, first.lines, today, newer)
    return Combined(
        kept.properties,
        after,
        merged.properties,
        tuple(one for one in changes.values() if one.merged or one.kept != one.after),
        tuple(conflicts),
    )


def _day(person: Stored) -> date:
    day = person.properties.get("stated_on") or person.properties.get("verified_on") or date.min
    assert isinstance(day, date)
    return day


def _order(place: Place) -> tuple[str, bool, str, str]:
    return place.type, place.outwards, place.label, place.end


def _joined(
    kind: str, first: tuple[Properties, ...], second: tuple[Properties, ...]
) -> tuple[Properties, ...]:
    """Return the lines of both to one end; the first's values go before."""
    if not first or not second:
        return first or second
    if kind == EMPLOYMENT:
        return _stays(first, second)
    if len(first) > 1 or len(second) > 1:
        return (*first, *(one for one in second if one not in first))
    return (_one_line(kind, first[0], second[0]),)


def _stays(first: tuple[Properties, ...], second: tuple[Properties, ...]) -> tuple[Properties, ...]:
    """Return the posts of both at one employer: those that leave a gap between them are two stays."""
    present = [line for lines in (first, second) for line in lines if "stay" not in line]
    over = {line["stay"]: line for line in (*second, *first) if "stay" in line}
    if len(present) == 2:
        for early, late in (present, reversed(present)):
            if "until" in early and "since" in late and early["until"] < late["since"]:
                stay = early["until"].isoformat()
                return (late, *(over | {stay: {**early, "stay": stay}}).values())
        present = [_one_line(EMPLOYMENT, *present)]
    return (*present, *over.values())


def _one_line(kind: str, one: Properties, other: Properties) -> Properties:
    """Return the lines of both to one end as one; the first's values go before."""
    made = {**other, **one}
    if kind in POSTS:
        starts = [line["since"] for line in (one, other) if "since" in line]
        made |= {"since": min(starts)} if starts else {}
        if "until" not in one:  # whoever is listed without a last day is there
            made.pop("until", None)
    elif kind == "ENGAGES":
        given = min(
            (line for line in (one, other) if "given_strength" in line),
            key=lambda line: (bool(line.get("assumed")), -(line.get("given_on") or date.min).toordinal()),
            default=None,
        )
        made = {name: value for name, value in made.items() if name not in GIVEN}
        made |= {name: given[name] for name in GIVEN if name in given} if given else {}
        days = [line["last_on"] for line in (one, other) if "last_on" in line]
        made |= {"last_on": max(days)} if days else {}
    return made


def _settle_posts(
    kind: str,
    changes: dict[Place, Change],
    newer: Mapping[Place, tuple[Properties, ...]],
    today: date,
    swapped: bool,
) -> list[Conflict]:
    """Let the newer entry's present post stand, and end the other one's."""
    current = {
        place: lines
        for place, lines in newer.items()
        if place.type == kind and any("until" not in line for line in lines)
    }
    if not current:
        return []
    starts = [line["since"] for lines in current.values() for line in lines if "since" in line]
    organisations = {_organisation(place) for place in current}
    found = []
    for place, change in list(changes.items()):
        if place.type != kind or place in newer:
            continue
        if all("until" in line for line in change.after):
            continue
        if kind == "WORKS_IN" and _organisation(place) in organisations:
            ended: tuple[Properties, ...] = ()  # one house, two functions: not a history, a contradiction
        else:
            ended = tuple(
                line if "until" in line else {**line, "until": _end(line, starts, today)}
                for line in change.after
            )
        changes[place] = Change(place, change.kept, change.merged, ended)
        pair = (place.end, min(one.end for one in current))
        fact = "organisation" if kind == "EMPLOYED_BY" else "function"
        found.append(Conflict(fact, *(pair if swapped else pair[::-1])))
    return found


def _end(line: Properties, starts: Iterable[date], today: date) -> date:
    """Return when a post ended: when the next began, if that is known and later."""
    since = line.get("since")
    return min((day for day in starts if since is None or day > since), default=today)


def _organisation(place: Place) -> str:
    return place.end.rpartition("/")[0] if place.label == "Function" else place.end


def restored(
    change: Change, now: tuple[Properties, ...]
) -> tuple[tuple[Properties, ...], tuple[Properties, ...]]:
    """Return the lines of the kept and of the merged after an undo, from those at the kept now.

    What a later import changed or took away keeps its newer value on both.
    """
    if _same(now, change.after):
        return change.kept, change.merged
    if not now:
        return (), ()
    if len(now) == len(change.after) == 1:
        return tuple(
            (_carried(lines[0], change.after[0], now[0]),) if len(lines) == 1 else lines
            for lines in (change.kept, change.merged)
        )  # type: ignore[return-value]
    return now, change.merged


def restored_properties(combined: Combined, now: Properties) -> Properties:
    """Return the properties of the person kept after an undo, from those they have now."""
    return _carried(combined.before, combined.after, now)


def _carried(before: Properties, after: Properties, now: Properties) -> Properties:
    found = {}
    for name in {*before, *after, *now}:
        untouched = name in DERIVED or now.get(name) == after.get(name)
        value = before.get(name) if untouched else now.get(name)
        if value is not None:
            found[name] = value
    return found


def _same(now: Iterable[Properties], after: Iterable[Properties]) -> bool:
    def stated(lines: Iterable[Properties]) -> list[str]:
        return sorted(
            repr(sorted((name, value) for name, value in line.items() if name not in DERIVED))
            for line in lines
        )

    return stated(now) == stated(after)


def to_record(combined: Combined) -> dict[str, Any]:
    """Return a merge as plain JSON values."""
    return {
        "before": _packed(combined.before),
        "after": _packed(combined.after),
        "merged": _packed(combined.merged),
        "changes": [
            [
                one.place.type,
                one.place.outwards,
                one.place.label,
                one.place.end,
                *([_packed(line) for line in lines] for lines in (one.kept, one.merged, one.after)),
            ]
            for one in combined.changes
        ],
        "conflicts": [[one.fact, one.a, one.b] for one in combined.conflicts],
    }


def from_record(record: Mapping[str, Any]) -> Combined:
    """Return the merge of which `to_record` made plain values."""
    return Combined(
        _unpacked(record["before"]),
        _unpacked(record["after"]),
        _unpacked(record["merged"]),
        tuple(
            Change(Place(*one[:4]), *(tuple(_unpacked(line) for line in lines) for lines in one[4:]))
            for one in record["changes"]
        ),
        tuple(Conflict(*one) for one in record["conflicts"]),
    )


def _packed(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in sorted(properties.items())}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    return {"date": value.isoformat()} if isinstance(value, date) else value


def _unpacked(properties: Mapping[str, Any]) -> Properties:
    return {name: _value(value) for name, value in properties.items()}


def _value(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, text),) = value.items()
    return datetime.fromisoformat(text) if kind == "datetime" else date.fromisoformat(text)


def by_type(
    lines: Iterable[tuple[Place, Properties]],
) -> dict[tuple[str, bool, str], list[tuple[str, Properties]]]:
    """Group lines by what a statement can write at once."""
    groups: dict[tuple[str, bool, str], list[tuple[str, Properties]]] = defaultdict(list)
    for place, properties in lines:
        groups[place.type, place.outwards, place.label].append((place.end, properties))
    return dict(sorted(groups.items()))
