"""An import straight from another Neo4j: the test's own server plays both, the source under other labels."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from graph.errors import InputError, NotPermitted, StoreError
from graph.imports.elsewhere import import_from_neo4j, source_target
from graph.store import Store, Target, credentials

TODAY = date(2026, 1, 31)

SOURCE = """
CREATE (o:Company {name: 'Acme'}), (u:User {uuid: 'u1', name: 'Ada'}),
       (c:Contact {uuid: 'c1', fullName: 'Pia =1+1', born: date('1980-02-03')})-[:WORKS_AT]->(o),
       (d:Contact {uuid: 'c2', fullName: 'Quin'})-[:WORKS_AT]->(o),
       (u)-[:KNOWS {warmth: 0.6, seen: date('2026-01-02')}]->(c),
       (:Talk {day: date('2026-01-03'), kind: 'meeting'})<-[:JOINED]-(c), (d)-[:REPORTS]->(c)
"""
MAPPING = """
ours: Us
neo4j:
  organisations: |
    UNWIND [['us', 'Us', ['supplier']], ['acme', 'Acme', ['key account', 'distributor']]] AS row
    RETURN row[0] AS id, row[1] AS name, row[2] AS kind
  people: |
    MATCH (c:Contact) RETURN c.uuid AS id, c.fullName AS name, 'acme' AS organisation, null AS title
    UNION ALL
    MATCH (u:User) RETURN u.uuid AS id, u.name AS name, 'us' AS organisation, 'Sales Director' AS title
  ties: |
    MATCH (u:User)-[k:KNOWS]->(c)
    RETURN u.uuid AS ours, c.uuid AS stakeholder, k.warmth AS strength, k.seen AS last_on
  touchpoints: MATCH (t:Talk)<-[:JOINED]-(c) RETURN t.day AS on, t.kind AS kind, ['u1', c.uuid] AS attendees
  Reports To: MATCH (d)-[:REPORTS]->(c) RETURN d.uuid AS person, c.uuid AS manager
"""


@pytest.fixture
def source(store: Store) -> Target:
    store.write(SOURCE)
    login = credentials(store.target)
    return Target(uri=login.address, username=login.username, password=login.password)


def mapping_file(folder: Path, text: str) -> Path:
    path = folder / "ours.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_another_neo4j_holds_comes_in_and_twice_changes_nothing(
    store: Store, source: Target, tmp_path: Path
):
    mapping = mapping_file(tmp_path, MAPPING)
    dry = import_from_neo4j(store, source, mapping, dry_run=True, today=TODAY)
    assert store.read("MATCH (p:Person) RETURN p") == []
    report = import_from_neo4j(store, source, mapping, today=TODAY)
    assert dry.created == report.created
    assert report.created["Person"] == 3
    assert [one.file for one in report.files] == [
        "organisations.csv",
        "people.csv",
        "reports_to.csv",
        "ties.csv",
        "touchpoints.csv",
    ]
    assert all(one.rows == one.imported for one in report.files if one.file != "people.csv")
    (row,) = store.read(
        "MATCH (a:Person {id: 'u1'})-[tie:ENGAGES]->(p:Person {id: 'c1'})"
        "-[:EMPLOYED_BY]->(o:Distributor:KeyAccount) "
        "RETURN p.name AS name, tie.given_strength AS strength, tie.last_on AS last_on"
    )
    assert row == {"name": "Pia =1+1", "strength": 0.6, "last_on": date(2026, 1, 2)}
    again = import_from_neo4j(store, source, mapping, today=TODAY)
    assert (again.created, again.updated) == ({}, {})


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "section neo4j"),
        ("ours: Us", "section neo4j"),
        ("neo4j: {poeple: RETURN 1}", "did you mean people"),
        ("neo4j: {people: 7}", "must be a query"),
        ("neo4j: {people: RETURN 1, People: RETURN 2}", "twice"),
        ("neo4j: {people: MATCH (c:Contact) RETURN c AS id}", "return a property"),
        ("neo4j: {people: \"RETURN ['a;b'] AS id\"}", "semicolon"),
        ("neo4j: {people: UNWIND range(1 9) AS n RETURN n}", "query is wrong"),
        ("neo4j: {people: MATCH (c:Contact) RETURN c.uuid AS id}", "name"),
        ('neo4j: {people: "UNWIND range(1, 6) AS n RETURN n AS id"}', "more than 5 rows"),
        ("neo4j: [", "no YAML"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(
    store: Store, source: Target, tmp_path: Path, text: str, named: str
):
    with pytest.raises(InputError) as error:
        import_from_neo4j(store, source, mapping_file(tmp_path, text), rows=5, today=TODAY)
    assert named in error.value.detail
    assert store.read("MATCH (p:Person) RETURN p") == []


@pytest.mark.parametrize(
    "query", ["MATCH (c:Contact) DETACH DELETE c", "LOAD CSV FROM 'http://127.0.0.1:9/x' AS row RETURN row"]
)
def test_the_source_is_only_read(store: Store, source: Target, tmp_path: Path, query: str):
    with pytest.raises(NotPermitted):
        import_from_neo4j(store, source, mapping_file(tmp_path, f'neo4j: {{people: "{query}"}}'), today=TODAY)
    assert len(store.read("MATCH (c:Contact) RETURN c")) == 2


def test_credentials_come_from_the_environment_and_are_never_shown(tmp_path: Path):
    target = source_target(
        "bolt://127.0.0.1:1",
        {
            "NEO4J_SOURCE_USERNAME": "reader",
            "NEO4J_SOURCE_PASSWORD": "hush-hush",
            "NEO4J_USERNAME": "owner",
            "NEO4J_PASSWORD": "other",
        },
    )
    assert (target.username, target.password) == ("reader", "hush-hush")
    assert source_target("bolt://127.0.0.1:1", {"NEO4J_PASSWORD": "other"}).password is None
    for wrong in ("/some/folder", "http://host", "bolt://reader:hush-hush@host"):
        with pytest.raises(InputError) as error:
            source_target(wrong, {})
        assert "hush" not in error.value.detail


def test_a_source_that_does_not_answer(store: Store, tmp_path: Path):
    with pytest.raises(StoreError) as error:
        import_from_neo4j(
            store, Target(uri="bolt://127.0.0.1:1"), mapping_file(tmp_path, MAPPING), today=TODAY
        )
    assert "127.0.0.1:1" in error.value.detail


def test_a_wrong_password_is_said_without_it(store: Store, source: Target, tmp_path: Path):
    wrong = Target(uri=source.uri, username="neo4j", password="hush-hush")
    with pytest.raises(StoreError) as error:
        import_from_neo4j(store, wrong, mapping_file(tmp_path, MAPPING), today=TODAY)
    assert "hush-hush" not in error.value.detail
