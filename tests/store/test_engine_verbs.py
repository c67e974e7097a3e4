"""The store's verbs on a real server: values, limits, errors in one sentence, and the schema."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from neo4j.exceptions import Neo4jError, TransientError

from graph.errors import InputError, NotPermitted, StoreError, TimeLimitReached
from graph.schema import SCHEMA_VERSION, constraint_statements
from graph.store import Store, Transaction, open_store, opening

SLOW = "UNWIND range(1, 1000000000) AS i RETURN sum(i * i % 7) AS total"


def count(store: Store) -> int:
    return int(store.read("MATCH (n) WHERE NOT n:SchemaVersion RETURN count(n) AS n")[0]["n"])


def test_values_come_out_as_they_went_in(store: Store) -> None:
    values = {
        "day": date(2026, 1, 31),
        "moment": datetime(2026, 1, 31, 14, 30, tzinfo=timezone(timedelta(hours=2))),
        "naive": datetime(2026, 1, 31, 14, 30, 5, 250_000),
        "number": 2.5,
        "whole": 7,
        "text": "Ünïcode 'quoted' \\ <b>",
        "list": [1, 2, 3],
        "yes": True,
    }
    store.write("CREATE (n:Note) SET n = $values", {"values": values})
    (row,) = store.read("MATCH (n:Note) RETURN n, n.day AS day, [n.day] AS days, {inner: n.moment} AS map")
    assert row["n"] == values
    assert row["day"] == values["day"] and row["days"] == [values["day"]]
    assert row["map"] == {"inner": values["moment"]}
    assert type(row["n"]["day"]) is date and type(row["n"]["naive"]) is datetime


def test_fetch_gives_what_json_can_hold(store: Store) -> None:
    store.write(
        "CREATE (:Person {id: 'a', on: date('2026-01-31')})-[:ENGAGES {strength: 0.5}]->(:Person {id: 'b'})"
    )
    table = store.fetch(
        "MATCH p = (a)-[r:ENGAGES]->(b) RETURN a, r, p, 0.0 / 0.0 AS nan, duration('P1D') AS span, "
        "datetime('2026-01-31T10:00:00Z') AS at, point({x: 1, y: 2}) AS place",
        limit=10,
        timeout=30,
    )
    a = {"labels": ["Person"], "properties": {"id": "a", "on": "2026-01-31"}}
    r = {"type": "ENGAGES", "properties": {"strength": 0.5}}
    b = {"labels": ["Person"], "properties": {"id": "b"}}
    assert table.columns == ["a", "r", "p", "nan", "span", "at", "place"]
    (row,) = table.rows
    assert row[:5] == [a, r, [a, r, b], None, "P1D"]
    assert datetime.fromisoformat(row[5]) == datetime(2026, 1, 31, 10, tzinfo=UTC)
    assert row[6] == {"srid": 7203, "coordinates": [1.0, 2.0]}
    assert not table.truncated


def test_fetch_stops_at_its_limit_without_running_to_the_end(store: Store) -> None:
    table = store.fetch("UNWIND range(1, 1000000000) AS i RETURN i", limit=3, timeout=20)
    assert (table.rows, table.truncated) == ([[1], [2], [3]], True)
    exact = store.fetch("UNWIND range(1, 3) AS i RETURN i", limit=3, timeout=20)
    assert (len(exact.rows), exact.truncated) == (3, False)


def test_reading_cannot_write(store: Store) -> None:
    for attempt in (
        lambda: store.read("CREATE (:Person {id: 'a'})"),
        lambda: store.fetch("MATCH (n) SET n.x = 1", limit=1, timeout=10),
        lambda: store.read("CREATE INDEX sly FOR (n:Person) ON (n.x)"),
    ):
        with pytest.raises(NotPermitted):
            attempt()
    assert count(store) == 0


def test_a_query_that_takes_too_long_is_ended(store: Store) -> None:
    with pytest.raises(TimeLimitReached, match=r"its time limit of 0\.5 s"):
        store.read(SLOW, timeout=0.5)
    with pytest.raises(TimeLimitReached):
        store.fetch(SLOW, limit=10, timeout=0.5)
    assert store.read("RETURN 1 AS one") == [{"one": 1}]


@pytest.mark.parametrize(
    ("cypher", "sentence"),
    [
        ("MATCH (n RETURN n", r"Invalid input 'RETURN': .*\(line 1, column 10\)\.$"),
        ("MATCH (n)\nRETURN m", r"`m` not defined \(line 2, column 8\)\.$"),
        ("RETURN $missing", "Expected parameter"),
        ("CALL no.such()", "no procedure with the name"),
        ("RETURN 1 / 0", "/ by zero"),
        ("RETURN 1; RETURN 2", "exactly one statement"),
        ("", "Unexpected end of input"),
    ],
)
def test_wrong_cypher_is_one_sentence_with_its_place(store: Store, cypher: str, sentence: str) -> None:
    for attempt in (store.read, store.explain) if "/" not in cypher and "$" not in cypher else (store.read,):
        with pytest.raises(InputError, match=sentence) as caught:
            attempt(cypher)
        assert "\n" not in caught.value.detail


def test_a_parameter_that_cannot_be_sent_is_named(store: Store) -> None:
    for value, why in ((object(), "object"), (2**70, "whole number in it takes more than 64 bits")):
        with pytest.raises(InputError, match=f"parameter of the query cannot be sent: .*{why}"):
            store.read("RETURN $value", {"value": value})


def test_ids_are_unique(store: Store) -> None:
    with pytest.raises(InputError, match="keeps ids unique"):
        store.write("CREATE (:Person {id: 'a'}), (:Person {id: 'a'})")
    assert count(store) == 0


def test_a_transaction_is_all_or_nothing(store: Store) -> None:
    def work(transaction: Transaction) -> int:
        transaction.batches(
            "UNWIND $rows AS row CREATE (:Note {id: row.id})", ({"id": i} for i in range(4500)), size=1000
        )
        return int(transaction.run("MATCH (n:Note) RETURN count(n) AS n")[0]["n"])

    def failing(transaction: Transaction) -> None:
        work(transaction)
        raise InputError("A row is wrong.")

    with pytest.raises(InputError, match="A row is wrong"):
        store.transact(failing)
    assert store.is_empty()
    assert store.transact(work) == 4500
    assert count(store) == 4500
    store.clear()
    assert store.is_empty()


def test_explain_runs_nothing_and_lists_every_operator(store: Store) -> None:
    plan = store.explain("MATCH (p:Person {id: $id}) RETURN p", {"id": "a"})
    assert plan.query_type == "r"
    assert [(o.name, o.depth) for o in plan.operators] == [("ProduceResults", 0), ("NodeUniqueIndexSeek", 1)]
    assert "UNIQUE p:Person(id)" in plan.operators[1].arguments["Details"]
    assert store.explain("CREATE (:Person {id: 'a'})").query_type == "w"
    assert count(store) == 0


def test_a_transaction_too_large_for_memory_is_explained_and_not_tried_again(store: Store) -> None:
    tries = []

    def work(transaction: Transaction) -> None:
        tries.append(1)
        raise Neo4jError._hydrate_neo4j(
            code="Neo.TransientError.General.MemoryPoolOutOfMemoryError", message="The pool is full."
        )

    with pytest.raises(StoreError, match="too large for the memory"):
        store.transact(work)
    assert len(tries) == 1


def test_what_is_worth_another_try_is_tried_again(store: Store) -> None:
    tries = []

    def work(transaction: Transaction) -> str:
        tries.append(1)
        if len(tries) == 1:
            raise Neo4jError._hydrate_neo4j(
                code="Neo.TransientError.Transaction.DeadlockDetected", message="Two waited for each other."
            )
        return "done"

    assert isinstance(
        Neo4jError._hydrate_neo4j(code="Neo.TransientError.Transaction.DeadlockDetected", message=""),
        TransientError,
    )
    assert store.transact(work) == "done"
    assert len(tries) == 2


def test_the_schema_is_there_before_any_data(store: Store) -> None:
    found = store.read("SHOW CONSTRAINTS YIELD name RETURN name")
    indexes = store.read("SHOW INDEXES YIELD name, owningConstraint AS o WHERE o IS NULL RETURN name")
    names = {row["name"] for row in (*found, *indexes)}
    assert {statement.split()[2] for statement in constraint_statements()} <= names
    assert store.read("MATCH (v:SchemaVersion) RETURN v.version AS version") == [{"version": SCHEMA_VERSION}]


@pytest.fixture
def versioned(store: Store) -> Iterator[Store]:
    yield store
    store.clear()
    store.write("MERGE (v:SchemaVersion {id: 'schema'}) SET v.version = $v", {"v": SCHEMA_VERSION})


def test_a_store_of_a_newer_version_is_refused(versioned: Store) -> None:
    versioned.write("MATCH (v:SchemaVersion) SET v.version = $v", {"v": SCHEMA_VERSION + 1})
    with pytest.raises(StoreError, match=f"made by a newer Diamond .schema version {SCHEMA_VERSION + 1}"):
        open_store(versioned.target, create=False)


def test_a_store_of_an_older_version_is_brought_up(versioned: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    versioned.write("CREATE (:Person {id: 'a', old_name: 5})")
    monkeypatch.setattr(opening, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    rename = "MATCH (p:Person) WHERE p.old_name IS NOT NULL SET p.new_name = p.old_name REMOVE p.old_name"
    monkeypatch.setattr(opening, "MIGRATIONS", {SCHEMA_VERSION + 1: (rename,)})
    with open_store(versioned.target, create=False) as store:
        assert store.read("MATCH (p:Person) RETURN properties(p) AS p") == [{"p": {"id": "a", "new_name": 5}}]
        assert store.read("MATCH (v:SchemaVersion) RETURN v.version AS v") == [{"v": SCHEMA_VERSION + 1}]


def test_a_database_with_data_of_others_is_left_alone(versioned: Store) -> None:
    versioned.write("MATCH (v:SchemaVersion) DELETE v")
    versioned.write("CREATE (:Movie {title: 'The Third Man'})")
    with pytest.raises(StoreError, match="holds data without a schema version"):
        open_store(versioned.target, create=True)


def test_numbers_that_are_none_never_reach_json(store: Store) -> None:
    (row,) = store.fetch("RETURN [0.0 / 0.0, 1.0 / 0.0, 1.5] AS xs", limit=1, timeout=10).rows
    assert row == [[None, None, 1.5]]
    assert math.isnan(store.read("RETURN 0.0 / 0.0 AS x")[0]["x"])
