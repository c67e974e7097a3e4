"""What an undone import had changed or deleted gets back what stood there before.

What somebody changed since stays as it is, and is named.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.imports.journal import ATTENDEES, KINDS, Before
from graph.imports.later import name_line
from graph.imports.merging import ends_of, pattern
from graph.imports.undo_attempt import Attempt, Kept, by_first
from graph.schema import load_schema

# Lines of which a file states all that start, or end, at one node.
STATED_BY_TARGET = frozenset({"PARENT_OF"})
ATTEND = "UNWIND row.attendees AS id MATCH (p:Person {id: id}) CREATE (p)-[:ATTENDED]->(n)"


def restore_nodes(attempt: Attempt) -> None:
    """Give changed nodes their former values back."""
    for label, ids in by_first(attempt.traces.changed):
        for batch in attempt.batches(label, ids):
            stored = attempt.stored(label, batch)
            rows = []
            for id_ in batch:
                change, known = attempt.traces.changed[label, id_], stored.get(id_)
                if known is None:
                    attempt.kept.add(Kept(label, id_, "is no longer there"))
                    continue
                back, moved = _back(change, known)
                if moved and attempt.later.left_node((label, id_)):
                    attempt.kept.add(Kept(label, id_, f"changed since: {', '.join(moved)}"))
                if back:
                    rows.append({"id": id_, **_parts(back)})
            _put_back(attempt, label, rows)
            attempt.count(attempt.restored, label, len(rows))


def restore_lines(attempt: Attempt) -> None:
    """Give changed relationships their former values back."""
    for kind, keys in by_first(attempt.traces.lines_changed):
        for batch, rows, stored in attempt.lines(kind, keys):
            back_rows = []
            for key, row in zip(batch, rows, strict=True):
                known = stored.get(row["number"])
                if known is None:
                    if attempt.later.left_line(key):
                        attempt.kept.add(Kept(kind, name_line(key), "is no longer there"))
                    continue
                back, moved = _back(attempt.traces.lines_changed[key], known)
                if moved and attempt.later.left_line(key):
                    attempt.kept.add(Kept(kind, name_line(key), f"changed since: {', '.join(moved)}"))
                if back:
                    back_rows.append({**row, "properties": back})
            attempt.run(f"UNWIND $rows AS row MATCH {pattern(kind)} SET r += row.properties", back_rows)
            attempt.count(attempt.restored, kind, len(back_rows))


def recreate_nodes(attempt: Attempt) -> None:
    """Create deleted nodes again."""
    for label, ids in by_first(attempt.traces.deleted):
        for batch in attempt.batches(label, ids):
            there = attempt.stored(label, batch)
            rows = [
                {"id": id_, "properties": attempt.traces.deleted[label, id_]}
                for id_ in batch
                if id_ not in there
            ]
            attempt.run(f"UNWIND $rows AS row CREATE (n:{label}) SET n = row.properties", rows)
            attempt.count(attempt.restored, label, len(rows))


def recreate_lines(attempt: Attempt) -> None:
    """Create deleted relationships again, where no later import states them anew."""
    for kind, keys in by_first(attempt.traces.lines_deleted):
        anchor = 2 if kind in STATED_BY_TARGET else 1
        if not attempt.later.left_lines_at(kind, anchor, {key[anchor] for key in keys}):
            continue
        for batch, rows, stored in attempt.lines(kind, keys):
            gone = [
                {**row, "properties": attempt.traces.lines_deleted[key]}
                for key, row in zip(batch, rows, strict=True)
                if row["number"] not in stored
            ]
            ends = ends_of(kind)
            attempt.run(f"UNWIND $rows AS row {ends} CREATE (a)-[r:{kind}]->(b) SET r = row.properties", gone)
            attempt.count(attempt.restored, kind, len(gone))


def _put_back(attempt: Attempt, label: str, rows: list[dict[str, Any]]) -> None:
    match = f"UNWIND $rows AS row MATCH (n:{label} {{id: row.id}}) "
    attempt.run(match + "SET n += row.properties", rows)
    if kinds := [row for row in rows if "kinds" in row]:
        every = [name for name, one in load_schema().entities.items() if one.base == label]
        attempt.run(match + f"REMOVE n:{':'.join(every)}", kinds)
        for kind in every:
            attempt.run(match + f"SET n:{kind}", [row for row in kinds if kind in row["kinds"]])
    if attended := [row for row in rows if "attendees" in row]:
        attempt.run(match + "MATCH (:Person)-[r:ATTENDED]->(n) DELETE r", attended)
        attempt.run(match + ATTEND, attended)


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
