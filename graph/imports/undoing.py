"""Undoing an import: what it created goes, what it changed gets back what stood there before.

Nothing that came later is lost. Where a later import built on this one (refers to what it created, or changed
what it wrote), undoing is refused with that import's id, which is to be undone first. Where anything else
did (somebody by hand, a plan, a merging), that very thing stays, with what it cannot stand without, and is
named. One transaction: all of it or nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, TypeVar

from graph.errors import Candidate, InputError, UnknownName
from graph.imports.journal import (
    ATTENDEES,
    KINDS,
    Before,
    LineKey,
    NodeKey,
    Traces,
    digest,
    read_traces,
)
from graph.imports.later import Later, name_line
from graph.imports.merging import BATCH, Progress, ends_of, line_rows, pattern, stored_lines
from graph.imports.staging import drop_staged
from graph.policy import Policy
from graph.schema import load_schema
from graph.store import Store, Transaction
from graph.store.imports import (
    DISCARDED,
    ImportRecord,
    await_turn,
    read_imports,
    read_pieces,
    record_undone,
    sweep,
)

T = TypeVar("T")

# Lines that a node cannot stand without: they stay where their source stays.
STANDS_ON = frozenset({"EMPLOYED_BY", "WORKS_IN", "FUNCTION_OF", "OF_ACCOUNT", "ASSESSES", "FORMER_OF"})
# Not counted by an import either: they come and go with a node.
UNCOUNTED = frozenset({"FUNCTION_OF", "OF_ACCOUNT", "ASSESSES", "FORMER_OF", "REPORTED_TO"})
# Lines of which a file states all that start, or end, at one node.
STATED_BY_TARGET = frozenset({"PARENT_OF"})
BARE = "r.given_strength IS NULL AND r.last_on IS NULL AND r.desired IS NULL"
MET = "EXISTS { MATCH (a)-[:ATTENDED]->(:Touchpoint)<-[:ATTENDED]-(b) }"
REMAINING = f"""
UNWIND $ids AS id MATCH (n:{{label}} {{{{id: id}}}})
WITH n, COLLECT {{{{
  MATCH (n)-[r]-(m) WHERE NOT m:{DISCARDED} AND NOT (r:ENGAGES AND {BARE})
  RETURN {{{{type: type(r), out: startNode(r) = n, other: m.id, labels: labels(m),
           brand: coalesce(r.brand, '')}}}} LIMIT 3
}}}} AS lines
WHERE size(lines) > 0 RETURN n.id AS id, lines
"""
ATTEND = "UNWIND row.attendees AS id MATCH (p:Person {id: id}) CREATE (p)-[:ATTENDED]->(n)"


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that an undone import had written and that stays, and why."""

    kind: str
    id: str
    why: str


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing an import did.

    Attributes
    ----------
    deleted, restored
        Nodes by label and relationships by type.
    kept
        What stays, because somebody changed it since or something refers to it.
    later
        Ids of later imports that found unchanged what is now gone or back to what it was.
    """

    id: str
    deleted: dict[str, int]
    restored: dict[str, int]
    kept: tuple[Kept, ...]
    later: tuple[str, ...] = ()


def undo_import(
    store: Store, id_: str, *, today: date, policy: Policy, progress: Progress | None = None
) -> Undone:
    """Take back what an import wrote, and derive the strengths anew.

    Raises
    ------
    UnknownName
        There is no such import.
    InputError
        It is undone already, or a later import builds on it.
    """
    from graph.store.strengths import rewrite_strengths

    held: dict[NodeKey, str] = {}

    def work(transaction: Transaction) -> Undone:
        return _undo(transaction, id_, held, progress)

    while True:
        try:
            undone = store.transact(work)
            break
        except _Held as more:
            held |= more.nodes
    sweep(store)
    rewrite_strengths(store, today, policy)
    return undone


class _Held(Exception):
    """Nodes that must stay: the attempt is given up, and the next one leaves them."""

    def __init__(self, nodes: Mapping[NodeKey, str]) -> None:
        super().__init__()
        self.nodes = nodes


def _undo(
    transaction: Transaction, id_: str, held: Mapping[NodeKey, str], progress: Progress | None
) -> Undone:
    await_turn(transaction)
    records = {one.id: one for one in read_imports(transaction)}
    record = records.get(id_)
    if record is None:
        raise UnknownName(
            f"There is no import {id_!r}; `diamond imports` lists them.",
            candidates=[Candidate(one.id, ", ".join(one.files)) for one in records.values()][:10],
        )
    if record.state == "staging":
        drop_staged(transaction)
        return Undone(id_, {}, {}, ())
    if record.state == "undone":
        raise InputError(f"Import {id_} is undone already.")
    done = [one for one in records.values() if one.state == "done" and one.id != id_]
    later = [one for one in done if one.number > record.number]
    undoing = _Undoing(
        transaction,
        read_traces(read_pieces(transaction, id_)),
        Later(transaction, later),
        [one.id for one in done],
        held,
        progress,
    )
    undoing.run(record)
    record_undone(transaction, id_)
    transaction.run("MATCH ()-[t:ENGAGES]->() WHERE t.strength_on IS NOT NULL SET t.strength_on = null")
    return Undone(
        id_,
        dict(sorted(undoing.deleted.items())),
        dict(sorted(undoing.restored.items())),
        tuple(sorted(undoing.kept, key=lambda one: (one.kind, one.id))),
        tuple(one.id for one in later if one.unchanged),
    )


class _Undoing:
    """One attempt.

    Parameters
    ----------
    others
        Ids of all other imports that are done.
    held
        What an attempt before found that must stay, and why.
    """

    def __init__(
        self,
        transaction: Transaction,
        traces: Traces,
        later: Later,
        others: Sequence[str],
        held: Mapping[NodeKey, str],
        progress: Progress | None,
    ) -> None:
        self._transaction = transaction
        self._traces = traces
        self._later = later
        self._others = others
        self._held = held
        self._progress = progress
        self._hold: dict[NodeKey, str] = {}
        self.deleted: Counter[str] = Counter()
        self.restored: Counter[str] = Counter()
        self.kept = {Kept(*key, why) for key, why in held.items()}

    def run(self, record: ImportRecord) -> None:
        """Take everything back; raise where that must wait or something must stay."""
        self._changed_nodes()
        self._changed_lines()
        self._created_touchpoints()
        self._created_lines()
        self._created_nodes()
        self._deleted_nodes()
        self._deleted_lines()
        self._later.refuse(record)
        self._derived_ties()
        if self._hold:
            raise _Held(self._hold)

    # -- what was changed ------------------------------------------------------------------------------

    def _changed_nodes(self) -> None:
        for label, ids in _by_first(self._traces.changed):
            for batch in self._batches(label, ids):
                stored = self._stored(label, batch)
                rows = []
                for id_ in batch:
                    change, known = self._traces.changed[label, id_], stored.get(id_)
                    if known is None:
                        self.kept.add(Kept(label, id_, "is no longer there"))
                        continue
                    back, moved = _back(change, known)
                    if moved and self._later.left_node((label, id_)):
                        self.kept.add(Kept(label, id_, f"changed since: {', '.join(moved)}"))
                    if back:
                        rows.append({"id": id_, **_parts(back)})
                self._put_back(label, rows)
                self._count(self.restored, label, len(rows))

    def _put_back(self, label: str, rows: list[dict[str, Any]]) -> None:
        match = f"UNWIND $rows AS row MATCH (n:{label} {{id: row.id}}) "
        self._run(match + "SET n += row.properties", rows)
        if kinds := [row for row in rows if "kinds" in row]:
            every = [name for name, one in load_schema().entities.items() if one.base == label]
            self._run(match + f"REMOVE n:{':'.join(every)}", kinds)
            for kind in every:
                self._run(match + f"SET n:{kind}", [row for row in kinds if kind in row["kinds"]])
        if attended := [row for row in rows if "attendees" in row]:
            self._run(match + "MATCH (:Person)-[r:ATTENDED]->(n) DELETE r", attended)
            self._run(match + ATTEND, attended)

    def _changed_lines(self) -> None:
        for kind, keys in _by_first(self._traces.lines_changed):
            for batch, rows, stored in self._lines(kind, keys):
                back_rows = []
                for key, row in zip(batch, rows, strict=True):
                    known = stored.get(row["number"])
                    if known is None:
                        if self._later.left_line(key):
                            self.kept.add(Kept(kind, name_line(key), "is no longer there"))
                        continue
                    back, moved = _back(self._traces.lines_changed[key], known)
                    if moved and self._later.left_line(key):
                        self.kept.add(Kept(kind, name_line(key), f"changed since: {', '.join(moved)}"))
                    if back:
                        back_rows.append({**row, "properties": back})
                self._run(f"UNWIND $rows AS row MATCH {pattern(kind)} SET r += row.properties", back_rows)
                self._count(self.restored, kind, len(back_rows))

    # -- what was created ------------------------------------------------------------------------------

    def _created_touchpoints(self) -> None:
        ids = [id_ for label, id_ in self._traces.created if label == "Touchpoint"]
        for batch in self._batches("Touchpoint", sorted(ids)):
            stored = self._stored("Touchpoint", batch)
            rows = []
            for id_ in batch:
                key = ("Touchpoint", id_)
                if id_ not in stored or key in self._held:
                    continue
                if digest(stored[id_]) == self._traces.created[key]:
                    rows.append({"id": id_})
                elif self._later.left_node(key):
                    self._hold[key] = "changed since"
            self._discard("Touchpoint", rows)
            self._count(self.deleted, "Touchpoint", len(rows))

    def _created_lines(self) -> None:
        source = {kind: load_schema().entities[kind].source.split(" or ") for kind in STANDS_ON}
        for kind, keys in _by_first(self._traces.lines_created):
            for batch, rows, stored in self._lines(kind, keys):
                gone = []
                for key, row in zip(batch, rows, strict=True):
                    known = stored.get(row["number"])
                    if known is None or any((label, key[1]) in self._held for label in source.get(kind, ())):
                        continue
                    if digest(known, kind) == self._traces.lines_created[key]:
                        gone.append(row)
                    elif self._later.left_line(key):
                        self.kept.add(Kept(kind, name_line(key), "changed since"))
                self._run(f"UNWIND $rows AS row MATCH {pattern(kind)} DELETE r", gone)
                self._count(self.deleted, kind, len(gone))

    def _created_nodes(self) -> None:
        created = {key for key in self._traces.created if key[0] != "Touchpoint" and key not in self._held}
        for label, ids in _by_first(created):
            for batch in self._batches(label, ids):
                found = self._transaction.run(REMAINING.format(label=label), {"ids": batch})
                for row in found:
                    for line in row["lines"]:
                        self._remaining((label, row["id"]), line)
        for label, ids in _by_first(created):
            for batch in self._batches(label, ids):
                stored, rows = self._stored(label, batch), []
                for id_ in batch:
                    key = (label, id_)
                    if id_ not in stored or key in self._hold:
                        continue
                    if digest(stored[id_]) == self._traces.created[key]:
                        rows.append({"id": id_})
                    elif self._later.left_node(key):
                        self._hold[key] = "changed since"
                self._discard(label, rows)
                self._count(self.deleted, label, len(rows))

    def _discard(self, label: str, rows: list[dict[str, Any]]) -> None:
        """Take nodes out of the graph; the sweeping that follows deletes them."""
        kinds = [name for name, one in load_schema().entities.items() if one.base == label]
        self._run(
            f"UNWIND $rows AS row MATCH (n:{label} {{id: row.id}}) "
            f"SET n:{DISCARDED} REMOVE n:{':'.join([label, *kinds])}",
            rows,
        )

    def _remaining(self, key: NodeKey, row: Mapping[str, Any]) -> None:
        """Hold a node to which something refers that is none of this import's."""
        ends = (key[1], row["other"]) if row["out"] else (row["other"], key[1])
        line = (row["type"], *ends, row["brand"] if row["type"].startswith("SELLS") else "")
        # Somebody's own nodes have labels that no table knows.
        known = load_schema().entities
        label = next((one for one in row["labels"] if one in known and known[one].kind == "node"), "node")
        if self._later.refers_not(key, line, (label, row["other"])):
            self._hold[key] = f"{label} {row['other']!r} refers to it"

    # -- what was deleted ------------------------------------------------------------------------------

    def _deleted_nodes(self) -> None:
        for label, ids in _by_first(self._traces.deleted):
            for batch in self._batches(label, ids):
                there = self._stored(label, batch)
                rows = [
                    {"id": id_, "properties": self._traces.deleted[label, id_]}
                    for id_ in batch
                    if id_ not in there
                ]
                self._run(f"UNWIND $rows AS row CREATE (n:{label}) SET n = row.properties", rows)
                self._count(self.restored, label, len(rows))

    def _deleted_lines(self) -> None:
        for kind, keys in _by_first(self._traces.lines_deleted):
            anchor = 2 if kind in STATED_BY_TARGET else 1
            if not self._later.left_lines_at(kind, anchor, {key[anchor] for key in keys}):
                continue
            for batch, rows, stored in self._lines(kind, keys):
                gone = [
                    {**row, "properties": self._traces.lines_deleted[key]}
                    for key, row in zip(batch, rows, strict=True)
                    if row["number"] not in stored
                ]
                ends = ends_of(kind)
                self._run(
                    f"UNWIND $rows AS row {ends} CREATE (a)-[r:{kind}]->(b) SET r = row.properties", gone
                )
                self._count(self.restored, kind, len(gone))

    def _derived_ties(self) -> None:
        """Delete the ties that only touchpoints brought which are gone now, whoever wrote them down first.

        A tie that an import brought in is that import's, even with nothing behind it.
        """
        found = self._transaction.run(
            f"MATCH (a:Person)-[r:ENGAGES]->(b:Person) WHERE r.touchpoints > 0 AND {BARE} AND NOT {MET} "
            "RETURN a.id AS source, b.id AS target"
        )
        if not found:
            return
        brought = {
            key
            for id_ in self._others
            for key in read_traces(read_pieces(self._transaction, id_)).lines_created
        }
        rows = [
            {**row, "key": ""}
            for row in found
            if ("ENGAGES", row["source"], row["target"], "") not in brought
        ]
        self._run(f"UNWIND $rows AS row MATCH {pattern('ENGAGES')} DELETE r", rows)

    # -- shared ----------------------------------------------------------------------------------------

    def _stored(self, label: str, ids: list[str]) -> dict[str, dict[str, Any]]:
        """Return what is stored, with kinds and attendees as the journal has them."""
        extra = {
            "Organisation": ", labels(n) AS found",
            "Touchpoint": ", COLLECT { MATCH (p:Person)-[:ATTENDED]->(n) RETURN p.id } AS found",
        }.get(label, "")
        rows = self._transaction.run(
            f"UNWIND $ids AS id MATCH (n:{label} {{id: id}}) RETURN id, properties(n) AS properties{extra}",
            {"ids": ids},
        )
        name = {"Organisation": KINDS, "Touchpoint": ATTENDEES}.get(label)
        if name is None:
            return {row["id"]: row["properties"] for row in rows}
        return {
            row["id"]: {**row["properties"], name: sorted(set(row["found"]) - {"Organisation"})}
            for row in rows
        }

    def _lines(
        self, kind: str, keys: list[LineKey]
    ) -> Iterator[tuple[list[LineKey], list[dict[str, Any]], dict[int, dict[str, Any]]]]:
        for batch in self._batches(kind, keys):
            rows = line_rows(key[1:] for key in batch)
            yield batch, rows, stored_lines(self._transaction, kind, rows)

    def _batches(self, what: str, items: list[T]) -> Iterator[list[T]]:
        done, remaining = 0, iter(items)
        while batch := list(islice(remaining, BATCH)):
            yield batch
            done += len(batch)
            if self._progress is not None:
                self._progress(what, done, len(items))

    def _run(self, cypher: str, rows: list[dict[str, Any]]) -> None:
        if rows:
            self._transaction.run(cypher, {"rows": rows})

    def _count(self, counter: Counter[str], name: str, number: int) -> None:
        if number and name not in UNCOUNTED:
            counter[name] += number


def _back(change: Before, known: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return what gets its former value back, and the names that somebody changed since."""
    back: dict[str, Any] = {}
    moved = []
    for name, after in change.after.items():
        now, before = known.get(name), change.before.get(name)
        if now == after:
            back[name] = before
        elif now != before:
            moved.append(name.rstrip(":"))
    return back, moved


def _parts(back: Mapping[str, Any]) -> dict[str, Any]:
    parts: dict[str, Any] = {
        "properties": {name: value for name, value in back.items() if name not in (KINDS, ATTENDEES)}
    }
    return parts | {name.rstrip(":"): back[name] or [] for name in (KINDS, ATTENDEES) if name in back}


def _by_first(keys: Iterable[Any]) -> Iterator[tuple[str, list[Any]]]:
    """Yield label or type with what belongs to it: ids of nodes, whole keys of relationships."""
    found: dict[str, list[Any]] = defaultdict(list)
    for key in keys:
        found[key[0]].append(key[1] if len(key) == 2 else key)
    for first in sorted(found):
        yield first, sorted(found[first])
