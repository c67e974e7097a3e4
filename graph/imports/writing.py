"""Records into the store, in one transaction: compared with what stands there, and written where they differ.

A preview runs the same comparison and writes nothing, so it reports exactly what the import would do. A cell
that is empty says nothing: what the store knows stays.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, TypeVar

from graph.imports.records import (
    AssessmentRecord,
    LineKey,
    Properties,
    Records,
)
from graph.schema import load_schema
from graph.store import Store, Transaction

T = TypeVar("T")
Progress = Callable[[str, int, int], None]
BATCH = 2000

# Ids of opinions stated in a row about a person, and of those of the assessments file. The newest counts,
# and of one day the highest id: the file that is about opinions.
FROM_ROW, FROM_FILE = "0-", "1-"


@dataclass
class Changes:
    """What an import changed: nodes by label, relationships by type."""

    created: Counter[str] = field(default_factory=Counter)
    updated: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0

    @property
    def any(self) -> bool:
        """Tell whether anything changed."""
        return bool(self.created or self.updated)


def write_records(
    store: Store, records: Records, *, today: date, dry_run: bool = False, progress: Progress | None = None
) -> Changes:
    """Bring records into the store in one transaction, or say what that would change."""

    def work(transaction: Transaction) -> Changes:
        return _Writer(transaction, today, not dry_run, progress).write(records)

    return store.transact(work)


class _Writer:
    """One attempt to write; made anew where the server asks for another."""

    def __init__(self, transaction: Transaction, today: date, write: bool, progress: Progress | None) -> None:
        self._transaction = transaction
        self._today = today
        self._write = write
        self._progress = progress
        self._changes = Changes()

    def write(self, records: Records) -> Changes:
        self._organisations(records)
        self._nodes("Function", records.functions)
        self._lines(
            "FUNCTION_OF",
            {(id_, one["organisation"], ""): {} for id_, one in records.functions.items()},
            count=False,
        )
        self._people(records)
        self._nodes("Brand", records.brands)
        self._nodes("AccountTeam", records.teams)
        for kind in sorted(records.lines.keys() - {"ENGAGES"}):
            self._lines(kind, records.lines[kind], count=kind != "OF_ACCOUNT")
        self._restated("REPORTS_TO", records, by_source=True)
        self._restated("PARENT_OF", records, by_source=False)
        self._assessments(records.assessments)
        self._touchpoints(records)
        self._lines("ENGAGES", records.lines.get("ENGAGES", {}), complete=self._tie)
        self._findings(records)
        if self._changes.any and self._write:
            # Derived from all of this; taken away so that nobody reads a strength of before.
            self._transaction.run(
                "MATCH ()-[t:ENGAGES]->() WHERE t.strength_on IS NOT NULL SET t.strength_on = null"
            )
        return self._changes

    def _batches(self, what: str, rows: Sequence[T]) -> Iterator[list[T]]:
        done, remaining = 0, iter(rows)
        while batch := list(islice(remaining, BATCH)):
            yield batch
            done += len(batch)
            if self._progress is not None:
                self._progress(what, done, len(rows))

    def _count(self, name: str, created: int, updated: int, unchanged: int) -> None:
        # Counter keeps a zero that was added; a report should not.
        if created:
            self._changes.created[name] += created
        if updated:
            self._changes.updated[name] += updated
        self._changes.unchanged += unchanged

    def _run(self, cypher: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows and self._write:
            self._transaction.run(cypher, {"rows": list(rows)})

    def _nodes(self, label: str, nodes: Mapping[str, Properties]) -> None:
        for ids in self._batches(label, sorted(nodes)):
            stored = self._stored_nodes(label, ids)
            fresh = [id_ for id_ in ids if id_ not in stored]
            changed = [id_ for id_ in ids if id_ in stored and _differs(stored[id_], nodes[id_])]
            self._count(label, len(fresh), len(changed), len(ids) - len(fresh) - len(changed))
            rows = [{"id": id_, "properties": nodes[id_]} for id_ in fresh + changed]
            self._run(f"UNWIND $rows AS row MERGE (n:{label} {{id: row.id}}) SET n += row.properties", rows)

    def _stored_nodes(self, label: str, ids: Sequence[str]) -> dict[str, Properties]:
        rows = self._transaction.run(
            f"UNWIND $ids AS id MATCH (n:{label} {{id: id}}) RETURN id, properties(n) AS properties",
            {"ids": list(ids)},
        )
        return {row["id"]: row["properties"] for row in rows}

    def _organisations(self, records: Records) -> None:
        kinds = [name for name, one in load_schema().entities.items() if one.base == "Organisation"]
        for ids in self._batches("Organisation", sorted(records.organisations)):
            stored = {
                row["id"]: row
                for row in self._transaction.run(
                    "UNWIND $ids AS id MATCH (n:Organisation {id: id}) "
                    "RETURN id, properties(n) AS properties, labels(n) AS labels",
                    {"ids": ids},
                )
            }
            rows, fresh = [], 0
            for id_ in ids:
                one = records.organisations[id_]
                labels = set(stored[id_]["labels"]) & set(kinds) if id_ in stored else set()
                wanted = one.labels if one.stated else one.labels | labels
                properties = one.properties if one.properties else {}
                if id_ in stored and wanted == labels and not _differs(stored[id_]["properties"], properties):
                    continue
                fresh += id_ not in stored
                rows.append({"id": id_, "properties": properties, "labels": sorted(wanted)})
            self._count("Organisation", fresh, len(rows) - fresh, len(ids) - len(rows))
            self._run(
                "UNWIND $rows AS row MERGE (n:Organisation {id: row.id}) SET n += row.properties "
                f"REMOVE n:{':'.join(kinds)}",
                rows,
            )
            for kind in kinds:
                labelled = [row for row in rows if kind in row["labels"]]
                self._run(f"UNWIND $rows AS row MATCH (n:Organisation {{id: row.id}}) SET n:{kind}", labelled)

    def _people(self, records: Records) -> None:
        people = records.people
        self._nodes("Person", {id_: one.properties for id_, one in people.items()})
        posts: dict[LineKey, Properties] = {}
        functions: dict[LineKey, Properties] = {}
        for id_, one in people.items():
            # Who is listed without a last day is there.
            since = {"since": one.since} if one.since is not None else {}
            posts[id_, one.organisation, ""] = {"until": one.until, **since}
            if one.function is not None:
                functions[id_, one.function, ""] = {"until": None}
        starts = {id_: one.since or self._today for id_, one in people.items()}
        self._end_others("EMPLOYED_BY", posts, starts)
        self._lines("EMPLOYED_BY", posts)
        self._end_others("WORKS_IN", functions, starts)
        self._lines("WORKS_IN", functions)

    def _end_others(self, kind: str, lines: Mapping[LineKey, Properties], starts: Mapping[str, date]) -> None:
        """End what the person did before: a post somewhere else becomes the past."""
        keys = [
            {"source": source, "target": target, "on": starts[source]} for source, target, _ in sorted(lines)
        ]
        for rows in self._batches(kind, keys):
            others = self._transaction.run(
                f"UNWIND $rows AS row MATCH (:Person {{id: row.source}})-[r:{kind}]->(other) "
                "WHERE other.id <> row.target AND r.until IS NULL "
                "RETURN row.source AS source, other.id AS other, row.on AS on",
                {"rows": rows},
            )
            self._count(kind, 0, len(others), 0)
            self._run(
                f"UNWIND $rows AS row MATCH (:Person {{id: row.source}})-[r:{kind}]->(other) "
                "WHERE other.id = row.other SET r.until = row.on",
                others,
            )

    def _lines(
        self,
        kind: str,
        lines: Mapping[LineKey, Properties],
        *,
        count: bool = True,
        complete: Callable[[Properties | None, Properties], Properties] | None = None,
    ) -> None:
        """Write relationships; `complete` may adapt what is written to what is stored."""
        match, keyed = _pattern(kind), kind in ("SELLS_TO", "SELLS_DIRECT_TO")
        which = "WHERE coalesce(r.brand, '') = row.key " if keyed else ""
        ends = _ends(kind)
        for keys in self._batches(kind, sorted(lines)):
            rows = [
                {"number": number, "source": source, "target": target, "key": key}
                for number, (source, target, key) in enumerate(keys)
            ]
            found = self._transaction.run(
                f"UNWIND $rows AS row MATCH {match} {which}"
                "RETURN row.number AS number, properties(r) AS properties",
                {"rows": rows},
            )
            stored = {row["number"]: row["properties"] for row in found}
            fresh, changed = [], []
            for row, key in zip(rows, keys, strict=True):
                known = stored.get(row["number"])
                properties = complete(known, lines[key]) if complete else lines[key]
                if known is None:
                    fresh.append({**row, "properties": properties})
                elif _differs(known, properties):
                    changed.append({**row, "properties": properties})
            if count:
                self._count(kind, len(fresh), len(changed), len(rows) - len(fresh) - len(changed))
            self._run(f"UNWIND $rows AS row {ends} CREATE (a)-[r:{kind}]->(b) SET r = row.properties", fresh)
            self._run(f"UNWIND $rows AS row MATCH {match} {which}SET r += row.properties", changed)

    def _restated(self, kind: str, records: Records, *, by_source: bool) -> None:
        """Delete the lines that a file which states all of somebody's lines no longer has."""
        lines = {(source, target) for source, target, _ in records.lines.get(kind, {})}
        side = "a" if by_source else "b"
        label = load_schema().entities[kind].source
        for ids in self._batches(kind, sorted(records.restated.get(kind, ()))):
            found = self._transaction.run(
                f"UNWIND $ids AS id MATCH (a:{label})-[r:{kind}]->(b:{label}) WHERE {side}.id = id "
                "RETURN a.id AS source, b.id AS target",
                {"ids": ids},
            )
            gone = [row for row in found if (row["source"], row["target"]) not in lines]
            self._count(kind, 0, len(gone), 0)
            self._run(f"UNWIND $rows AS row MATCH {_pattern(kind)} DELETE r", gone)

    def _tie(self, stored: Properties | None, properties: Properties) -> Properties:
        """Return what a tie's row says beside what is stored: the day of a strength, and no worse guess."""
        if "given_strength" not in properties:
            return properties
        known = stored.get("given_strength") if stored else None
        if properties["assumed"] and stored and known is not None and not stored.get("assumed"):
            kept = ("given_strength", "given_on", "assumed")
            return {name: value for name, value in properties.items() if name not in kept}
        if "given_on" in properties or (known == properties["given_strength"] and stored is not None):
            return properties
        return {**properties, "given_on": self._today}

    def _assessments(self, assessments: Sequence[AssessmentRecord]) -> None:
        undated = sorted({one.person for one in assessments if one.from_row and one.on is None})
        current: dict[tuple[str, str], Properties] = {}
        for ids in self._batches("Assessment", undated):
            found = self._transaction.run(
                "UNWIND $ids AS id MATCH (x:Assessment)-[:ASSESSES]->(:Person {id: id}) "
                "WHERE x.id STARTS WITH $prefix "
                "RETURN id AS person, properties(x) AS properties ORDER BY x.on, x.id",
                {"ids": ids, "prefix": FROM_ROW},
            )
            current |= {(row["person"], row["properties"]["attribute"]): row["properties"] for row in found}
        nodes: dict[str, Properties] = {}
        lines: dict[LineKey, Properties] = {}
        for one in assessments:
            on = one.on
            if on is None:
                known = current.get((one.person, one.attribute))
                same = known is not None and known["value"] == one.properties["value"]
                on = known["on"] if known is not None and same else self._today
            id_ = _assessment_id(one, on)
            by = {"by": one.by} if one.by else {}
            nodes[id_] = {"attribute": one.attribute, "on": on, **one.properties, **by}
            lines[id_, one.person, ""] = {}
        self._nodes("Assessment", nodes)
        self._lines("ASSESSES", lines, count=False)

    def _touchpoints(self, records: Records) -> None:
        touchpoints = records.touchpoints
        for ids in self._batches("Touchpoint", sorted(touchpoints)):
            stored = {
                row["id"]: row
                for row in self._transaction.run(
                    "UNWIND $ids AS id MATCH (t:Touchpoint {id: id}) RETURN id, properties(t) AS properties, "
                    "COLLECT { MATCH (p:Person)-[:ATTENDED]->(t) RETURN p.id } AS attendees",
                    {"ids": ids},
                )
            }
            fresh, changed = [], []
            for id_ in ids:
                one, known = touchpoints[id_], stored.get(id_)
                row = {"id": id_, "properties": one.properties, "attendees": list(one.attendees)}
                if known is None:
                    fresh.append(row)
                elif _differs(known["properties"], one.properties) or sorted(known["attendees"]) != sorted(
                    one.attendees
                ):
                    changed.append(row)
            self._count("Touchpoint", len(fresh), len(changed), len(ids) - len(fresh) - len(changed))
            attend = (
                "WITH t, row UNWIND row.attendees AS id MATCH (p:Person {id: id}) CREATE (p)-[:ATTENDED]->(t)"
            )
            self._run(
                f"UNWIND $rows AS row CREATE (t:Touchpoint {{id: row.id}}) SET t += row.properties {attend}",
                fresh,
            )
            self._run(
                "UNWIND $rows AS row MATCH (:Person)-[r:ATTENDED]->(:Touchpoint {id: row.id}) DELETE r",
                changed,
            )
            self._run(
                f"UNWIND $rows AS row MATCH (t:Touchpoint {{id: row.id}}) SET t += row.properties {attend}",
                changed,
            )

    def _findings(self, records: Records) -> None:
        nodes: dict[str, Properties] = {}
        for one in records.findings:
            finding = one.finding
            id_ = _hash(finding.file, finding.column, finding.value, finding.kind, one.subject)
            nodes.setdefault(
                id_,
                {
                    "file": finding.file,
                    "row": finding.row,
                    "column": finding.column,
                    "value": finding.value,
                    "kind": finding.kind,
                    "subject": one.subject,
                    "source": one.source,
                },
            )
        stored = self._transaction.run(
            "MATCH (f:ImportFinding) RETURN f.id AS id, f.subject AS subject, f.source AS source"
        )
        mended = [
            row
            for row in stored
            if row["id"] not in nodes
            and (row["source"] in records.sources or row["subject"] in records.subjects)
        ]
        self._count("ImportFinding", 0, len(mended), 0)
        self._run("UNWIND $rows AS row MATCH (f:ImportFinding {id: row.id}) DELETE f", mended)
        self._nodes("ImportFinding", nodes)


def _differs(stored: Mapping[str, Any], properties: Mapping[str, Any]) -> bool:
    return any(stored.get(name) != value for name, value in properties.items())


def _pattern(kind: str) -> str:
    source, target = _labels(kind)
    return f"(a:{source} {{id: row.source}})-[r:{kind}]->(b:{target} {{id: row.target}})"


def _ends(kind: str) -> str:
    source, target = _labels(kind)
    return f"MATCH (a:{source} {{id: row.source}}) MATCH (b:{target} {{id: row.target}})"


def _labels(kind: str) -> tuple[str, str]:
    """Return the labels at a relationship's ends, those that carry the unique id."""
    schema = load_schema()
    entity = schema.entities[kind]
    # Of several, an import writes the first.
    source, target = entity.source.partition(" or ")[0], entity.target.partition(" or ")[0]
    return schema.entities[source].base or source, schema.entities[target].base or target


def _assessment_id(one: AssessmentRecord, on: date) -> str:
    prefix = FROM_ROW if one.from_row else FROM_FILE
    return prefix + _hash(one.person, one.attribute, on.isoformat(), one.by)


def _hash(*parts: object) -> str:
    text = "\x1f".join(str(part) for part in parts)
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
