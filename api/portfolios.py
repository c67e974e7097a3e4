"""Portfolios over HTTP: what if of many accounts at once, as simulations of one are asked for."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from api.asking import Runs, Work
from api.document import document
from api.models import PortfolioDocument
from api.portfolio_run import simulate_portfolio
from api.problems import PROBLEMS
from api.requests import PlainRoute, PortfolioRequest
from api.running import LATER, add_run, scenario_asked, started
from api.workspace import Workspace
from graph.progress import Progress
from graph.store.accounts import resolve_account

KIND = "portfolio simulation"
PATH = "/portfolio/simulations"

router = APIRouter(prefix="/api/v1", responses=PROBLEMS, route_class=PlainRoute)


@router.post(
    PATH,
    operation_id="start_portfolio_simulation",
    response_model=PortfolioDocument,
    responses=LATER,
    tags=["simulation"],
)
def start_portfolio_simulation(work: Work, runs: Runs, asked: PortfolioRequest) -> Response:
    """Simulate what if for many accounts, coupled by our people's hours and by distributors."""
    names = [resolve_account(work.store, name) for name in asked.accounts]
    job = runs.start(lambda progress: _simulate(work, names, asked, progress), KIND)
    return started(job, asked.wait, f"{router.prefix}{PATH}")


def _simulate(work: Workspace, names: list[str], asked: PortfolioRequest, progress: Progress) -> Any:
    result = simulate_portfolio(
        work,
        names,
        region=asked.region,
        scenario=scenario_asked(asked.scenario),
        strategies=asked.strategies,
        replicates=asked.replicates,
        months=asked.months,
        seed=asked.seed,
        estimated=asked.estimate,
        observed_from=asked.observed_from,
        as_of=asked.as_of,
        progress=progress,
    )
    return document(result)  # the arrays of many accounts are too large to be kept


add_run(router, PATH, KIND, PortfolioDocument)
