"""Undoing an import: what it created goes, what it changed gets back what stood there before.

Nothing that came later is lost. Where a later import built on this one (refers to what it created, or changed
what it wrote), undoing is refused with that import's id, which is to be undone first. Where anything else
did (somebody by hand, a plan, a merging), that very thing stays, with what it cannot stand without, and is
named. One transaction: all of it or nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from graph.errors import Candidate, InputError, UnknownName
from graph.imports.discarding import (
    discard_derived_ties,
    discard_lines,
    discard_nodes,
    discard_touchpoints,
)
from graph.imports.journal import NodeKey, read_traces
from graph.imports.later import Later
from graph.imports.restoring import recreate_lines, recreate_nodes, restore_lines, restore_nodes
from graph.imports.staging import drop_staged
from graph.imports.undo_attempt import Attempt, Kept
from graph.policy import Policy
from graph.progress import Progress
from graph.store import Store, Transaction
from graph.store.imports import ImportRecord, await_turn, read_imports, read_pieces, record_undone, sweep


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
        It is undone already, a later import builds on it, or all of it must stay.
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
    attempt = Attempt(
        transaction,
        read_traces(read_pieces(transaction, id_)),
        Later(transaction, later),
        [one.id for one in done],
        held,
        progress,
    )
    _take_back(attempt, record)
    if attempt.kept and not attempt.deleted and not attempt.restored:
        first = min(attempt.kept, key=lambda one: (one.kind, one.id))
        raise InputError(
            f"Nothing of import {id_} can be taken back now: {first.kind} {first.id} stays, since "
            f"{first.why} ({len(attempt.kept):,} such in all). It stays an import that can be undone."
        )
    record_undone(transaction, id_)
    transaction.run("MATCH ()-[t:ENGAGES]->() WHERE t.strength_on IS NOT NULL SET t.strength_on = null")
    return Undone(
        id_,
        dict(sorted(attempt.deleted.items())),
        dict(sorted(attempt.restored.items())),
        tuple(sorted(attempt.kept, key=lambda one: (one.kind, one.id))),
        tuple(one.id for one in later if one.unchanged),
    )


def _take_back(attempt: Attempt, record: ImportRecord) -> None:
    """Take everything back; raise where that must wait or something must stay."""
    restore_nodes(attempt)
    restore_lines(attempt)
    discard_touchpoints(attempt)
    discard_lines(attempt)
    discard_nodes(attempt)
    recreate_nodes(attempt)
    recreate_lines(attempt)
    attempt.later.refuse(record)
    discard_derived_ties(attempt)
    if attempt.hold:
        raise _Held(attempt.hold)
