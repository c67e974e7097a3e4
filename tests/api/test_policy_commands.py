"""Policy tables of a team, by command: written, checked, used by every reading command, and said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer

from api.cli import run
from api.cli.app import app
from tests.api.conftest import Run

pytestmark = pytest.mark.xdist_group("commands")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """Return a folder in which decision makers should be covered wholly, and meetings count for more."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "targets.csv").write_text("role,target_coverage\ndecision_maker,1\n", encoding="utf-8")
    (folder / "measures.csv").write_text("name,value\ncontact_gain,0.16\n", encoding="utf-8")
    return folder


def plain(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    """Run a command that takes no store."""
    capsys.readouterr()
    code = run([*arguments, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_tables_are_used_by_a_command_and_said(diamond: Run, own: Path, monkeypatch: pytest.MonkeyPatch):
    _, shipped = diamond("ropi", "valdara")
    code, found = diamond("ropi", "valdara", "--policy", str(own))
    assert code == 0
    note = f"The policy tables of {own} are used (other than shipped: targets, measures)."
    assert note in found["warnings"]
    assert note not in shipped["warnings"]
    # Strengths follow from the tables: they are derived anew, and back again.
    reached = {one["person"]: one["coverage"] for one in found["ropi"]}
    before = {one["person"]: one["coverage"] for one in shipped["ropi"]}
    assert reached["va.cortelazzi"] > before["va.cortelazzi"]
    monkeypatch.setenv("DIAMOND_POLICY", str(own))
    assert diamond("ropi", "valdara")[1] == found
    monkeypatch.delenv("DIAMOND_POLICY")
    assert diamond("ropi", "valdara")[1] == shipped


def test_a_gap_under_own_tables_has_a_question_under_the_same(diamond: Run, own: Path):
    _, found = diamond("gaps", "valdara", "--policy", str(own))
    gap = next(one for one in found["gaps"] if one["kind"] == "coverage")
    assert gap["query"]["params"]["role_targets"]["decision_maker"] == 1


def test_export_then_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = tmp_path / "exported"
    code, found = plain(capsys, "policy", "export", str(folder))
    assert (code, len(found["tables"])) == (0, 8)
    assert plain(capsys, "policy", "export", str(folder))[0] == 2
    code, found = plain(capsys, "policy", "check", str(folder))
    assert code == 0
    assert {one["table"]: (one["own"], one["changed"]) for one in found["tables"]}["roles.csv"] == (
        True,
        False,
    )


def test_a_wrong_table_stops_every_command(diamond: Run, own: Path, capsys: pytest.CaptureFixture[str]):
    (own / "targets.csv").write_text("role,target_coverage\nuser,lots\n", encoding="utf-8")
    for arguments in (("accounts", "--policy", str(own)), ("policy", "check", str(own))):
        code, found = plain(capsys, *arguments) if arguments[0] == "policy" else diamond(*arguments)
        assert code == 2
        assert found["errors"][0] == {
            "file": "targets.csv",
            "row": 2,
            "column": "target_coverage",
            "value": "lots",
            "message": "needs a number above 0, up to 1",
        }
    code, found = diamond("accounts", "--policy", str(own / "none"))
    assert (code, "diamond policy export" in found["detail"]) == (2, True)


def test_every_command_that_opens_the_store_takes_the_option():
    options = {}

    def walk(command: Any, *names: str) -> None:
        options[" ".join(names)] = {text for one in command.params for text in one.opts}
        for name, below in getattr(command, "commands", {}).items():
            walk(below, *names, name)

    walk(typer.main.get_command(app))
    without = {name for name, taken in options.items() if "--store" in taken and "--policy" not in taken}
    assert without == {"bolt", "engine start", "engine stop", "engine status"}  # these read no table
