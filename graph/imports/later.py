"""What came after an import: later imports that build on it, which are to be undone before it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from graph.errors import InputError
from graph.imports.journal import ATTENDEES, LineKey, NodeKey, Traces, read_traces
from graph.store import Transaction
from graph.store.imports import ImportRecord, read_pieces

SHOWN = 3


class Later:
    """The imports after one, the newest first; their journals are read only where something is asked.

    Each question returns whether no later import did it, and notes those that did.
    """

    def __init__(self, transaction: Transaction, records: Sequence[ImportRecord]) -> None:
        self._transaction = transaction
        self._records = records
        self._blocking: dict[str, str] = {}

    @cached_property
    def _traces(self) -> list[tuple[ImportRecord, Traces]]:
        return [(one, read_traces(read_pieces(self._transaction, one.id))) for one in self._records]

    def left_node(self, key: NodeKey) -> bool:
        """Tell whether no later import wrote or deleted a node."""
        for record, traces in self._traces:
            if key in traces.changed or key in traces.created or key in traces.deleted:
                self._blocking.setdefault(record.id, f"it changed {name_node(key)}")
                return False
        return True

    def left_line(self, key: LineKey) -> bool:
        """Tell whether no later import wrote or deleted a relationship."""
        for record, traces in self._traces:
            if key in traces.lines_changed or key in traces.lines_created or key in traces.lines_deleted:
                self._blocking.setdefault(record.id, f"it changed {key[0]} of {name_line(key)}")
                return False
        return True

    def left_lines_at(self, kind: str, anchor: int, ids: set[str]) -> bool:
        """Tell whether no later import stated anew the relationships that start, or end, at nodes."""
        for record, traces in self._traces:
            for key in (*traces.lines_created, *traces.lines_deleted):
                if key[0] == kind and key[anchor] in ids:
                    self._blocking.setdefault(record.id, f"it states {kind} of {name_line(key)}")
                    return False
        return True

    def refers_not(self, key: NodeKey, line: LineKey, other: NodeKey) -> bool:
        """Tell whether a relationship of a node with another is no later import's."""
        for record, traces in self._traces:
            change = traces.changed.get(other)
            attends = change is not None and ATTENDEES in change.after
            if line in traces.lines_created or other in traces.created or attends:
                self._blocking.setdefault(record.id, f"its {name_node(other)} refers to {name_node(key)}")
                return False
        return True

    def refuse(self, record: ImportRecord) -> None:
        """Raise if later imports build on this one.

        Raises
        ------
        InputError
            Naming the newest of them.
        """
        ids = [one.id for one in self._records if one.id in self._blocking]
        if not ids:
            return
        first = next(one for one in self._records if one.id == ids[0])
        files = ", ".join(first.files[:SHOWN]) + (", …" if len(first.files) > SHOWN else "")
        more = f" (import {', '.join(ids[1:])} does so, too)" if ids[1:] else ""
        raise InputError(
            f"Import {first.id} of {first.on.isoformat()} ({files}) builds on import {record.id}: "
            f"{self._blocking[first.id]}{more}. Undo that one first: diamond imports undo {first.id}"
        )


def name_node(key: NodeKey) -> str:
    """Return a node as a sentence names it."""
    return f"{key[0]} {key[1]!r}"


def name_line(key: LineKey) -> str:
    """Return the ends of a relationship as a sentence names them."""
    return f"{key[1]} → {key[2]}"
