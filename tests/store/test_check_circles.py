"""Lines that go round: each circle once, and no chain however long takes more than a look."""

from __future__ import annotations

import time
from random import Random

import pytest

from graph.check import check
from graph.gateway import run_cookbook
from graph.store import Store
from tests.store.checking import SOUND, TODAY, found, shown


def test_each_circle_of_managers_once(store: Store):
    store.write(
        """
        CREATE (o:Organisation {id: 'o', name: 'O'}) WITH o
        UNWIND range(1, 9) AS n CREATE (p:Person {id: 'p' + n, name: 'P' + n})-[:EMPLOYED_BY]->(o)
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
        CREATE (o:Organisation {id: 'o', name: 'O'}) WITH o
        UNWIND range(100, 129) AS n CREATE (:Person {id: 'm' + n, name: 'M' + n})-[:EMPLOYED_BY]->(o)
        WITH count(*) AS done
        MATCH (a:Person), (b:Person) WHERE a <> b CREATE (a)-[:REPORTS_TO]->(b)
        WITH count(*) AS lines
        MATCH (o:Organisation)
        UNWIND range(1000, 1299) AS n CREATE (p:Person {id: 'r' + n, name: 'R' + n})-[:EMPLOYED_BY]->(o)
        WITH collect(p) AS ring
        UNWIND range(0, 299) AS n
        WITH ring[n] AS one, ring[(n + 1) % 300] AS other CREATE (one)-[:REPORTS_TO]->(other)
        """
    )
    findings = check(store, TODAY)
    assert found(findings) == [("cycle", "m100"), ("cycle", "r1000")], "a mesh is one knot"
    assert findings[-1].message.count("→") == 300


CHAIN = """
CREATE (o:Organisation {id: 'o', name: 'O'}) WITH o
UNWIND $ids AS id CREATE (:Person {id: id, name: id})-[:EMPLOYED_BY]->(o)
"""
LINKS = """
UNWIND range(0, size($ids) - 2) AS n
MATCH (one:Person {id: $ids[n]}) MATCH (other:Person {id: $ids[n + 1]}) CREATE (one)-[:REPORTS_TO]->(other)
"""


@pytest.mark.parametrize("order", ["up", "down", "shuffled"])
def test_a_chain_of_thousands_takes_no_longer_than_a_look(store: Store, order: str):
    """Walked from every link to its end it took a minute; the engine plans the question the first time."""
    ids = [f"p{number:05}" for number in range(5000)]
    {"up": lambda: None, "down": ids.reverse, "shuffled": lambda: Random(1).shuffle(ids)}[order]()
    store.write(CHAIN, {"ids": ids})
    store.write(LINKS, {"ids": ids})
    start = time.monotonic()
    assert run_cookbook(store, "manager_cycles").rows == ()
    assert time.monotonic() - start < 5.0


def test_a_chain_that_zigzags_is_looked_at_once(store: Store):
    """By ids that rise and fall every other link starts a walk to the end: the question alone takes 15 s."""
    low, high = ([f"p{number:05}" for number in part] for part in (range(2000), range(2000, 4000)))
    ids = [one for pair in zip(low, high, strict=True) for one in pair]
    store.write(CHAIN, {"ids": ids})
    store.write(LINKS, {"ids": ids})
    store.write("MATCH (a:Person {id: 'p03999'}), (b:Person {id: 'p01999'}) CREATE (a)-[:REPORTS_TO]->(b)")
    start = time.monotonic()
    findings = [one for one in check(store, TODAY) if one.kind == "cycle"]
    assert found(tuple(findings)) == [("cycle", "p01999")]
    assert time.monotonic() - start < 6.0


def test_organisations_that_own_each_other(store: Store):
    store.write(SOUND)
    store.write(
        """
        MATCH (acme {id: 'acme'})
        CREATE (acme)-[:PARENT_OF]->(b:Organisation {id: 'b1', name: 'B1'})-[:PARENT_OF]->(acme),
               (b)-[:PARENT_OF]->(:Organisation {id: 'c1', name: 'C1'})
        """
    )
    findings = check(store, TODAY)
    assert [one.message for one in findings] == ["Ownership goes round: Acme → B1 → Acme."]
    shown(store, findings)
