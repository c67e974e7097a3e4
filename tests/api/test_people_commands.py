"""People over time as commands and over HTTP: proposals, merging by rule, undoing, history, opinions."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console

from api.cli import run
from api.http import create_app
from api.workspace import Workspace
from graph.imports import import_files
from graph.people.proposals import RULES
from graph.policy import load_policy
from graph.store import Store
from graph.store.merges import read_merges
from tests.api.serving import live
from tests.unit.importing import write_files

FILES = {
    "organisations.csv": "id,name,kind\nus,Us,supplier\nacme,Acme,key_account\nbeta,Beta,key_account\n",
    "people.csv": (
        "id,name,organisation,email,phone,started_on,left_on\ns,Sam,us,,,,\n"
        'a,Ann Lee,acme,ann@acme.com,,,\nb,A. Lee,acme,ANN+crm@acme.com,,,\nc,"Lee, Ann",acme,,,,\n'
        "d,Bob Ray,acme,,089 123456,,2025-10-01\ne,Ray Bob,beta,,+49 89123456,2025-10-01,\n"
    ),
    "touchpoints.csv": (
        "on,kind,attendees,minutes\n2025-12-01,call,s;a,30\n2025-12-05,call,s;b,\n2026-01-05,visit,s;d,\n"
    ),
}

WRONG = (
    ("merge",),
    ("merge", "a"),
    ("merge", "a", "c", "--rule", "sure"),
    ("merge", "a", "c", "--dry-run"),
    ("merge", "a", "nobody"),
    ("unmerge", "x"),
    ("assess", "a"),
    ("history", "Nobody"),
)
READ = (
    ("duplicates",),
    ("merge", "--rule", "sure"),
    ("merge", "--rule", "sure", "--dry-run"),
    ("merges",),
    ("history", "a"),
    ("assess", "a", "--role", "user"),
    ("reject", "a", "c"),
)


@pytest.fixture
def filled(store: Store, tmp_path: Path) -> Store:
    write_files(tmp_path, FILES)
    import_files(store, [tmp_path], today=date.today())
    return store


def test_the_commands_from_the_proposal_to_the_undo(filled: Store, capsys: pytest.CaptureFixture[str]):
    def diamond(*arguments: str, code: int = 0) -> Any:
        capsys.readouterr()
        assert run(["people", *arguments, "--json", "--store", str(filled.target.folder)]) == code
        return json.loads(capsys.readouterr().out)

    found = diamond("duplicates")
    pairs = [(one["a"], one["b"], one["confidence"]) for one in found["proposals"]]
    assert pairs == [("a", "b", "sure"), ("d", "e", "sure"), ("a", "c", "likely"), ("b", "c", "doubtful")]
    assert found["found"] == 4
    assert len(diamond("duplicates", "--least", "likely", "--limit", "1")["proposals"]) == 1
    preview = diamond("merge", "--rule", "same_email", "--dry-run")
    assert [(one["a"], one["b"]) for one in preview["proposals"]] == [("a", "b")]
    assert diamond("merges")["merges"] == preview["merges"] == []
    (made,) = diamond("merge", "--rule", "same_email", "--by", "me")["merges"]
    assert (made["kept"], made["merged"], made["rule"], made["moved"]["ATTENDED"]) == (
        "a",
        "b",
        "same_email",
        1,
    )
    assert diamond("merge", "Bob Ray", "e")["merges"][0]["why"] is None
    history = diamond("history", "e")
    assert (history["person"], len(history["merges"])) == ("d", 1)
    assert [(one["organisation"], one["until"]) for one in history["posts"]] == [
        ("acme", "2025-10-01"),
        ("beta", None),
    ]
    assert [(one["year"], one["kind"], one["touchpoints"]) for one in history["contacts"]] == [
        (2026, "visit", 1)
    ]
    said = diamond(
        "assess", "e", "--role", "decision_maker", "--evidence", "signs", "--by", "s", "--on", "2026-01-10"
    )
    assert [(one["value"], one["current"]) for one in said["assessments"]] == [("decision_maker", True)]
    assert diamond("history", "d", "--as-of", "2026-01-09")["assessments"] == []
    assert diamond("unmerge", "e", "--distinct")["distinct"] is True
    assert diamond("reject", "c", "a") | {"as_of": None} == {
        "as_of": None,
        "warnings": [],
        "a": "a",
        "b": "c",
    }
    assert diamond("duplicates")["found"] == 0
    for wrong in WRONG:
        assert diamond(*wrong, code=2)["status"] == 422


@pytest.mark.parametrize("arguments", READ, ids=" ".join)
def test_the_commands_as_people_read_them(
    filled: Store, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
):
    assert run(["people", *arguments, "--store", str(filled.target.folder)]) == 0
    assert "a" in capsys.readouterr().out


def test_nothing_that_decides_is_cut_at_eighty_columns(
    filled: Store, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    """Addresses tell two of a name apart, and the id of a merge is what undoes it."""
    monkeypatch.setattr("api.cli.output.stdout", lambda: Console(width=80, highlight=False))
    folder = str(filled.target.folder)
    filled.write(
        "MATCH (p:Person) WHERE p.id IN ['a', 'c'] "
        "SET p.email = p.id + '.margarete-leutheusser@' + p.id + '.manufacturing-holding.example'"
    )
    assert run(["people", "duplicates", "--store", folder]) == 0
    said = capsys.readouterr().out
    assert "a.margarete-leutheusser@a.manufacturing-holding.example" in said
    assert max(map(len, said.splitlines())) <= 80
    assert run(["people", "merge", "d", "e", "--by", "s", "--store", folder]) == 0
    assert run(["people", "merges", "--store", folder]) == 0
    said = capsys.readouterr().out
    (merge,) = read_merges(filled)
    assert f"`diamond people unmerge {merge.id}`" in said.partition("says s")[2]


def test_alumni_and_newcomers_stand_on_both_accounts(filled: Store, capsys: pytest.CaptureFixture[str]):
    folder = str(filled.target.folder)
    assert run(["people", "merge", "d", "e", "--store", folder]) == 0
    shown = {}
    for account in ("acme", "beta"):
        capsys.readouterr()
        assert run(["account", account, "--json", "--store", folder]) == 0
        shown[account] = json.loads(capsys.readouterr().out)
    (alumna,), (newcomer,) = shown["acme"]["alumni"], shown["beta"]["newcomers"]
    assert (alumna["organisation"], alumna["on"]) == ("beta", "2025-10-01")
    assert (newcomer["organisation"], [one["person"] for one in newcomer["known_by"]]) == ("acme", ["s"])
    assert run(["account", "beta", "--store", folder]) == 0
    assert "New, before at" in capsys.readouterr().out


def test_the_same_over_http(filled: Store):
    with (
        live(create_app(Workspace(filled, load_policy()))) as address,
        httpx.Client(base_url=address) as client,
    ):
        base = "/api/v1/people"
        assert client.get(f"{base}/duplicates", params={"least": "sure"}).json()["found"] == 2
        preview = client.post(f"{base}/merges", json={"rule": "sure", "dry_run": True}).json()
        assert len(preview["proposals"]) == 2
        (made,) = client.post(f"{base}/merges", json={"keep": "a", "other": "b", "by": "me"}).json()["merges"]
        assert client.get(f"{base}/merges").json()["merges"] == [made]
        body = {"orientation": "ally", "influence": 0.5, "on": "2026-01-01", "evidence": "said so"}
        said = client.post(f"{base}/b/assessments", json=body).json()
        assert {one["attribute"] for one in said["assessments"]} == {"orientation", "influence"}
        assert client.get(f"{base}/b/history").json()["person"] == "a"
        assert (
            client.delete(f"{base}/merges/{made['id']}", params={"distinct": True}).json()["distinct"] is True
        )
        assert client.post(f"{base}/rejections", json={"a": "a", "b": "c"}).json()["b"] == "c"
        for wrong in (
            {},
            {"keep": "a"},
            {"keep": "a", "other": "b", "rule": "sure"},
            {"rule": "x"},
            {"dry_run": True},
        ):
            assert client.post(f"{base}/merges", json=wrong).status_code == 422


def test_every_rule_is_told_in_the_documentation():
    page = (Path(__file__).parents[2] / "docs" / "people.md").read_text(encoding="utf-8")
    for rule in RULES:
        assert f"`{rule}`" in page
