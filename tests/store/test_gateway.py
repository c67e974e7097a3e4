"""The gateway on the real server: what reads passes, and whatever else is refused by name."""

from __future__ import annotations

import pytest

from graph.errors import InputError, NotPermitted, TimeLimitReached
from graph.gateway import run_cookbook, run_query
from graph.store import Store

GRAPH = """
CREATE (acme:Organisation:KeyAccount {id: 'acme', name: 'Acme'}),
       (us:Organisation:Supplier {id: 'us', name: 'Us'}),
       (a:Person {id: 'a', name: 'Ada', level: 2})-[:EMPLOYED_BY {since: date('2020-01-01')}]->(us),
       (b:Person {id: 'b', name: 'Bo', level: 3})-[:EMPLOYED_BY]->(acme),
       (c:Person {id: 'c', name: 'Cy', level: 4})-[:EMPLOYED_BY]->(acme),
       (a)-[:ENGAGES {strength: 0.5}]->(b), (c)-[:REPORTS_TO]->(b), (b)-[:INFLUENCES {sign: 1}]->(c)
"""

EVERYDAY = {
    "nodes by label": ("MATCH (p:Person) RETURN p.name AS name ORDER BY name", [["Ada"], ["Bo"], ["Cy"]]),
    "all nodes": ("MATCH (n) WHERE n.name IS NOT NULL RETURN count(n)", [[5]]),
    "a relationship": ("MATCH (:Person {id: 'a'})-[t:ENGAGES]->(b) RETURN b.id, t.strength", [["b", 0.5]]),
    "any relationship": ("MATCH ()-[r]->() RETURN count(r)", [[6]]),
    "relationships by type": ("MATCH (x)-[r:REPORTS_TO]-(y) RETURN count(r.id), count(*)", [[0, 2]]),
    "a union of types": ("MATCH ()-[r:REPORTS_TO|INFLUENCES]->() RETURN count(r)", [[2]]),
    "labels combined": ("MATCH (n:Supplier|KeyAccount&!Person) RETURN count(n)", [[2]]),
    "an index lookup": ("MATCH (p:Person) WHERE p.id IN ['a', 'z'] RETURN p.id", [["a"]]),
    "a prefix lookup": ("MATCH (p:Person) WHERE p.id STARTS WITH 'a' RETURN p.id", [["a"]]),
    "a range": ("MATCH (p:Person) WHERE 'a' < p.id <= 'c' RETURN count(*)", [[2]]),
    "contains and regex": (
        "MATCH (p) WHERE p.id CONTAINS 'a' AND p.name =~ 'A.*' RETURN p.id ORDER BY p.id",
        [["a"], ["acme"]],
    ),
    "optional match": (
        "MATCH (p:Person) OPTIONAL MATCH (p)-[:ENGAGES]->(q) RETURN p.id, q.id ORDER BY p.id",
        [["a", "b"], ["b", None], ["c", None]],
    ),
    "with and aggregation": (
        "MATCH (p:Person)-[:EMPLOYED_BY]->(o) WITH o, count(p) AS n, collect(p.id) AS ids, avg(p.level) AS l "
        "WHERE n > 1 RETURN o.id, n, size(ids), l",
        [["acme", 2, 2, 3.5]],
    ),
    "distinct, skip, limit": (
        "UNWIND [3, 1, 3, 2] AS x RETURN DISTINCT x ORDER BY x DESC SKIP 1 LIMIT 1",
        [[2]],
    ),
    "unwind a parameter": ("UNWIND $ids AS id MATCH (p:Person {id: id}) RETURN p.name", [["Bo"]]),
    "a cartesian product": ("MATCH (a:Person), (o:Organisation) RETURN count(*)", [[6]]),
    "a variable length": (
        "MATCH (a:Person {id: 'a'})-[*1..3]->(x:Person) RETURN count(*) > 1",
        [[True]],
    ),
    "a shortest path": (
        "MATCH p = shortestPath((a:Person {id: 'a'})-[*..4]-(c:Person {id: 'c'})) RETURN length(p)",
        [[2]],
    ),
    "all shortest paths": (
        "MATCH p = allShortestPaths((a:Person {id: 'a'})-[*..4]-(c:Person {id: 'c'})) RETURN count(p)",
        [[2]],
    ),
    "a quantified path": (
        "MATCH (a:Person {id: 'a'}) (()-[:ENGAGES|INFLUENCES]->()){1,3} (b) RETURN count(b)",
        [[2]],
    ),
    "SHORTEST": (
        "MATCH p = SHORTEST 1 (:Person {id: 'a'})-[:ENGAGES|INFLUENCES]->+({id: 'c'}) RETURN length(p)",
        [[2]],
    ),
    "exists": ("MATCH (p:Person) WHERE EXISTS { (p)-[:ENGAGES]->() } RETURN p.id", [["a"]]),
    "not exists": ("MATCH (p:Person) WHERE NOT (p)-[:ENGAGES]-() RETURN p.id", [["c"]]),
    "count": ("MATCH (o:Organisation) RETURN COUNT { (o)<-[:EMPLOYED_BY]-() } AS n ORDER BY n", [[1], [2]]),
    "collect": (
        "MATCH (o:KeyAccount) RETURN COLLECT { MATCH (o)<-[:EMPLOYED_BY]-(p) RETURN p.id ORDER BY p.id }",
        [[["b", "c"]]],
    ),
    "a subquery in an expression": (
        "RETURN [x IN ['a', 'z'] | COUNT { MATCH (p:Person {id: x}) }]",
        [[[1, 0]]],
    ),
    "call": (
        "MATCH (o:KeyAccount) CALL (o) { MATCH (p)-[:EMPLOYED_BY]->(o) RETURN count(p) AS n } RETURN n",
        [[2]],
    ),
    "union": ("RETURN 1 AS x UNION RETURN 1 AS x", [[1]]),
    "union all": ("RETURN 1 AS x UNION ALL RETURN 1 AS x", [[1], [1]]),
    "a list comprehension": ("RETURN [x IN range(1, 4) WHERE x % 2 = 0 | x * x]", [[[4, 16]]]),
    "a pattern comprehension": ("MATCH (o:Supplier) RETURN [(o)<-[:EMPLOYED_BY]-(p) | p.name]", [[["Ada"]]]),
    "reduce, case, predicates": (
        "RETURN reduce(s = 0, x IN [1, 2] | s + x), CASE WHEN any(x IN [1] WHERE x > 0) THEN 'y' END",
        [[3, "y"]],
    ),
    "functions of dates and points": (
        "RETURN date('2026-01-31').year, duration.inDays(date('2026-01-01'), date('2026-01-31')).days, "
        "point.distance(point({x: 0, y: 0}), point({x: 3, y: 4}))",
        [[2026, 30, 5.0]],
    ),
    "a map projection": ("MATCH (p:Person {id: 'a'}) RETURN p {.id, .level}", [[{"id": "a", "level": 2}]]),
    "counts from the count store": ("MATCH (p:Person) RETURN count(*)", [[3]]),
    "words of clauses as names": (
        "WITH 1 AS load, 2 AS csv, [3] AS transactions UNWIND transactions AS use RETURN load, csv, use",
        [[1, 2, 3]],
    ),
    "words of clauses in strings": (
        "/* LOAD CSV */ RETURN 'CALL dbms.x(); LOAD CSV FROM' AS `apoc.load(` // USE other",
        [["CALL dbms.x(); LOAD CSV FROM"]],
    ),
    "a property called use": ("WITH {use: 1, call: 2} AS m RETURN m.use, m.call", [[1, 2]]),
    "an option of the planner": ("CYPHER runtime=slotted MATCH (p:Person) RETURN count(p)", [[3]]),
    "a version": ("CYPHER 5 RETURN 1", [[1]]),
    "a trailing semicolon": ("RETURN 1;", [[1]]),
    "labels of the database": ("CALL db.labels() YIELD label RETURN count(label) > 2", [[True]]),
    "procedures of the schema": (
        "CALL db.relationshipTypes() YIELD relationshipType AS t "
        "CALL db.propertyKeys() YIELD propertyKey AS k "
        "RETURN count(*) > 4",
        [[True]],
    ),
    "nothing to return": ("MATCH (n) FINISH", []),
}

WRITES = {
    "CREATE (n:Person {id: 'x'})": "Create",
    "INSERT (n:Person {id: 'x'})": "Create",
    "MATCH (a {id: 'a'}), (b {id: 'b'}) CREATE (a)-[:X]->(b)": "Create",
    "MERGE (n:Person {id: 'x'})": "Merge",
    "MATCH (a {id: 'a'}), (b {id: 'c'}) MERGE (a)-[:X]->(b)": "Merge",
    "MATCH (n:Person) SET n.name = 'x'": "SetProperty",
    "MATCH (n:Person) SET n += {name: 'x'}": "SetNodePropertiesFromMap",
    "MATCH (n:Person) SET n = {}": "SetNodePropertiesFromMap",
    "MATCH (n:Person) SET n.name = 'x', n.level = 1": "SetProperties",
    "MATCH (n:Person) SET n[$key] = 1": "SetDynamicProperty",
    "MATCH ()-[r:ENGAGES]->() SET r += {strength: 1.0}": "SetRelationshipPropertiesFromMap",
    "MATCH (n:Person) SET n:Competitor": "SetLabels",
    "MATCH (n:Person) REMOVE n:Person": "RemoveLabels",
    "MATCH (n:Person) REMOVE n.name": "SetProperty",
    "MATCH ()-[r:ENGAGES]->() DELETE r": "Delete",
    "MATCH (n:Person) DETACH DELETE n": "DetachDelete",
    "MATCH (n:Person) NODETACH DELETE n": "Delete",
    "FOREACH (x IN [1] | CREATE (:Person {id: 'x'}))": "Foreach",
    "MATCH (p:Person) FOREACH (x IN [1] | SET p.name = 'x')": "Foreach",
    "MATCH (p:Person) CALL (p) { SET p.name = 'x' } RETURN p": "SubqueryForeach",
    "CALL { CREATE (n:Person {id: 'x'}) RETURN n } RETURN n.id": "Create",
    "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS": "TransactionApply",
    "CALL { CREATE (:Person {id: 'x'}) } IN 2 CONCURRENT TRANSACTIONS OF 10 ROWS": "TransactionApply",
    "CALL { MATCH (n) RETURN n } IN TRANSACTIONS RETURN n": "TransactionApply",
    "UNWIND [1] AS x MERGE (:Person {id: 'x'}) RETURN x UNION RETURN 2 AS x": "Merge",
    "/* only reading */ CREATE (:Person {id: 'x'})": "Create",
    "// only reading\nCREATE (:Person {id: 'x'})": "Create",
    "MATCH (n) WITH n LIMIT 1 CR\\u0045ATE (:Person {id: 'x'})": "Create",
    "CYPHER runtime=slotted CREATE (:Person {id: 'x'})": "Create",
    "CYPHER 5 planner=dp MERGE (:Person {id: 'x'})": "Merge",
    "CREATE INDEX x IF NOT EXISTS FOR (p:Person) ON (p.x)": "CreateIndex",
    "CREATE FULLTEXT INDEX x FOR (p:Person) ON EACH [p.name]": "CreateIndex",
    "DROP INDEX x IF EXISTS": "DropIndex",
    "CREATE CONSTRAINT x IF NOT EXISTS FOR (p:Person) REQUIRE p.x IS UNIQUE": "CreateConstraint",
    "DROP CONSTRAINT x IF EXISTS": "DropConstraint",
}

SERVER = {
    "LOAD CSV FROM 'http://127.0.0.1:9/x.csv' AS line RETURN line": "LoadCSV",
    "LOAD CSV WITH HEADERS FROM 'file:///etc/passwd' AS line RETURN line": "LoadCSV",
    "load /* */ csv FROM $url AS line RETURN line": "LoadCSV",
    "L\\u004fAD CSV FROM $url AS line RETURN line": "LoadCSV",
    "MATCH (n) CALL (n) { LOAD CSV FROM 'http://127.0.0.1:9/x' AS line RETURN line } RETURN line": "LoadCSV",
    "RETURN COLLECT { LOAD CSV FROM 'http://127.0.0.1:9/x' AS line RETURN line }": "LoadCSV",
    # In these two the operator is in no plan.
    "RETURN [x IN [1] | COLLECT { LOAD CSV FROM 'http://127.0.0.1:9/x' AS line RETURN line }]": "LoadCSV",
    "MATCH (n) WHERE CASE 1 WHEN 1 THEN EXISTS { LOAD CSV FROM $url AS l RETURN l } END RETURN 1": "LoadCSV",
    "RETURN [x IN [1] | COLLECT { L\\u004fAD CSV FROM 'http://127.0.0.1:9/x' AS l RETURN l }]": "LoadCSV",
    "SHOW SETTINGS": "ShowSettings",
    "SHOW SETTINGS YIELD name, value WHERE name CONTAINS 'dir' RETURN value": "ShowSettings",
    "SHOW TRANSACTIONS": "ShowTransactions",
    "SHOW PROCEDURES": "ShowProcedures",
    "SHOW FUNCTIONS": "ShowFunctions",
    "SHOW INDEXES": "ShowIndexes",
    "SHOW CONSTRAINTS": "ShowConstraints",
    "TERMINATE TRANSACTIONS 'neo4j-transaction-1'": "TerminateTransactions",
    "SHOW TRANSACTIONS YIELD transactionId AS t TERMINATE TRANSACTIONS t YIELD message AS m RETURN m": "Show",
    "SHOW DATABASES": "AdministrationCommand",
    "SHOW USERS": "AdministrationCommand",
    "SHOW CURRENT USER": "AdministrationCommand",
    "SHOW PRIVILEGES": "AdministrationCommand",
    "SHOW ROLES": "AdministrationCommand",
    "SHOW SERVERS": "AdministrationCommand",
    "SHOW ALIASES FOR DATABASE": "AdministrationCommand",
    "CREATE USER x SET PASSWORD 'abcdefgh'": "AdministrationCommand",
    "ALTER USER neo4j SET PASSWORD 'abcdefgh'": "AdministrationCommand",
    "ALTER CURRENT USER SET PASSWORD FROM 'a' TO 'abcdefgh'": "AdministrationCommand",
    "DROP USER neo4j": "AdministrationCommand",
    "RENAME USER neo4j TO x": "AdministrationCommand",
    "CREATE ROLE x": "AdministrationCommand",
    "GRANT ROLE admin TO x": "AdministrationCommand",
    "GRANT ALL ON DATABASE * TO x": "AdministrationCommand",
    "REVOKE ROLE admin FROM x": "AdministrationCommand",
    "DENY READ {*} ON GRAPH * TO x": "AdministrationCommand",
    "CREATE DATABASE x": "AdministrationCommand",
    "CREATE OR REPLACE DATABASE neo4j": "AdministrationCommand",
    "DROP DATABASE neo4j": "AdministrationCommand",
    "START DATABASE neo4j": "AdministrationCommand",
    "STOP DATABASE neo4j": "AdministrationCommand",
    "ALTER DATABASE neo4j SET ACCESS READ ONLY": "AdministrationCommand",
    "CREATE ALIAS x FOR DATABASE neo4j": "AdministrationCommand",
    "ENABLE SERVER 'x'": "AdministrationCommand",
    "EXPLAIN MATCH (n) RETURN n": "EXPLAIN",
    "explain CREATE (n)": "EXPLAIN",
    "PROFILE MATCH (n) RETURN n": "PROFILE",
    "PROFILE CREATE (:Person {id: 'x'})": "PROFILE",
    "/* */ // \n EXPLAIN MATCH (n) RETURN n": "EXPLAIN",
    "CYPHER EXPLAIN MATCH (n) RETURN n": "EXPLAIN",
    "CYPHER 5 runtime = slotted planner=dp PROFILE CREATE (:Person {id: 'x'})": "PROFILE",
    "USE neo4j MATCH (n) RETURN n": "USE",
    "USE system SHOW USERS": "USE",
    "use other MATCH (n) RETURN n": "USE",
    "CYPHER 5 USE neo4j MATCH (n) RETURN n": "USE",
    "USE graph.byName('neo4j') MATCH (n) RETURN n": "USE",
    "CALL { USE neo4j MATCH (n) RETURN n } RETURN n": "USE",
    "RETURN 1 AS x UNION ALL USE neo4j RETURN 2 AS x": "USE",
    "RETURN [x IN [1] | COLLECT { USE `neo4j` MATCH (n) RETURN n.id }]": "USE",
    "CALL dbms.listConfig()": "dbms.listConfig",
    "CALL dbms.listConfig": "dbms.listConfig",
    "CALL `dbms` . `listConfig`() YIELD name RETURN name": "dbms.listConfig",
    "RETURN 1 // \u2028 '\n + apoc.util.sleep(1) // \u2028 '": "apoc.util.sleep",
    "RETURN '\\u0027 + apoc.util.sleep(1) AS x": "apoc.util.sleep",
    "RETURN 1 /* \\u002a\\u002f + apoc.util.sleep(1) AS x": "apoc.util.sleep",
    "\\u0045XPLAIN MATCH (n) RETURN n": "EXPLAIN",
    "CALL dbms/* */.\\u006cistConfig()": "dbms.listConfig",
    "MATCH (n) CALL (n) { CALL dbms.components() YIELD name RETURN name } RETURN name": "dbms.components",
    "RETURN [x IN [1] | COUNT { CALL dbms.queryJmx('*:*') YIELD name RETURN name }]": "dbms.queryJmx",
    "CALL dbms.setConfigValue('x', 'y')": "dbms.setConfigValue",
    "CALL dbms.killConnection('x')": "dbms.killConnection",
    "CALL dbms.security.createUser('x', 'y', false)": "dbms.security.createUser",
    "CALL db.createLabel('X')": "db.createLabel",
    "CALL db.createProperty('x')": "db.createProperty",
    "CALL db.clearQueryCaches()": "db.clearQueryCaches",
    "CALL db.index.fulltext.queryNodes('x', 'y')": "db.index.fulltext.queryNodes",
    "CALL db.awaitIndexes(300)": "db.awaitIndexes",
    "CALL tx.setMetaData({user: 'admin'})": "tx.setMetaData",
    "CALL apoc.load.json('http://127.0.0.1:9')": "apoc.load.json",
    "OPTIONAL CALL apoc.cypher.doIt('CREATE (n)', {}) YIELD value RETURN value": "apoc.cypher.doIt",
    "RETURN apoc.cypher.runFirstColumnSingle('CREATE (n) RETURN n', {})": "apoc.cypher.runFirstColumnSingle",
    "RETURN `apoc`.`static`.`get`('password')": "apoc.static.get",
    "MATCH (n) WHERE apoc . util . sleep ( 10 ) RETURN n": "apoc.util.sleep",
    "RETURN graph.propertiesByName('neo4j')": "graph.propertiesByName",
}

WRONG = {
    "several statements": "MATCH (n) RETURN n; CREATE (:Person {id: 'x'})",
    "an update in an expression": "RETURN COLLECT { CREATE (n:Person {id: 'x'}) RETURN n }",
    "an update in EXISTS": "MATCH (n) WHERE EXISTS { MERGE (:Person {id: 'x'}) } RETURN n",
    "periodic commit": "USING PERIODIC COMMIT CREATE (n)",
    "nothing": "",
    "a comment": "// nothing",
    "a cut comment": "MATCH (n) RETURN n /*",
    "an unknown word": "DELETE EVERYTHING",
    "a missing parameter": "MATCH (n {id: $nobody}) RETURN n",
    "a shell command": ":param x => 1",
}


@pytest.fixture
def graph(store: Store) -> Store:
    store.write(GRAPH)
    return store


def content(store: Store) -> list[dict]:
    nodes = "MATCH (n) RETURN n.id AS id, labels(n) AS labels, properties(n) AS properties ORDER BY id"
    lines = (
        "MATCH (a)-[r]->(b) RETURN a.id AS a, type(r) AS t, b.id AS b, properties(r) AS p ORDER BY a, t, b"
    )
    return (
        store.read(nodes)
        + store.read(lines)
        + store.read("SHOW INDEXES YIELD name RETURN name ORDER BY name")
    )


def test_everyday_questions_are_answered(graph: Store):
    for name, (cypher, rows) in EVERYDAY.items():
        result = run_query(graph, cypher, {"ids": ["b"]})
        assert [list(row) for row in result.rows] == rows, name
        assert not result.truncated


def test_every_kind_of_write_is_refused_by_the_name_of_its_operator(graph: Store):
    before = content(graph)
    for cypher, operator in WRITES.items():
        with pytest.raises(NotPermitted) as refused:
            run_query(graph, cypher, {"key": "name"})
        assert operator in refused.value.detail, cypher
        assert refused.value.exit_code == 4
    assert content(graph) == before


def test_whatever_else_is_not_reading_the_graph_is_refused_by_name(graph: Store):
    before = content(graph)
    for cypher, name in SERVER.items():
        with pytest.raises(NotPermitted) as refused:
            run_query(graph, cypher, {"url": "http://127.0.0.1:9/x"})
        assert name in refused.value.detail, cypher
        assert refused.value.detail.count(". ") == 0, refused.value.detail
    assert content(graph) == before


def test_what_is_no_query_is_wrong_input(graph: Store):
    before = content(graph)
    for name, cypher in WRONG.items():
        with pytest.raises(InputError):
            run_query(graph, cypher)
            pytest.fail(name)
    assert content(graph) == before


def test_rows_end_at_the_limit_and_say_so(graph: Store):
    cut = run_query(graph, "UNWIND range(1, 10) AS x RETURN x", limit=3)
    assert (cut.rows, cut.truncated) == (((1,), (2,), (3,)), True)
    whole = run_query(graph, "UNWIND range(1, 10) AS x RETURN x", limit=10)
    assert (len(whole.rows), whole.truncated) == (10, False)


def test_a_long_query_ends_at_its_time_limit(graph: Store):
    endless = "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y RETURN sum(x * y)"
    with pytest.raises(TimeLimitReached):
        run_query(graph, endless, timeout=0.3)


def test_values_come_only_as_parameters(graph: Store):
    name = "x'}) DETACH DELETE (n) //"
    assert run_query(graph, "MATCH (p:Person {name: $name}) RETURN p", {"name": name}).rows == ()
    assert run_query(graph, "RETURN $name AS name", {"name": name}).rows == ((name,),)


@pytest.mark.parametrize(
    "value", [2**63, -(2**63) - 1, [1, {"a": 2**70}], "\ud800", {"\udfff": 1}, ["a", ["b\ud812"]]]
)
def test_values_that_cannot_be_sent_are_wrong_input(store: Store, value):
    with pytest.raises(InputError):
        run_query(store, "RETURN $value AS value", {"value": value})


def test_values_at_the_limits_come_back(store: Store):
    value = {"a": [2**63 - 1, -(2**63), 1.5, True, None, "\U0001f48e", {"b": []}]}
    assert run_query(store, "RETURN $value AS value", {"value": value}).rows == ((value,),)


def test_wrong_limits_and_faults_while_running_are_wrong_input(store: Store):
    for limits in ({"limit": 0}, {"limit": -1}, {"timeout": 0.0}, {"timeout": float("nan")}):
        with pytest.raises(InputError):
            run_query(store, "RETURN 1", **limits)
    for query in (
        "RETURN 1 / 0",
        "RETURN date('tomorrow')",
        "RETURN 'a\ud800'",
        "UNWIND [1, 'a'] AS x RETURN x % 2",
    ):
        with pytest.raises(InputError):
            run_query(store, query)


def test_columns_are_named_in_their_order(graph: Store):
    result = run_query(
        graph, "MATCH (p:Person) RETURN p.id AS id, p.level AS level ORDER BY level DESC LIMIT 1"
    )
    assert result.columns == ("id", "level")
    assert result.rows == (("c", 4),)


def test_an_empty_store_answers(store: Store):
    assert run_query(store, "MATCH (n:Person) RETURN n.id AS id").rows == ()
    assert run_cookbook(store, "coverage", {"account": "nobody"}).rows == ()
