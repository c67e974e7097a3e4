"""Sensitivity over HTTP: it takes minutes, so it is a job that can be followed and cancelled."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api import foresight
from api.asking import AccountName, Runs, Work
from api.models import SensitivityDocument
from api.problems import PROBLEMS
from api.requests import PlainRoute, SensitivityRequest
from api.running import LATER, add_run, scenario_asked, started
from api.workspace import Workspace
from graph.progress import Progress

KIND = "sensitivity"

router = APIRouter(prefix="/api/v1", responses=PROBLEMS, route_class=PlainRoute)


@router.post(
    "/accounts/{account:segment}/sensitivities",
    operation_id="start_sensitivity",
    response_model=SensitivityDocument,
    responses=LATER,
    tags=["simulation"],
)
def start_sensitivity(work: Work, runs: Runs, account: AccountName, asked: SensitivityRequest) -> Response:
    """Find what decides the ranking of strategies: a job, unless it takes no longer than `wait`."""
    name = work.account(account, asked.as_of).id
    job = runs.start(lambda progress: _analyse(work, name, asked, progress), KIND)
    return started(job, asked.wait, "/api/v1/sensitivities")


def _analyse(work: Workspace, account: str, asked: SensitivityRequest, progress: Progress) -> Any:
    return foresight.sensitivity(
        work,
        account,
        scenario=scenario_asked(asked.scenario),
        outcome=asked.measure,
        strategies=asked.strategies,
        trajectories=asked.trajectories,
        replicates=asked.replicates,
        samples=asked.samples,
        months=asked.months,
        seed=asked.seed,
        estimated=asked.estimate,
        observed_from=asked.observed_from,
        as_of=asked.as_of,
        progress=progress,
    )


add_run(router, "/sensitivities", KIND, SensitivityDocument)
