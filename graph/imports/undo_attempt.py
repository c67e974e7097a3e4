"""One attempt at undoing an import: what it wrote, what is stored of that now, and what became of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

from graph.imports.journal import ATTENDEES, KINDS, LineKey, NodeKey, Traces
from graph.imports.later import Later
from graph.imports.merging import BATCH, line_rows, stored_lines
from graph.progress import Progress
from graph.store import Transaction

T = TypeVar("T")

# An import does not count them either: they come and go with a node.
UNCOUNTED = frozenset({"FUNCTION_OF", "OF_ACCOUNT", "ASSESSES", "FORMER_OF", "REPORTED_TO"})


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that an undone import had written and that stays, and why."""

    kind: str
    id: str
    why: str


class Attempt:
    """What all steps of undoing one import share.

    Parameters
    ----------
    others
        Ids of all other imports that are done.
    held
        What an attempt before found that must stay, and why.

    Attributes
    ----------
    hold
        What this attempt found that must stay: the next one leaves it.
    deleted, restored
        Nodes by label and relationships by type.
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
        self.transaction = transaction
        self.traces = traces
        self.later = later
        self.others = others
        self.held = held
        self._progress = progress
        self.hold: dict[NodeKey, str] = {}
        self.deleted: Counter[str] = Counter()
        self.restored: Counter[str] = Counter()
        self.kept = {Kept(*key, why) for key, why in held.items()}

    def stored(self, label: str, ids: list[str]) -> dict[str, dict[str, Any]]:
        """Return what is stored, with kinds and attendees as the journal has them."""
        extra = {
            "Organisation": ", labels(n) AS found",
            "Touchpoint": ", COLLECT { MATCH (p:Person)-[:ATTENDED]->(n) RETURN p.id } AS found",
        }.get(label, "")
        rows = self.transaction.run(
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

    def lines(
        self, kind: str, keys: list[LineKey]
    ) -> Iterator[tuple[list[LineKey], list[dict[str, Any]], dict[int, dict[str, Any]]]]:
        """Yield relationships in bounded pieces: keys, rows, and what is stored by the row's number."""
        for batch in self.batches(kind, keys):
            rows = line_rows(key[1:] for key in batch)
            yield batch, rows, stored_lines(self.transaction, kind, rows)

    def batches(self, what: str, items: list[T]) -> Iterator[list[T]]:
        """Yield pieces of a bounded size, and tell how far it is."""
        done, remaining = 0, iter(items)
        while batch := list(islice(remaining, BATCH)):
            yield batch
            done += len(batch)
            if self._progress is not None:
                self._progress(what, done, len(items))

    def run(self, cypher: str, rows: list[dict[str, Any]]) -> None:
        """Run a statement over rows, if there are any."""
        if rows:
            self.transaction.run(cypher, {"rows": rows})

    def count(self, counter: Counter[str], name: str, number: int) -> None:
        """Count what became of some nodes or relationships, of those that an import counts."""
        if number and name not in UNCOUNTED:
            counter[name] += number


def by_first(keys: Iterable[Any]) -> Iterator[tuple[str, list[Any]]]:
    """Yield label or type with what belongs to it: ids of nodes, whole keys of relationships."""
    found: dict[str, list[Any]] = defaultdict(list)
    for key in keys:
        found[key[0]].append(key[1] if len(key) == 2 else key)
    for first in sorted(found):
        yield first, sorted(found[first])
