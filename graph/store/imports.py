"""Imports as records in the store: what came in when, from which files, and what it takes to undo that."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Literal

from graph.store.session import Store, Transaction

if TYPE_CHECKING:
    from graph.imports.report import FileCount

ImportState = Literal["done", "staging", "undone"]

# What is taken out of the graph gets this label in place of its own, in the transaction that takes it out,
# and is deleted in bounded pieces afterwards: deleting 100,000 nodes in one transaction takes many minutes,
# since each looks through those deleted before it.
DISCARDED = "Discarded"
SWEPT_AT_ONCE = 5000

# One import after the other: the second waits here until the first is in, and reads what that left.
IN_LINE = "MATCH (v:SchemaVersion) SET v.version = v.version"
NEXT = "OPTIONAL MATCH (i:Import) RETURN coalesce(max(i.number), 0) + 1 AS number"

# By merging and undoing people and what else a row names go, or come to mean somebody else.
WITHDRAWN = """
MATCH (m:PersonMerge) RETURN m.id AS id
UNION ALL MATCH (i:Import {state: 'undone'}) RETURN i.id AS id
"""

RECORD = "MERGE (i:Import {id: $id}) SET i += $properties"

KEEP_PIECE = """
OPTIONAL MATCH (p:ImportPiece {import: $id})
WITH count(p) + 1 AS number
CREATE (:ImportPiece {id: $id + '/' + number, import: $id, number: number, body: $body})
"""

READ = """
MATCH (i:Import)
RETURN i.id AS id, i.number AS number, i.at AS at, i.on AS on, i.files AS files, i.dialects AS dialects,
       i.counts AS counts, i.state AS state, i.undone_at AS undone_at, i.content AS content
ORDER BY number DESC
"""

PIECES = "MATCH (p:ImportPiece {import: $id}) RETURN p.body AS body ORDER BY p.number"


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """One import.

    Attributes
    ----------
    number
        Its place among the imports of the store, from 1 on.
    at
        When, by the clock; `on` is the day it speaks of.
    created, updated
        Nodes by label and relationships by type.
    rows, questions, findings
        Of all files together.
    state
        `done`; `staging` while a large one comes in, or if it was interrupted; `undone`.
    content
        Of one that is staging: what it brings, so that the same files are known again.
    """

    id: str
    number: int
    at: datetime
    on: date
    files: tuple[str, ...]
    dialects: tuple[str, ...]
    created: dict[str, int]
    updated: dict[str, int]
    unchanged: int
    rows: int
    questions: int
    findings: int
    state: ImportState
    undone_at: datetime | None = None
    content: str | None = None


def await_turn(transaction: Transaction) -> None:
    """Wait for other imports, undoing and merging to end; those that come wait for this transaction."""
    transaction.run(IN_LINE)


def read_withdrawn(reader: Store | Transaction) -> frozenset[str]:
    """Return the ids of the merges that stand and of the imports that were undone."""
    rows = reader.run(WITHDRAWN) if isinstance(reader, Transaction) else reader.read(WITHDRAWN)
    return frozenset(row["id"] for row in rows)


def sweep(store: Store) -> None:
    """Delete what was taken out of the graph; what an interrupted sweeping left goes with the next one."""
    piece = f"MATCH (n:{DISCARDED}) WITH n LIMIT {SWEPT_AT_ONCE} DETACH DELETE n RETURN count(*) AS deleted"
    while store.write(piece, timeout=0)[0]["deleted"]:
        pass


def begin_import(transaction: Transaction) -> str:
    """Wait for other imports to end, and return the id of the next one."""
    await_turn(transaction)
    return str(transaction.run(NEXT)[0]["number"])


def keep_piece(transaction: Transaction, id_: str, body: str) -> None:
    """Keep a piece of an import's journal."""
    transaction.run(KEEP_PIECE, {"id": id_, "body": body})


def record_import(
    transaction: Transaction,
    id_: str,
    on: date,
    files: Sequence[FileCount],
    created: Mapping[str, int],
    updated: Mapping[str, int],
    unchanged: int,
    state: ImportState = "done",
    content: str | None = None,
) -> None:
    """Record an import, or how it ended; what ends now comes after whatever came in meanwhile."""
    used = [one for one in files if one.dialect is not None]
    counts = {
        "created": dict(sorted(created.items())),
        "updated": dict(sorted(updated.items())),
        "unchanged": unchanged,
        "rows": sum(one.rows for one in used),
        "questions": sum(one.questions for one in used),
        "findings": sum(one.findings for one in used),
    }
    properties = {
        "number": transaction.run(NEXT)[0]["number"],
        "at": datetime.now(UTC),
        "on": on,
        "files": _text([one.file for one in used]),
        "dialects": _text(sorted({one.dialect for one in used if one.dialect is not None})),
        "counts": _text(counts),
        "state": state,
        "content": content,
    }
    transaction.run(RECORD, {"id": id_, "properties": properties})


def read_imports(reader: Store | Transaction) -> tuple[ImportRecord, ...]:
    """Return the imports, the newest first."""
    rows = reader.run(READ) if isinstance(reader, Transaction) else reader.read(READ)
    return tuple(_record(row) for row in rows)


def read_pieces(transaction: Transaction, id_: str) -> list[str]:
    """Return the journal of an import, piece by piece."""
    return [row["body"] for row in transaction.run(PIECES, {"id": id_})]


def record_undone(transaction: Transaction, id_: str) -> None:
    """Record that an import is undone, and forget its journal."""
    transaction.run(
        "MATCH (i:Import {id: $id}) SET i.state = 'undone', i.undone_at = $at",
        {"id": id_, "at": datetime.now(UTC)},
    )
    transaction.run("MATCH (p:ImportPiece {import: $id}) DELETE p", {"id": id_})


def _record(row: dict[str, Any]) -> ImportRecord:
    return ImportRecord(
        id=row["id"],
        number=row["number"],
        at=row["at"],
        on=row["on"],
        files=tuple(json.loads(row["files"])),
        dialects=tuple(json.loads(row["dialects"])),
        state=row["state"],
        undone_at=row["undone_at"],
        content=row["content"],
        **json.loads(row["counts"]),
    )


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
