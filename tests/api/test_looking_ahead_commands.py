"""Commands that look ahead: plan, simulate, sensitivity."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from api.cli import run
from tests.api.conftest import Run

pytestmark = pytest.mark.xdist_group("commands")

BUYER = "va.cortelazzi"


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


FEW = ("simulate", "valdara", "--replicates", "20", "--months", "6", "--strategies", "do_nothing,diamond")


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (FEW, "run.nc"),
        (FEW, "run.html"),
        (("plan", "valdara", "--months", "3", "--hours", "1"), "plan.ics"),
        (("portfolio", "valdara", *FEW[2:]), "portfolio.csv"),
        (("map", "valdara"), "map.svg"),
    ],
)
def test_a_written_file_is_told_on_standard_error(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], command: tuple[str, ...], name: str
):
    out = tmp_path / name
    asked = [*command, "--out", str(out), "--store", str(folder)]
    assert run(asked) == 0
    said = capfd.readouterr()
    assert re.fullmatch(rf"Wrote {re.escape(str(out))} \([\d.,]+ (bytes|kB|MB)\)\n", said.err)
    assert str(out) not in said.out
    for silent in ("--quiet", "--json"):
        assert run([*asked, silent]) == 0
        assert capfd.readouterr().err == ""


def test_a_missed_precision_is_told_whatever_is_wanted_less(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("simulation.run.PRECISION_LIMIT", 40)
    asked = [*FEW, "--precision", "1e-9", "--store", str(folder)]
    assert run([*asked, "--quiet"]) == 0
    said = capfd.readouterr()
    assert "--precision 1e-09 is not reached after 40 futures" in said.err
    assert "precision" not in said.out
    assert run(asked) == 0
    said = capfd.readouterr()
    assert "precision" in said.out
    assert said.err == ""
    assert run([*asked, "--json"]) == 0
    said = capfd.readouterr()
    assert any("precision" in one for one in json.loads(said.out)["warnings"])
    assert said.err == ""
    assert run([*FEW, "--precision", "1e9", "--quiet", "--store", str(folder)]) == 0
    assert capfd.readouterr().err == ""


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
