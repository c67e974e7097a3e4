"""What an undone import had created goes.

What somebody changed since, or what something refers to that is none of this import's, is held: it stays,
with what it cannot stand without.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.imports.journal import NodeKey, digest, read_traces
from graph.imports.later import name_line
from graph.imports.merging import pattern
from graph.imports.undo_attempt import Attempt, Kept, by_first
from graph.schema import load_schema
from graph.store.imports import DISCARDED, read_pieces

# Lines that a node cannot stand without: they stay where their source stays.
STANDS_ON = frozenset({"EMPLOYED_BY", "WORKS_IN", "FUNCTION_OF", "OF_ACCOUNT", "ASSESSES", "FORMER_OF"})
BARE = "r.given_strength IS NULL AND r.last_on IS NULL AND r.desired IS NULL"
MET = "EXISTS { MATCH (a)-[:ATTENDED]->(:Touchpoint)<-[:ATTENDED]-(b) }"
REMAINING = f"""
UNWIND $ids AS id MATCH (n:{{label}} {{{{id: id}}}})
WITH n, COLLECT {{{{
  MATCH (n)-[r]-(m) WHERE NOT m:{DISCARDED} AND NOT (r:ENGAGES AND {BARE})
  RETURN {{{{type: type(r), out: startNode(r) = n, other: m.id, labels: labels(m),
           brand: coalesce(r.brand, r.stay, '')}}}} LIMIT 3
}}}} AS lines
WHERE size(lines) > 0 RETURN n.id AS id, lines
"""


def discard_touchpoints(attempt: Attempt) -> None:
    """Discard the touchpoints that nobody changed since."""
    ids = [id_ for label, id_ in attempt.traces.created if label == "Touchpoint"]
    _discard(attempt, "Touchpoint", sorted(ids))


def discard_lines(attempt: Attempt) -> None:
    """Delete the relationships that nobody changed since, but for those of a node that stays."""
    source = {kind: load_schema().entities[kind].source.split(" or ") for kind in STANDS_ON}
    for kind, keys in by_first(attempt.traces.lines_created):
        for batch, rows, stored in attempt.lines(kind, keys):
            gone = []
            for key, row in zip(batch, rows, strict=True):
                known = stored.get(row["number"])
                if known is None or any((label, key[1]) in attempt.held for label in source.get(kind, ())):
                    continue
                if digest(known, kind) == attempt.traces.lines_created[key]:
                    gone.append(row)
                elif attempt.later.left_line(key):
                    attempt.kept.add(Kept(kind, name_line(key), "changed since"))
            attempt.run(f"UNWIND $rows AS row MATCH {pattern(kind)} DELETE r", gone)
            attempt.count(attempt.deleted, kind, len(gone))


def discard_nodes(attempt: Attempt) -> None:
    """Discard the other nodes that nobody changed since and to which nothing else refers."""
    created = {key for key in attempt.traces.created if key[0] != "Touchpoint" and key not in attempt.held}
    for label, ids in by_first(created):
        for batch in attempt.batches(label, ids):
            found = attempt.transaction.run(REMAINING.format(label=label), {"ids": batch})
            for row in found:
                for line in row["lines"]:
                    _remaining(attempt, (label, row["id"]), line)
    for label, ids in by_first(created):
        _discard(attempt, label, ids)


def discard_derived_ties(attempt: Attempt) -> None:
    """Delete the ties that only touchpoints brought which are gone now, whoever wrote them down first.

    A tie that an import brought in is that import's, even with nothing behind it.
    """
    found = attempt.transaction.run(
        f"MATCH (a:Person)-[r:ENGAGES]->(b:Person) WHERE r.touchpoints > 0 AND {BARE} AND NOT {MET} "
        "RETURN a.id AS source, b.id AS target"
    )
    if not found:
        return
    brought = {
        key
        for id_ in attempt.others
        for key in read_traces(read_pieces(attempt.transaction, id_)).lines_created
    }
    rows = [
        {**row, "key": ""} for row in found if ("ENGAGES", row["source"], row["target"], "") not in brought
    ]
    attempt.run(f"UNWIND $rows AS row MATCH {pattern('ENGAGES')} DELETE r", rows)


def _discard(attempt: Attempt, label: str, ids: list[str]) -> None:
    """Take the nodes that nobody changed since out of the graph; the sweeping that follows deletes them."""
    kinds = [name for name, one in load_schema().entities.items() if one.base == label]
    for batch in attempt.batches(label, ids):
        stored, rows = attempt.stored(label, batch), []
        for id_ in batch:
            key = (label, id_)
            if id_ not in stored or key in attempt.held or key in attempt.hold:
                continue
            if digest(stored[id_]) == attempt.traces.created[key]:
                rows.append({"id": id_})
            elif attempt.later.left_node(key):
                attempt.hold[key] = "changed since"
        attempt.run(
            f"UNWIND $rows AS row MATCH (n:{label} {{id: row.id}}) "
            f"SET n:{DISCARDED} REMOVE n:{':'.join([label, *kinds])}",
            rows,
        )
        attempt.count(attempt.deleted, label, len(rows))


def _remaining(attempt: Attempt, key: NodeKey, row: Mapping[str, Any]) -> None:
    """Hold a node to which something refers that is none of this import's."""
    ends = (key[1], row["other"]) if row["out"] else (row["other"], key[1])
    line = (row["type"], *ends, row["brand"] if row["type"].startswith("SELLS") else "")
    # Somebody's own nodes have labels that no table knows.
    known = load_schema().entities
    label = next((one for one in row["labels"] if one in known and known[one].kind == "node"), "node")
    if attempt.later.refers_not(key, line, (label, row["other"])):
        attempt.hold[key] = f"{label} {row['other']!r} refers to it"
