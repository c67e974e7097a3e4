"""Sensitivity over HTTP: it takes minutes, so it is a job that can be followed and cancelled."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from starlette.responses import Response

from api import foresight
from api.asking import AccountName, Runs, Work
from api.models import ScenarioName, StrategyName, iso_date, plain_text
from api.problems import PROBLEMS
from api.running import LATER, add_run, scenario_asked, started
from api.workspace import Progress, Workspace

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
        estimated=asked.estimated,
        as_of=asked.as_of,
        progress=progress,
    )


add_run(router, "/sensitivities", KIND, SensitivityDocument)
