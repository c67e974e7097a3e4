"""Nodes and relationships compared with the store and written where they differ.

What every step of an import shares: batches, counts, the journal. A preview runs the same comparison and
writes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from graph.imports.journal import ATTENDEES, Journal
from graph.imports.records import LineKey, Properties, TouchpointRecord
from graph.imports.staging import SHOW_PEOPLE, show_touchpoints
from graph.progress import Progress
from graph.schema import load_schema
from graph.store import Transaction
from graph.wording import count

T = TypeVar("T")
# Adapts what is to be written to what is stored, None where nothing is.
Settle = Callable[[Properties | None, Properties], Properties]
BATCH = 2000
SHOWN = 10
# Of these the same two may have several: sales one for each brand, posts one for each stay that is over.
KEYED = {"SELLS_TO": "brand", "SELLS_DIRECT_TO": "brand", "EMPLOYED_BY": "stay"}


@dataclass
class Changes:
    """What an import changed: nodes by label, relationships by type.

    Attributes
    ----------
    id
        Under which the import is recorded; None for a preview.
    older
        People of whom the store holds something newer than what was to be written.
    """

    created: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0
    id: str | None = None
    older: list[str] = field(default_factory=list)

    @property
    def any(self) -> bool:
        """Tell whether anything changed."""
        return bool(self.created or self.updated)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say what did not come in although it differs."""
        if not self.older:
            return ()
        who = ", ".join(self.older[:SHOWN]) + (", …" if len(self.older) > SHOWN else "")
        people = count(len(self.older), "person is", "people are")
        rows = "this row" if len(self.older) == 1 else "their rows"
        return (
            f"{people} known from something newer, which stays; {rows} only filled what was empty: {who}.",
        )


class Merger:
    """Writes what differs, counts it and notes it in the journal.

    Parameters
    ----------
    write
        False for a preview.
    staged
        True where the touchpoints that are not there yet stand ready under another label.
    """

    def __init__(
        self,
        transaction: Transaction,
        journal: Journal,
        write: bool,
        progress: Progress | None,
        *,
        staged: bool = False,
    ) -> None:
        self.transaction = transaction
        self.journal = journal
        self.changes = Changes()
        self._write = write
        self._progress = progress
        self._staged = staged

    def batches(self, what: str, rows: Sequence[T]) -> Iterator[list[T]]:
        """Yield rows in bounded pieces, and tell how far it is."""
        done, remaining = 0, iter(rows)
        while batch := list(islice(remaining, BATCH)):
            yield batch
            done += len(batch)
            if self._progress is not None:
                self._progress(what, done, len(rows))

    def count(self, name: str, created: int, updated: int, unchanged: int) -> None:
        """Count what became of some nodes or relationships."""
        # Counter keeps a zero that was added; a report should not.
        if created:
            self.changes.created[name] += created
        if updated:
            self.changes.updated[name] += updated
        self.changes.unchanged += unchanged

    def run(self, cypher: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run a statement that writes rows, unless this is a preview."""
        if rows and self._write:
            self.transaction.run(cypher, {"rows": list(rows)})

    def nodes(self, label: str, nodes: Mapping[str, Properties], *, settle: Settle | None = None) -> None:
        """Write nodes; what a node has beside the properties given stays."""
        for ids in self.batches(label, sorted(nodes)):
            stored = self.stored_nodes(label, ids)
            rows, fresh = [], 0
            for id_ in ids:
                known = stored.get(id_)
                properties = settle(known, nodes[id_]) if settle else nodes[id_]
                if known is None:
                    fresh += 1
                    self.journal.created(label, id_, properties)
                elif differs(known, properties):
                    self.journal.changed(label, id_, known, properties)
                else:
                    continue
                rows.append({"id": id_, "properties": properties})
            self.count(label, fresh, len(rows) - fresh, len(ids) - len(rows))
            if label == "Person" and self._staged:
                self.run(SHOW_PEOPLE, rows)
            self.run(f"UNWIND $rows AS row MERGE (n:{label} {{id: row.id}}) SET n += row.properties", rows)

    def stored_nodes(self, label: str, ids: Sequence[str]) -> dict[str, Properties]:
        """Return the properties of those nodes that are there."""
        rows = self.transaction.run(
            f"UNWIND $ids AS id MATCH (n:{label} {{id: id}}) RETURN id, properties(n) AS properties",
            {"ids": list(ids)},
        )
        return {row["id"]: row["properties"] for row in rows}

    def delete_nodes(self, label: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Delete nodes without relationships; each row holds `id` and `properties`."""
        for row in rows:
            self.journal.deleted(label, row["id"], row["properties"])
        self.count(label, 0, len(rows), 0)
        self.run(f"UNWIND $rows AS row MATCH (n:{label} {{id: row.id}}) DELETE n", rows)

    def lines(
        self,
        kind: str,
        lines: Mapping[LineKey, Properties],
        *,
        count: bool = True,
        settle: Settle | None = None,
    ) -> None:
        """Write relationships; `count` False for those that belong to a node that is counted."""
        ends = ends_of(kind)
        for keys in self.batches(kind, sorted(lines)):
            rows = line_rows(keys)
            stored = stored_lines(self.transaction, kind, rows)
            fresh, changed = [], []
            for row, key in zip(rows, keys, strict=True):
                known = stored.get(row["number"])
                properties = settle(known, lines[key]) if settle else lines[key]
                if known is None:
                    fresh.append({**row, "properties": properties})
                    self.journal.line_created((kind, *key), properties)
                elif differs(known, properties):
                    changed.append({**row, "properties": properties})
                    self.journal.line_changed((kind, *key), known, properties)
            if count:
                self.count(kind, len(fresh), len(changed), len(rows) - len(fresh) - len(changed))
            self.run(f"UNWIND $rows AS row {ends} CREATE (a)-[r:{kind}]->(b) SET r = row.properties", fresh)
            self.run(f"UNWIND $rows AS row MATCH {pattern(kind)} SET r += row.properties", changed)

    def lines_gone(self, kind: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Delete relationships; each row holds `source`, `target` and `properties`."""
        for row in rows:
            self.journal.line_deleted((kind, row["source"], row["target"], ""), row["properties"])
        self.count(kind, 0, len(rows), 0)
        self.run(f"UNWIND $rows AS row MATCH {pattern(kind)} DELETE r", rows)

    def touchpoints(self, touchpoints: Mapping[str, TouchpointRecord]) -> None:
        """Write touchpoints with those who were there."""
        attend = (
            "WITH t, row UNWIND row.attendees AS id MATCH (p:Person {id: id}) CREATE (p)-[:ATTENDED]->(t)"
        )
        for ids in self.batches("Touchpoint", sorted(touchpoints)):
            stored = {
                row["id"]: row
                for row in self.transaction.run(
                    "UNWIND $ids AS id MATCH (t:Touchpoint {id: id}) RETURN id, properties(t) AS properties, "
                    "COLLECT { MATCH (p:Person)-[:ATTENDED]->(t) RETURN p.id } AS attendees",
                    {"ids": ids},
                )
            }
            fresh, changed = [], []
            for id_ in ids:
                one, known = touchpoints[id_], stored.get(id_)
                row = {"id": id_, "properties": one.properties, "attendees": list(one.attendees)}
                now = {**one.properties, ATTENDEES: sorted(one.attendees)}
                if known is None:
                    fresh.append(row)
                    self.journal.created("Touchpoint", id_, now)
                    continue
                before = {**known["properties"], ATTENDEES: sorted(known["attendees"])}
                if differs(before, now):
                    changed.append(row)
                    self.journal.changed("Touchpoint", id_, before, now)
            self.count("Touchpoint", len(fresh), len(changed), len(ids) - len(fresh) - len(changed))
            if self._staged:
                show_touchpoints(self.transaction, fresh)
            else:
                create = "UNWIND $rows AS row CREATE (t:Touchpoint {id: row.id}) SET t += row.properties "
                self.run(create + attend, fresh)
            self.run(
                "UNWIND $rows AS row MATCH (:Person)-[r:ATTENDED]->(:Touchpoint {id: row.id}) DELETE r",
                changed,
            )
            self.run(
                f"UNWIND $rows AS row MATCH (t:Touchpoint {{id: row.id}}) SET t += row.properties {attend}",
                changed,
            )


def differs(stored: Mapping[str, Any], properties: Mapping[str, Any]) -> bool:
    """Tell whether writing the properties would change what is stored."""
    return any(stored.get(name) != value for name, value in properties.items())


def line_rows(keys: Iterable[LineKey]) -> list[dict[str, Any]]:
    """Return rows that `pattern` and `ends_of` match, numbered."""
    return [
        {"number": number, "source": source, "target": target, "key": key}
        for number, (source, target, key) in enumerate(keys)
    ]


def stored_lines(
    transaction: Transaction, kind: str, rows: Sequence[Mapping[str, Any]]
) -> dict[int, Properties]:
    """Return the properties of those relationships that are there, by the number of their row."""
    found = transaction.run(
        f"UNWIND $rows AS row MATCH {pattern(kind)} RETURN row.number AS number, properties(r) AS properties",
        {"rows": list(rows)},
    )
    return {row["number"]: row["properties"] for row in found}


def pattern(kind: str) -> str:
    """Return the Cypher that matches the relationship `r` of a row."""
    source, target = end_labels(kind)
    which = f" WHERE coalesce(r.{KEYED[kind]}, '') = row.key" if kind in KEYED else ""
    return f"(a:{source} {{id: row.source}})-[r:{kind}]->(b:{target} {{id: row.target}}){which}"


def ends_of(kind: str) -> str:
    """Return the Cypher that matches the two ends of a row."""
    source, target = end_labels(kind)
    return f"MATCH (a:{source} {{id: row.source}}) MATCH (b:{target} {{id: row.target}})"


def end_labels(kind: str) -> tuple[str, str]:
    """Return the labels at a relationship's ends, those that carry the unique id."""
    schema = load_schema()
    entity = schema.entities[kind]
    # Of several, an import writes the first.
    source, target = entity.source.partition(" or ")[0], entity.target.partition(" or ")[0]
    return schema.entities[source].base or source, schema.entities[target].base or target
