"""Simulations over HTTP: a short one is answered directly, a long one is a job that can be followed."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from api import foresight
from api.asking import AccountName, Runs, Work
from api.jobs import answer as outcome
from api.models import SimulationDocument
from api.problems import PROBLEMS, answer
from api.requests import PlainRoute, SimulationRequest
from api.running import LATER, MISSING, RUNNING, JobName, add_run, scenario_asked, started
from api.workspace import Workspace
from graph.progress import Progress

KIND = "simulation"

router = APIRouter(prefix="/api/v1", responses=PROBLEMS, route_class=PlainRoute)


@router.post(
    "/accounts/{account:segment}/simulations",
    operation_id="start_simulation",
    response_model=SimulationDocument,
    responses=LATER,
    tags=["simulation"],
)
def start_simulation(work: Work, runs: Runs, account: AccountName, asked: SimulationRequest) -> Response:
    """Simulate what if: the answer itself where it takes no longer than `wait`, else a job."""
    name = work.account(account, asked.as_of).id
    job = runs.start(lambda progress: _simulate(work, name, asked, progress), KIND)
    return started(job, asked.wait, "/api/v1/simulations")


def _simulate(work: Workspace, account: str, asked: SimulationRequest, progress: Progress) -> Any:
    return foresight.simulate(
        work,
        account,
        leaves=asked.leaves,
        leaving_months=asked.leaving_months,
        scenario=scenario_asked(asked.scenario),
        strategies=asked.strategies,
        replicates=asked.replicates,
        months=asked.months,
        seed=asked.seed,
        precision=asked.precision,
        engine=asked.engine,
        curve=asked.curve,
        estimated=asked.estimate,
        observed_from=asked.observed_from,
        as_of=asked.as_of,
        progress=progress,
    )


add_run(router, "/simulations", KIND, SimulationDocument)


@router.get(
    "/simulations/{job}/report",
    operation_id="get_simulation_report",
    response_class=HTMLResponse,
    responses={
        200: {"content": {"text/html": {}}, "description": "A page that needs nothing else"},
        **RUNNING,
        **MISSING,
    },
    tags=["simulation"],
)
def get_simulation_report(runs: Runs, job: JobName) -> Response:
    """Return a finished simulation as a page for people, with the causes of its ranking."""
    found = runs.get(job)
    if not found.finished.is_set():
        return answer(found.status(), 202)
    result = outcome(found)
    # Causes are more runs, so they wait their turn.
    written = runs.start(lambda progress: foresight.report(result, progress=progress), "report")
    written.finished.wait()
    return HTMLResponse(outcome(written))
