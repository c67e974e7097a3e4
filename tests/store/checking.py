"""Sound data to spoil, and how to look at what `check` found."""

from __future__ import annotations

from datetime import date

from graph.check import Finding
from graph.gateway import run_cookbook
from graph.store import Store

TODAY = date(2026, 1, 31)

SOUND = """
CREATE (acme:Organisation:KeyAccount {id: 'acme', name: 'Acme'}),
       (us:Organisation:Supplier {id: 'us', name: 'Us'}),
       (a:Person {id: 'a', name: 'Ada', verified_on: date('2026-01-31')})-[:EMPLOYED_BY]->(us),
       (b:Person {id: 'b', name: 'Bo'})-[:EMPLOYED_BY]->(acme),
       (c:Person {id: 'c', name: 'Cy'})-[:EMPLOYED_BY {since: date('2030-01-01')}]->(acme),
       (d:Person {id: 'd', name: 'Di'})-[:EMPLOYED_BY {until: date('2020-01-01')}]->(acme),
       (a)-[:ENGAGES {last_on: date('2026-01-31')}]->(b), (a)-[:ENGAGES]->(d),
       (c)-[:REPORTS_TO]->(b), (b)-[:REPORTS_TO]->(d),
       (b)-[:INFLUENCES]->(c), (c)-[:INFLUENCES]->(b),
       (a)-[:ATTENDED]->(t:Touchpoint {id: 't', kind: 'call', on: date('2026-01-31')})<-[:ATTENDED]-(b),
       (:Assessment {id: 'x', attribute: 'role', value: 'user', on: date('2026-01-31')})-[:ASSESSES]->(b)
"""


def found(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(one.kind, one.subject) for one in findings]


def shown(store: Store, findings: tuple[Finding, ...]) -> None:
    """Each finding's query, run through the gateway, returns its subject and its sentence."""
    for one in findings:
        result = run_cookbook(store, one.query.name, one.query.params)
        rows = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
        assert {str(row["subject"]) for row in rows} == {one.subject}
        assert one.message in {row["message"] for row in rows}
        assert one.message.endswith(".")
