"""Commands of saved plans: several accounts, actions done and taken back, files that stay text."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from api.cli import run
from graph.store import Store
from tests.api.conftest import Run

SHORT = ("--months", "3", "--hours", "3")


def test_an_action_is_done_and_taken_back_by_command(diamond: Run, opened_store: Store, tmp_path: Path):
    out = tmp_path / "plan.csv"
    try:
        code, plan = diamond("plan", "valdara", *SHORT, "--save", "--out", str(out))
        assert code == 0
        with out.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
        assert [row["id"] for row in rows] == [one["id"] for one in plan["actions"]]
        assert {row["account"] for row in rows} == {"valdara"}
        code, listed = diamond("actions", "valdara")
        assert (code, listed["late"], len(listed["actions"])) == (0, 0, len(plan["actions"]))
        id = listed["actions"][0]["id"]
        code, done = diamond("actions", "valdara", "done", id, "--minutes", "30")
        assert code == 0
        (one,) = done["actions"]
        assert (one["status"], one["minutes"], one["done_on"]) == ("done", 30.0, date.today().isoformat())
        code, again = diamond("actions", "valdara", "reopen", id)
        assert (code, again["actions"][0]["status"]) == (0, "planned")
        code, error = diamond("actions", "valdara", "done")
        assert (code, error["status"]) == (2, 422)
        code, error = diamond("actions", "valdara", "done", "nowhere")
        assert (code, error["status"]) == (2, 422)
    finally:
        opened_store.write("MATCH (a:Action) DETACH DELETE a")


def test_several_accounts_share_their_people(diamond: Run):
    code, found = diamond("plan", "valdara", "tornvik", *SHORT)
    assert (code, found["status"]) == (0, "optimal")
    assert [plan["account"] for plan in found["plans"]] == ["tornvik", "valdara"]
    spent: dict[tuple[str, int], float] = {}
    for plan in found["plans"]:
        for one in plan["actions"]:
            spent[one["person"], one["month"]] = spent.get((one["person"], one["month"]), 0.0) + one["hours"]
    assert max(spent.values()) <= 3.0 + 1e-9
    assert diamond("plan", *SHORT)[0] == 2
    assert diamond("plan", "valdara", "--portfolio")[0] == 2


def test_people_can_read_it(folder: Path, capsys: pytest.CaptureFixture[str]):
    asked = ["plan", "kettenbruck", *SHORT, "--budget", "500", "--more", "--store", str(folder)]
    assert run(asked) == 0
    said = capsys.readouterr().out
    for words in ("plan done", "nothing done", "is against", "One more", "budget"):
        assert words in said
