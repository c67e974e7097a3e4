"""What the store knows before an import: whom and what rows may refer to."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from graph.imports.records import Known, KnownOrganisation, KnownPerson
from graph.policy import fold
from graph.store import Store
from graph.store.imports import read_withdrawn
from graph.store.merges import merged_into
from graph.store.people import read_distinct

ORGANISATIONS = (
    "MATCH (o:Organisation) RETURN o.id AS id, coalesce(o.name, o.id) AS name, labels(o) AS labels"
)
PEOPLE = """
MATCH (p:Person)
RETURN p.id AS id, coalesce(p.name, p.id) AS name, p.email AS email, p.phone AS phone,
       coalesce(p.placeholder, false) AS placeholder,
       COLLECT { MATCH (p)-[e:EMPLOYED_BY]->(o:Organisation) RETURN o.id
                 ORDER BY coalesce(e.until, date('9999-12-31')) DESC, o.id LIMIT 1 } AS organisations
"""
MERGED = """
MATCH (m:PersonMerge)
RETURN m.merged AS id, coalesce(m.name, m.merged) AS name, m.email AS email, m.organisation AS organisation
"""
FUNCTIONS = "MATCH (f:Function) RETURN DISTINCT f.kind AS kind ORDER BY kind DESC"
BRANDS = "MATCH (b:Brand) RETURN b.id AS id ORDER BY id DESC"
MANAGERS = "MATCH (a:Person)-[:REPORTS_TO]->(b:Person) RETURN a.id AS source, b.id AS target"
PARENTS = "MATCH (a:Organisation)-[:PARENT_OF]->(b:Organisation) RETURN b.id AS source, a.id AS target"


def read_known(store: Store) -> Known:
    """Return who and what the store knows."""
    withdrawn = read_withdrawn(store)  # first, so that what is withdrawn in between shows
    merged = {row["id"]: row for row in store.read(MERGED, timeout=0)}
    return Known(
        organisations={
            row["id"]: KnownOrganisation(row["name"], frozenset(row["labels"]) - {"Organisation"})
            for row in store.read(ORGANISATIONS, timeout=0)
        },
        people={
            row["id"]: KnownPerson(
                row["name"],
                row["email"],
                next(iter(row["organisations"]), None),
                row["phone"],
                row["placeholder"],
            )
            for row in store.read(PEOPLE, timeout=0)
        }
        | {id_: KnownPerson(row["name"], row["email"], row["organisation"]) for id_, row in merged.items()},
        functions={fold(row["kind"]): row["kind"] for row in store.read(FUNCTIONS, timeout=0)},
        brands={fold(row["id"]): row["id"] for row in store.read(BRANDS, timeout=0)},
        managers=_targets(store.read(MANAGERS, timeout=0)),
        parents=_targets(store.read(PARENTS, timeout=0)),
        merged=merged_into(store) if merged else {},
        distinct=frozenset(read_distinct(store)),
        withdrawn=withdrawn,
    )


def _targets(rows: list[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    targets: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        targets[row["source"]].append(row["target"])
    return {source: tuple(sorted(found)) for source, found in targets.items()}
