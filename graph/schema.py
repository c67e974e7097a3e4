"""The graph's schema: one table of labels, relationships and properties, and what follows from it.

`schema.csv` says for every label, relationship type and property its type, unit, bounds, whether it is
required and sensitive, its default and what it means. The store's constraints and indexes, the checks of
imported values and the reference in `docs/schema.md` all come from it. `SCHEMA_VERSION` rises with every
change that a store made earlier would have to follow.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

SCHEMA_VERSION = 2
TABLE = Path(__file__).parent / "schema.csv"

EntityKind = Literal["node", "label", "relationship"]


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a label or relationship type.

    Attributes
    ----------
    type
        text, integer, number, boolean, date, datetime, or text or number.
    minimum, maximum
        Bounds, both included; None where there is none.
    values
        The closed vocabulary; empty where any value will do.
    key
        `unique` for a uniqueness constraint, `index` for an index, else empty.
    sensitive
        True for opinions about people.
    """

    owner: str
    name: str
    type: str
    unit: str
    minimum: float | None
    maximum: float | None
    values: tuple[str, ...]
    required: bool
    key: str
    sensitive: bool
    default: str
    description: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A node's label, an extra label of such a node, or a relationship type.

    Attributes
    ----------
    base
        Of an extra label: the label it is added to.
    source, target
        Of a relationship type: the labels at its ends.
    """

    name: str
    kind: EntityKind
    base: str
    source: str
    target: str
    description: str
    properties: Mapping[str, Property]


@dataclass(frozen=True, slots=True)
class Schema:
    """The whole table, by name of label or relationship type, in its order."""

    entities: Mapping[str, Entity]

    def property(self, owner: str, name: str) -> Property:
        """Return one property; a name that the table does not have is a `KeyError`."""
        return self.entities[owner].properties[name]


def _bound(text: str) -> float | None:
    return float(text) if text else None


def _entity(row: Mapping[str, str]) -> Entity:
    source, arrow, target = row["type"].partition(" -> ")
    base = row["type"].removeprefix("label of ") if row["type"].startswith("label of ") else ""
    kind: EntityKind = "relationship" if arrow else "label" if base else "node"
    return Entity(row["owner"], kind, base, source if arrow else "", target, row["description"], {})


@lru_cache(maxsize=1)
def load_schema() -> Schema:
    """Read the table."""
    entities: dict[str, Entity] = {}
    properties: dict[str, dict[str, Property]] = {}
    with TABLE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if not row["property"]:
                entities[row["owner"]] = _entity(row)
                continue
            properties.setdefault(row["owner"], {})[row["property"]] = Property(
                owner=row["owner"],
                name=row["property"],
                type=row["type"],
                unit=row["unit"],
                minimum=_bound(row["minimum"]),
                maximum=_bound(row["maximum"]),
                values=tuple(row["values"].split("|")) if row["values"] else (),
                required=row["required"] == "yes",
                key=row["key"],
                sensitive=row["sensitive"] == "yes",
                default=row["default"],
                description=row["description"],
            )
    return Schema(
        {
            name: Entity(
                name,
                entity.kind,
                entity.base,
                entity.source,
                entity.target,
                entity.description,
                properties.get(name, {}),
            )
            for name, entity in entities.items()
        }
    )


def constraint_statements() -> list[str]:
    """Return the Cypher that makes the schema, constraints first; each may run any number of times."""
    constraints, indexes = [], []
    for entity in load_schema().entities.values():
        for item in entity.properties.values():
            name = f"{entity.name}_{item.name}".lower()
            if item.key == "unique":
                constraints.append(
                    f"CREATE CONSTRAINT {name}_unique IF NOT EXISTS "
                    f"FOR (n:{entity.name}) REQUIRE n.`{item.name}` IS UNIQUE"
                )
            elif item.key == "index":
                indexes.append(
                    f"CREATE INDEX {name}_index IF NOT EXISTS FOR (n:{entity.name}) ON (n.`{item.name}`)"
                )
    return constraints + indexes


def reference() -> str:
    """Return the schema reference of the documentation, as Markdown."""
    entities = load_schema().entities.values()
    lines = [
        "# Schema",
        "",
        "Made from `graph/schema.csv` by `python -m graph.schema > docs/schema.md`; edit the table, not this",
        f"page. This is version {SCHEMA_VERSION}.",
        "",
        "Every node has an `id` of its own, unique for its label. Properties marked sensitive are opinions",
        "about people. A property without a value is not there: unknown stays unknown.",
    ]
    for title, kinds in (("Nodes", ("node", "label")), ("Relationships", ("relationship",))):
        lines += ["", f"## {title}"]
        for entity in entities:
            if entity.kind in kinds:
                lines += _section(entity)
    return "\n".join(lines) + "\n"


def _section(entity: Entity) -> list[str]:
    ends = f": {entity.source} → {entity.target}" if entity.kind == "relationship" else ""
    extra = f" An extra label of {entity.base}." if entity.base else ""
    lines = ["", f"### {entity.name}{ends}", "", f"{entity.description}.{extra}"]
    if not entity.properties:
        return lines
    lines += [
        "",
        "| property | type | unit | allowed | required | default | sensitive | meaning |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for item in entity.properties.values():
        required = "yes" + (", unique" if item.key == "unique" else "") if item.required else ""
        cells = (
            f"`{item.name}`",
            item.type,
            item.unit,
            _allowed(item),
            required,
            item.default,
            "yes" if item.sensitive else "",
            item.description,
        )
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _allowed(item: Property) -> str:
    if item.values:
        return ", ".join(item.values)
    low = "" if item.minimum is None else f"{item.minimum:g}"
    high = "" if item.maximum is None else f"{item.maximum:g}"
    if low and high:
        return f"{low} to {high}"
    return f"at least {low}" if low else f"at most {high}" if high else ""


if __name__ == "__main__":
    print(reference(), end="")
