"""Long runs over HTTP: answered directly, followed, cancelled, refused when too many wait."""

from __future__ import annotations

import json
import time
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from api import foresight
from api.document import document
from api.estimates import estimate
from api.portfolio_run import simulate_portfolio
from api.workspace import Workspace
from tests.api.serving import problem

pytestmark = pytest.mark.xdist_group("http")

BUYER = "va.cortelazzi"


def ended(client: httpx.Client, place: str) -> httpx.Response:
    """Wait until a run has ended; return its answer."""
    deadline = time.monotonic() + 60
    while (found := client.get(place)).status_code == 202:
        assert time.monotonic() < deadline, "it still runs"
        time.sleep(0.05)
    return found


def test_a_short_simulation_answers_directly(client: httpx.Client, work: Workspace):
    asked = {"leaves": [BUYER], "leaving_months": [3], "replicates": 20, "months": 12, "curve": False,
             "strategies": ["do_nothing", "diamond"], "wait": 60}  # fmt: skip
    found = client.post("/api/v1/accounts/valdara/simulations", json=asked)
    assert found.status_code == 200, found.text
    told = found.json()
    run = foresight.simulate(
        work, "valdara", leaves=[BUYER], leaving_months=[3], replicates=20, months=12, curve=False,
        strategies=["do_nothing", "diamond"],
    )  # fmt: skip
    assert told == document(run)
    assert [one["name"] for one in told["strategies"]] == ["do_nothing", "diamond"]
    assert told["events"][0]["subject"] == BUYER


def test_a_scenario_stands_in_the_request(client: httpx.Client):
    scenario = {"events": [{"month": 2, "leaves": BUYER}], "parameters": {"turnover_theirs": 0.0}}
    asked = {"scenario": scenario, "replicates": 5, "months": 6, "curve": False, "strategies": ["do_nothing"],
             "wait": 60}  # fmt: skip
    told = client.post("/api/v1/accounts/valdara/simulations", json=asked).json()
    assert [(one["month"], one["subject"]) for one in told["events"]] == [(2, BUYER)]
    asked["scenario"] = {"parameters": {"turnover_their": 0.1}}
    wrong = problem(client.post("/api/v1/accounts/valdara/simulations", json=asked), 422)
    assert "turnover_theirs" in json.dumps(wrong)


def test_a_long_simulation_is_a_job_that_tells_how_far_it_is(client: httpx.Client):
    asked = {"leaves": [BUYER], "leaving_months": [6], "replicates": 60, "months": 24, "curve": False,
             "strategies": ["do_nothing", "diamond"]}  # fmt: skip
    direct = client.post("/api/v1/accounts/valdara/simulations", json={**asked, "wait": 60}).json()
    started = client.post("/api/v1/accounts/valdara/simulations", json={**asked, "wait": 0})
    assert started.status_code == 202
    job = started.json()["job"]
    assert started.headers["location"] == f"/api/v1/simulations/{job}"
    told = []
    with client.stream("GET", f"/api/v1/simulations/{job}/events") as events:
        assert events.headers["content-type"].startswith("text/event-stream")
        name = ""
        for line in events.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                told.append((name, json.loads(line.removeprefix("data: "))))
    assert [name for name, _ in told[:-1]] == ["progress"] * (len(told) - 1)
    name, last = told[-1]
    assert (name, last["state"], last["progress"]) == ("end", "done", 1)
    assert client.get(f"/api/v1/simulations/{job}").json() == direct


def test_a_simulation_can_be_cancelled(client: httpx.Client):
    asked = {"leaves": [BUYER], "leaving_months": [6], "replicates": 100_000, "strategies": ["diamond"],
             "wait": 0}  # fmt: skip
    job = client.post("/api/v1/accounts/valdara/simulations", json=asked).json()["job"]
    assert client.get(f"/api/v1/simulations/{job}").status_code == 202
    assert client.delete(f"/api/v1/simulations/{job}").json()["job"] == job
    told = problem(ended(client, f"/api/v1/simulations/{job}"), 409)
    assert "cancelled" in told["detail"]
    part = client.get(f"/accounts/valdara/simulations/{job}")
    assert (part.status_code, "was cancelled" in part.text) == (200, True)
    problem(client.get("/api/v1/simulations/none"), 404)
    problem(client.get("/api/v1/simulations/none/events"), 404)
    problem(client.delete("/api/v1/simulations/none"), 404)


def test_a_sensitivity_is_a_job(client: httpx.Client, work: Workspace):
    asked = {"trajectories": 2, "replicates": 4, "samples": 2, "months": 12,
             "strategies": ["do_nothing", "diamond"],
             "scenario": {"parameters": {"hour_cost": 100}}}  # fmt: skip
    started = client.post("/api/v1/accounts/valdara/sensitivities", json=asked)
    assert started.status_code == 202, started.text
    job = started.json()["job"]
    assert started.headers["location"] == f"/api/v1/sensitivities/{job}"
    events = client.get(f"/api/v1/sensitivities/{job}/events").text
    assert '"state": "done"' in events.rsplit("event: end", 1)[1]
    told = client.get(f"/api/v1/sensitivities/{job}").json()
    assert "hour_cost" not in [one["name"] for one in told["parameters"]]
    assert set(told["best"]) == {"do_nothing", "diamond"}
    again = client.post("/api/v1/accounts/valdara/sensitivities", json={**asked, "wait": 60}).json()
    assert again == told
    problem(client.get(f"/api/v1/simulations/{job}"), 404)
    wrong = {**asked, "wait": 60, "measure": "margin"}
    told = problem(client.post("/api/v1/accounts/valdara/sensitivities", json=wrong), 422)
    assert "margin_total" in told["detail"]
    long = client.post("/api/v1/accounts/valdara/sensitivities", json={"replicates": 10_000}).json()["job"]
    client.delete(f"/api/v1/sensitivities/{long}")
    assert "cancelled" in problem(ended(client, f"/api/v1/sensitivities/{long}"), 409)["detail"]


def test_only_so_many_simulations_wait(client: httpx.Client):
    asked = {"replicates": 50_000, "strategies": ["do_nothing"], "wait": 0}
    jobs, refused = [], None
    while refused is None and len(jobs) < 40:
        started = client.post("/api/v1/accounts/valdara/simulations", json=asked)
        if started.status_code == 202:
            jobs.append(started.json()["job"])
        else:
            refused = started
    for job in jobs:
        client.delete(f"/api/v1/simulations/{job}")
    assert refused is not None
    problem(refused, 429)


PORTFOLIO = "/api/v1/portfolio/simulations"


def test_a_portfolio_is_simulated_as_by_the_command(client: httpx.Client, work: Workspace):
    asked = {"accounts": ["valdara", work.account("tornvik").name], "replicates": 5, "months": 12,
             "scenario": "buyer_leaves", "strategies": ["do_nothing", "diamond"], "wait": 60}  # fmt: skip
    found = client.post(PORTFOLIO, json={**asked, "months": 40})
    assert found.status_code == 200, found.text
    told = found.json()
    run = simulate_portfolio(
        work, ["valdara", "tornvik"], replicates=5, months=40, scenario=Path("buyer_leaves"),
        strategies=["do_nothing", "diamond"],
    )  # fmt: skip
    assert told == document(run)
    assert [one["id"] for one in told["accounts"]] == ["tornvik", "valdara"]
    assert client.get(found.headers["location"]).json() == told
    beyond = problem(client.post(PORTFOLIO, json=asked), 422)
    assert "12" in beyond["detail"]


def test_a_portfolio_by_region_is_a_job_that_can_be_followed_and_cancelled(client: httpx.Client):
    few = {"region": "FR", "replicates": 5, "months": 6, "strategies": ["do_nothing"], "wait": 0}
    started = client.post(PORTFOLIO, json=few)
    assert started.status_code == 202, started.text
    place = started.headers["location"]
    assert place == f"{PORTFOLIO}/{started.json()['job']}"
    events = client.get(f"{place}/events").text
    assert '"state": "done"' in events.rsplit("event: end", 1)[1]
    assert {one["country"] for one in client.get(place).json()["accounts"]} == {"FR"}
    problem(client.get(f"/api/v1/simulations/{started.json()['job']}"), 404)
    long = client.post(PORTFOLIO, json={"replicates": 100_000, "wait": 0}).headers["location"]
    client.delete(long)
    told = problem(ended(client, long), 409)
    assert "portfolio simulation" in told["detail"]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"accounts": ["nowhere"]}, "nowhere"),
        ({"region": "Atlantis"}, "Atlantis"),
        ({"strategies": ["diamnd"]}, "the nearest is diamond"),
        ({"replicates": "5"}, "replicates is '5'"),
        ({"workers": 2}, "no field 'workers'"),
        ({"scenario": {"months": 700}}, "months is 700"),
        ({"replicates": 1_000_001}, "from 1"),
    ],
)
def test_what_a_portfolio_refuses(client: httpx.Client, asked: dict[str, Any], says: str):
    assert says in problem(client.post(PORTFOLIO, json={"wait": 60, **asked}), 422)["detail"]


def test_what_the_own_history_tells(client: httpx.Client, work: Workspace):
    day = date(date.today().year - 5, 1, 1)
    assert client.get("/api/v1/estimates").json() == document(estimate(work))
    asked = {"observed_from": day.isoformat()}
    found = client.get("/api/v1/accounts/valdara/estimates", params=asked)
    assert found.status_code == 200, found.text
    assert found.json() == document(estimate(work, "valdara", observed_from=day))
    assert found.json() != client.get("/api/v1/accounts/valdara/estimates").json()
    problem(client.get("/api/v1/estimates", params={"observed_from": "2022"}), 422)
    problem(client.get("/api/v1/accounts/nowhere/estimates"), 422)
