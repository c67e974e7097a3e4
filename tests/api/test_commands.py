"""The command line: shapes and exit codes as documented, each by running the command."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.cli import run
from fixtures.samples import SAMPLES, sample_files
from graph.imports import import_files
from graph.store import Store

pytestmark = pytest.mark.xdist_group("commands")

BUYER = "va.cortelazzi"
Run = Callable[..., tuple[int, Any]]


@pytest.fixture(scope="module")
def folder(opened_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Load the samples once; no test of this file changes them."""
    opened_store.clear()
    import_files(
        opened_store, sample_files(tmp_path_factory.mktemp("samples"), date.today()), today=date.today()
    )
    found = opened_store.target.folder
    assert found is not None
    return found


@pytest.fixture
def diamond(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on the samples and return its exit code and its one JSON document."""

    def ran(*arguments: str, store: str | None = None) -> tuple[int, Any]:
        capsys.readouterr()
        code = run([*arguments, "--json", "--store", store or str(folder)])
        return code, json.loads(capsys.readouterr().out, parse_constant=pytest.fail)

    return ran


def test_accounts(diamond: Run):
    code, found = diamond("accounts")
    assert code == 0
    assert set(found) == {"as_of", "warnings", "accounts"}
    assert found["as_of"] == date.today().isoformat()
    shapes = {one["id"]: one["shape"] for one in found["accounts"]}
    assert set(shapes) >= set(SAMPLES)
    assert (shapes["valdara"], shapes["kettenbruck"], shapes["tornvik"]) == (
        "diabolo",
        "in transition",
        "diamond",
    )
    one = next(one for one in found["accounts"] if one["id"] == "valdara")
    assert set(one) == {
        "id",
        "name",
        "kind",
        "shape",
        "diamond_index",
        "coverage",
        "connectivity",
        "connectivity_decision",
        "single_points_of_failure",
        "gaps",
        "stale",
        "assumed_share",
        "people",
    }
    assert one["kind"] == ["key_account"]
    assert {point["side"] for point in one["single_points_of_failure"]} == {"ours", "theirs"}
    assert set(one["people"]) == {"ours", "theirs"}


def test_account_by_id_and_by_name(diamond: Run):
    code, by_id = diamond("account", "valdara")
    assert code == 0
    assert by_id["summary"]["shape"] == "diabolo"
    assert diamond("account", by_id["summary"]["name"])[1] == by_id


def test_ropi(diamond: Run):
    code, found = diamond("ropi", "valdara")
    assert code == 0
    fields = {
        "person",
        "name",
        "function",
        "level",
        "role",
        "influence",
        "orientation",
        "proximity",
        "coverage",
        "threads",
        "verified_on",
        "stale",
        "confidence",
        "assumed",
    }
    assert all(fields <= set(one) for one in found["ropi"])
    buyer = next(one for one in found["ropi"] if one["person"] == BUYER)
    assert (buyer["role"], buyer["threads"], buyer["stale"]) == ("decision_maker", 1, False)


def test_gaps_worst_first_with_their_queries(diamond: Run):
    code, found = diamond("gaps", "valdara")
    assert code == 0
    severities = [one["severity"] for one in found["gaps"]]
    assert severities == sorted(severities, reverse=True)
    worst = found["gaps"][0]
    assert set(worst) == {
        "kind",
        "subject",
        "subject_name",
        "severity",
        "actual",
        "target",
        "evidence",
        "query",
    }
    given = [f"--param={name}={json.dumps(value)}" for name, value in worst["query"]["params"].items()]
    code, answered = diamond("query", "--cookbook", worst["query"]["name"], *given)
    assert code == 0
    row = dict(zip(answered["columns"], answered["rows"][0], strict=True))
    assert row["subject"] == worst["subject"]
    assert row["actual"] == pytest.approx(worst["actual"], abs=1e-9)
    past = (date.today() - timedelta(days=200)).isoformat()
    assert all(one["query"] is None for one in diamond("gaps", "valdara", "--as-of", past)[1]["gaps"])


def test_without(diamond: Run):
    code, found = diamond("without", "valdara", BUYER)
    assert code == 0
    assert set(found) == {
        "as_of",
        "warnings",
        "removed",
        "relation",
        "components",
        "ties_lost",
        "coverage",
        "diamond_index",
        "connectivity",
        "functions_uncovered",
        "stakeholders_uncovered",
        "cut_persons",
        "top_brokers",
    }
    assert (found["removed"], found["relation"], found["connectivity"]) == ([BUYER], "engages", [1, 0])
    assert found["functions_uncovered"] == ["Commercial"]
    assert all(set(line) == {"a", "b", "strength"} for line in found["ties_lost"])
    for relation in ("all", "reports_to", "influences"):
        assert diamond("without", "valdara", BUYER, "--relation", relation)[1]["relation"] == relation


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


def test_plan(diamond: Run, tmp_path: Path):
    code, found = diamond("plan", "valdara", "--months", "6", "--hours", "4")
    assert code == 0
    assert {
        "status",
        "gap",
        "objective",
        "bound",
        "gap_before",
        "gap_after",
        "segment_error",
        "hours",
        "cost",
        "relax",
        "actions",
    } <= set(found)
    assert found["status"] == "optimal"
    assert found["gap"] <= 0.001
    gains = sum(action["expected_gain"] for action in found["actions"])
    assert gains == pytest.approx(found["gap_before"] - found["gap_after"], abs=1e-9)
    assert {
        "person",
        "person_name",
        "stakeholder",
        "stakeholder_name",
        "kind",
        "due_on",
        "hours",
        "cost",
        "expected_gain",
        "reason",
    } <= set(found["actions"][0])
    code, found = diamond("plan", "valdara", "--months", "6", "--hours", "1", "--target-gap", "0")
    assert (code, found["status"]) == (1, "infeasible")
    for suffix in ("csv", "ics", "json"):
        out = tmp_path / f"plan.{suffix}"
        assert diamond("plan", "valdara", "--months", "6", "--hours", "4", "--out", str(out))[0] == 0
        assert out.stat().st_size > 100
    code, error = diamond("plan", "valdara", "--out", str(tmp_path / "plan.doc"))
    assert (code, error["status"]) == (2, 422)


SIMULATE = ("simulate", "valdara", "--leaves", BUYER, "--month", "6", "--replicates", "60", "--months", "18")


def test_simulate(diamond: Run, tmp_path: Path):
    out = tmp_path / "run.nc"
    code, found = diamond(*SIMULATE, "--seed", "3", "--out", str(out))
    assert code == 0
    assert (found["account"], found["seed"], found["replicates"], found["months"]) == ("valdara", 3, 60, 18)
    assert found["engine"] == "kernel"
    assert found["events"] == [
        {"month": 6, "event": "leaves", "subject": BUYER, "subject_name": "Silvana Cortelazzi"}
    ]
    names = [one["name"] for one in found["strategies"]]
    assert names == [
        "do_nothing",
        "single_threaded",
        "buyer_and_boss",
        "function_matching",
        "diamond",
        "plan",
    ]
    assert set(found["better"].values()) == {"higher", "lower"}
    for one in found["strategies"]:
        assert set(one["results"]) == set(found["units"]) & set(found["better"])
        assert all(
            set(result) == {"mean", "ci_low", "ci_high", "worst_5_percent"}
            for result in one["results"].values()
        )
        assert {"access", "support", "coverage", "threads", "survival", "revenue", "margin"} <= set(
            one["series"]
        )
        assert all(
            len(band) == 19
            for series in one["series"].values()
            for band in (series["mean"], series["p5"], series["p95"])
        )
    assert len(found["comparisons"]) == 15 * len(found["better"])
    assert {"a", "b", "measure", "difference", "ci_low", "ci_high", "p_a_better", "correlation"} == set(
        found["comparisons"][0]
    )
    # The start is the measured state.
    coverage = next(one for one in diamond("accounts")[1]["accounts"] if one["id"] == "valdara")["coverage"]
    assert found["strategies"][0]["series"]["coverage"]["mean"][0] == pytest.approx(coverage, abs=1e-12)
    assert found["answer"]["leavers"][0]["person"] == BUYER
    assert len({point["hours"] for point in found["answer"]["curve"]["points"]}) == 5
    assert out.stat().st_size > 1000
    assert diamond(*SIMULATE, "--seed", "3", "--threads", "1")[1]["strategies"] == found["strategies"]


def test_a_shipped_scenario_and_an_option_are_the_same_run(diamond: Run):
    run = ("simulate", "valdara", "--replicates", "20", "--months", "40", "--strategies", "diamond")
    shipped = diamond(*run, "--scenario", "buyer_leaves")[1]
    by_option = diamond(*run, "--leaves", "@buyer", "--month", "30")[1]
    assert [event["subject"] for event in shipped["events"]] == [BUYER]
    assert shipped["events"] == by_option["events"]
    assert shipped["strategies"] == by_option["strategies"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--leaves", "nobody at all"), "nobody at all"),
        (("--leaves", BUYER, "--month", "0"), "0"),
        (("--leaves", BUYER, "--month", "61"), "61"),
        (("--strategies", "single_treaded"), "single_threaded"),
        (("--replicates", "0"), "replicates"),
        (("--replicates", "1000000000"), "GB"),
        (("--scenario", "no-such-file.yaml"), "no-such-file.yaml"),
        (("--scenario", "rival_lunch"), "the nearest is rival_launch"),
        (("--scenario", "go_direct"), "this account has no distributors"),
        (("--month", "6"), "--leaves"),
        (("--out", "run.doc"), ".nc"),
    ],
)
def test_wrong_simulations_are_sentences(diamond: Run, arguments: tuple[str, ...], says: str):
    code, error = diamond("simulate", "valdara", *arguments)
    assert (code, error["status"]) == (2, 422)
    assert says in json.dumps(error, ensure_ascii=False)


SENSITIVITY = ("sensitivity", "valdara", "--strategies", "do_nothing,diamond", "--trajectories", "2",
               "--replicates", "4", "--samples", "2", "--months", "12")  # fmt: skip


def test_sensitivity(diamond: Run, tmp_path: Path):
    code, found = diamond(*SENSITIVITY)
    assert code == 0
    assert (found["account"], found["measure"], found["months"]) == ("valdara", "margin_total", 12)
    assert set(found["best"]) == {"do_nothing", "diamond"}
    assert found["sentences"]
    names = [one["name"] for one in found["parameters"]]
    assert "hour_cost" in names
    scenario = tmp_path / "known.yaml"
    scenario.write_text("parameters: {hour_cost: 100}", encoding="utf-8")
    known = diamond(*SENSITIVITY, "--scenario", str(scenario))[1]
    assert set(names) - {one["name"] for one in known["parameters"]} == {"hour_cost"}
    code, error = diamond("sensitivity", "valdara", "--measure", "margin")
    assert (code, error["status"]) == (2, 422)
    assert "margin_total" in error["detail"]


def test_check(diamond: Run):
    code, found = diamond("check")
    assert code == (1 if found["findings"] else 0)
    assert all(set(one) == {"kind", "subject", "message", "query"} for one in found["findings"])


def test_maps_are_written(diamond: Run, tmp_path: Path):
    for name, start in (("map.svg", b"<svg"), ("map.png", b"\x89PNG"), ("map.html", b"<")):
        out = tmp_path / name
        code, found = diamond("map", "tornvik", "--out", str(out))
        assert (code, found["file"]) == (0, str(out))
        assert out.read_bytes().lstrip().startswith(start)
    out = tmp_path / "target.svg"
    assert diamond("map", "valdara", "--out", str(out), "--state", "target", "--without", BUYER)[0] == 0
    assert diamond("map", "valdara", "--out", str(tmp_path / "map.pdf"))[0] == 2
    assert diamond("map", "valdara", "--out", str(tmp_path / "none" / "map.svg"))[0] == 2


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
        ("gaps",),
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


def test_as_of_another_day(diamond: Run):
    day = (date.today() - timedelta(days=365)).isoformat()
    code, found = diamond("accounts", "--as-of", day)
    assert (code, found["as_of"]) == (0, day)


@pytest.mark.parametrize(
    "command", ["accounts", "account", "ropi", "gaps", "without", "plan", "simulate", "sensitivity", "check"]
)
def test_for_people_it_reads_as_text(folder: Path, capsys: pytest.CaptureFixture[str], command: str):
    arguments = {"accounts": [], "check": [], "without": ["valdara", BUYER], "simulate": list(SIMULATE[1:]),
                 "sensitivity": list(SENSITIVITY[1:])}  # fmt: skip
    run([command, *arguments.get(command, ["valdara"]), "--store", str(folder)])
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    assert "None" not in said.out
    assert not re.search(r"\bnan\b", said.out)
    assert len(said.out.splitlines()) >= (1 if command == "check" else 3)


@pytest.fixture
def shell(folder: Path) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """Run the installed command as a process of its own."""
    command = Path(sys.executable).with_name("diamond")

    def ran(*arguments: str, **values: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(command), *arguments], capture_output=True, text=True, timeout=120, check=False, **values
        )

    return ran


def test_the_installed_command(shell, folder: Path):
    done = shell("accounts", "--store", str(folder), "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["accounts"]
    asked = shell("query", "-", "--store", str(folder), "--json", input="RETURN 1 AS one")
    assert json.loads(asked.stdout)["rows"] == [[1]]
    wrong = shell("gaps", "valdera", "--store", str(folder))
    assert wrong.returncode == 2
    assert wrong.stdout == ""
    assert "valdara" in wrong.stderr
    c_locale = shell(
        "accounts", "--store", str(folder), env={**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "LANG": "C"}
    )
    assert c_locale.returncode == 0


def test_help_names_every_command(shell):
    said = shell("--help").stdout
    for name in (
        "demo",
        "serve",
        "import",
        "accounts",
        "account",
        "map",
        "ropi",
        "gaps",
        "without",
        "plan",
        "simulate",
        "sensitivity",
        "query",
        "bolt",
        "engine",
        "check",
    ):
        assert re.search(rf"^\W*{name}\b", said, re.MULTILINE), name


def test_what_is_null_is_told(diamond: Run):
    _, found = diamond("accounts")
    empty = [one for one in found["accounts"] if one["coverage"] is None]
    assert empty
    assert any(empty[0]["name"] in warning and "null" in warning for warning in found["warnings"])
    assert any("null" in warning for warning in diamond("account", empty[0]["id"])[1]["warnings"])


def test_a_fault_of_the_program_is_a_document_too(diamond: Run, monkeypatch: pytest.MonkeyPatch):
    def fails(*_: object) -> None:
        raise RuntimeError("not foreseen")

    monkeypatch.setattr("api.verbs.accounts", fails)
    code, error = diamond("accounts")
    assert (code, error["status"]) == (70, 500)


def test_ctrl_c_ends_a_question_at_once(folder: Path):
    endless = "UNWIND range(1, 100000000) AS x UNWIND range(1, 1000) AS y RETURN sum(x * y)"
    command = [str(Path(sys.executable).with_name("diamond")), "query", endless, "--store", str(folder)]
    asking = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    time.sleep(5)
    assert asking.poll() is None
    begun = time.monotonic()
    asking.send_signal(signal.SIGINT)
    assert asking.wait(timeout=20) == 130
    assert time.monotonic() - begun < 5
    assert asking.stderr is not None
    assert b"Traceback" not in asking.stderr.read()
    asking.communicate()


def test_output_that_nobody_reads_is_no_error(folder: Path):
    command = str(Path(sys.executable).with_name("diamond"))
    piped = subprocess.run(
        f"{command} simulate valdara --replicates 20 --months 6 --json --store {folder} | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert piped.stdout.strip() == "{"
    assert piped.stderr == ""
