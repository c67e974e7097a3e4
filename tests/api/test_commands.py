"""Commands that ask and check the store, and what every command does with errors and for people."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.cli import run
from graph.store import Store
from tests.api.conftest import Run

pytestmark = pytest.mark.xdist_group("commands")

BUYER = "va.cortelazzi"


def test_query_and_its_limits(diamond: Run):
    code, found = diamond("query", "MATCH (p:Person {id: $id}) RETURN p.id AS id", "--param", f"id={BUYER}")
    assert (code, found["columns"], found["rows"], found["truncated"]) == (0, ["id"], [[BUYER]], False)
    assert set(found) == {"as_of", "warnings", "columns", "rows", "truncated"}
    code, found = diamond("query", "MATCH (p:Person) RETURN p.id", "--limit", "3")
    assert (code, len(found["rows"]), found["truncated"]) == (0, 3, True)
    code, error = diamond("query", "UNWIND range(1, 100000000) AS a RETURN max(sqrt(a))", "--timeout", "0.2")
    assert (code, error["status"]) == (1, 504)
    code, error = diamond("query", "MATCH (p:Person) DETACH DELETE p")
    assert (code, error["status"]) == (4, 403)
    code, error = diamond("query", "MATCH (p:Person RETURN p")
    assert (code, error["status"]) == (2, 422)


def test_the_cookbook_is_listed_and_shown(diamond: Run):
    code, found = diamond("query", "--cookbook")
    assert code == 0
    assert "coverage" in [one["name"] for one in found["cookbook"]]
    code, found = diamond("query", "--cookbook", "coverage", "--show")
    assert code == 0
    assert "RETURN" in found["cookbook"][0]["cypher"]


def test_check(diamond: Run):
    code, found = diamond("check")
    assert code == (1 if found["findings"] else 0)
    assert all(set(one) == {"kind", "subject", "message", "query"} for one in found["findings"])


def test_engine_and_bolt(diamond: Run, folder: Path):
    code, found = diamond("engine", "status")
    assert code == 0
    assert {"running", "pid", "keeper_pid", "address", "since", "version", "folder"} <= set(found)
    assert (found["running"], found["folder"]) == (True, str(folder))
    code, found = diamond("bolt")
    assert code == 0
    assert found["username"] == "neo4j"
    assert found["password"]
    assert found["address"].startswith("bolt://127.0.0.1:")


def test_names_that_nothing_has_list_the_nearest(diamond: Run):
    code, error = diamond("account", "valdera")
    assert (code, error["status"]) == (2, 422)
    assert set(error) == {"type", "title", "status", "detail", "errors", "candidates"}
    assert error["candidates"][0]["id"] == "valdara"


def test_usage_errors_are_documents_too(diamond: Run):
    for arguments in (
        ("ropi",),
        ("accounts", "--as-of", "31.01.2026"),
        ("nothing",),
        ("accounts", "--wrong"),
    ):
        code, error = diamond(*arguments)
        assert (code, error["status"]) == (2, 422)
        assert error["detail"]


def test_a_store_that_is_not_there(diamond: Run, tmp_path: Path):
    code, error = diamond("accounts", store=str(tmp_path / "none"))
    assert (code, error["status"]) == (3, 503)
    assert "none" in error["detail"]
    code, error = diamond("accounts", store="bolt://127.0.0.1:9")
    assert (code, error["status"]) == (3, 503)


def test_serving_on_another_host_is_refused(diamond: Run):
    code, error = diamond("serve", "--host", "0.0.0.0")
    assert (code, error["status"]) == (4, 403)


def test_the_demo_refuses_a_store_with_data(diamond: Run):
    code, error = diamond("demo", "--no-serve")
    assert (code, error["status"]) == (2, 422)
    assert "not empty" in error["detail"]


@pytest.mark.parametrize(
    "command",
    [
        "accounts",
        "account valdara",
        "ropi valdara",
        "gaps valdara",
        f"without valdara {BUYER}",
        "plan valdara --months 3 --hours 2",
        f"simulate valdara --leaves {BUYER} --replicates 20 --months 18",
        "sensitivity valdara --strategies do_nothing,diamond --trajectories 2 --replicates 4 --samples 2 "
        "--months 6",
        "portfolio valdara tornvik --replicates 5 --months 6",
        "estimate valdara",
        "check",
    ],
)
def test_for_people_it_reads_as_text(folder: Path, capsys: pytest.CaptureFixture[str], command: str):
    run([*command.split(), "--store", str(folder)])
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    assert not re.search(r"\b(nan|None(?! of))\b", said.out)
    assert len(said.out.splitlines()) >= (1 if command == "check" else 3)


def test_findings_of_one_kind_are_counted_and_the_first_shown(
    folder: Path, opened_store: Store, capsys: pytest.CaptureFixture[str]
):
    def told(*arguments: str) -> str:
        capsys.readouterr()
        assert run(["check", *arguments, "--store", str(folder)]) == 1
        return capsys.readouterr().out

    many = "UNWIND range(10, 30) AS n CREATE (:Person {id: 'lone' + n, name: 'Lone ' + n})"
    opened_store.write(many)
    try:
        short, full = told(), told("--all")
    finally:
        opened_store.write("MATCH (p:Person) WHERE p.id STARTS WITH 'lone' DELETE p")
    assert "What hangs on nothing?" in short and "Orphan: 21" in short
    assert "… and 16 more: diamond query --cookbook orphans" in short
    assert "lone14" in short and "lone15" not in short and "lone30" in full
    assert "more:" not in full and "diamond check --all" not in full


def test_a_fault_of_the_program_is_a_document_too(diamond: Run, monkeypatch: pytest.MonkeyPatch):
    def fails(*_: object) -> None:
        raise RuntimeError("not foreseen")

    monkeypatch.setattr("api.verbs.accounts", fails)
    code, error = diamond("accounts")
    assert (code, error["status"]) == (70, 500)
