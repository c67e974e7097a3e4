"""Exports of products in a real Neo4j: twice the same, one beside the other, each under its own ids."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from graph.imports import import_files
from graph.store import Store
from tests.unit.importing import TODAY, write_files
from tests.unit.test_import_dialects import DYNAMICS, HUBSPOT, OURS, SALESFORCE, workbook


def test_three_products_side_by_side_and_each_twice_the_same(store: Store, tmp_path: Path) -> None:
    mapping = write_files(tmp_path, {"mapping.yaml": OURS}) / "mapping.yaml"
    folders = [
        write_files(tmp_path / "hubspot", HUBSPOT),
        write_files(tmp_path / "salesforce", SALESFORCE),
        write_files(tmp_path / "dynamics", {"contacts.xlsx": workbook(DYNAMICS)}),
    ]
    for folder in folders:
        report = import_files(store, [folder], mapping=mapping, today=TODAY)
        assert {one.dialect for one in report.files} == {folder.name}
        # Who we are is known from now on, and nothing depends on the day on which a file is read again.
        again = import_files(store, [folder], today=TODAY + timedelta(days=30))
        assert not any(again.created.values()) and not any(again.updated.values()), (folder, again)
    rows = store.read(
        "MATCH (p:Person)-[:EMPLOYED_BY]->(o:Organisation) "
        "RETURN o:Supplier AS ours, split(p.id, ':')[0] AS product, count(*) AS people"
    )
    theirs = {row["product"]: row["people"] for row in rows if not row["ours"]}
    assert theirs == {"hubspot": 3, "salesforce": 2, "dynamics": 3}
    assert sum(row["people"] for row in rows if row["ours"]) == 3
