"""Records into the store, in one transaction: compared with what stands there, and written where they differ.

A preview runs the same comparison and writes nothing, so it reports exactly what the import would do. A cell
that is empty says nothing: what the store knows stays.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from graph.imports.careers import Careers, unsaid
from graph.imports.journal import KINDS, Journal
from graph.imports.merging import Changes, Merger, differs
from graph.imports.records import (
    AssessmentRecord,
    LineKey,
    Properties,
    Records,
)
from graph.imports.report import FileCount
from graph.imports.staging import check_staged, is_large, stage
from graph.people.opinions import FROM_ROW, opinion_id
from graph.progress import Progress
from graph.schema import load_schema
from graph.store import Store, Transaction
from graph.store.imports import begin_import, keep_piece, read_withdrawn, record_import


class Overtaken(Exception):
    """People were merged or an import undone since the rows were read: they are to be read again."""


def write_records(
    store: Store,
    records: Records,
    *,
    withdrawn: frozenset[str],
    today: date,
    dry_run: bool = False,
    files: Sequence[FileCount] = (),
    progress: Progress | None = None,
) -> Changes:
    """Bring records into the store in one transaction, or say what that would change.

    What is too large for one is staged before.

    Parameters
    ----------
    withdrawn
        What the records were read by, as `Known` has it.
    files
        What was read, for the record of the import.

    Raises
    ------
    Overtaken
        The store has withdrawn something since; nothing is written.
    """

    def preview(transaction: Transaction) -> Changes:
        return _Writer(Merger(transaction, Journal(lambda piece: None), False, progress), today).write(
            records
        )

    def work(transaction: Transaction) -> Changes:
        if staged is not None:
            check_staged(transaction)
        id_ = staged or begin_import(transaction)
        if read_withdrawn(transaction) != withdrawn:
            raise Overtaken
        journal = Journal(lambda piece: keep_piece(transaction, id_, piece))
        merger = Merger(transaction, journal, True, progress, staged=staged is not None)
        changes = _Writer(merger, today).write(records)
        journal.flush()
        changes.id = id_
        record_import(transaction, id_, today, files, changes.created, changes.updated, changes.unchanged)
        return changes

    if dry_run:
        return store.transact(preview)
    staged = None
    if is_large(records):
        staged = stage(store, records, today=today, files=files, progress=progress)
    return store.transact(work)


class _Writer:
    """One attempt to write; made anew where the server asks for another."""

    def __init__(self, merger: Merger, today: date) -> None:
        self._merger = merger
        self._today = today
        self._careers = Careers(merger, today)

    def write(self, records: Records) -> Changes:
        merger = self._merger
        self._organisations(records)
        merger.nodes("Function", records.functions)
        merger.lines(
            "FUNCTION_OF",
            {(id_, one["organisation"], ""): {} for id_, one in records.functions.items()},
            count=False,
        )
        self._careers.write(records.people)
        merger.nodes("Brand", records.brands)
        merger.nodes("AccountTeam", records.teams)
        self._managers(records)
        for kind in sorted(records.lines.keys() - {"ENGAGES", "REPORTS_TO"}):
            merger.lines(kind, records.lines[kind], count=kind != "OF_ACCOUNT")
        self._restated("PARENT_OF", records, by_source=False)
        self._assessments(records.assessments)
        merger.touchpoints(records.touchpoints)
        merger.lines("ENGAGES", records.lines.get("ENGAGES", {}), settle=self._tie)
        self._findings(records)
        if merger.changes.any:
            # Derived from all of this; taken away so that nobody reads a strength of before.
            merger.run(
                "UNWIND $rows AS row MATCH ()-[t:ENGAGES]->() WHERE t.strength_on IS NOT NULL "
                "SET t.strength_on = null",
                [{}],
            )
        merger.changes.older = sorted(self._careers.older)
        return merger.changes

    def _organisations(self, records: Records) -> None:
        merger = self._merger
        kinds = [name for name, one in load_schema().entities.items() if one.base == "Organisation"]
        for ids in merger.batches("Organisation", sorted(records.organisations)):
            stored = {
                row["id"]: row
                for row in merger.transaction.run(
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
                now = {**one.properties, KINDS: sorted(wanted)}
                if id_ not in stored:
                    fresh += 1
                    merger.journal.created("Organisation", id_, now)
                else:
                    before = {**stored[id_]["properties"], KINDS: sorted(labels)}
                    if not differs(before, now):
                        continue
                    merger.journal.changed("Organisation", id_, before, now)
                rows.append({"id": id_, "properties": one.properties, "labels": sorted(wanted)})
            merger.count("Organisation", fresh, len(rows) - fresh, len(ids) - len(rows))
            merger.run(
                "UNWIND $rows AS row MERGE (n:Organisation {id: row.id}) SET n += row.properties "
                f"REMOVE n:{':'.join(kinds)}",
                rows,
            )
            for kind in kinds:
                labelled = [row for row in rows if kind in row["labels"]]
                merger.run(
                    f"UNWIND $rows AS row MATCH (n:Organisation {{id: row.id}}) SET n:{kind}", labelled
                )

    def _managers(self, records: Records) -> None:
        """Write who reports to whom; a line that a file no longer has becomes the past."""
        merger = self._merger
        gone = self._restated("REPORTS_TO", records, by_source=True)
        past = {
            (row["source"], row["target"], ""): {**row["properties"], "until": self._today} for row in gone
        }
        merger.lines("REPORTED_TO", past, count=False)
        changed = {row["source"] for row in gone}
        lines = {
            key: {**properties, "since": self._today} if key[0] in changed else properties
            for key, properties in records.lines.get("REPORTS_TO", {}).items()
        }
        merger.lines("REPORTS_TO", lines, settle=_as_it_began)

    def _restated(self, kind: str, records: Records, *, by_source: bool) -> list[Properties]:
        """Delete the lines that a file which states all of somebody's lines no longer has; return them."""
        merger = self._merger
        lines = {(source, target) for source, target, _ in records.lines.get(kind, {})}
        side = "a" if by_source else "b"
        label = load_schema().entities[kind].source
        deleted: list[Properties] = []
        for ids in merger.batches(kind, sorted(records.restated.get(kind, ()))):
            found = merger.transaction.run(
                f"UNWIND $ids AS id MATCH (a:{label})-[r:{kind}]->(b:{label}) WHERE {side}.id = id "
                "RETURN a.id AS source, b.id AS target, properties(r) AS properties",
                {"ids": ids},
            )
            gone = [row for row in found if (row["source"], row["target"]) not in lines]
            merger.lines_gone(kind, gone)
            deleted += gone
        return deleted

    def _tie(self, stored: Properties | None, properties: Properties) -> Properties:
        """Return what a tie's row says beside what is stored: no worse guess, and no older strength."""
        if "given_strength" not in properties:
            return properties
        known = stored.get("given_strength") if stored else None
        days = [stored[name] for name in ("given_on", "last_on") if name in stored] if stored else []
        if stored and "given_on" in properties and properties["given_on"] < max(days, default=date.min):
            dated = ("given_strength", "given_on", "assumed") if known is not None else ()
            return unsaid(stored, {name: properties[name] for name in properties if name not in dated})
        if properties["assumed"] and stored and known is not None and not stored.get("assumed"):
            kept = ("given_strength", "given_on", "assumed")
            return {name: value for name, value in properties.items() if name not in kept}
        if "given_on" in properties or (known == properties["given_strength"] and stored is not None):
            return properties
        return {**properties, "given_on": self._today}

    def _assessments(self, assessments: Sequence[AssessmentRecord]) -> None:
        merger = self._merger
        undated: dict[str, set[str]] = defaultdict(set)
        for one in assessments:
            if one.from_row and one.on is None:
                undated[one.person].add(one.said_of or one.person)
        current: dict[tuple[str, str], Properties] = {}
        for ids in merger.batches("Assessment", sorted(undated)):
            found = merger.transaction.run(
                "UNWIND $ids AS id MATCH (x:Assessment)-[:ASSESSES]->(:Person {id: id}) "
                "WHERE x.id STARTS WITH $prefix "
                "RETURN id AS person, properties(x) AS properties ORDER BY x.on, x.id",
                {"ids": ids, "prefix": FROM_ROW},
            )
            for row in found:
                said = row["properties"]
                for name in undated[row["person"]]:  # of a merged person each row has said its own
                    if said["id"] == opinion_id(name, said["attribute"], said["on"], "", from_row=True):
                        current[name, said["attribute"]] = said
        nodes: dict[str, Properties] = {}
        lines: dict[LineKey, Properties] = {}
        for one in assessments:
            on = one.on
            if on is None:
                known = current.get((one.said_of or one.person, one.attribute))
                same = known is not None and known["value"] == one.properties["value"]
                on = known["on"] if known is not None and same else self._today
            id_ = opinion_id(one.said_of or one.person, one.attribute, on, one.by, from_row=one.from_row)
            by = {"by": one.by} if one.by else {}
            nodes[id_] = {"attribute": one.attribute, "on": on, **one.properties, **by}
            lines[id_, one.person, ""] = {}
        merger.nodes("Assessment", nodes)
        merger.lines("ASSESSES", lines, count=False)

    def _findings(self, records: Records) -> None:
        merger = self._merger
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
        stored = merger.transaction.run(
            "MATCH (f:ImportFinding) RETURN f.id AS id, f.subject AS subject, f.source AS source, "
            "properties(f) AS properties"
        )
        mended = [
            row
            for row in stored
            if row["id"] not in nodes
            and (row["source"] in records.sources or row["subject"] in records.subjects)
        ]
        merger.delete_nodes("ImportFinding", mended)
        merger.nodes("ImportFinding", nodes)


def _as_it_began(stored: Properties | None, properties: Properties) -> Properties:
    return properties if stored is None else {}


def _hash(*parts: object) -> str:
    text = "\x1f".join(str(part) for part in parts)
    return hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
