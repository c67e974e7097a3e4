"""Large imports: their touchpoints come in beforehand, in several transactions, and are seen only at the end.

One transaction holds everything that it writes in the server's memory. A staged touchpoint carries the label
`StagedTouchpoint`, somebody who was there and is not known yet `StagedPerson`, so that no question about
touchpoints or people sees them. The import's last transaction writes the rest as for any import, and gives
what was staged its own label: all of it becomes visible at once, or nothing does.

What an interrupted import has staged waits for the same files to be imported again, which goes on where it
stopped. Another large import, or undoing the interrupted one, takes it away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from itertools import islice
from typing import Any

from graph.errors import StoreError
from graph.imports.journal import ATTENDEES, digest
from graph.imports.records import Records, TouchpointRecord
from graph.imports.report import FileCount
from graph.progress import Progress
from graph.store import Store, Transaction
from graph.store.imports import DISCARDED, await_turn, begin_import, read_imports, record_import, sweep

# Touchpoints and attendances of one transaction. With a heap of 1 GB, of which a transaction may take 70 %, a
# server was seen to hold 600,000, with half of that 240,000 no longer; the rest is for what else comes in.
# Staged, a touchpoint still costs the last transaction some 3 KB, for its label and an entry in each index:
# 300,000 took 0.9 GB. Staging takes a quarter longer.
STAGE_ABOVE = 500_000
STAGED_AT_ONCE = 10_000

DROP = f"""
MATCH (n:StagedTouchpoint|StagedPerson) SET n:{DISCARDED} REMOVE n:StagedTouchpoint:StagedPerson
"""
FORGET = "MATCH (i:Import {state: 'staging'}) DELETE i"
# Each of these seeks in an index; asked with EXISTS the server would look through all there are.
OVERTAKEN = "MATCH (s:StagedPerson) MATCH (p:Person {id: s.id}) RETURN s.id AS id LIMIT 1"
KNOWN = """
UNWIND $ids AS id MATCH (t:Touchpoint {id: id}) RETURN id
UNION UNWIND $ids AS id MATCH (t:StagedTouchpoint {id: id}) RETURN id
"""
STAGE_PEOPLE = """
UNWIND $rows AS row OPTIONAL MATCH (p:Person {id: row.id}) WITH row, p WHERE p IS NULL
MERGE (:StagedPerson {id: row.id})
"""
STAGE = """
UNWIND $rows AS row
CREATE (t:StagedTouchpoint {id: row.id}) SET t += row.properties
WITH t, row UNWIND row.attendees AS id
OPTIONAL MATCH (p:Person {id: id}) OPTIONAL MATCH (s:StagedPerson {id: id})
WITH t, coalesce(p, s) AS who WHERE who IS NOT NULL
CREATE (who)-[:ATTENDED]->(t)
"""
SHOW_PEOPLE = "UNWIND $rows AS row MATCH (n:StagedPerson {id: row.id}) SET n:Person REMOVE n:StagedPerson"
SHOW = """
UNWIND $rows AS row MATCH (t:StagedTouchpoint {id: row.id}) SET t:Touchpoint REMOVE t:StagedTouchpoint
RETURN count(*) AS shown
"""
CHANGED = (
    "Something else came into the store while this import was under way, and nothing of the import is in it. "
    "Run it again."
)


def is_large(records: Records) -> bool:
    """Tell whether an import is too large for one transaction."""
    return sum(1 + len(one.attendees) for one in records.touchpoints.values()) > STAGE_ABOVE


def stage(
    store: Store, records: Records, *, today: date, files: Sequence[FileCount], progress: Progress | None
) -> str:
    """Bring the touchpoints in, not to be seen yet; return the id of the import."""
    content = _content(records.touchpoints)
    id_ = store.transact(lambda transaction: _begin(transaction, content, today, files))
    sweep(store)
    done, remaining = 0, iter(sorted(records.touchpoints))
    while ids := list(islice(remaining, STAGED_AT_ONCE)):
        store.transact(partial(_stage, rows={one: records.touchpoints[one] for one in ids}))
        done += len(ids)
        if progress is not None:
            progress("staged", done, len(records.touchpoints))
    return id_


def check_staged(transaction: Transaction) -> None:
    """Refuse to go on with what was staged for a store that has changed since.

    Raises
    ------
    StoreError
        Somebody who was staged has come in by another import.
    """
    await_turn(transaction)
    if transaction.run(OVERTAKEN):
        raise StoreError(CHANGED)


def show_touchpoints(transaction: Transaction, touchpoints: Sequence[Mapping[str, Any]]) -> None:
    """Give staged touchpoints, rows with an `id`, their own label.

    Raises
    ------
    StoreError
        Not all of them are there any more.
    """
    rows = [{"id": row["id"]} for row in touchpoints]
    if rows and transaction.run(SHOW, {"rows": rows})[0]["shown"] != len(rows):
        raise StoreError(CHANGED)


def drop_staged(transaction: Transaction) -> None:
    """Take away what an interrupted import has staged; `sweep` deletes it."""
    transaction.run(DROP)
    transaction.run(FORGET)


def _begin(transaction: Transaction, content: str, today: date, files: Sequence[FileCount]) -> str:
    await_turn(transaction)
    for one in read_imports(transaction):
        if one.state == "staging" and one.content == content and not transaction.run(OVERTAKEN):
            return one.id
    drop_staged(transaction)
    id_ = begin_import(transaction)
    record_import(transaction, id_, today, files, {}, {}, 0, state="staging", content=content)
    return id_


def _stage(transaction: Transaction, rows: Mapping[str, TouchpointRecord]) -> None:
    known = {row["id"] for row in transaction.run(KNOWN, {"ids": list(rows)})}
    fresh = {id_: one for id_, one in rows.items() if id_ not in known}
    people = sorted({person for one in fresh.values() for person in one.attendees})
    transaction.batches(STAGE_PEOPLE, ({"id": person} for person in people))
    transaction.batches(
        STAGE,
        (
            {"id": id_, "properties": one.properties, "attendees": list(one.attendees)}
            for id_, one in fresh.items()
        ),
    )


def _content(touchpoints: Mapping[str, TouchpointRecord]) -> str:
    """Return what tells whether an interrupted import staged the same."""
    whole = hashlib.blake2b(digest_size=16)
    for id_ in sorted(touchpoints):
        one = touchpoints[id_]
        whole.update(f"{id_}\x1f{digest({**one.properties, ATTENDEES: sorted(one.attendees)})}\x1e".encode())
    return whole.hexdigest()
