"""What `check` finds: faults written straight into the graph, and rows that an import kept out."""

from __future__ import annotations

from datetime import date

from graph.check import Finding, check
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


def test_an_empty_store_has_no_fault(store: Store):
    assert check(store, TODAY) == ()


def test_sound_data_has_no_fault(store: Store):
    store.write(SOUND)
    assert check(store, TODAY) == ()


def test_everybody_tied_to_themselves(store: Store):
    store.write(SOUND)
    store.write(
        """
        MATCH (b:Person {id: 'b'}), (o:Organisation {id: 'acme'})
        CREATE (b)-[:REPORTS_TO]->(b), (b)-[:REPORTS_TO]->(b), (b)-[:ENGAGES]->(b), (o)-[:PARENT_OF]->(o)
        """
    )
    findings = check(store, TODAY)
    assert found(findings) == [("self", "acme"), ("self", "b"), ("self", "b")]
    assert "Bo reports to themselves." in {one.message for one in findings}
    shown(store, findings)


def test_each_circle_of_managers_once(store: Store):
    store.write(
        """
        UNWIND range(1, 9) AS n CREATE (p:Person {id: 'p' + n, name: 'P' + n})
        WITH collect(p) AS p
        FOREACH (pair IN [[1, 2], [2, 3], [3, 1], [4, 5], [5, 4], [6, 7], [7, 8], [8, 6], [7, 6], [9, 1]] |
          FOREACH (one IN [p[pair[0] - 1]] | FOREACH (other IN [p[pair[1] - 1]] |
            CREATE (one)-[:REPORTS_TO]->(other))))
        """
    )
    findings = check(store, TODAY)
    assert found(findings) == [("cycle", "p1"), ("cycle", "p4"), ("cycle", "p6")]
    assert [one.message for one in findings] == [
        "Reporting lines go round: P1 → P2 → P3 → P1.",
        "Reporting lines go round: P4 → P5 → P4.",
        "Reporting lines go round: P6 → P7 → P6.",
    ]
    shown(store, findings)


def test_many_and_long_circles_end(store: Store):
    """A mesh of 30 has more circles than anybody could list, a ring of 300 a long one."""
    store.write(
        """
        UNWIND range(100, 129) AS n CREATE (:Person {id: 'm' + n, name: 'M' + n})
        WITH count(*) AS done
        MATCH (a:Person), (b:Person) WHERE a <> b CREATE (a)-[:REPORTS_TO]->(b)
        WITH count(*) AS lines
        UNWIND range(1000, 1299) AS n CREATE (p:Person {id: 'r' + n, name: 'R' + n})
        WITH collect(p) AS ring
        UNWIND range(0, 299) AS n
        WITH ring[n] AS one, ring[(n + 1) % 300] AS other CREATE (one)-[:REPORTS_TO]->(other)
        """
    )
    findings = check(store, TODAY)
    assert ("cycle", "m100") in found(findings)
    assert found(findings)[-1] == ("cycle", "r1000")
    assert findings[-1].message.count("→") == 300


def test_dates_in_the_future(store: Store):
    store.write(SOUND)
    store.write(
        """
        MATCH (a:Person {id: 'a'})-[tie:ENGAGES]->(b:Person {id: 'b'}), (t:Touchpoint), (x:Assessment)
        SET tie.last_on = date('2026-02-01'), tie.given_on = date('2026-02-03'),
            a.verified_on = date('2026-02-01'), t.on = date('2026-02-01'), x.on = date('2027-01-01')
        """
    )
    findings = check(store, TODAY)
    assert found(findings) == [("future", "a"), ("future", "a→b"), ("future", "t"), ("future", "x")]
    assert findings[1].message == "The tie of Ada to Bo is dated 2026-02-03, in the future."
    assert findings[3].message == "The role of Bo is dated 2027-01-01, in the future."
    shown(store, findings)
    assert check(store, date(2027, 1, 1)) == ()


def test_ties_to_nobody(store: Store):
    store.write(SOUND)
    store.write(
        """
        MATCH (a:Person {id: 'a'}), (b:Person {id: 'b'}), (us:Supplier)
        CREATE (e:Person {id: 'e', name: 'Ed'})-[:EMPLOYED_BY]->(us), (f:Person {id: 'f', name: 'Flo'}),
               (a)-[:ENGAGES]->(e), (a)-[:ENGAGES]->(f), (f)-[:ENGAGES]->(b), (b)-[:ENGAGES]->(a)
        """
    )
    findings = check(store, TODAY)
    assert found(findings) == [("nobody", "a→e"), ("nobody", "a→f"), ("nobody", "b→a"), ("nobody", "f→b")]
    assert "Ed is nobody of theirs" in findings[0].message
    assert "Flo is employed nowhere" in findings[1].message
    assert "Bo is nobody of ours" in findings[2].message
    shown(store, findings)


def test_accounts_without_anybody_of_ours(store: Store):
    store.write(SOUND)
    store.write(
        """
        MATCH (acme:Organisation {id: 'acme'})
        CREATE (:Organisation:Supplier {id: 'shell', name: 'Shell'})-[:SUPPLIES]->(acme),
               (end:Organisation:EndCustomer {id: 'end', name: 'End'}),
               (:Person {id: 'g', name: 'Gus'})-[:EMPLOYED_BY]->(end),
               (:Organisation:Distributor {id: 'idle', name: 'Idle'})
        """
    )
    findings = check(store, TODAY)
    assert found(findings) == [("account_without_ours", "acme")]
    shown(store, findings)
    store.write("MATCH (a:Person {id: 'a'})-[job:EMPLOYED_BY]->() SET job.until = date('2026-01-31')")
    findings = check(store, TODAY)
    assert found(findings) == [("account_without_ours", "acme"), ("account_without_ours", "end")]


def test_rows_that_an_import_kept_out(store: Store):
    store.write(SOUND)
    store.write(
        """
        UNWIND $rows AS row
        CREATE (f:ImportFinding {id: row[0] + row[1] + row[2], subject: 's'})
        SET f.file = row[0], f.row = row[1], f.column = row[2], f.value = row[3], f.kind = row[4]
        """,
        {
            "rows": [
                ["reports_to.csv", 2, "manager", "b", "self"],
                ["reports_to.csv", 3, "manager", "c", "cycle"],
                ["reports_to.csv", 4, "manager", "b", "cycle"],
                ["ties.csv", 2, "stakeholder", "zed", "nobody"],
                ["touchpoints.csv", 9, "on", "2031-01-01", "future"],
                ["touchpoints.csv", 9, "attendees", "zed", "nobody"],
            ]
        },
    )
    findings = check(store, TODAY)
    assert found(findings) == [
        ("self", "reports_to.csv, row 2"),
        ("cycle", "reports_to.csv, row 3"),
        ("cycle", "reports_to.csv, row 4"),
        ("nobody", "ties.csv, row 2"),
        ("nobody", "touchpoints.csv, row 9"),
        ("future", "touchpoints.csv, row 9"),
    ]
    assert "zed" in findings[3].message
    shown(store, findings)
