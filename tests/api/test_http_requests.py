"""Requests are read as strictly as files: the same values refused, in the same sentences."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.workspace import Workspace
from graph.errors import InputError
from simulation import load_scenario
from tests.api.serving import problem

pytestmark = pytest.mark.xdist_group("http")

PLACE = "/api/v1/accounts/valdara/simulations"
SMALL = {"replicates": 2, "months": 3, "curve": False, "strategies": ["do_nothing"], "wait": 60}
BUYER = "va.cortelazzi"

LEAVES_TOO_LATE: dict[str, Any] = {"events": [{"month": 601, "leaves": BUYER}]}


def ask(client: httpx.Client, **asked: Any) -> httpx.Response:
    return client.post(PLACE, json={**SMALL, **asked})


def send(client: httpx.Client, body: str | bytes, kind: str = "application/json") -> httpx.Response:
    return client.post(PLACE, content=body, headers={"content-type": kind})


@pytest.mark.parametrize(
    "scenario",
    [
        {"months": True},
        {"months": "12"},
        {"months": 12.0},
        {"months": 0},
        {"parameters": {"turnover_theirs": True}},
        {"parameters": {"turnover_theirs": "0.1"}},
        {"parameters": {"turnover_theirs": 1.5}},
        {"parameters": {"turnover_theirs": None}},
        {"parameters": ["turnover_theirs"]},
        {"events": [{"month": True, "leaves": BUYER}]},
        {"events": [{"month": "6", "leaves": BUYER}]},
        {"events": [{"month": 2, "price_pressure": {"percent": "10"}}]},
        {"events": [{"month": 2, "price_pressure": {"percent": 10, "months": False}}]},
        {"events": [{"month": 2, "hours_cut": {"share": "0.3"}}]},
        {"events": {"month": 2, "leaves": BUYER}},
        {"events": [{"month": 2, "laeves": BUYER}]},
        {"name": 5},
        {"evnts": []},
        LEAVES_TOO_LATE,
    ],
    ids=json.dumps,
)
def test_a_scenario_is_refused_as_its_file_is(
    client: httpx.Client, work: Workspace, tmp_path: Path, scenario: dict[str, Any]
):
    file = tmp_path / "same.yaml"
    file.write_text(json.dumps(scenario), encoding="utf-8")  # JSON is YAML too
    with pytest.raises(InputError) as refused:
        load_scenario(file, work.account("valdara"))
    told = problem(ask(client, scenario=scenario), 422)
    assert told["detail"] == refused.value.detail.removeprefix("same.yaml: ")
    (fault,), (expected,) = told["errors"], refused.value.errors
    assert (fault["column"], fault["value"]) == (expected.column, expected.value)
    assert fault["file"] is None


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("replicates", True, "replicates is True; it needs a whole number from 1"),
        ("replicates", "50", "replicates is '50'; it needs a whole number from 1"),
        ("replicates", 50.0, "replicates is 50.0; it needs a whole number"),
        ("replicates", 0, "replicates is 0; it needs a whole number from 1"),
        ("months", "12", "months is '12'; it needs a whole number from 1"),
        ("months", 601, "months is 601; it needs a whole number from 1"),
        ("seed", -1, "seed is -1; it needs a whole number from 0"),
        ("seed", False, "seed is False; it needs a whole number from 0"),
        ("precision", "0.1", "precision is '0.1'; it needs a number above 0"),
        ("precision", True, "precision is True; it needs a number above 0"),
        ("precision", 0, "precision is 0; it needs a number above 0"),
        ("wait", "5", "wait is '5'; it needs a number from 0 to 60"),
        ("wait", 61, "wait is 61; it needs a number from 0 to 60"),
        ("curve", "yes", "curve is 'yes'"),
        ("curve", 1, "curve is 1"),
        ("estimate", "false", "estimate is 'false'"),
        ("engine", "abacus", "engine is 'abacus'; it should be 'kernel' or 'mesa'"),
        ("leaving_months", ["6"], "leaving_months is '6'; it needs a whole number from 1"),
        ("leaving_months", [True], "leaving_months is True; it needs a whole number from 1"),
        ("leaving_months", 6, "leaving_months is 6"),
        ("as_of", 1_700_000_000, "as_of is 1700000000; it needs a day such as 2026-01-31"),
        ("as_of", "2026-02-30", "as_of is '2026-02-30'; it needs a day such as 2026-01-31"),
        ("scenario", 5, "scenario is 5; it needs the name of a shipped scenario"),
        ("scenario", "../../etc/passwd", "There is no shipped scenario '../../etc/passwd'"),
        ("strategies", ["diamnd"], "the nearest is diamond"),
        ("replicate", 5, "The request has no field 'replicate'; the nearest is replicates"),
    ],
)
def test_values_of_another_type_or_range_are_refused(client: httpx.Client, name: str, value: Any, says: str):
    told = problem(ask(client, **{name: value}), 422)
    assert says in told["detail"]
    assert told["errors"] or name == "strategies"
    if told["errors"]:
        assert str(told["errors"][0]["column"]).startswith(name)


def test_leaves_of_another_type_are_counted_from_one(client: httpx.Client):
    told = problem(ask(client, leaves=[BUYER, 5]), 422)
    assert told["errors"][0] == {
        "file": None,
        "row": None,
        "column": "leaves[2]",
        "value": "5",
        "message": "should be a valid string",
    }


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('{"replicates": 3, "replicates": 4}', "the key 'replicates' stands twice"),
        (
            '{"scenario": {"parameters": {"hour_cost": 1, "hour_cost": 2}}}',
            "the key 'hour_cost' stands twice",
        ),
        ('{"precision": NaN}', "NaN is no number that JSON has"),
        ('{"precision": -Infinity}', "-Infinity is no number that JSON has"),
        ('{"precision": 1e999}', "precision is inf; it needs a number above 0"),
        ('{"seed": ' + "9" * 5000 + "}", "a number in it is none that can be"),
        ('{"scenario": ' * 5000, "it is nested too deeply"),
        ("{", "The body is not valid JSON, line 1: "),
        (b"\xff{}", "it is not UTF-8 text"),
        (b'{"leaves": ["\\ud800"]}', "needs text of whole Unicode characters"),
        ("", "needs to be given"),
        ("[]", "needs names with values"),
        ("5", "needs names with values"),
    ],
)
def test_a_body_is_plain_data_said_once(client: httpx.Client, body: str | bytes, says: str):
    assert says in problem(send(client, body), 422)["detail"]


def test_a_body_without_its_type_or_too_large_is_refused(client: httpx.Client):
    assert "application/json" in problem(send(client, "{}", "text/plain"), 422)["detail"]
    large = json.dumps({"leaves": ["x" * 1_000_000]})
    assert "1 MB" in problem(send(client, large), 413)["detail"]
    twice = send(client, '{"seed": 1, "seed": 1}', "application/vnd.diamond+json; charset=utf-8")
    assert "stands twice" in problem(twice, 422)["detail"]


def test_questions_and_analyses_are_read_as_strictly(client: httpx.Client):
    for asked, says in (
        ({"cypher": "RETURN 1", "limit": True}, "limit is True; it needs a whole number from 1"),
        ({"cypher": "RETURN 1", "limit": "5"}, "limit is '5'"),
        ({"cypher": "RETURN 1", "timeout": 0}, "timeout is 0; it needs a number above 0, up to 3600"),
        ({"cypher": 5}, "cypher is 5"),
        ({"cypher": "RETURN 1", "parms": {}}, "the nearest is params"),
        ({}, "either cypher or cookbook"),
    ):
        assert says in problem(client.post("/api/v1/query", json=asked), 422)["detail"]
    twice = client.post(
        "/api/v1/query",
        content='{"cypher": "RETURN $a", "params": {"a": 1, "a": 2}}',
        headers={"content-type": "application/json"},
    )
    assert "the key 'a' stands twice" in problem(twice, 422)["detail"]
    place = "/api/v1/accounts/valdara/sensitivities"
    for wrong in ({"samples": "4"}, {"trajectories": 1}, {"replicates": 2.0}):
        (name,) = wrong
        assert f"{name} is " in problem(client.post(place, json=wrong), 422)["detail"]
