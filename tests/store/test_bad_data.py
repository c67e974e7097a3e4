"""Whatever somebody writes into the graph by Cypher: every reading command answers, soon, and counts once."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from typing import Any

from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from api import exchange, foresight, verbs
from api.workspace import Workspace
from graph.measures import measure
from graph.plan import PlanLimits
from graph.policy import load_policy
from graph.store import Store

TODAY = date(2026, 1, 31)
POLICY = load_policy()
SECONDS = 20.0

PEOPLE = """
CREATE (us:Organisation:Supplier {id: 'us', name: 'Us'}),
       (o:Organisation:KeyAccount {id: 'acme', name: 'Acme'}), (us)-[:SUPPLIES]->(o)
WITH us, o
UNWIND range(0, 3) AS n CREATE (a:Person {id: 'a' + n, name: 'A' + n})-[:EMPLOYED_BY]->(us)
WITH o, collect(a) AS ours
UNWIND range(0, $people - 1) AS n
CREATE (p:Person {id: 'p' + n, name: 'P' + n, level: 1 + n % 5})-[:EMPLOYED_BY]->(o)
WITH p, ours[n % 4] AS a CREATE (a)-[:ENGAGES {given_strength: 0.5, given_on: date('2026-01-01')}]->(p)
"""
RING = """
UNWIND range(0, $size - 1) AS n
MATCH (one:Person {{id: 'p' + n}}) MATCH (other:Person {{id: 'p' + ((n + 1) % $size)}})
CREATE (one)-[:{type}]->(other)
"""
CHAIN = """
MATCH (o:KeyAccount)
UNWIND range(0, $length - 1) AS n CREATE (p:Person {id: 'c' + n, name: 'C' + n})-[:EMPLOYED_BY]->(o)
WITH collect(p) AS chain
UNWIND range(0, $length - 2) AS n
WITH chain[n] AS one, chain[n + 1] AS other
CREATE (one)-[:REPORTS_TO]->(other), (one)-[:INFLUENCES]->(other)
"""
FAULTS = {
    "doubled ties": "MATCH (a)-[t:ENGAGES]->(b) CREATE (a)-[again:ENGAGES]->(b) SET again = properties(t)",
    "doubled posts": "MATCH (a)-[:EMPLOYED_BY]->(o) CREATE (a)-[:EMPLOYED_BY]->(o)",
    "doubled lines": "MATCH (a)-[:REPORTS_TO]->(b) CREATE (a)-[:REPORTS_TO]->(b)",
    "self ties": "MATCH (a:Person) CREATE (a)-[:ENGAGES {strength: 0.9}]->(a), (a)-[:INFLUENCES]->(a)",
    "both sides": "MATCH (a:Person {id: 'a0'}), (o {id: 'acme'}) CREATE (a)-[:EMPLOYED_BY]->(o)",
    "two employers": "MATCH (p:Person {id: 'p0'}) "
    "CREATE (p)-[:EMPLOYED_BY]->(:Organisation:KeyAccount {id: 'b', name: 'B'})",
    "strength above": "MATCH ()-[t:ENGAGES]->() SET t.given_strength = 1.7",
    "strength below": "MATCH ()-[t:ENGAGES]->() SET t.given_strength = -0.4",
    "strength no number": "MATCH ()-[t:ENGAGES]->() SET t.given_strength = 0.0 / 0.0",
    "strength as text": "MATCH ()-[t:ENGAGES]->() SET t.given_strength = '0.5'",
    "desired above": "MATCH ()-[t:ENGAGES]->() SET t.desired = 50",
    "words": "UNWIND ['role', 'orientation', 'influence', 'proximity'] AS name MATCH (p:Person {id: 'p0'}) "
    "CREATE (:Assessment {id: name, attribute: name, value: 'boss', on: date('2026-01-01')})"
    "-[:ASSESSES]->(p)",
    "scores": "UNWIND ['influence', 'proximity'] AS name MATCH (p:Person) "
    "CREATE (:Assessment {id: p.id + name, attribute: name, value: -7.5, on: date('2026-01-01')})"
    "-[:ASSESSES]->(p)",
    "level": "MATCH (p:Person) SET p.level = 9",
    "level as text": "MATCH (p:Person) SET p.level = 'C'",
    "weight": "MATCH ()-[l:INFLUENCES]->() SET l.weight = -3, l.sign = 7",
    "no names": "MATCH (n) WHERE n:Person OR n:Organisation REMOVE n.name",
    "names as numbers": "MATCH (n) WHERE n:Supplier OR n:KeyAccount SET n.name = 7",
    "kinds as lists": "MATCH (a:Person {id: 'a0'}), (p:Person {id: 'p0'}) CREATE (a)-[:ATTENDED]->"
    "(:Touchpoint {id: 'k', kind: ['call', 'visit'], on: date('2026-01-02')})<-[:ATTENDED]-(p)",
    "future": "MATCH ()-[t:ENGAGES]->() SET t.given_on = date('2027-01-01'), t.last_on = date('2027-01-01')",
    "shares": "MATCH (a:Person {id: 'a0'}), (o {id: 'acme'}) SET a.time_capacity = -5 "
    "CREATE (a)-[:MEMBER_OF {share_of_time: 3}]->(:AccountTeam {id: 'acme/team'})-[:OF_ACCOUNT]->(o)",
    "owners": "MATCH (o {id: 'acme'}), (s:Supplier) CREATE (o)-[:PARENT_OF]->(s), (s)-[:PARENT_OF]->(o)",
    "nobody met": "CREATE (:Touchpoint {id: 't', kind: 'call', on: date('2026-01-01')})",
    "left": "MATCH (:Person {id: 'p0'})-[e:EMPLOYED_BY]->() SET e.until = date('2025-06-01')",
    "seat": "MATCH (p:Person)-[:EMPLOYED_BY]->(o {id: 'acme'}) SET p.title = 'CEO', p.level = 1 "
    "MERGE (f:Function {id: 'acme/executive', kind: 'executive', organisation: 'acme'}) "
    "MERGE (f)-[:FUNCTION_OF]->(o) CREATE (p)-[:WORKS_IN]->(f)",
    "orphans": "MATCH (a:Person {id: 'a0'}) CREATE "
    "(:Assessment {id: 'y', attribute: 'role', value: 'user'}), "
    "(a)-[:ENGAGES {given_strength: 0.9}]->(:Person {id: 'x', name: 'X'})",
    "days as text": "MATCH (:Person {id: 'p3'})-[e:EMPLOYED_BY]->() SET e.since = '2020-01-01' "
    "WITH count(*) AS n MATCH (:Person {id: 'p2'})-[e:EMPLOYED_BY]->() SET e.until = 'never' "
    "WITH count(*) AS n MATCH ()-[t:ENGAGES]->() SET t.given_on = 'now', t.last_on = datetime('2026-01-01')",
    "met for long": "MATCH (a:Person {id: 'a0'}), (p:Person {id: 'p0'}) CREATE (a)-[:ATTENDED]->(:Touchpoint "
    "{id: 'm', kind: 7, on: date('2026-01-02'), minutes: 'long'})<-[:ATTENDED]-(p), (a)-[:ATTENDED]->"
    "(:Touchpoint {id: 'n', kind: 'call', on: datetime('2026-01-03')})<-[:ATTENDED]-(p)",
    "backwards": "MATCH (:Person {id: 'p0'})-[e:EMPLOYED_BY]->() "
    "SET e.since = date('2026-01-01'), e.until = date('2025-01-01')",
}


def commands(work: Workspace) -> dict[str, Callable[[], Any]]:
    return {
        "accounts": lambda: verbs.accounts(work),
        "account": lambda: verbs.account(work, "acme"),
        "ropi": lambda: verbs.ropi(work, "acme"),
        "gaps": lambda: work.gaps(measure(work.account("acme"))),
        "without": lambda: [
            verbs.without_people(work, "acme", ["p1"], relation)
            for relation in ("all", "engages", "reports_to", "influences")
        ],
        "plan": lambda: verbs.plan(work, "acme", PlanLimits(hours=2.0)),
        "simulate": lambda: foresight.simulate(
            work, "acme", strategies=["do_nothing", "plan"], replicates=4, months=6, threads=1, curve=False
        ),
        "map": lambda: verbs.draw(work, "acme"),
        "network": lambda: verbs.network(work, "acme"),
        "export": lambda: exchange.export(work, "acme", ".graphml"),
        "check": lambda: verbs.check(work),
        "introduction": lambda: ask(work, "introduction_path"),
        "influence": lambda: ask(work, "who_influences"),
        "as of": lambda: verbs.account(work, "acme", date(2026, 1, 15)),
    }


def ask(work: Workspace, question: str) -> Any:
    return verbs.cookbook(work, question, {"person": "p0"}, limit=9, timeout=SECONDS)


def fill(store: Store, ring: int, chain: int) -> None:
    store.clear()
    store.write(PEOPLE, {"people": max(ring, 4)})
    for line in ("REPORTS_TO", "INFLUENCES"):
        store.write(RING.format(type=line), {"size": ring})
    if chain:
        store.write(CHAIN, {"length": chain})


@settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),  # a smaller example would cost more time than it saves
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    ring=st.integers(1, 50),
    chain=st.sampled_from((0, 2, 200)),
    faults=st.lists(st.sampled_from(sorted(FAULTS)), max_size=5, unique=True),
)
@example(ring=1, chain=0, faults=[])
@example(ring=6, chain=5, faults=list(FAULTS))
def test_every_command_answers_soon(opened_store: Store, ring: int, chain: int, faults: list[str]):
    fill(opened_store, ring, chain)
    for fault in faults:
        opened_store.write(FAULTS[fault])
    work = Workspace(opened_store, POLICY, TODAY)
    for name, command in commands(work).items():
        start = time.monotonic()
        assert command() is not None
        assert time.monotonic() - start < SECONDS, name
    findings = verbs.check(work).body.findings
    assert len(findings) == len({(one.kind, one.subject, one.message) for one in findings})
    assert any(one.kind == ("self" if ring == 1 else "cycle") for one in findings)


def test_what_cannot_be_counts_as_unknown_and_what_is_double_once(opened_store: Store):
    """Each fault alone: coverage is that of the same data without what is wrong."""
    work = Workspace(opened_store, POLICY, TODAY)

    def covered(fault: str) -> float | None:
        fill(opened_store, 4, 0)
        opened_store.write(fault)
        work.refresh()
        return measure(work.account("acme")).coverage

    whole = covered("MATCH (n) RETURN count(n) AS n")
    for name in ("doubled ties", "doubled posts", "doubled lines", "self ties", "words", "weight", "owners"):
        assert covered(FAULTS[name]) == whole, name
    for name in ("strength above", "strength below", "strength no number", "strength as text"):
        assert covered(FAULTS[name]) == 0.0, name
