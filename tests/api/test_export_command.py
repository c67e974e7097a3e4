"""Commands that trade with other tools: export, and import from another Neo4j."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.analysis.networks import from_networkx, read_graphml
from graph.measures import measure
from graph.store import Store, credentials
from tests.api.conftest import Run

pytestmark = pytest.mark.xdist_group("commands")


def test_an_account_as_graphml(diamond: Run, tmp_path: Path):
    out = tmp_path / "valdara.graphml"
    code, found = diamond("export", "valdara", "--out", str(out))
    assert (code, found["file"]) == (0, str(out))
    again = measure(from_networkx(read_graphml(out.read_bytes())))
    _, portfolio = diamond("accounts")
    (shown,) = (one for one in portfolio["accounts"] if one["id"] == "valdara")
    assert again.diamond_index == pytest.approx(shown["diamond_index"])
    assert again.connectivity == shown["connectivity"]
    code, error = diamond("export", "valdara", "--out", str(tmp_path / "valdara.doc"))
    assert (code, error["status"]) == (2, 422)
    code, error = diamond("export", "valdira", "--out", str(out))
    assert (code, error["candidates"][0]["id"]) == (2, "valdara")


def test_an_import_from_another_neo4j(
    diamond: Run, opened_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    login = credentials(opened_store.target)
    monkeypatch.setenv("NEO4J_SOURCE_USERNAME", login.username)
    monkeypatch.setenv("NEO4J_SOURCE_PASSWORD", login.password)
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(
        'neo4j: {people: "MATCH (p:Person)-[:EMPLOYED_BY]->(o) '
        'RETURN p.id AS id, p.name AS name, o.id AS organisation"}'
    )
    code, found = diamond("import", "--from-neo4j", login.address, "--mapping", str(mapping), "--dry-run")
    assert (code, found["dry_run"], found["files"][0]["file"]) == (0, True, "people.csv")
    assert "Person" not in found["created"]
    for wrong in (
        ["import"],
        ["import", "--from-neo4j", login.address],
        ["import", ".", "--from-neo4j", "bolt://x"],
        ["import", "--from-neo4j", login.address, "--mapping", str(mapping), "--ours", "Acme"],
    ):
        code, error = diamond(*wrong)
        assert (code, error["status"]) == (2, 422)
