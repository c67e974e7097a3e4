"""The everyday questions of the cookbook, over one small graph whose answers were worked out by hand.

Us serve Acme (direct) and Dist (a distributor, which sells to Far and Near; Near is served direct, too).
Ada and Ben are ours; Old has left us. At Acme: Pia decides and Ada knows her, Quin decides and nobody does,
Rob is against, Sue is an ally whom Ben knows and who influences Tom, who influences Rob. At Dist: Uma, whom
only Ada knows. At Far and Near: Vic, whom nobody knows, and Wes, whom Ben knows a little.
"""

from __future__ import annotations

from typing import Any

import pytest

from graph import cookbook
from graph.errors import InputError, UnknownName
from graph.gateway import run_cookbook
from graph.store import Store

TODAY = "2026-01-31"

GRAPH = """
CREATE (us:Organisation:Supplier {id: 'us', name: 'Us'}),
       (acme:Organisation:KeyAccount {id: 'acme', name: 'Acme'}),
       (dist:Organisation:Distributor {id: 'dist', name: 'Dist'}),
       (far:Organisation:EndCustomer {id: 'far', name: 'Far'}),
       (near:Organisation:EndCustomer {id: 'near', name: 'Near'}),
       (us)-[:SUPPLIES {revenue: 1.0}]->(acme), (us)-[:DISTRIBUTES_THROUGH]->(dist),
       (dist)-[:SELLS_TO {volume: 70.0}]->(far), (dist)-[:SELLS_TO {volume: 20.0}]->(near),
       (us)-[:SELLS_DIRECT_TO {volume: 30.0}]->(near)
WITH us, acme, dist, far, near
UNWIND [['Ada', us], ['Ben', us], ['Old', us], ['Pia', acme], ['Quin', acme], ['Rob', acme], ['Sue', acme],
        ['Tom', acme], ['Uma', dist], ['Vic', far], ['Wes', near]] AS row
WITH row[0] AS name, row[1] AS employer
CREATE (:Person {id: toLower(name), name: name, level: 2})-[:EMPLOYED_BY]->(employer)
"""

DETAILS = [
    """
    MATCH (:Person {id: 'old'})-[job:EMPLOYED_BY]->() SET job.until = date('2026-01-10')
    """,
    """
    MATCH (:Person {id: 'tom'})-[job:EMPLOYED_BY]->() SET job.since = date('2026-01-05')
    """,
    """
    UNWIND [['ada', 'pia', 0.8, '2026-01-20'], ['ben', 'sue', 0.5, '2025-06-01'],
            ['ada', 'uma', 0.4, '2025-12-01'], ['ben', 'wes', 0.1, '2025-01-31'],
            ['old', 'quin', 0.9, '2024-01-01'], ['ben', 'pia', 0.1, null]] AS row
    MATCH (a:Person {id: row[0]}) MATCH (b:Person {id: row[1]})
    CREATE (a)-[:ENGAGES {strength: row[2], last_on: date(row[3])}]->(b)
    """,
    """
    UNWIND [['pia', 'role', 'decision_maker'], ['quin', 'role', 'decision_maker'],
            ['rob', 'orientation', 'against'], ['sue', 'orientation', 'ally'],
            ['quin', 'orientation', 'ally']] AS row
    MATCH (p:Person {id: row[0]})
    CREATE (x:Assessment {id: row[0] + row[1], attribute: row[1], value: row[2]})-[:ASSESSES]->(p)
    SET x.on = date('2025-09-01')
    """,
    """
    MATCH (sue {id: 'sue'}), (tom {id: 'tom'}), (rob {id: 'rob'}), (quin {id: 'quin'})
    CREATE (sue)-[:INFLUENCES {sign: 1}]->(tom), (tom)-[:INFLUENCES]->(rob),
           (quin)-[:INFLUENCES {sign: -1}]->(rob), (rob)-[:REPORTS_TO]->(quin)
    """,
    """
    MATCH (ada {id: 'ada'}), (pia {id: 'pia'})
    CREATE (ada)-[:ATTENDED]->(t:Touchpoint {id: 't', kind: 'meeting'})<-[:ATTENDED]-(pia)
    SET t.on = date('2026-01-20')
    """,
]


@pytest.fixture
def graph(store: Store) -> Store:
    store.write(GRAPH)
    for statement in DETAILS:
        store.write(statement)
    return store


def ask(store: Store, name: str, *columns: str, **params: object) -> list[tuple[Any, ...]]:
    entry = cookbook.entry(name)
    if any(parameter.name == "as_of" for parameter in entry.parameters):
        params.setdefault("as_of", TODAY)
    found = run_cookbook(store, name, params)
    places = [found.columns.index(column) for column in columns]
    return [tuple(row[place] for place in places) for row in found.rows]


def test_who_covers_whom(graph: Store):
    assert ask(graph, "who_covers_whom", "ours", "stakeholder", "strength", "thread", account="acme") == [
        ("ada", "pia", 0.8, True),
        ("ben", "sue", 0.5, True),
        ("ben", "pia", 0.1, False),
    ]


def test_accounts_that_hang_on_one_person(graph: Store):
    columns = ("account", "person", "side", "ours", "theirs")
    assert ask(graph, "single_threaded_accounts", *columns) == [
        ("dist", "ada", "ours", 1, 1),
        ("dist", "uma", "theirs", 1, 1),
    ]
    graph.write("MATCH ({id: 'ben'})-[tie:ENGAGES]->({id: 'sue'}) SET tie.strength = 0.1")
    assert ask(graph, "single_threaded_accounts", *columns)[:2] == [
        ("acme", "ada", "ours", 1, 1),
        ("acme", "pia", "theirs", 1, 1),
    ]


def test_decision_makers_whom_nobody_reaches(graph: Store):
    assert ask(graph, "uncovered_decision_makers", "person", "account", "strongest") == [
        ("quin", "acme", 0.0)
    ]
    assert ask(graph, "uncovered_decision_makers", "person", account="dist") == []


def test_who_has_gone_quiet(graph: Store):
    columns = ("stakeholder", "ours", "days")
    assert ask(graph, "gone_quiet", *columns) == [("wes", "ben", 365), ("sue", "ben", 244)]
    assert ask(graph, "gone_quiet", *columns, account="acme") == [("sue", "ben", 244)]
    assert ask(graph, "gone_quiet", "days", account="dist", quiet_after=60) == [(61,)]


def test_opponents_and_the_allies_who_could_reach_them(graph: Store):
    columns = ("opponent", "ally", "steps", "way", "strength")
    assert ask(graph, "opponents_and_allies", *columns, account="acme") == [
        ("rob", "sue", 2, ["Sue", "Tom", "Rob"], 0.5)
    ]
    assert ask(graph, "opponents_and_allies", *columns, account="acme", route_steps=1) == []


def test_the_route_to_an_opponent_is_that_of_the_gap(graph: Store):
    assert ask(graph, "opponent", "subject", "routes", account="acme") == [
        ("rob", [["Ben", "Sue", "Tom", "Rob"]])
    ]
    assert ask(graph, "opponent_without_route", "subject", account="acme") == []


def test_the_shortest_way_to_be_introduced(graph: Store):
    columns = ("ours", "steps", "way")
    assert ask(graph, "introduction_path", *columns, person="pia") == [("ada", 1, ["Ada", "Pia"])]
    assert ask(graph, "introduction_path", *columns, person="quin") == [
        ("ben", 4, ["Ben", "Sue", "Tom", "Rob", "Quin"])
    ]
    assert ask(graph, "introduction_path", *columns, person="rob", ours="ada") == []
    assert ask(graph, "introduction_path", *columns, person="vic") == []
    assert ask(graph, "introduction_path", *columns, person="ben") == []


def test_end_customers_that_only_the_distributor_knows(graph: Store):
    columns = ("end_customer", "distributors", "volume")
    assert ask(graph, "end_customers_behind_distributors", *columns) == [("far", ["Dist"], 70.0)]


def test_end_customers_served_both_ways(graph: Store):
    columns = ("end_customer", "distributors", "direct", "indirect")
    assert ask(graph, "direct_and_indirect", *columns) == [("near", ["Dist"], 30.0, 20.0)]


def test_what_has_changed_since_a_day(graph: Store):
    columns = ("day", "what", "person")
    changes = ask(graph, "changes_since", *columns, since="2026-01-01")
    assert changes == [
        ("2026-01-20", "met", "ada"),
        ("2026-01-20", "met", "pia"),
        ("2026-01-10", "left", "old"),
        ("2026-01-05", "joined", "tom"),
    ]
    assert ask(graph, "changes_since", "person", "detail", since="2025-08-01", account="acme")[-1] == (
        "sue",
        "orientation: ally",
    )


def test_every_question_passes_the_gateway_and_answers_on_an_empty_store(store: Store):
    examples = {"text": "nobody", "date": TODAY}
    for entry in cookbook.entries().values():
        needed = {p.name: examples[p.type] for p in entry.parameters if p.default is None}
        result = run_cookbook(store, entry.name, needed)
        assert result.rows == (), entry.name
        assert result.columns, entry.name


def test_parameters_from_a_command_line(graph: Store):
    result = run_cookbook(graph, "gone_quiet", ["account=dist", f"as_of={TODAY}", "quiet_after=60"])
    assert len(result.rows) == 1
    for wrong in (["acount=dist"], ["account"], ["quiet_after=soon"], ["as_of=tomorrow"]):
        with pytest.raises(InputError):
            run_cookbook(graph, "gone_quiet", wrong)
    with pytest.raises(UnknownName):
        run_cookbook(graph, "gone_quite")
