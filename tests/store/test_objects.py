"""The py2neo classes that the schema table yields, over the real server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from graph.analysis import objects
from graph.errors import InputError
from graph.schema import load_schema
from graph.store import Store


@pytest.fixture
def graph(store: Store) -> Iterator[Any]:
    """Connect py2neo to the tests' server, which holds one account with its supplier."""
    store.write(
        """
        CREATE (us:Organisation:Supplier {id: 'us', name: 'Us'}),
               (acme:Organisation:KeyAccount {id: 'acme', name: 'Acme'}),
               (us)-[:SUPPLIES {revenue: 5.0}]->(acme),
               (a:Person {id: 'a', name: 'Ada', verified_on: date('2026-01-31')})-[:EMPLOYED_BY]->(us),
               (p:Person {id: 'p', name: 'Pia', level: 1})-[:EMPLOYED_BY {since: date('2020-01-01')}]->(acme),
               (a)-[:ENGAGES {strength: 0.5}]->(p),
               (:Assessment {id: 'x', attribute: 'role', value: 'decision_maker', on: date('2026-01-01')})
                 -[:ASSESSES]->(p)
        """
    )
    folder = store.target.folder
    assert folder is not None
    connected = objects.connect(str(folder))
    yield connected
    connected.service.connector.close()


def test_every_label_of_the_schema_has_a_class_with_its_properties():
    made = objects.graph_objects()
    nodes = {name: one for name, one in load_schema().entities.items() if one.kind == "node"}
    assert set(made) == set(nodes)
    for name, entity in nodes.items():
        assert set(entity.properties) <= set(vars(made[name]))
        assert made[name].__primarylabel__ == name
        assert made[name].__doc__ == entity.description
    assert objects.Person is made["Person"]
    with pytest.raises(AttributeError):
        _ = objects.Persona


def test_reading_along_relationships(graph: Any):
    pia = objects.Person.match(graph, "p").first()
    assert (pia.name, pia.level, pia.title) == ("Pia", 1, None)
    assert [one.name for one in pia.employed_by] == ["Acme"]
    assert pia.employed_by.get(next(iter(pia.employed_by)), "since").to_native() == date(2020, 1, 1)
    assert [one.name for one in pia.engages_of] == ["Ada"]
    assert [(one.attribute, one.value) for one in pia.assesses_of] == [("role", "decision_maker")]
    acme = next(iter(pia.employed_by))
    assert (acme.key_account, acme.supplier) == (True, False)
    assert [one.name for one in acme.supplies_of] == ["Us"]
    assert objects.Person.match(graph).where("_.level = 1").count() == 1


def test_writing_and_what_the_store_reads(graph: Any, store: Store):
    quin = objects.Person()
    quin.id, quin.name, quin.level = "q", "Quin", 2
    quin.employed_by.add(objects.Organisation.match(graph, "acme").first(), since=date(2024, 5, 1))
    pia = objects.Person.match(graph, "p").first()
    quin.reports_to.add(pia)
    graph.push(quin)
    (row,) = store.read(
        "MATCH (m)<-[:REPORTS_TO]-(p:Person {id: 'q'})-[e:EMPLOYED_BY]->(o) "
        "RETURN p.level, e.since, o.id, m.id"
    )
    assert list(row.values()) == [2, date(2024, 5, 1), "acme", "p"]
    pia.title = "CPO"
    graph.push(pia)
    graph.push(pia)
    assert store.read("MATCH (p:Person {id: 'p'}) RETURN p.title AS title, count(*) AS n") == [
        {"title": "CPO", "n": 1}
    ]
    twin = objects.Organisation()
    twin.id, twin.name, twin.end_customer = "end", "End", True
    graph.push(twin)
    assert store.read("MATCH (o:EndCustomer) RETURN o.id AS id") == [{"id": "end"}]


def test_what_the_driver_says_of_a_wrong_store():
    with pytest.raises(InputError):
        objects.connect("bolt://user:secret@127.0.0.1:1")
