"""Simulations over HTTP: a short one is answered directly, a long one is a job that can be followed."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi import Path as InPath
from starlette.responses import HTMLResponse, Response, StreamingResponse

from api import foresight
from api.asking import AccountName, Runs, Work
from api.document import to_json
from api.jobs import answer as outcome
from api.jobs import events
from api.models import JobDocument, SimulationDocument, SimulationRequest
from api.problems import MEDIA_TYPE, PROBLEMS, Problem, answer
from api.workspace import Progress, Workspace
from fixtures.scenario_library import shipped_file

MISSING: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "There is no such simulation", "content": {MEDIA_TYPE: {}}},
    409: {"model": Problem, "description": "It was cancelled", "content": {MEDIA_TYPE: {}}},
}

router = APIRouter(prefix="/api/v1", responses=PROBLEMS)


@router.post(
    "/accounts/{account:segment}/simulations",
    operation_id="start_simulation",
    response_model=SimulationDocument,
    responses={202: {"model": JobDocument, "description": "It takes longer: look where the job says"}},
    tags=["simulation"],
)
def start_simulation(work: Work, runs: Runs, account: AccountName, asked: SimulationRequest) -> Response:
    """Simulate what if: the answer itself where it takes no longer than `wait`, else a job."""
    name = work.account(account, asked.as_of).id
    job = runs.start(lambda progress: _simulate(work, name, asked, progress))
    if job.finished.wait(asked.wait):
        found = answer(outcome(job))
        found.headers["location"] = f"/api/v1/simulations/{job.id}"  # where its report stands
        return found
    return Response(
        to_json(job.status()),
        status_code=202,
        media_type="application/json",
        headers={"location": f"/api/v1/simulations/{job.id}"},
    )


def _simulate(work: Workspace, account: str, asked: SimulationRequest, progress: Progress) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        scenario = None
        if isinstance(asked.scenario, str):
            scenario = shipped_file(asked.scenario)
        elif asked.scenario is not None:
            scenario = Path(folder) / "scenario.json"
            scenario.write_text(json.dumps(asked.scenario), encoding="utf-8")
        return foresight.simulate(
            work,
            account,
            leaves=asked.leaves,
            leaving_months=asked.leaving_months,
            scenario=scenario,
            strategies=",".join(asked.strategies) if asked.strategies else None,
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


JobName = Annotated[str, InPath(description="As the answer to the start named it.")]


@router.get(
    "/simulations/{job}",
    operation_id="get_simulation",
    response_model=SimulationDocument,
    responses={202: {"model": JobDocument, "description": "It still runs"}, **MISSING},
    tags=["simulation"],
)
def get_simulation(runs: Runs, job: JobName) -> Response:
    """Return the answer of a simulation, or how far it is."""
    found = runs.get(job)
    if found.finished.is_set():
        return answer(outcome(found))
    return answer(found.status(), 202)


@router.get(
    "/simulations/{job}/report",
    operation_id="get_simulation_report",
    response_class=HTMLResponse,
    responses={
        200: {"content": {"text/html": {}}, "description": "A page that needs nothing else"},
        202: {"model": JobDocument, "description": "It still runs"},
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


@router.get(
    "/simulations/{job}/events",
    operation_id="follow_simulation",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "`progress` …, `end`"}, **MISSING},
    tags=["simulation"],
)
def follow_simulation(runs: Runs, job: JobName) -> Response:
    """Follow a simulation by server-sent events: `progress` as it goes, `end` when it is over."""
    return StreamingResponse(events(runs.get(job)), media_type="text/event-stream")


@router.delete(
    "/simulations/{job}",
    operation_id="cancel_simulation",
    response_model=JobDocument,
    responses=MISSING,
    tags=["simulation"],
)
def cancel_simulation(runs: Runs, job: JobName) -> Response:
    """Cancel a simulation; one that is over stays as it is."""
    found = runs.get(job)
    found.cancel()
    return answer(found.status())
