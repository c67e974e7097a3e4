"""The graph as py2neo objects: one `GraphObject` class per label, made from the schema table.

py2neo's last release is 2021.2.4; nobody maintains it. It works with Neo4j 5 by Bolt and is here for
notebooks that already use it: `pip install diamond-kam[py2neo]`. For anything new take the `neo4j` driver.

    from graph.analysis.objects import Person, connect
    graph = connect("demo")
    Person.match(graph, "va.cortelazzi").first().title

A class has its properties under the names of the schema, an extra label (`supplier`) as true or false, and
each relationship under its type in lower case: `person.reports_to`; from the other end with `_of`:
`person.reports_to_of`. Writing past the import is at your own risk: run `diamond check` afterwards.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from graph.errors import StoreError
from graph.schema import Entity, load_schema

if TYPE_CHECKING:
    from py2neo import Graph


def connect(store: str | None = None) -> Graph:
    """Return py2neo's connection to the store that `--store` would name, its server started if need be.

    Raises
    ------
    StoreError
        py2neo is not installed, or the store cannot be reached.
    """
    py2neo = _py2neo()
    from graph.store import credentials, resolve_target

    target = resolve_target(store, os.environ)
    login = credentials(target)
    options = {"name": target.database} if target.database else {}
    return py2neo.Graph(login.address, auth=(login.username, login.password), **options)


@lru_cache(maxsize=1)
def graph_objects() -> dict[str, type[Any]]:
    """Return the classes by label.

    Raises
    ------
    StoreError
        py2neo is not installed.
    """
    ogm = _py2neo().ogm
    entities = load_schema().entities
    nodes = [one for one in entities.values() if one.kind == "node"]
    members: dict[str, dict[str, Any]] = {
        one.name: {
            "__primarylabel__": one.name,
            "__primarykey__": "id",
            "__module__": __name__,
            "__doc__": one.description,
            **{name: ogm.Property() for name in one.properties},
        }
        for one in nodes
    }
    for one in entities.values():
        if one.kind == "label":
            members[one.base][_snake(one.name)] = ogm.Label(one.name)
        elif one.kind == "relationship":
            for source in _ends(one.source, entities):
                for target in _ends(one.target, entities):
                    to, back = one.name.lower(), f"{one.name.lower()}_of"
                    members[source][to] = ogm.RelatedTo(f"{__name__}.{target}", one.name)
                    members[target][back] = ogm.RelatedFrom(f"{__name__}.{source}", one.name)
    return {name: type(name, (ogm.GraphObject,), inside) for name, inside in members.items()}


def __getattr__(name: str) -> Any:
    """Return a class by its label, so that it can be imported by name."""
    entities = load_schema().entities
    if name in entities and entities[name].kind == "node":
        return graph_objects()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _ends(labels: str, entities: Any) -> list[str]:
    """Return the nodes' labels that an end of a relationship names; an extra label stands for its node's."""
    found: list[str] = []
    for label in labels.split(" or "):
        entity: Entity = entities[label]
        found.append(entity.base or entity.name)
    return found


def _snake(name: str) -> str:
    return "".join(f"_{one.lower()}" if one.isupper() else one for one in name).lstrip("_")


def _py2neo() -> Any:
    try:
        import py2neo
        import py2neo.ogm
    except ImportError as error:
        raise StoreError("py2neo is not installed: pip install 'diamond-kam[py2neo]'.") from error
    return py2neo
