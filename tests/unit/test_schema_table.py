from __future__ import annotations

import csv
from pathlib import Path

import pytest

from graph.schema import TABLE, constraint_statements, load_schema, reference

DOCS = Path(__file__).parents[2] / "docs" / "schema.md"


def test_the_reference_in_the_documentation_is_the_tables() -> None:
    assert DOCS.read_text(encoding="utf-8") == reference(), "run: python -m graph.schema > docs/schema.md"


def test_every_row_of_the_table_is_in_the_reference() -> None:
    text = reference()
    with TABLE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            wanted = f"| `{row['property']}` |" if row["property"] else f"### {row['owner']}"
            assert wanted in text
            assert row["description"], f"{row['owner']}.{row['property']} has no description"


def test_every_node_has_its_own_unique_id() -> None:
    statements = constraint_statements()
    for entity in load_schema().entities.values():
        if entity.kind == "node":
            assert entity.properties["id"].key == "unique"
            assert any(f"(n:{entity.name}) REQUIRE n.`id` IS UNIQUE" in one for one in statements)
        if entity.kind == "relationship":
            assert not any(item.key for item in entity.properties.values())


def test_no_label_is_also_a_relationship_type() -> None:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        owners = [row["owner"] for row in csv.DictReader(lines) if not row["property"]]
    assert len(owners) == len({owner.casefold() for owner in owners})


def test_ends_and_bases_are_labels_of_the_table() -> None:
    schema = load_schema()
    for entity in schema.entities.values():
        for name in (entity.base, *entity.source.split(" or "), *entity.target.split(" or ")):
            assert not name or schema.entities[name].kind in ("node", "label")


def test_scores_about_people_stand_alone_on_assessments() -> None:
    for entity in load_schema().entities.values():
        sensitive = {item.name for item in entity.properties.values() if item.sensitive}
        # Labels of their own, so that a team can close them to most readers.
        assert not sensitive or entity.name in ("Assessment", "GapReport")
    assert {"value", "evidence"} <= {
        item.name for item in load_schema().entities["Assessment"].properties.values() if item.sensitive
    }


def test_an_unknown_property_is_an_error() -> None:
    with pytest.raises(KeyError):
        load_schema().property("Person", "charm")
