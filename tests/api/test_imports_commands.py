"""Imports listed and undone, as a command and over HTTP."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.cli import run
from api.workspace import Workspace
from graph.store import Store
from tests.unit.importing import BASE, write_files

FILES = [("files", (name, content.encode(), "text/csv")) for name, content in BASE.items()]


def test_what_came_in_is_listed_and_undone_by_commands(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def diamond(*arguments: str, code: int = 0) -> Any:
        capsys.readouterr()
        assert run([*arguments, "--json", "--store", str(store.target.folder)]) == code
        return json.loads(capsys.readouterr().out)

    write_files(tmp_path / "a", BASE)
    write_files(tmp_path / "b", {"ties.csv": "ours,stakeholder\no1,t1\n"})
    assert diamond("imports")["imports"] == []
    first = diamond("import", str(tmp_path / "a"))["id"]
    second = diamond("import", str(tmp_path / "b"))["id"]
    listed = diamond("imports", "list")["imports"]
    assert [(one["id"], one["state"]) for one in listed] == [(second, "done"), (first, "done")]
    assert listed[1]["files"] == sorted(BASE) and listed[1]["created"]["Person"] == 3
    export = "Record ID,First Name,Last Name,Company name,Contact owner,Job Title\n9,Ann,Lee,Acme,Sam,CEO\n"
    (hub,) = write_files(tmp_path / "hub", {"contacts.csv": export}).iterdir()
    would = diamond("import", str(hub), "--ours", "Us Ltd", "--dry-run")
    assert would["created"]["ENGAGES"] == 1 and would["id"] is None
    refused = diamond("imports", "undo", first, code=2)
    assert f"undo {second}" in refused["detail"]
    assert diamond("imports", "undo", second)["deleted"] == {"ENGAGES": 1}
    assert diamond("imports", "undo", first)["kept"] == []
    assert {one["state"] for one in diamond("imports")["imports"]} == {"undone"}
    assert diamond("imports", "undo", "99", code=2)["candidates"]
    for arguments in (["imports"], ["imports", "list"]):
        capsys.readouterr()
        assert run([*arguments, "--store", str(store.target.folder)]) == 0
        assert "undone" in capsys.readouterr().out


def test_strengths_follow_from_the_tables_named_also_after_undoing_and_merging(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = write_files(
        tmp_path / "own",
        {
            "measures.csv": "name,value\ncontact_gain,0.5\n",
            "defaults.csv": "by,value,influence\nrole,decision_maker,0.7\n",
        },
    )

    def diamond(*arguments: str) -> Any:
        capsys.readouterr()
        place = ("--json", "--policy", str(own), "--store", str(store.target.folder))
        assert run([*arguments, *place]) == 0
        return json.loads(capsys.readouterr().out)

    def strengths() -> list[float]:
        return [row["s"] for row in store.read("MATCH ()-[t:ENGAGES]->() RETURN t.strength AS s ORDER BY s")]

    met = f"on,kind,attendees\n{date.today() - timedelta(days=5)},meeting,o1;t1\n"
    diamond("import", str(write_files(tmp_path / "a", {**BASE, "touchpoints.csv": met})))
    (strength,) = strengths()
    more = write_files(tmp_path / "b", {"people.csv": "id,name,organisation\nt9,Tam,acme\n"})
    diamond("imports", "undo", diamond("import", str(more))["id"])
    assert strengths() == [strength]
    diamond("people", "merge", "t1", "t2")
    assert strengths() == [strength]
    # A role is one, even where a team's table assumes no influence for it.
    assert diamond("people", "assess", "t1", "--role", "user")["assessments"][0]["value"] == "user"


def test_options_before_a_subcommand_are_refused_not_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["imports", "--store", str(tmp_path / "other"), "undo", "1", "--json"]) == 2
    assert "stand after undo" in json.loads(capsys.readouterr().out)["detail"]


def test_an_import_is_undone_over_http(client: httpx.Client, work: Workspace) -> None:
    before = client.get("/api/v1/imports").json()["imports"]
    done = client.post("/api/v1/imports", files=FILES).json()
    assert client.get("/api/v1/accounts/acme").status_code == 200
    (newest, *others) = client.get("/api/v1/imports").json()["imports"]
    assert newest["id"] == done["id"] and others == before
    undone = client.post(f"/api/v1/imports/{done['id']}/undo").json()
    assert undone["deleted"]["Person"] == 3 and undone["as_of"]
    assert client.get("/api/v1/accounts/acme").status_code == 422
    assert client.post(f"/api/v1/imports/{done['id']}/undo").status_code == 422
    assert client.post("/api/v1/imports/no%20such/undo").json()["title"] == "Unknown name"
