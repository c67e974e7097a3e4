"""Sensitivity over HTTP: it takes minutes, so it is a job that can be followed and cancelled."""

from __future__ import annotations

import json
import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from starlette.responses import Response, StreamingResponse

from api import foresight
from api.asking import AccountName, Runs, Work
from api.document import to_json
from api.jobs import answer as outcome
from api.jobs import events
from api.models import JobDocument, ScenarioName, StrategyName, iso_date, plain_text
from api.problems import PROBLEMS, answer
from api.simulations import MISSING, JobName
from api.workspace import Progress, Workspace
from fixtures.scenario_library import shipped_file

KIND = "sensitivity"

router = APIRouter(prefix="/api/v1", responses=PROBLEMS)


class SensitivityDocument(BaseModel):
    """Which assumptions decide which strategy is best, and where another becomes best."""

    model_config = ConfigDict(extra="allow")

    as_of: date
    warnings: list[str]
    account: str
    scenario: str
    measure: str
    unit: str
    months: int
    seed: int
    trajectories: int
    replicates: int
    samples: int
    runs: int
    leader: str
    runner_up: str | None
    parameters: list[dict[str, Any]]
    best: dict[str, float]
    sentences: list[str]


class SensitivityRequest(BaseModel):
    """What is to be analysed; sizes left out follow from the size of the account."""

    model_config = ConfigDict(extra="forbid")

    scenario: Annotated[dict[str, Any], AfterValidator(plain_text)] | ScenarioName | None = Field(
        default=None,
        description="Events and parameters, as in a scenario file, or a shipped one's name; what it sets is "
        "not varied.",
    )
    measure: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")] = Field(
        default="margin_total", description="What strategies are compared in."
    )
    strategies: list[StrategyName] | None = Field(
        default=None, min_length=2, max_length=20, description="Shipped ones by name; all if left out."
    )
    trajectories: int | None = Field(default=None, ge=2, le=1000, description="Walks of the screening.")
    replicates: int | None = Field(default=None, ge=2, le=10_000, description="Futures for each strategy.")
    samples: int | None = Field(default=None, ge=2, le=16_384, description="A power of two.")
    months: int | None = Field(default=None, ge=1)
    seed: int = Field(default=1, ge=0)
    estimated: bool = Field(default=True, description="Vary what your own data tell over its interval.")
    as_of: Annotated[date | None, BeforeValidator(iso_date)] = None
    wait: float = Field(default=0.0, ge=0, le=60, description="Seconds after which it becomes a job.")


@router.post(
    "/accounts/{account:segment}/sensitivities",
    operation_id="start_sensitivity",
    response_model=SensitivityDocument,
    responses={202: {"model": JobDocument, "description": "It takes minutes: look where the job says"}},
    tags=["simulation"],
)
def start_sensitivity(work: Work, runs: Runs, account: AccountName, asked: SensitivityRequest) -> Response:
    """Find what decides the ranking of strategies: a job, unless it takes no longer than `wait`."""
    name = work.account(account, asked.as_of).id
    job = runs.start(lambda progress: _analyse(work, name, asked, progress), KIND)
    if job.finished.wait(asked.wait):
        return answer(outcome(job))
    return Response(
        to_json(job.status()),
        status_code=202,
        media_type="application/json",
        headers={"location": f"/api/v1/sensitivities/{job.id}"},
    )


def _analyse(work: Workspace, account: str, asked: SensitivityRequest, progress: Progress) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        scenario = None
        if isinstance(asked.scenario, str):
            scenario = shipped_file(asked.scenario)
        elif asked.scenario is not None:
            scenario = Path(folder) / "scenario.json"
            scenario.write_text(json.dumps(asked.scenario), encoding="utf-8")
        return foresight.sensitivity(
            work,
            account,
            scenario=scenario,
            outcome=asked.measure,
            strategies=",".join(asked.strategies) if asked.strategies else None,
            trajectories=asked.trajectories,
            replicates=asked.replicates,
            samples=asked.samples,
            months=asked.months,
            seed=asked.seed,
            estimated=asked.estimated,
            as_of=asked.as_of,
            progress=progress,
        )


@router.get(
    "/sensitivities/{job}",
    operation_id="get_sensitivity",
    response_model=SensitivityDocument,
    responses={202: {"model": JobDocument, "description": "It still runs"}, **MISSING},
    tags=["simulation"],
)
def get_sensitivity(runs: Runs, job: JobName) -> Response:
    """Return what decides the ranking, or how far the analysis is."""
    found = runs.get(job, KIND)
    if found.finished.is_set():
        return answer(outcome(found))
    return answer(found.status(), 202)


@router.get(
    "/sensitivities/{job}/events",
    operation_id="follow_sensitivity",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "`progress` …, `end`"}, **MISSING},
    tags=["simulation"],
)
def follow_sensitivity(runs: Runs, job: JobName) -> Response:
    """Follow an analysis by server-sent events: `progress` as it goes, `end` when it is over."""
    return StreamingResponse(events(runs.get(job, KIND)), media_type="text/event-stream")


@router.delete(
    "/sensitivities/{job}",
    operation_id="cancel_sensitivity",
    response_model=JobDocument,
    responses=MISSING,
    tags=["simulation"],
)
def cancel_sensitivity(runs: Runs, job: JobName) -> Response:
    """Cancel an analysis; one that is over stays as it is."""
    found = runs.get(job, KIND)
    found.cancel()
    return answer(found.status())
