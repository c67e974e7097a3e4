"""Merges of people in the store: two entries become one, and become two again.

A merge stands as a `PersonMerge` node with all it takes to undo it. The id that went away stays known: an
import or a command that names it reaches the person kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from graph.errors import InputError, UnknownName
from graph.people.combining import (
    Change,
    Combined,
    Place,
    Properties,
    Stored,
    by_type,
    combine,
    from_record,
    restored,
    restored_properties,
    to_record,
)
from graph.people.proposals import Conflict
from graph.schema import load_schema
from graph.store.imports import await_turn
from graph.store.session import Store, Transaction

Row = dict[str, Any]

PERSON = """
MATCH (p:Person {id: $id})
RETURN properties(p) AS properties,
       COLLECT { MATCH (p)-[r]-(other)
                 RETURN {type: type(r), outwards: startNode(r) = p, labels: labels(other), end: other.id,
                         properties: properties(r)} } AS lines
"""
LAST = """
MATCH (p:Person {id: $id})-[e:EMPLOYED_BY]->(o:Organisation) RETURN o.id AS id
ORDER BY coalesce(e.until, date('9999-12-31')) DESC, o.id LIMIT 1
"""
MERGES = """
MATCH (m:PersonMerge) OPTIONAL MATCH (p:Person {id: m.kept})
RETURN m {.*, kept_name: p.name} AS merge ORDER BY m.number, m.id
"""
# Without the records, which may be long.
MEANINGS = "MATCH (m:PersonMerge) RETURN m.merged AS merged, m.kept AS kept"
ORDER = """
MATCH (m:PersonMerge) RETURN m {.id, .kept, .merged, .number} AS merge ORDER BY m.number, m.id
"""
RECORD = "MATCH (m:PersonMerge {id: $id}) RETURN m {.*} AS merge"
NUMBER = "MATCH (m:PersonMerge) RETURN coalesce(max(m.number), 0) AS number"
KEEP = "CREATE (m:PersonMerge {id: $id}) SET m += $properties"
# Until the transaction ends nobody else gives them a line or takes one.
HOLD = """
UNWIND $ids AS id MATCH (p:Person {id: id}) WITH p ORDER BY p.id SET p.held = true REMOVE p.held
"""
SET_PERSON = "MATCH (p:Person {id: $id}) SET p = $properties"
OUTDATE = """
MATCH (p:Person) WHERE p.id IN $ids
MATCH (p)-[t:ENGAGES]-(:Person) SET t.strength_on = null
"""
DERIVED_TIES = """
MATCH (p:Person {id: $id})-[t:ENGAGES]-(other:Person)
WHERE t.given_strength IS NULL AND t.desired IS NULL AND t.last_on IS NULL AND NOT other.id IN $known
DELETE t
"""
DISTINCT = """
MATCH (a:Person {id: $a}) MATCH (b:Person {id: $b})
MERGE (a)-[d:DISTINCT_FROM]->(b) ON CREATE SET d.on = $on
"""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries to make one of, and why."""

    kept: str
    merged: str
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Merge:
    """A merge that was made.

    Attributes
    ----------
    name, kept_name
        Of who was merged, and of who was kept; None where an entry has none.
    conflicts
        What the two said differently: `a` of the person kept, `b` of the other.
    moved
        Numbers of lines that came from the other, by type.
    """

    id: str
    kept: str
    merged: str
    name: str | None
    kept_name: str | None
    on: date
    by: str | None
    rule: str | None
    why: str | None
    conflicts: tuple[Conflict, ...]
    moved: dict[str, int]


def read_merges(store: Store, person: str | None = None) -> tuple[Merge, ...]:
    """Return the merges that stand, in the order they were made; of one person, all that led to them."""
    merges = [_merge(row["merge"]) for row in store.read(MERGES)]
    if person is not None:
        theirs = {person}
        for one in reversed(merges):  # who was merged into one of them
            if one.kept in theirs:
                theirs.add(one.merged)
        merges = [one for one in merges if one.kept in theirs]
    return tuple(merges)


def merged_into(store: Store) -> dict[str, str]:
    """Return of every id that was merged the id of the person it means now."""
    direct = {row["merged"]: row["kept"] for row in store.read(MEANINGS, timeout=0)}
    return {merged: _final(direct, merged) for merged in direct}


def _final(direct: dict[str, str], id_: str) -> str:
    while id_ in direct:
        id_ = direct[id_]
    return id_


def merge_people(
    store: Store, pairs: Sequence[Pair], *, today: date, by: str | None = None, rule: str | None = None
) -> tuple[Merge, ...]:
    """Make one person of each pair, all of them or none; pairs may build on one another.

    Strengths of ties are outdated afterwards: derive them anew. Imports and merges wait for one another, so
    that nothing is lost which comes in at the same time.

    Raises
    ------
    UnknownName
        The store has no such person.
    InputError
        Somebody would be merged with themselves.
    """

    def work(transaction: Transaction) -> list[Merge]:
        await_turn(transaction)
        number = transaction.run(NUMBER)[0]["number"]
        now: dict[str, str] = {}
        made = []
        for place, pair in enumerate(pairs, start=1):
            kept, merged = _final(now, pair.kept), _final(now, pair.merged)
            if kept == merged:
                if now:  # an earlier pair has made them one
                    continue
                raise InputError(f"{kept} cannot be merged with themselves: name two people.")
            made.append(_merge_two(transaction, kept, merged, pair.why, today, by, rule, number + place))
            now[merged] = kept
        return made

    return tuple(store.transact(work))


def _merge_two(
    transaction: Transaction,
    kept: str,
    merged: str,
    why: str | None,
    today: date,
    by: str | None,
    rule: str | None,
    number: int,
) -> Merge:
    transaction.run(HOLD, {"ids": [kept, merged]})
    one, other = _read(transaction, kept), _read(transaction, merged)
    last = transaction.run(LAST, {"id": merged})
    combined = combine(one, other, today)
    transaction.run("MATCH (p:Person {id: $id}) DETACH DELETE p", {"id": merged})
    _delete(transaction, kept, [one.place for one in combined.changes if one.kept and one.kept != one.after])
    _create(
        transaction,
        kept,
        [(one.place, line) for one in combined.changes if one.kept != one.after for line in one.after],
    )
    transaction.run(SET_PERSON, {"id": kept, "properties": combined.after})
    properties = {
        "kept": kept,
        "merged": merged,
        "number": number,
        "on": today,
        "by": by,
        "rule": rule,
        "why": why,
        "name": other.properties.get("name"),
        "email": other.properties.get("email"),
        "organisation": last[0]["id"] if last else None,
        "record": json.dumps(
            to_record(combined) | {"ties": _tied(one)}, ensure_ascii=False, separators=(",", ":")
        ),
    }
    id_ = _merge_id(kept, merged)
    transaction.run(KEEP, {"id": id_, "properties": properties})
    transaction.run(OUTDATE, {"ids": _affected(kept, combined)})
    return _merge({"id": id_, **properties, "kept_name": combined.after.get("name")})


def unmerge(store: Store, id_: str, *, today: date, distinct: bool = False) -> Merge:
    """Undo one merge: both entries are as they were, and what was learnt since stays with the one kept.

    Parameters
    ----------
    id_
        Of the merge, or the id that was merged.
    distinct
        Remember that the two are two people, so that they are not proposed again.

    Raises
    ------
    UnknownName
        No merge has this id.
    InputError
        A later merge builds on it, which has to be undone first.
    """

    def work(transaction: Transaction) -> Merge:
        await_turn(transaction)
        rows = [row["merge"] for row in transaction.run(ORDER)]
        found = next((row for row in rows if id_ in (row["id"], row["merged"])), None)
        if found is None:
            raise UnknownName(f"No merge has the id {id_!r}: diamond people merges lists them.")
        kept, merged = found["kept"], found["merged"]
        later = [
            row for row in rows if row["number"] > found["number"] and kept in (row["kept"], row["merged"])
        ]
        if later:
            raise InputError(
                f"The merge of {merged} into {kept} has one built on it: undo {later[-1]['id']} "
                f"({later[-1]['merged']} into {later[-1]['kept']}) first."
            )
        found = transaction.run(RECORD, {"id": found["id"]})[0]["merge"]
        record = json.loads(found["record"])
        combined = from_record(record)
        transaction.run(HOLD, {"ids": [kept]})
        one = _read(transaction, kept)
        transaction.run(
            "CREATE (p:Person {id: $id}) SET p += $properties",
            {"id": merged, "properties": combined.merged},
        )
        _restore(transaction, one, merged, combined.changes)
        transaction.run(SET_PERSON, {"id": kept, "properties": restored_properties(combined, one.properties)})
        # A tie that only a joint log gave rise to; where a touchpoint stands behind it, it is derived again.
        of_merged = [change.place.end for change in combined.changes if change.place.type == "ENGAGES"]
        transaction.run(DERIVED_TIES, {"id": kept, "known": record["ties"]})
        transaction.run(OUTDATE, {"ids": [kept, merged, *of_merged]})
        transaction.run("MATCH (m:PersonMerge {id: $id}) DELETE m", {"id": found["id"]})
        if distinct:
            a, b = sorted((kept, merged))
            transaction.run(DISTINCT, {"a": a, "b": b, "on": today})
        return _merge({**found, "kept_name": one.properties.get("name")})

    return store.transact(work)


def _restore(transaction: Transaction, one: Stored, merged: str, changes: Iterable[Change]) -> None:
    back_of_kept, back_of_merged, gone = [], [], []
    for change in changes:
        now = one.lines.get(change.place, ())
        mine, others = restored(change, now)
        if mine != now:
            if now:
                gone.append(change.place)
            back_of_kept += [(change.place, line) for line in mine]
        back_of_merged += [(change.place, line) for line in others]
    _delete(transaction, one.id, gone)
    _create(transaction, one.id, back_of_kept)
    _create(transaction, merged, back_of_merged)


def reject(store: Store, one: str, other: str, *, today: date) -> None:
    """Remember that two are not one person: they are not proposed for merging again.

    Raises
    ------
    UnknownName
        The store has no such person.
    InputError
        Both ids are one person's.
    """
    if one == other:
        raise InputError(f"{one} is one person: name two.")

    def work(transaction: Transaction) -> None:
        for id_ in (one, other):
            if not transaction.run("MATCH (p:Person {id: $id}) RETURN p.id AS id", {"id": id_}):
                raise UnknownName(f"No person has the id {id_!r}.")
        a, b = sorted((one, other))
        transaction.run(DISTINCT, {"a": a, "b": b, "on": today})

    store.transact(work)


def _read(transaction: Transaction, id_: str) -> Stored:
    rows = transaction.run(PERSON, {"id": id_})
    if not rows:
        raise UnknownName(f"No person has the id {id_!r}.")
    lines: dict[Place, list[Properties]] = {}
    for line in rows[0]["lines"]:
        if line["end"] is None:
            raise InputError(
                f"{id_} has a line {line['type']} to a node without an id, so that a merge could not be "
                "undone: give that node an id first."
            )
        place = Place(line["type"], line["outwards"], _label(line["labels"]), line["end"])
        lines.setdefault(place, []).append(line["properties"])
    ordered = {place: tuple(sorted(found, key=repr)) for place, found in lines.items()}
    return Stored(id_, rows[0]["properties"], ordered)


def _label(labels: Sequence[str]) -> str:
    """Return the label by which a node is found: the one with a unique id."""
    entities = load_schema().entities
    bases = {entities[label].base or label for label in labels if label in entities}
    return min(bases or labels)


def _delete(transaction: Transaction, person: str, places: Iterable[Place]) -> None:
    for (kind, outwards, label), ends in by_type((place, {}) for place in places).items():
        transaction.run(
            f"UNWIND $ends AS end MATCH {_pattern(kind, outwards, label)} DELETE r",
            {"person": person, "ends": [end for end, _ in ends]},
        )


def _create(transaction: Transaction, person: str, lines: Iterable[tuple[Place, Properties]]) -> None:
    for (kind, outwards, label), ends in by_type(lines).items():
        arrow = f"(p)-[r:`{kind}`]->(o)" if outwards else f"(p)<-[r:`{kind}`]-(o)"
        transaction.run(
            f"MATCH (p:Person {{id: $person}}) UNWIND $rows AS row MATCH (o:`{label}` {{id: row.end}}) "
            f"CREATE {arrow} SET r = row.properties",
            {"person": person, "rows": [{"end": end, "properties": line} for end, line in ends]},
        )


def _pattern(kind: str, outwards: bool, label: str) -> str:
    line = f"-[r:`{kind}`]->" if outwards else f"<-[r:`{kind}`]-"
    return f"(:Person {{id: $person}}){line}(:`{label}` {{id: end}})"


def _tied(person: Stored) -> list[str]:
    return sorted({place.end for place in person.lines if place.type == "ENGAGES"})


def _affected(kept: str, combined: Combined) -> list[str]:
    return [kept, *(one.place.end for one in combined.changes if one.place.type == "ENGAGES")]


def _merge_id(kept: str, merged: str) -> str:
    return hashlib.blake2b(f"{kept}\x1f{merged}".encode(), digest_size=8).hexdigest()


def _merge(row: Row) -> Merge:
    combined = from_record(json.loads(row["record"]))
    moved: dict[str, int] = {}
    for one in combined.changes:
        if one.merged:
            moved[one.place.type] = moved.get(one.place.type, 0) + len(one.merged)
    return Merge(
        id=row["id"],
        kept=row["kept"],
        merged=row["merged"],
        name=row.get("name"),
        kept_name=row.get("kept_name"),
        on=row["on"],
        by=row.get("by"),
        rule=row.get("rule"),
        why=row.get("why"),
        conflicts=combined.conflicts,
        moved=dict(sorted(moved.items())),
    )
